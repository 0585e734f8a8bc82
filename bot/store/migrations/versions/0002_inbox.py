"""The inbox, and a row to try commits on."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """One row an update; one row in all."""
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("update_key", sa.BigInteger, nullable=False, index=True),
        sa.Column("state", sa.String(8), nullable=False, index=True),
        sa.Column("payload", sa.LargeBinary),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.Column("died_at", sa.DateTime),
        sa.Column("fault", sa.Text),
        sa.CheckConstraint("state IN ('waiting', 'done', 'dead')", name="state"),
    )
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
    )
