"""What members think of items, and how often items are asked."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """One row a question, item and opinion; one row an item and day."""
    op.create_table(
        "feedback",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("item", sa.String(40), primary_key=True),
        sa.Column("opinion", sa.String(16), primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_given", sa.DateTime, nullable=False),
    )
    op.create_table(
        "asked_days",
        sa.Column("item", sa.String(40), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
