"""The tables, as far as statements need them; the migrations make them, with their checks and autoincrements.

A ``key`` is the normal form of a question: whatever holds a question can be found, and is erased, by it. What is
counted by ``day`` is deleted by it.
"""

from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa

from bot.items import VerdictKind
from bot.store.records import ActionKind, ActionState, InboxState, MissFilter, NoticeKind, Opinion, State


class UtcDateTime(sa.TypeDecorator[datetime]):
    """Times that have a zone in Python; they are stored as UTC without one."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """A time as it is stored."""
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """A time as it was stored, with its zone."""
        return value and value.replace(tzinfo=UTC)


def _enum(kind: type[StrEnum], length: int) -> sa.Enum:
    """Members of an enum, which are stored as their values."""
    return sa.Enum(kind, values_callable=list, native_enum=False, length=length)


METADATA = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, METADATA, *parts)


MISSED = _table(
    "missed",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("first_asked", UtcDateTime, nullable=False),
    sa.Column("last_asked", UtcDateTime, nullable=False),
    sa.Column("state", _enum(State, 16), nullable=False, index=True),
    sa.Column("verdict", _enum(VerdictKind, 16), nullable=False),
    sa.Column("item", sa.String(40)),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("cluster", sa.Integer),
    sa.Column("chosen", sa.String(40)),
    sa.Column("settled_at", UtcDateTime),
    sa.Column("settled_as", sa.String(16)),
    # Clusters are ranked from this index alone, without the rows.
    sa.Index("ix_missed_cluster", "cluster", "state", "count"),
)
"""``settled_at``: since when whoever waits for it would be told the same, which has the digest ``settled_as``."""

CLUSTERS = _table(
    "clusters",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("ignored", sa.Boolean, nullable=False),
)

MISSED_DAYS = _table(
    "missed_days",
    sa.Column("missed_id", sa.ForeignKey("missed.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

FEEDBACK = _table(
    "feedback",
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("item", sa.String(40), primary_key=True),
    sa.Column("opinion", _enum(Opinion, 16), primary_key=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("last_given", UtcDateTime, nullable=False),
)

SHOWN_DAYS = _table(
    "shown_days",
    sa.Column("item", sa.String(40), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

SUBSCRIPTIONS = _table(
    "subscriptions",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("missed_id", sa.ForeignKey("missed.id", ondelete="CASCADE"), nullable=False),
    sa.Column("person", sa.BigInteger, nullable=False, index=True),
    sa.Column("address", sa.LargeBinary, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("readable", sa.Boolean, nullable=False),
    sa.Column("note", sa.LargeBinary),
    sa.UniqueConstraint("missed_id", "person"),
)
"""``readable``: whether the address can be decrypted; ``note``: what an admin replies to this person, encrypted."""

ANSWER_SUBSCRIPTIONS = _table(
    "answer_subscriptions",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("item", sa.String(40), nullable=False),
    sa.Column("person", sa.BigInteger, nullable=False, index=True),
    sa.Column("address", sa.LargeBinary, nullable=False),
    sa.Column("seen", sa.Text, nullable=False),
    sa.Column("offered", sa.Text),
    sa.Column("approved", sa.Boolean, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.UniqueConstraint("item", "person"),
)
"""``seen``: the answer that the subscriber knows; ``offered``: the changed one that admins were asked about, which is
told once it is ``approved``."""

ACTIONS = _table(
    "actions",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("admin", sa.BigInteger),
    sa.Column("kind", _enum(ActionKind, 16), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("item", sa.String(40)),
    sa.Column("edit", sa.Text),
    sa.Column("state", _enum(ActionState, 8), nullable=False),
)

ACTION_KEYS = _table(
    "action_keys",
    sa.Column("action_id", sa.ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True, index=True),
)
"""The questions that the edit of an action holds, as long as there is the edit."""

ACTION_ITEMS = _table(
    "action_items",
    sa.Column("action_id", sa.ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("item", sa.Text, primary_key=True, index=True),
)
"""The ids of all items, places and lists of words that the edit of an action changed."""

USED_IDS = _table("used_ids", sa.Column("item", sa.String(40), primary_key=True))
"""The ids of all items that were ever added or deleted, which are never used again."""

MISS_LISTS = _table(
    "miss_lists",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("admin", sa.BigInteger, nullable=False),
    sa.Column("search", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False, index=True),
    sa.Column("filter", _enum(MissFilter, 16), nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
)

MISS_TICKS = _table(
    "miss_ticks",
    sa.Column("list_id", sa.ForeignKey("miss_lists.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("cluster", sa.Integer, primary_key=True),
)
"""The clusters that are ticked in a list. One that is gone, or is not in the list any more, counts for nothing."""

BULK_MISSES = _table(
    "bulk_misses",
    sa.Column("action_id", sa.ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("missed_id", sa.ForeignKey("missed.id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("state", _enum(State, 16), nullable=False),
)
"""The misses that a bulk action changed, each with its ``state`` before, as long as the action can be undone."""

FORMS = _table(
    "forms",
    sa.Column("admin", sa.BigInteger, primary_key=True),
    sa.Column("chat", sa.BigInteger, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("cluster", sa.Integer),
    sa.Column("changed_at", UtcDateTime, nullable=False),
)

FORM_KEYS = _table(
    "form_keys",
    sa.Column("admin", sa.BigInteger, primary_key=True),
    sa.Column("chat", sa.BigInteger, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True, index=True),
    sa.ForeignKeyConstraint(["admin", "chat"], ["forms.admin", "forms.chat"], ondelete="CASCADE"),
)
"""The questions that a form holds."""

ANSWERED = _table(
    "answered",
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("item", sa.String(40), primary_key=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("last_asked", UtcDateTime, nullable=False, index=True),
    sa.Column("confidence", sa.String(16), nullable=False),
    sa.Column("undrawn", sa.Integer, nullable=False),
)
"""``undrawn``: how often the answer was given, by this confidence model, since answers were last drawn."""

JUDGED = _table(
    "judged",
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("item", sa.String(40), primary_key=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("right", sa.Boolean, nullable=False),
    sa.Column("judged_at", UtcDateTime, nullable=False),
)

SAMPLED = _table(
    "sampled",
    sa.Column("drawn_at", UtcDateTime, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True, index=True),
    sa.Column("item", sa.String(40), primary_key=True),
    sa.Column("confidence", sa.String(16), nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("right", sa.Boolean),
)
"""Answers that were drawn at random, so many ``times``; ``right`` is null until an admin judges them.

