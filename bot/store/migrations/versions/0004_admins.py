"""The admins' loop: clusters of misses, wishes to be told, actions, drafts, answered questions, daily counts."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_BEFORE = "state IN ('open', 'handled', 'ignored', 'not-covered')"
_AFTER = "state IN ('open', 'handled', 'verified', 'ignored', 'not-covered')"


def upgrade() -> None:
    """A state more, columns of the log, and the new tables."""
    op.create_table(
        "clusters",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("weight", sa.Integer, nullable=False),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("open", sa.Integer, nullable=False),
        sa.Column("ignored", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    still_open = sa.text("open > 0")
    op.create_index(
        op.f("ix_clusters_weight"), "clusters", ["weight"], sqlite_where=still_open, postgresql_where=still_open
    )
    _rebuild_missed(_AFTER, add=[sa.Column("cluster", sa.Integer), sa.Column("chosen", sa.String(40))])
    op.create_index(op.f("ix_missed_cluster"), "missed", ["cluster"])
    op.create_table(
        "wishes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("missed_id", sa.Integer, sa.ForeignKey("missed.id", ondelete="CASCADE"), nullable=False),
        sa.Column("person", sa.BigInteger, nullable=False, index=True),
        sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.UniqueConstraint("missed_id", "person"),
    )
    op.create_table(
        "actions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("admin", sa.BigInteger),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("item", sa.String(40)),
        sa.Column("edit", sa.Text),
        sa.Column("state", sa.String(8), nullable=False),
        sa.CheckConstraint("state IN ('begun', 'done', 'undone', 'void')", name="state"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "drafts",
        sa.Column("admin", sa.BigInteger, primary_key=True),
        sa.Column("chat", sa.BigInteger, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "answered",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("item", sa.String(40), primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("last_asked", sa.DateTime, nullable=False, index=True),
    )
    op.create_table(
        "judged",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("item", sa.String(40), primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("right", sa.Boolean, nullable=False),
        sa.Column("judged_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "daily",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _rebuild_missed(check: str, add: list[sa.Column[Any]] | None = None, drop: list[str] | None = None) -> None:
    """Change the log's table.

    SQLite can't change a constraint: the table is copied, and dropping the old one would take its days along.
    """
    copied = op.get_bind().dialect.name == "sqlite"
    if copied:
        op.execute("CREATE TEMPORARY TABLE kept_days AS SELECT * FROM missed_days")
    with op.batch_alter_table("missed") as batch:
        if not copied:
            batch.drop_constraint(op.f("ck_missed_state"), type_="check")
        for column in add or ():
            batch.add_column(column)
        for name in drop or ():
            batch.drop_column(name)
        batch.create_check_constraint(op.f("ck_missed_state"), sa.text(check))
    if copied:
        op.execute("DELETE FROM missed_days")
        op.execute("INSERT INTO missed_days SELECT * FROM kept_days")
        op.execute("DROP TABLE kept_days")
