"""The log of missed questions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """One row a question, one row a question and day."""
    op.create_table(
        "missed",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("first_asked", sa.DateTime, nullable=False),
        sa.Column("last_asked", sa.DateTime, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("item", sa.String(40)),
        sa.Column("score", sa.Float, nullable=False),
        sa.CheckConstraint("state IN ('open', 'handled', 'ignored', 'not-covered')", name=op.f("ck_missed_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed")),
        sa.UniqueConstraint("key", name=op.f("uq_missed_key")),
    )
    op.create_index(op.f("ix_missed_state"), "missed", ["state"])
    op.create_table(
        "missed_days",
        sa.Column("missed_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["missed_id"], ["missed.id"], name=op.f("fk_missed_days_missed_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("missed_id", "day", name=op.f("pk_missed_days")),
    )


def downgrade() -> None:
    """Drop both; the misses are gone then."""
    op.drop_table("missed_days")
    op.drop_table("missed")