Not columns of JUDGED: that has an answer's last judgement, and an answer may be drawn in several weeks. The confidence
model is the engine's version alone, without the threshold: each edit of the knowledge moves the threshold to where the
share of false answers is the same, and a sample that began anew with each edit would never tell anything.
"""

DAILY = _table(
    "daily",
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

MARKS = _table(
    "marks",
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)


INBOX = _table(
    "inbox",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("update_key", sa.BigInteger, nullable=False, index=True),
    sa.Column("state", _enum(InboxState, 8), nullable=False, index=True),
    sa.Column("payload", sa.LargeBinary),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Column("died_at", UtcDateTime),
    sa.Column("fault", sa.Text),
    sa.Column("chat_key", sa.BigInteger, nullable=False),
    sa.Column("leased_by", sa.BigInteger),
    sa.Index(
        "ix_inbox_chat_key",
        "chat_key",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
    sa.Index(
        "ix_inbox_received_at",
        "received_at",
        sqlite_where=sa.text("state = 'done'"),
        postgresql_where=sa.text("state = 'done'"),
    ),
)
"""``chat_key``: a keyed hash of the queue that a row waits in. ``leased_by``: the replica that handles what waits, if
there are several; it counts as long as that replica lives."""

REPLICAS = _table(
    "replicas",
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("knowledge", sa.Text, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("leased_until", sa.Float, nullable=False),
)
"""The processes that serve from one database. ``id`` is random, and another one after each start; ``leased_until``, in
seconds since 1970 by the database's own clock: so long what it has leased is its own."""

LEASES = _table(
    "leases",
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("leased_by", sa.BigInteger),
)
"""What one replica at a time does, and which."""

PARTICIPANTS = _table(
    "participants",
    sa.Column("participant", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
)
"""What is talked about with each member of each chat, encrypted, where the next message may come to another replica.
``participant``: a keyed hash of the chat and the member."""

NOTICES = _table(
    "notices",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("chat", sa.BigInteger, nullable=False, index=True),
    sa.Column("kind", _enum(NoticeKind, 16), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("mark", sa.Text),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

PAGE_LINKS = _table(
    "page_links",
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    sa.Column("admin", sa.BigInteger),
    sa.Column("made_at", UtcDateTime, nullable=False),
)
"""One-time links to the admins' page: the SHA-256 of what stands in each. ``admin`` is null for the command line."""

PAGE_SESSIONS = _table(
    "page_sessions",
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    sa.Column("admin", sa.BigInteger),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
)
"""Who is signed in to the admins' page: the SHA-256 of what each browser keeps."""

HEARTBEAT = _table(
    "heartbeat",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
)
