"""The tables, as SQLAlchemy sees them; the migrations make them."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

MISSED = Table(
    "missed",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("question", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_asked", DateTime, nullable=False),
    Column("last_asked", DateTime, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("verdict", String(16), nullable=False),
    Column("item", String(40)),
    Column("score", Float, nullable=False),
    CheckConstraint("state IN ('open', 'handled', 'ignored', 'not-covered')", name="state"),
)

MISSED_DAYS = Table(
    "missed_days",
    METADATA,
    Column("missed_id", ForeignKey("missed.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
)

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("item", String(40), primary_key=True),
    Column("opinion", String(16), primary_key=True),
    Column("question", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("last_given", DateTime, nullable=False),
)

ASKED_DAYS = Table(
    "asked_days",
    METADATA,
    Column("item", String(40), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
)


class InboxState(StrEnum):
    """The life of an update."""

    WAITING = "waiting"
    DONE = "done"
    """Answered; kept without its content, to be known if it comes again."""
    DEAD = "dead"


INBOX = Table(
    "inbox",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("update_key", BigInteger, nullable=False, index=True),
    Column("state", String(8), nullable=False, index=True),
    Column("payload", LargeBinary),
    Column("received_at", DateTime, nullable=False),
    Column("died_at", DateTime),
    Column("fault", Text),
    CheckConstraint("state IN ('waiting', 'done', 'dead')", name="state"),
)

HEARTBEAT = Table(
    "heartbeat",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
)
