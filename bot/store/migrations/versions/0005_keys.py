"""Clusters are ranked by a query, not by counters; forms and edits are found by what they hold; plainer table names."""

import json
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

from bot.masking import mask
from bot.text import normalise

revision = "0005"
down_revision = "0004"

_COUNTERS = ("weight", "asked", "days", "open")


def upgrade() -> None:
    """Drop the counters, rename three tables, and fill the keys of old rows from their JSON."""
    op.drop_index(op.f("ix_clusters_weight"), "clusters")
    for counter in _COUNTERS:
        op.drop_column("clusters", counter)
    op.drop_index(op.f("ix_missed_cluster"), "missed")
    op.create_index(op.f("ix_missed_cluster"), "missed", ["cluster", "state", "count"])
    _move_days("asked_days", "shown_days")
    _move_subscriptions("wishes", "subscriptions")
    _move_forms("drafts", "forms", sa.Column("cluster", sa.Integer))
    op.create_table(
        "form_keys",
        sa.Column("admin", sa.BigInteger, primary_key=True),
        sa.Column("chat", sa.BigInteger, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True, index=True),
        sa.ForeignKeyConstraint(["admin", "chat"], ["forms.admin", "forms.chat"], ondelete="CASCADE"),
    )
    op.create_table(
        "action_keys",
        sa.Column("action_id", sa.Integer, sa.ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("key", sa.Text, primary_key=True, index=True),
    )
    _fill_keys()


def _move_days(source: str, target: str) -> None:
    op.create_table(
        target,
        sa.Column("item", sa.String(40), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    _move(source, target, ["item", "day", "count"])


def _move_subscriptions(source: str, target: str) -> None:
    op.create_table(
        target,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("missed_id", sa.Integer, sa.ForeignKey("missed.id", ondelete="CASCADE"), nullable=False),
        sa.Column("person", sa.BigInteger, nullable=False, index=True),
        sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.UniqueConstraint("missed_id", "person"),
    )
    _move(source, target, ["missed_id", "person", "address", "made_at", "attempts"], order="id")


def _move_forms(source: str, target: str, *more: sa.Column[int]) -> None:
    op.create_table(
        target,
        sa.Column("admin", sa.BigInteger, primary_key=True),
        sa.Column("chat", sa.BigInteger, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        *more,
        sa.Column("changed_at", sa.DateTime, nullable=False),
    )
    _move(source, target, ["admin", "chat", "content", "changed_at"])


def _move(source: str, target: str, columns: Sequence[str], order: str = "") -> None:
    """Move all rows. A table can't be renamed together with its constraints on SQLite, so a new one takes its rows."""
    old = sa.table(source, *(sa.column(name) for name in {*columns, *filter(None, [order])}))
    rows = sa.select(*(old.c[name] for name in columns))
    new = sa.table(target, *map(sa.column, columns))
    op.execute(new.insert().from_select(columns, rows.order_by(old.c[order]) if order else rows))
    op.drop_table(source)


def _fill_keys() -> None:
    connection = op.get_bind()
    forms = sa.table("forms", *map(sa.column, ("admin", "chat", "content", "cluster")))
    form_keys = sa.table("form_keys", *map(sa.column, ("admin", "chat", "key")))
    for admin, chat, content in connection.execute(sa.select(forms.c.admin, forms.c.chat, forms.c.content)).all():
        form = json.loads(content)
        place = (forms.c.admin == admin, forms.c.chat == chat)
        connection.execute(forms.update().where(*place).values(cluster=form.get("cluster")))
        for key in _keys(form):
            connection.execute(form_keys.insert().values(admin=admin, chat=chat, key=key))
    actions = sa.table("actions", *map(sa.column, ("id", "edit")))
    action_keys = sa.table("action_keys", *map(sa.column, ("action_id", "key")))
    edits = sa.select(actions.c.id, actions.c.edit).where(actions.c.edit.is_not(None))
    for action_id, edit in connection.execute(edits).all():
        for key in _keys(json.loads(edit)):
            connection.execute(action_keys.insert().values(action_id=action_id, key=key))


def _keys(content: object) -> set[str]:
    """The normal forms of all questions in a form or an edit: its texts under ``question`` and ``phrasings``."""
    masked = (" ".join(mask(text).split()) for text in _questions(content) if text)
    return {normalise(text) or text for text in masked}


def _questions(content: object) -> Iterator[str]:
    match content:
        case {"question": str(question), **others}:
            yield question
            yield from _questions(others)
        case {"phrasings": [*phrasings], **others}:
            yield from phrasings
            yield from _questions(others)
        case dict():
            for value in content.values():
                yield from _questions(value)
        case list():
            for value in content:
                yield from _questions(value)
