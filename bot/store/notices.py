"""Notices to admins: kept until Telegram took them, a row for each chat that one goes to."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from bot.store.database import NOTICES_KEPT, Repository, fields_of, put
from bot.store.records import Notice, NoticeKind
from bot.store.tables import MARKS, NOTICES


class Notices(Repository):
    """What waits to be delivered to admins."""

    def add(self, kind: NoticeKind, chats: Collection[int], content: bytes, mark: str | None = None) -> None:
        """Keep a notice for each of these chats, in place of one of its kind that waits there; changes are all kept.

        ``mark`` is noted under the kind's name together with the first delivery, or now if there is nobody to tell.
        """
        row = {"kind": kind, "content": content, "mark": mark, "created_at": self._database.now()}
        with self._database.transaction() as connection:
            if mark is not None and not chats:
                put(connection, MARKS, {"name": kind}, {"value": mark})
            for chat in chats:
                if kind is not NoticeKind.CHANGE:
                    connection.execute(NOTICES.delete().filter_by(chat=chat, kind=kind))
                connection.execute(NOTICES.insert().values(row | {"chat": chat}))

    def next(self, chat: int) -> Notice | None:
        """The notice that has waited longest for a chat; None where there is none."""
        waiting = fields_of(Notice, NOTICES).where(NOTICES.c.chat == chat).order_by(NOTICES.c.id).limit(1)
        return next((Notice(*row) for row in self._database.read(waiting)), None)

    def kept_at(self, kind: NoticeKind) -> datetime | None:
        """When the newest notice of this kind that still waits for any chat was kept; None where none waits."""
        newest = select(NOTICES.c.created_at).where(NOTICES.c.kind == kind).order_by(NOTICES.c.id.desc()).limit(1)
        return self._database.read(newest).scalar_one_or_none()

    def settle(self, notice_id: int) -> None:
        """Delete a notice that is delivered, or can't be, together with noting its mark."""
        with self._database.transaction() as connection:
            chosen = select(NOTICES.c.kind, NOTICES.c.mark).where(NOTICES.c.id == notice_id)
            for kind, mark in connection.execute(chosen).all():
                if mark is not None:
                    put(connection, MARKS, {"name": kind}, {"value": mark})
            connection.execute(NOTICES.delete().where(NOTICES.c.id == notice_id))

    def drop_old(self) -> int:
        """Erase what has waited for 3 days, and say how many notices that were. Raises as ``Database.erase``."""
        since = self._database.now() - NOTICES_KEPT
        return self._database.erase(NOTICES.delete().where(NOTICES.c.created_at < since))
