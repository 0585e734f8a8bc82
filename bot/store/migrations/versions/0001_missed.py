"""The log of missed questions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """One row a question, one row a question and day."""
    op.create_table(
        "missed",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("first_asked", sa.DateTime, nullable=False),
        sa.Column("last_asked", sa.DateTime, nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("item", sa.String(40)),
        sa.Column("score", sa.Float, nullable=False),
        sa.CheckConstraint("state IN ('open', 'handled', 'ignored', 'not-covered')", name="state"),
    )
    op.create_table(
        "missed_days",
        sa.Column("missed_id", sa.Integer, sa.ForeignKey("missed.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
