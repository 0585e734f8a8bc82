"""Lists of misses that admins have opened, their ticks, and the misses that a bulk action changed, for its undo."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """The three tables."""
    op.create_table(
        "miss_lists",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("admin", sa.BigInteger, nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False, index=True),
        sa.Column("filter", sa.String(16), nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "miss_ticks",
        sa.Column("list_id", sa.Integer, sa.ForeignKey("miss_lists.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("cluster", sa.Integer, primary_key=True),
    )
    op.create_table(
        "bulk_misses",
        sa.Column("action_id", sa.Integer, sa.ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("missed_id", sa.Integer, sa.ForeignKey("missed.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
    )
    op.create_index(op.f("ix_bulk_misses_missed_id"), "bulk_misses", ["missed_id"])
