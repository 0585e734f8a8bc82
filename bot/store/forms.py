"""The forms that admins are filling in, so that a restart loses none of them."""

from sqlalchemy import Connection, select

from bot.store.database import FORMS_KEPT, Database
from bot.store.records import StoredForm
from bot.store.tables import FORM_KEYS, FORMS


class Forms:
    """At most one form of an admin in a chat. Every method raises StoreError when the store fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, admin: int, chat: int) -> str | None:
        """The content of an admin's form in a chat; None where there is none, or it has not changed for an hour."""
        since = self._database.now() - FORMS_KEPT
        current = (FORMS.c.admin == admin, FORMS.c.chat == chat, FORMS.c.changed_at >= since)
        return self._database.read(select(FORMS.c.content).where(*current)).scalar_one_or_none()

    def record_in(self, connection: Connection, form: StoredForm) -> None:
        """Keep a form in place of the one before it, or delete that one, within another transaction."""
        place = {"admin": form.admin, "chat": form.chat}
        connection.execute(FORMS.delete().where(FORMS.c.admin == form.admin, FORMS.c.chat == form.chat))
        if form.content is None:
            return
        kept = {"content": form.content, "cluster": form.cluster, "changed_at": self._database.now()}
        connection.execute(FORMS.insert().values(place | kept))
        if form.keys:
            connection.execute(FORM_KEYS.insert(), [place | {"key": key} for key in dict.fromkeys(form.keys)])
