"""The groups that have become supergroups, with another id."""

import json
import logging
from collections.abc import Callable

from bot.errors import StoreError
from bot.inbox.encryption import DecryptionError, Encryption
from bot.store.history import History

_LOG = logging.getLogger(__name__)
_MARK = "migrated groups"


class MigratedGroups:
    """The new ids of groups, by their former ones. ``keep`` is given all of them as JSON when one is added."""

    def __init__(self, known: str = "[]", keep: Callable[[str], None] = lambda _known: None) -> None:
        self._new_ids: dict[object, int] = dict(json.loads(known))
        self._keep = keep

    @classmethod
    def stored(cls, history: History, encryption: Encryption) -> "MigratedGroups":
        """Those that are kept, encrypted, across restarts. Raises StoreError if they can't be read."""

        def keep(known: str) -> None:
            try:
                history.put_mark(_MARK, encryption.encrypt(known).decode())
            except StoreError as error:
                _LOG.warning("The new id of a group can't be stored, and is learnt anew after a restart: %s", error)

        try:
            return cls(encryption.decrypt((history.mark(_MARK) or "").encode()), keep)
        except DecryptionError:
            # Nothing is kept yet, or the key has changed.
            return cls(keep=keep)

    def current_id(self, chat: int) -> int:
        """The id that a chat has now."""
        return self._new_ids.get(chat, chat)

    def add(self, former: int, new: int) -> None:
        """Remember that a group has another id."""
        self._new_ids[former] = new
        self._keep(json.dumps(list(self._new_ids.items())))
