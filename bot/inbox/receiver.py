"""Takes updates in: what is needed of each is committed, encrypted, before anyone acknowledges it."""

import asyncio
import json
from collections.abc import Sequence

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


class Receiver:
    """The one way in, for polling and webhook alike."""

    def __init__(self, inbox: Inbox, encryption: Encryption, worker: Worker, metrics: Metrics) -> None:
        self._inbox = inbox
        self._encryption = encryption
        self._worker = worker
        self.capacity = worker.capacity
        """Set as long as more may be taken in."""
        self._metrics = metrics

    async def receive(self, raws: Sequence[object]) -> None:
        """Keep raw updates of any shape, in this order. They are durable, and on their way, when this returns.

        One that can't be read becomes a dead letter; one that was received in the last 48 hours is left out.

        Raises:
            StoreError: none of them was kept; they must not be acknowledged.
        """
        entries = [entry for raw in raws if (entry := self._entry(raw))]
        if entries:
            rows = await asyncio.to_thread(self._inbox.receive, entries)
            self._metrics.received.inc(len(rows))
            self._metrics.dead.inc(sum(entry.fault is not None for entry in entries))
            self._worker.add(rows)

    def _entry(self, raw: object) -> Entry | None:
        try:
            update = Update.model_validate(raw)
            needed = update.to_text()
        except (ValueError, RecursionError) as error:
            key = update_id(raw)
            if key is None:
                key = self._encryption.pseudonym(json.dumps(raw, default=str))
            fault = f"can't be read: {', '.join(_places(error)) or type(error).__name__}"
            return Entry(key, self._encryption.close(json.dumps(_nameless(raw), default=str)), fault)
        return Entry(update.update_id, self._encryption.close(needed)) if update.lane else None


def update_id(raw: object) -> int | None:
    """The id by which Telegram knows a raw update; None if it has none that could be one."""
    value = raw.get("update_id") if isinstance(raw, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def _nameless(raw: object) -> object:
    """What can't be read is kept for a version that can, but not the names in it; of what is no object, nothing."""
    return _without_names(raw) if isinstance(raw, dict) else None


def _without_names(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_names(one) for key, one in value.items() if key not in _NAMES}
    return [_without_names(one) for one in value] if isinstance(value, list) else value


def _places(error: Exception) -> Sequence[str]:
    """The fields at fault, never what they hold."""
    return [".".join(map(str, one["loc"])) for one in error.errors()] if isinstance(error, ValidationError) else []
