"""What several processes that serve from one database need: which of them handles what, and what a chat talks about."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """What waits from before counts as of one chat: its order is kept, and one replica handles it."""
    op.add_column("inbox", sa.Column("chat_key", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("inbox", sa.Column("leased_by", sa.BigInteger))
    waiting = sa.text("state = 'waiting'")
    op.create_index(op.f("ix_inbox_chat_key"), "inbox", ["chat_key"], sqlite_where=waiting, postgresql_where=waiting)
    # What is done for long is found without a look at all rows, since nobody can write meanwhile.
    done = sa.text("state = 'done'")
    op.create_index(op.f("ix_inbox_received_at"), "inbox", ["received_at"], sqlite_where=done, postgresql_where=done)
    op.create_table(
        "replicas",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("knowledge", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("leased_until", sa.Float, nullable=False),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("leased_by", sa.BigInteger),
    )
    op.create_table(
        "participants",
        sa.Column("participant", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Five million updates a day use up 32 bits within 430 days.
        op.execute("ALTER TABLE inbox ALTER COLUMN id TYPE bigint")
        op.execute("ALTER SEQUENCE inbox_id_seq AS bigint")
        # Each of its rows is changed twice and then stands for 48 hours: room for the changes in the row's own page,
        # and dead rows removed before there are many of them.
        op.execute(
            "ALTER TABLE inbox SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, "
            "autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0)"
        )
