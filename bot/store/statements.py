"""Statements that several repositories execute within their transactions."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from bot.store.tables import ACTION_KEYS, ACTIONS, CLUSTERS, MISSED

DELETE_EMPTY_CLUSTERS = CLUSTERS.delete().where(
    ~select(MISSED.c.id).where(MISSED.c.cluster == CLUSTERS.c.id).exists(),
)
"""The clusters that hold no miss any more."""
DELETE_KEYS_WITHOUT_EDIT = ACTION_KEYS.delete().where(
    ACTION_KEYS.c.action_id.in_(select(ACTIONS.c.id).where(ACTIONS.c.edit.is_(None)))
)
"""The keys of the actions whose edit is erased, which no foreign key deletes."""


def fields_of(kind: type[Any], table: Table) -> Select[*tuple[Any, ...]]:
    """A query of the columns after which a dataclass names its fields: ``kind(*row)`` is a row's value."""
    return select(*(table.c[field.name] for field in fields(kind)))


def has_room(connection: Connection, table: Table, limit: int, key: Mapping[str, object]) -> bool:
    """Whether a row with this key may be in a table: it is there already, or there are fewer than ``limit`` rows."""
    rows = select(func.count()).select_from(table)
    known = connection.execute(rows.filter_by(**key)).scalar_one()
    return bool(known) or connection.execute(rows).scalar_one() < limit


def insert(connection: Connection, table: Table, row: Mapping[str, object]) -> int:
    """Insert a row, and give the id that it got."""
    key = connection.execute(table.insert().values(row)).inserted_primary_key
    assert key is not None  # noqa: S101 - an insert of one row has one
    return int(key[0])


def put(
    connection: Connection,
    table: Table,
    key: Mapping[str, object],
    values: Mapping[str, object],
    again: Mapping[str, object] | None = None,
) -> None:
    """Put values into the row with this key, which is inserted where there is none.

    A row that is there takes ``again`` in place of ``values``, if it is given.
    """
    if not connection.execute(table.update().filter_by(**key).values(values if again is None else again)).rowcount:
        connection.execute(table.insert().values({**key, **values}))


def count_one(connection: Connection, table: Table, key: Mapping[str, object]) -> None:
    """Count one more in the row with this key."""
    put(connection, table, key, {"count": 1}, again={"count": table.c.count + 1})
