"""Answers that are drawn at random to be judged, and what it takes to draw them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Answers from before were given by an unknown confidence model, and are never drawn."""
    op.add_column("answered", sa.Column("confidence", sa.String(16), nullable=False, server_default=""))
    op.add_column("answered", sa.Column("undrawn", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "sampled",
        sa.Column("drawn_at", sa.DateTime, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True, index=True),
        sa.Column("item", sa.String(40), primary_key=True),
        sa.Column("confidence", sa.String(16), nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("right", sa.Boolean),
    )
