"""Replies to those who wait for an answer, without an item: written, read once more, and handed over to be told."""

from dataclasses import dataclass

from markupsafe import Markup

from bot.conversation import cards, drafts
from bot.conversation.callbacks import YES, AdminAction, AdminCallback, FormAction, FormCallback
from bot.conversation.forms import Admin, AdminTurn, Field, Form, Standing, UnfitInputError
from bot.conversation.miss_list import MissListPages
from bot.conversation.reply import Button, Reply, row, short_key
from bot.inbox.encryption import Encryption
from bot.store.clusters import MissClusters
from bot.store.history import History
from bot.store.records import ActionKind
from bot.store.subscriptions import Subscriptions
from bot.texts import admins as texts
from bot.texts.members import NOTE


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes to the subscribers of a cluster of misses, each told once, under the subscriber's question.

    The text of a note is kept encrypted alone: in its admin's form, and with the subscriptions until it was told. The
    history says that there was one. Its methods raise UnfitInputError where a note can't be written or sent, and
    StoreError where the store fails.
    """

    subscriptions: Subscriptions
    clusters: MissClusters
    pages: MissListPages
    history: History
    encryption: Encryption

    def advance(self, form: Form, admin: Admin) -> AdminTurn:
        """Ask for the note of a form, or show it as it will be told to those who wait now."""
        cluster = self.clusters.cluster(form.cluster or 0)
        if not cluster.waiting:
            raise UnfitInputError(texts.NOTE_NOBODY)
        known = {"question": cluster.questions[0].question, "count": cluster.waiting}
        rows = drafts.back_rows(form, admin.id)
        if form.awaited is Field.CONFIRMATION:
            shown = texts.NOTE_PREVIEW.format(told=NOTE.format(note=form.note), **known)
            send = Button(texts.BUTTON_SEND, FormCallback(FormAction.CONFIRM, admin.id, short_key(form.note)))
            return AdminTurn(Reply(shown, (*row(send, cards.cancel(admin.id)), *rows)), form)
        # In a group the bot sees replies alone.
        hint = f"\n{texts.REPLY_HERE}" if admin.chat != admin.id else ""
        asked = Markup(texts.ASK_NOTE).format(**known) + drafts.written(form) + hint  # noqa: S704 - all that fills it is escaped
        return AdminTurn(Reply(asked, (*row(cards.cancel(admin.id)), *rows)), form)

    def send(self, form: Form, shown: str, admin: Admin) -> AdminTurn:
        """Hand over the note of a form, to be told to all who wait now. ``shown``: the key of what was shown."""
        cluster = form.cluster or 0
        if shown != short_key(form.note):
            raise UnfitInputError(texts.DRAFT_GONE)
        place = self.clusters.place(cluster, cards.COUNTED, self.pages.query(form.list_id))
        count = self.subscriptions.put_note(cluster, self.encryption.encrypt(form.note))
        if count:
            self.history.record(admin.id, ActionKind.NOTE, str(cluster))
        told = texts.NOTE_SENT.format(count=count) if count else texts.NOTE_NOBODY
        item = Button(texts.BUTTON_NOTE_TO_ITEM, AdminCallback(AdminAction.WRITE_ITEM, cluster, YES, form.list_id))
        done = form.but(standing=Standing.DONE)
        return AdminTurn(Reply(told, row(item, cards.next_card(place, form.list_id))), done)
