"""The groups that have become supergroups, with another id."""

import json
import logging
from collections.abc import Callable

from bot.errors import StoreError
from bot.inbox.encryption import DecryptionError, Encryption
from bot.store.history import History

_LOG = logging.getLogger(__name__)
_MARK = "migrated groups"
NewIds = dict[int, int]
"""The new ids of groups, by their former ones."""


class MigratedGroups:
    """The groups with new ids. ``keep`` is given all that are known when one is added; what is known from then on."""

    def __init__(self, known: NewIds | None = None, keep: Callable[[NewIds], NewIds] = lambda known: known) -> None:
        self._new_ids = known or {}
        self._keep = keep

    @classmethod
    def stored(cls, history: History, encryption: Encryption) -> "MigratedGroups":
        """Those that replicas keep, encrypted, across restarts. Raises StoreError if they can't be read."""

        def read(kept: str | None) -> NewIds:
            try:
                return dict(json.loads(encryption.decrypt(kept.encode()))) if kept else {}
            except DecryptionError:
                # The key has changed.
                return {}

        def keep(known: NewIds) -> NewIds:
            merged = known

            def add(kept: str | None) -> str:
                nonlocal merged
                # A group moves once: nobody knows another id of it.
                merged = read(kept) | known
                return encryption.encrypt(json.dumps(list(merged.items()))).decode()

            try:
                history.change_mark(_MARK, add)
            except StoreError as error:
                _LOG.warning("The new id of a group can't be stored, and is learnt anew after a restart: %s", error)
            return merged

        return cls(read(history.mark(_MARK)), keep)

    def current_id(self, chat: int) -> int:
        """The id that a chat has now."""
        return self._new_ids.get(chat, chat)

    def add(self, former: int, new: int) -> None:
        """Remember that a group has another id."""
        self._new_ids[former] = new
        self._new_ids.update(self._keep(self._new_ids.copy()))
