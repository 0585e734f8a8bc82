"""The way in to the page: a one-time link becomes a session; both are known by their SHA-256 alone."""

import hashlib
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from bot.store.page_access import PageAccess
from bot.store.records import PageVisitor
from bot.web.address import PageAddress

SIGN_IN = "/sign-in/"
"""What the path of a link begins with."""
_BYTES = 32
_WRONG_A_MINUTE = 10
_MINUTE_S = 60.0
_TOLD_EVERY_S = 3600.0


@dataclass(eq=False)
class Access:
    """Links and sessions of the page.

    ``admins``: who may sign in, None for whoever began with a command; asked at every request, so that whoever is
    removed from it is out at once. ``tell`` tells the admins that somebody tries links. ``now`` gives the seconds of a
    clock that never goes back. Every method raises StoreError where the store fails.
    """

    store: PageAccess
    admins: Collection[int | None]
    address: PageAddress
    tell: Callable[[], Awaitable[None]]
    now: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._wrong: deque[float] = deque(maxlen=_WRONG_A_MINUTE)
        """When the last wrong links were opened."""
        self._told_at: float | None = None

    def new_link(self, admin: int | None) -> str:
        """The address of a new link for an admin: good for one sign-in, for 5 minutes."""
        token = secrets.token_urlsafe(_BYTES)
        self.store.add_link(_hash(token), admin)
        return self.address.link(SIGN_IN + token)

    def is_open(self, token: str) -> bool:
        """Whether a link with this token leads in; nothing changes."""
        visitor = self.store.link(_hash(token))
        return visitor is not None and visitor.admin in self.admins

    def sign_in(self, token: str) -> str | None:
        """Spend a link: the id of the session that begins. None where no link with this token leads in."""
        if not self.is_open(token):
            return None
        session = secrets.token_urlsafe(_BYTES)
        return session if self.store.spend(_hash(token), _hash(session)) else None

    def visitor(self, session: str) -> PageVisitor | None:
        """Whose session this is; None where there is none, or where its owner is no admin any more."""
        visitor = self.store.session(_hash(session)) if session else None
        return visitor if visitor and visitor.admin in self.admins else None

    def sign_out(self, admin: int | None) -> int:
        """End all sessions of an admin, and close the admin's links; how many sessions that were."""
        return self.store.end(admin)

    async def refuse_wrong_link(self) -> bool:
        """Count a wrong link; whether there were too many of them within a minute, which the admins are told hourly."""
        now = self.now()
        is_full = len(self._wrong) == _WRONG_A_MINUTE and now - self._wrong[0] < _MINUTE_S
        if not is_full:
            self._wrong.append(now)
        elif self._told_at is None or now - self._told_at >= _TOLD_EVERY_S:
            self._told_at = now
            await self.tell()
        return is_full


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
