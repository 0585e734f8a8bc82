"""Who may open the admins' page: one-time links, and the sessions that they are exchanged for."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, select

from bot.store.database import PAGE_LINKS_KEPT, PAGE_SESSIONS_IDLE, PAGE_SESSIONS_KEPT, Repository
from bot.store.records import PageVisitor
from bot.store.tables import PAGE_LINKS, PAGE_SESSIONS

_OPEN_LINKS = 3
"""Links of one admin that can be open at a time."""
_SEEN_EVERY = timedelta(minutes=1)
"""A session that was seen less long ago is not written anew."""


class PageAccess(Repository):
    """Links and sessions by their hashes; ``admin`` is a user id, None for the command line.

    What is older than its time is as if it were not there, whether it is deleted already or not.
    """

    def add_link(self, link: bytes, admin: int | None) -> None:
        """Open a link for an admin; of those that the admin has, the oldest beyond two are closed."""
        now = self._database.now()
        newest = (
            select(PAGE_LINKS.c.hash)
            .where(_of(PAGE_LINKS, admin))
            .order_by(PAGE_LINKS.c.made_at.desc(), PAGE_LINKS.c.hash)
            .limit(_OPEN_LINKS - 1)
        )
        with self._database.transaction() as connection:
            kept = connection.execute(newest).scalars().all()
            connection.execute(PAGE_LINKS.delete().where(_of(PAGE_LINKS, admin), PAGE_LINKS.c.hash.not_in(kept)))
            connection.execute(PAGE_LINKS.insert().values(hash=link, admin=admin, made_at=now))

    def link(self, link: bytes) -> PageVisitor | None:
        """Whom a link is for; None where none with this hash is open."""
        found = select(PAGE_LINKS.c.admin).where(*_open_link(link, self._database.now()))
        return next((PageVisitor(*row) for row in self._database.read(found)), None)

    def spend(self, link: bytes, session: bytes) -> bool:
        """Close a link and begin its admin's session; False where none with this hash is open."""
        now = self._database.now()
        # Of two who spend it at the same moment, one deletes the row.
        spent = PAGE_LINKS.delete().where(*_open_link(link, now)).returning(PAGE_LINKS.c.admin)
        with self._database.transaction() as connection:
            admins = connection.execute(spent).all()
            for (admin,) in admins:
                row = {"hash": session, "admin": admin, "made_at": now, "seen_at": now}
                connection.execute(PAGE_SESSIONS.insert().values(row))
        return bool(admins)

    def session(self, session: bytes) -> PageVisitor | None:
        """Whose session this is, which was just seen; None where there is none."""
        now = self._database.now()
        is_it = PAGE_SESSIONS.c.hash == session
        found = select(PAGE_SESSIONS.c.admin, PAGE_SESSIONS.c.seen_at).where(
            is_it,
            PAGE_SESSIONS.c.made_at > now - PAGE_SESSIONS_KEPT,
            PAGE_SESSIONS.c.seen_at > now - PAGE_SESSIONS_IDLE,
        )
        for admin, seen_at in self._database.read(found):
            if now - seen_at >= _SEEN_EVERY:
                self._database.write(PAGE_SESSIONS.update().where(is_it).values(seen_at=now))
            return PageVisitor(admin)
        return None

    def end(self, admin: int | None) -> int:
        """End all sessions of an admin and close the admin's links; how many sessions that were."""
        with self._database.transaction() as connection:
            connection.execute(PAGE_LINKS.delete().where(_of(PAGE_LINKS, admin)))
            return connection.execute(PAGE_SESSIONS.delete().where(_of(PAGE_SESSIONS, admin))).rowcount


def _of(table: Table, admin: int | None) -> ColumnElement[bool]:
    return table.c.admin.is_not_distinct_from(admin)


def _open_link(link: bytes, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return PAGE_LINKS.c.hash == link, PAGE_LINKS.c.made_at > now - PAGE_LINKS_KEPT
