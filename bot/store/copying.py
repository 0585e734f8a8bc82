"""All rows of one database copied into another one, whatever makes they are of; what is copied is compared."""

import hashlib
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import sqlalchemy as sa

from bot.errors import StoreError
from bot.store.database import Database, put
from bot.store.leases import living
from bot.store.sqlite_file import ShowProgress
from bot.store.tables import MARKS, METADATA, REPLICAS

COPIED = [table for table in METADATA.sorted_tables if table is not REPLICAS]
"""All tables, but the one of the processes that serve from a database: by another clock they might live on."""
_BATCH = 1000
_UNFINISHED = "copy-store"
"""The mark in a database that holds a part of another one."""
_SQLITE_IDS = sa.table("sqlite_sequence", sa.column("name", sa.Text), sa.column("seq", sa.Integer))
"""The last ids that SQLite has given, of the tables that give none twice."""
_SQLITE_TABLES = sa.table("sqlite_master", sa.column("name", sa.Text), sa.column("sql", sa.Text))


def claim_for_copy(database: Database) -> None:
    """Keep others from serving from a database until it is closed, as far as it can tell.

    Raises:
        StoreError: a bot serves from it.
    """
    database.claim()
    with database.reading() as connection:
        if connection.dialect.name == "postgresql" and connection.execute(living()).first():
            raise StoreError(
                "A `campaign-bot run` serves from the database: end it first; 10 seconds later it is free."
            )


def copy_store(source: Database, target: Database, show: ShowProgress) -> int:
    """Copy all rows, table by table and in the order of their keys; how many they are.

    Whoever calls it keeps others from writing into either of them meanwhile. A copy that was cut short goes on where it
    ended. At the end the tables of both are compared by counts and hashes.

    Raises:
        StoreError: a database fails, ``target`` holds something else, or the two are not the same at the end.
    """
    _begin(target)
    with source.reading() as reading:
        _without_limits(reading)
        if reading.execute(_marks_of_copies()).first():
            raise StoreError("The source is itself a copy that was cut short: finish that one first.")
        counts = {table: _count(reading, table) for table in COPIED}
        total, done = sum(counts.values()), 0
        for table in counts:
            with target.reading() as connection:
                done += _count(connection, table)
                last = connection.execute(_keys(connection, table, descending=True).limit(1)).first()
            show(done, total)
            columns = table.columns.keys()
            with closing(_batches(reading, table, last)) as batches:
                for rows in batches:
                    with target.transaction() as connection:
                        connection.execute(table.insert(), [dict(zip(columns, row, strict=True)) for row in rows])
                    done += len(rows)
                    show(done, total)
        with target.reading() as connection:
            _without_limits(connection)
            differing = [table.name for table in counts if _digest(reading, table) != _digest(connection, table)]
        if differing:
            raise StoreError(
                f"The copy is not the same as its source ({', '.join(differing)}): that was written to meanwhile, or "
                "is another one than at the first attempt. Begin with a new target."
            )
        last_ids = _last_ids(reading)
    with target.transaction() as connection:
        _set_last_ids(connection, last_ids)
        connection.execute(MARKS.delete().where(MARKS.c.name == _UNFINISHED))
    return total


def _begin(target: Database) -> None:
    """Mark the target as unfinished, unless it is marked. Raises StoreError if it holds something else."""
    with target.transaction() as connection:
        if connection.execute(_marks_of_copies()).first():
            return
        held = [table.name for table in METADATA.sorted_tables if _count(connection, table)]
        if held:
            raise StoreError(f"The target is not empty ({', '.join(held)}): name a new one.")
        put(connection, MARKS, {"name": _UNFINISHED}, {"value": ""})


def _marks_of_copies() -> sa.Select[str]:
    return sa.select(MARKS.c.name).where(MARKS.c.name == _UNFINISHED)


def _belongs(table: sa.Table) -> sa.ColumnElement[bool]:
    """Whether a row is one of the store's own: all are but the mark of a copy."""
    return MARKS.c.name != _UNFINISHED if table is MARKS else sa.true()


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table).where(_belongs(table))).scalar_one()


def _key_columns(connection: sa.Connection, table: sa.Table) -> Sequence[sa.ColumnElement[Any]]:
    """The columns of the primary key, so that they sort alike in every database: texts by their code points."""
    if connection.dialect.name != "postgresql":
        return [*table.primary_key]
    return [sa.collate(column, "C") if isinstance(column.type, sa.String) else column for column in table.primary_key]


