"""Since when the answer to a miss has stood, who can be told of it, and what an admin replies to them alone."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Whoever waits is taken to be within reach until the bot finds that it can't read where."""
    op.add_column("missed", sa.Column("settled_at", sa.DateTime))
    op.add_column("missed", sa.Column("settled_as", sa.String(16)))
    op.add_column("subscriptions", sa.Column("readable", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("subscriptions", sa.Column("note", sa.LargeBinary))
