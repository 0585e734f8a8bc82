"""PostgreSQL: many processes serve from it, and whoever writes keeps out every other writer, as on SQLite."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

WRITE_LOCK = 0x63616D70
"""The advisory lock of all transactions that write."""
EDIT_LOCK = WRITE_LOCK + 1
"""The advisory lock of whoever edits the knowledge folder."""
_CONNECT_ARGS = {
    # Behind a pooler of transactions, what is prepared on one connection is not there on the next.
    "prepare_threshold": None,
    "connect_timeout": 5,
    # A machine that is gone says nothing: these tell within about 10 seconds.
    "keepalives": 1,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_LIMITS = {"idle_in_transaction_session_timeout": "5s", "lock_timeout": "3s", "statement_timeout": "15s"}
_PATIENT = {"lock_timeout": "60s"}
"""For changes of the schema, which wait for those of other processes and take their time."""
_LONGEST_EDIT = "60s"
"""So long an edit of the folder has it for itself, should its machine be lost or stand still."""


class PostgresqlBackend:
    """A database on a server of version 15 or newer.

    Nothing is set for a session, so that a pooler of transactions may stand in between: time-outs and the lock of those
    who write last as long as a transaction.
    """

    is_shared = True

    def __init__(self, url: sa.URL) -> None:
        self.reading_options: Mapping[str, object] = {
            "reads": True,
            "isolation_level": "REPEATABLE READ",
            "postgresql_readonly": True,
        }
        url = url.set(drivername="postgresql+psycopg")
        self.engine = sa.create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=_CONNECT_ARGS)
        sa.event.listen(self.engine, "connect", _leave_out_nul)
        sa.event.listen(self.engine, "begin", _begin)

    def claim(self) -> None:
        """Many processes may serve from it, each with its leases."""

    @contextmanager
    def editing(self) -> Iterator[bool]:
        """A transaction that does nothing else has the lock, so that it ends with its connection."""
        connection = self.engine.connect().execution_options(reads=True)
        try:
            limit = sa.func.set_config("idle_in_transaction_session_timeout", _LONGEST_EDIT, True)  # noqa: FBT003
            connection.execute(sa.select(limit))
            yield bool(connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(EDIT_LOCK))))
        finally:
            # Should the connection be lost, what was edited is edited all the same.
            with suppress(DBAPIError):
                connection.close()

    def check(self) -> None:
        """A server knows where its files are."""

    def forget_deleted(self) -> None:
        """Deleted rows go with the server's next vacuum, and with its old write-ahead logs."""

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _leave_out_nul(connection: Any, _record: object) -> None:  # noqa: ANN401 - of psycopg, which may not be there
    """Members' texts may hold NUL, which PostgreSQL takes in no text; nobody sees it."""
    from psycopg.types.string import StrDumper  # noqa: PLC0415 - the extra brings it

    class WithoutNul(StrDumper):
        def dump(self, obj: str) -> Any:  # noqa: ANN401 - a buffer of psycopg's
            return super().dump(obj.replace("\0", ""))

    connection.adapters.register_dumper(str, WithoutNul)


def _begin(connection: sa.Connection) -> None:
    """Bound how long a transaction takes; one that writes waits for all others that do, then sees what they wrote."""
    options = connection.get_execution_options()
    limits = _PATIENT if options.get("patient") else _LIMITS
    settings = [sa.func.set_config(name, limit, True) for name, limit in limits.items()]  # noqa: FBT003 - its signature
    connection.execute(sa.select(*settings))
    if not options.get("reads"):
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITE_LOCK)))
