"""What the chat says about the admins' page: how to get in, and that all are signed out."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.conversation.forms import Admin
from bot.conversation.reply import Link, Reply
from bot.texts import admins as texts


@dataclass(frozen=True, slots=True)
class PageEntry:
    """The way to the page. Both raise StoreError where the store fails.

    ``new_link`` makes the address of a one-time link for an admin; ``sign_out`` ends all of an admin's sessions, and
    says how many that were.
    """

    new_link: Callable[[int], str]
    sign_out: Callable[[int], int]


def way_in(entry: PageEntry | None, admin: Admin) -> Reply:
    """A link for an admin, who alone may see it; None stands for a bot without a page."""
    if entry is None:
        return Reply(texts.PAGE_OFF)
    if admin.chat != admin.id:
        return Reply(texts.PAGE_PRIVATE)
    address = entry.new_link(admin.id)
    host = urlsplit(address).hostname or ""
    lines = [texts.PAGE_LINK, *([texts.PAGE_LOOPBACK] if _is_loopback(host) else [])]
    # Telegram refuses a button that leads to a host without a dot.
    if "." not in host:
        return Reply("\n".join((*lines, address)))
    return Reply("\n".join(lines), link=Link(texts.BUTTON_PAGE, address))


def signed_out(entry: PageEntry | None, admin: Admin) -> Reply:
    """All of an admin's sessions are ended."""
    if entry is None:
        return Reply(texts.PAGE_OFF)
    return Reply(texts.PAGE_SIGNED_OUT if entry.sign_out(admin.id) else texts.PAGE_NOT_SIGNED_IN)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
