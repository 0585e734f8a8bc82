"""The inbox, and a row to try commits on."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """One row an update; one row in all."""
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("update_key", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("payload", sa.LargeBinary),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.Column("died_at", sa.DateTime),
        sa.Column("fault", sa.Text),
        sa.CheckConstraint("state IN ('waiting', 'done', 'dead')", name=op.f("ck_inbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_update_key"), "inbox", ["update_key"])
    op.create_index(op.f("ix_inbox_state"), "inbox", ["state"])
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeat")),
    )


def downgrade() -> None:
    """Drop both; what waits in the inbox is gone then."""
    op.drop_table("heartbeat")
    op.drop_table("inbox")
