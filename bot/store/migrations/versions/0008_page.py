"""One-time links to the admins' page, and the sessions that they lead to."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """The tables of links and of sessions."""
    op.create_table(
        "page_links",
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.Column("admin", sa.BigInteger),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "page_sessions",
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.Column("admin", sa.BigInteger),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
    )
