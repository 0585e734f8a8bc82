"""What the chat says about the admins' page."""

import pytest

from bot.conversation.forms import Admin
from bot.conversation.page import PageEntry
from bot.conversation.reply import Link
from bot.texts import admins as texts
from tests.admin_setup import ADMIN, AdminSetup

IN_GROUP = Admin(ADMIN.id, -1005)


class Entry:
    """A page at this address, and what was asked of it."""

    def __init__(self, url: str = "https://bot.example.org/admin", sessions: int = 1) -> None:
        self.url = f"{url}/sign-in/token"
        self.made_for: list[int] = []
        self.signed_out: list[int] = []
        self.sessions = sessions

    def parts(self) -> PageEntry:
        return PageEntry(self._link, self._out)

    def _link(self, admin: int) -> str:
        self.made_for.append(admin)
        return self.url

    def _out(self, admin: int) -> int:
        self.signed_out.append(admin)
        return self.sessions


def with_page(setup: AdminSetup, entry: Entry) -> AdminSetup:
    """The setup with this page."""
    object.__setattr__(setup.conversation, "page", entry.parts())
    return setup


ADDRESSES = {
    "https://bot.example.org/admin": (True, False),
    "http://192.168.1.5:8081": (True, False),
    "http://127.0.0.1:8081": (True, True),
    "http://localhost:8081": (False, True),
    "http://[::1]:8081": (False, True),
    "http://nas:8081": (False, False),
}


@pytest.mark.parametrize(("url", "told"), ADDRESSES.items())
def test_the_way_in(admin_setup: AdminSetup, url: str, told: tuple[bool, bool]) -> None:
    """A button, or the address itself where Telegram takes no button; a loopback's works on that machine alone."""
    entry = Entry(url)
    reply = with_page(admin_setup, entry).say("/page")
    has_button, is_loopback = told
    assert reply.link == (Link(texts.BUTTON_PAGE, entry.url) if has_button else None)
    assert (entry.url in reply.text) is not has_button
    assert (texts.PAGE_LOOPBACK in reply.text) is is_loopback
    assert entry.made_for == [ADMIN.id]


def test_no_group_sees_a_link(admin_setup: AdminSetup) -> None:
    """Whoever read it there could come in by it."""
    entry = Entry()
    turn = with_page(admin_setup, entry).turn_said("/page", IN_GROUP)
    assert turn
    assert turn.reply
    assert turn.reply.text == texts.PAGE_PRIVATE
    assert entry.made_for == []


@pytest.mark.parametrize("command", ["/page", "/logout"])
def test_a_bot_without_a_page_says_so(admin_setup: AdminSetup, command: str) -> None:
    """And which setting it lacks."""
    assert "CAMPAIGN_BOT_PAGE_URL" in admin_setup.say(command).text


@pytest.mark.parametrize(("sessions", "text"), [(2, texts.PAGE_SIGNED_OUT), (0, texts.PAGE_NOT_SIGNED_IN)])
def test_signing_out(admin_setup: AdminSetup, sessions: int, text: str) -> None:
    """All sessions of whoever says it."""
    entry = Entry(sessions=sessions)
    assert with_page(admin_setup, entry).say("/logout").text == text
    assert entry.signed_out == [ADMIN.id]


def test_what_is_being_written_goes_on(admin_setup: AdminSetup) -> None:
    """Whoever looks at the page comes back to it."""
    with_page(admin_setup, Entry()).say("/new")
    admin_setup.say("/page")
    assert admin_setup.form()