def _keys(connection: sa.Connection, table: sa.Table, *, descending: bool) -> sa.Select[*tuple[Any, ...]]:
    ordered = _key_columns(connection, table)
    keys = sa.select(*table.primary_key).where(_belongs(table))
    return keys.order_by(*(column.desc() if descending else column for column in ordered))


def _batches(
    connection: sa.Connection, table: sa.Table, last: sa.Row[*tuple[Any, ...]] | None
) -> Generator[Sequence[sa.Row[*tuple[Any, ...]]], None, None]:
    """The rows whose keys come after the key ``last``, all of them without it, so many at once."""
    columns = _key_columns(connection, table)
    rows = sa.select(table).where(_belongs(table)).order_by(*columns).execution_options(yield_per=_BATCH)
    if last:
        rows = rows.where(_comes_after(columns, tuple(last)))
    # One query, read bit by bit: a query for each batch would sort the table each time where no index has this order.
    with connection.execute(rows) as result:
        yield from result.partitions()


def _comes_after(columns: Sequence[sa.ColumnElement[Any]], key: Sequence[Any]) -> sa.ColumnElement[bool]:
    alternatives = []
    for number, column in enumerate(columns):
        same = [former == value for former, value in zip(columns[:number], key, strict=False)]
        alternatives.append(sa.and_(*same, column > key[number]))
    return sa.or_(*alternatives)


def _digest(connection: sa.Connection, table: sa.Table) -> tuple[int, str]:
    """How many rows a table has, and a hash of all that stands in them."""
    count, digest, encode = 0, hashlib.sha256(), json.JSONEncoder(default=_as_text).encode
    for rows in _batches(connection, table, None):
        count += len(rows)
        for row in rows:
            # PostgreSQL takes no NUL in a text.
            digest.update(encode([*row]).replace(r"\u0000", "").encode("utf-8", "surrogatepass") + b"\n")
    return count, digest.hexdigest()


def _as_text(value: Any) -> str:  # noqa: ANN401 - what JSON does not know: bytes, dates and times
    return value.hex() if isinstance(value, bytes) else str(value.isoformat())


def _without_limits(connection: sa.Connection) -> None:
    """Let a transaction take as long as the copy does, also while it waits for the other database."""
    if connection.dialect.name == "postgresql":
        limits = ("idle_in_transaction_session_timeout", "statement_timeout")
        connection.execute(sa.select(*(sa.func.set_config(name, "0", True) for name in limits)))  # noqa: FBT003


def _last_ids(connection: sa.Connection) -> Mapping[str, int]:
    """The last id that each table has given, as far as that is known: its row may be deleted since."""
    if connection.dialect.name == "sqlite":
        return dict(connection.execute(sa.select(_SQLITE_IDS.c.name, _SQLITE_IDS.c.seq)).all())
    sequences = {name: sa.func.to_regclass(sequence) for name, sequence in _sequences(connection)}
    last_values = {name: connection.scalar(sa.func.pg_sequence_last_value(of)) for name, of in sequences.items()}
    return {name: last for name, last in last_values.items() if last is not None}


def _set_last_ids(connection: sa.Connection, last_ids: Mapping[str, int]) -> None:
    """Give no id again that was given before the copy, where this database keeps track of that."""
    if connection.dialect.name == "sqlite":
        made = sa.select(_SQLITE_TABLES.c.name).where(_SQLITE_TABLES.c.sql.contains("AUTOINCREMENT"))
        for name in connection.execute(made).scalars().all():
            connection.execute(sa.delete(_SQLITE_IDS).where(_SQLITE_IDS.c.name == name))
            connection.execute(sa.insert(_SQLITE_IDS).values(name=name, seq=last_ids.get(name, 0)))
        return
    for name, sequence in _sequences(connection):
        largest = connection.scalar(sa.select(sa.func.max(METADATA.tables[name].c.id))) or 0
        if last := max(largest, last_ids.get(name, 0)):
            connection.execute(sa.select(sa.func.setval(sa.func.to_regclass(sequence), last)))


def _sequences(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """The tables of PostgreSQL that give ids, with the sequence of each."""
    for table in METADATA.sorted_tables:
        if "id" in table.c:
            sequence = connection.scalar(sa.func.pg_get_serial_sequence(table.name, "id"))
            if sequence is not None:
                yield table.name, sequence
