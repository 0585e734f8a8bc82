"""The tables, as SQLAlchemy sees them; the migrations make them.

A ``key`` is the normal form of a question: whatever holds a question can be found, and erased, by it.
"""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
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
    Column("cluster", Integer),
    Column("chosen", String(40)),
    CheckConstraint("state IN ('open', 'handled', 'verified', 'ignored', 'not-covered')", name="state"),
)

# Clusters are ranked from this index alone, without the rows.
Index("ix_missed_cluster", MISSED.c.cluster, MISSED.c.state, MISSED.c.count)

CLUSTERS = Table(
    "clusters",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("ignored", Boolean, nullable=False),
    sqlite_autoincrement=True,
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

SHOWN_DAYS = Table(
    "shown_days",
    METADATA,
    Column("item", String(40), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
)


SUBSCRIPTIONS = Table(
    "subscriptions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("missed_id", ForeignKey("missed.id", ondelete="CASCADE"), nullable=False),
    Column("person", BigInteger, nullable=False, index=True),
    Column("address", LargeBinary, nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    UniqueConstraint("missed_id", "person"),
)

ACTIONS = Table(
    "actions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("admin", BigInteger),
    Column("kind", String(16), nullable=False),
    Column("detail", Text, nullable=False),
    Column("item", String(40)),
    Column("edit", Text),
    Column("state", String(8), nullable=False),
    CheckConstraint("state IN ('begun', 'done', 'undone', 'void')", name="state"),
    sqlite_autoincrement=True,
)

ACTION_KEYS = Table(
    "action_keys",
    METADATA,
    Column("action_id", ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True, index=True),
)
"""The questions that the edit of an action holds, as long as there is the edit."""

FORMS = Table(
    "forms",
    METADATA,
    Column("admin", BigInteger, primary_key=True),
    Column("chat", BigInteger, primary_key=True),
    Column("content", Text, nullable=False),
    Column("cluster", Integer),
    Column("changed_at", DateTime, nullable=False),
)

FORM_KEYS = Table(
    "form_keys",
    METADATA,
    Column("admin", BigInteger, primary_key=True),
    Column("chat", BigInteger, primary_key=True),
    Column("key", Text, primary_key=True, index=True),
    ForeignKeyConstraint(["admin", "chat"], ["forms.admin", "forms.chat"], ondelete="CASCADE"),
)
"""The questions that a form holds."""

ANSWERED = Table(
    "answered",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("item", String(40), primary_key=True),
    Column("question", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("last_asked", DateTime, nullable=False, index=True),
)

JUDGED = Table(
    "judged",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("item", String(40), primary_key=True),
    Column("question", Text, nullable=False),
    Column("right", Boolean, nullable=False),
    Column("judged_at", DateTime, nullable=False),
)

DAILY = Table(
    "daily",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("name", String(16), primary_key=True),
    Column("count", Integer, nullable=False),
)

MARKS = Table(
    "marks",
    METADATA,
    Column("name", String(16), primary_key=True),
    Column("value", Text, nullable=False),
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
