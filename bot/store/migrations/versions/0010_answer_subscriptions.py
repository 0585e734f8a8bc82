"""Members who want to be told when an answer changes."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nobody has asked for that yet."""
    op.create_table(
        "answer_subscriptions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("person", sa.BigInteger, nullable=False, index=True),
        sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("seen", sa.Text, nullable=False),
        sa.Column("offered", sa.Text),
        sa.Column("approved", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.UniqueConstraint("item", "person"),
    )
