"""Takes updates in: what is needed of each is committed, encrypted, before anyone acknowledges it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from pydantic import ValidationError

from bot.inbox.encryption import Encryption
from bot.inbox.updates import Update
from bot.inbox.worker import Worker
from bot.metrics import Metrics
from bot.store.inbox import Inbox
from bot.store.records import Entry

_NAMES = frozenset(
    {"first_name", "last_name", "username", "title", "bio", "contact", "author_signature", "forward_sender_name"}
)


@dataclass(frozen=True, slots=True)
class Receiver:
    """The one way in, for polling and webhook alike."""

    inbox: Inbox
    encryption: Encryption
    worker: Worker
    metrics: Metrics

    async def receive(self, raws: Sequence[object]) -> None:
        """Keep raw updates of any shape, in this order. They are durable, and with the worker, when this returns.

        One that can't be read becomes a dead letter; one that was received in the last 48 hours is left out.

        Raises:
            StoreError: none of them was kept; they must not be acknowledged.
        """
        entries: list[Entry] = []
        updates: dict[bytes, Update] = {}
        """By its payload, of which no two are the same."""
        for raw in raws:
            try:
                update = Update.model_validate(raw)
                needed = update.to_text()
            except (ValueError, RecursionError) as error:
                entries.append(self._dead_letter(raw, error))
                continue
            if update.queue:
                chat = self.encryption.pseudonym(update.queue)
                is_brief = update.inline_query is not None
                entry = Entry(update.update_id, self.encryption.encrypt(needed), chat=chat, is_brief=is_brief)
                entries.append(entry)
                updates[entry.payload] = update
        if entries:
            await self.worker.claim(partial(self.inbox.receive, entries), updates)
            self.metrics.finished.labels("dead").inc(sum(entry.fault is not None for entry in entries))

    def _dead_letter(self, raw: object, error: Exception) -> Entry:
        """What can't be read is kept for a version that can, without the names in it; of what is no object, nothing."""
        key = update_id(raw)
        if key is None:
            key = self.encryption.pseudonym(json.dumps(raw, default=str))
        kept = json.dumps(_without_names(raw) if isinstance(raw, dict) else None, default=str)
        # The fields at fault are named, never what they hold.
        details = error.errors() if isinstance(error, ValidationError) else []
        fields = ", ".join(".".join(map(str, detail["loc"])) for detail in details)
        return Entry(key, self.encryption.encrypt(kept), f"can't be read: {fields or type(error).__name__}")


def update_id(raw: object) -> int | None:
    """The id by which Telegram knows a raw update; None if it has none that could be one."""
    value = raw.get("update_id") if isinstance(raw, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def _without_names(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_names(inner) for key, inner in value.items() if key not in _NAMES}
    return [_without_names(inner) for inner in value] if isinstance(value, list) else value
