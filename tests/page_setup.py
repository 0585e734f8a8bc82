"""The admins' page over all that admins work with, and browsers that open it, without a server."""

import re
from collections.abc import Iterator, Sequence

import httpx

from bot.masking import loggable, question_key
from bot.snapshot import CONFIDENCE
from bot.store.bulk_actions import BulkActions
from bot.store.miss_table import MissTable
from bot.store.page_access import PageAccess
from bot.store.records import Action, ActionKind, Answered, Feedback, Opinion, Records
from bot.web.access import Access
from bot.web.address import PageAddress
from bot.web.application import application
from bot.web.pages import PAGES
from bot.web.rendering import Renderer
from bot.web.services import Services
from bot.web.visit import Page
from tests.admin_setup import ADMIN, AdminSetup

URL = "http://127.0.0.1:8081"
OTHER = 6
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
EXAMPLES: dict[str, str] = {
    "/misses/{cluster:int}": "/misses/1",
    "/misses/{cluster:int}/undo": "/misses/1/undo",
    "/misses/{cluster:int}/{task}": "/misses/1/new",
    "/items/{item}": "/items/opening",
    "/items/words/{name}": "/items/words/synonyms",
    "/items/{item}/correction": "/items/opening/correction",
    "/history/{action}/undo": "/history/1/undo",
}
"""A path for each route with an open part, such as ``"/items/{item}": "/items/opening"``."""


def paths() -> list[str]:
    """A path for each route that shows something to an admin."""
    routes = [route for page in PAGES for route in page.shows]
    return [EXAMPLES.get(route, route) for route in routes]


def posted() -> list[str]:
    """A path for each route that takes a form."""
    routes = [route for page in PAGES for route in page.does]
    return [EXAMPLES.get(route, route) for route in routes]


class PageSetup:
    """The page of a bot whose admins are ``ADMIN`` and ``OTHER``; ``now`` is the time by which wrong links count."""

    def __init__(self, admin_setup: AdminSetup, url: str = URL) -> None:
        self.setup = admin_setup
        self.admins: list[int | None] = [ADMIN.id, OTHER]
        self.problems: list[str] = []
        self.times_told = 0
        self.now = 1000.0
        self.store = PageAccess(admin_setup.database)
        self.address = PageAddress(url, "127.0.0.1:8081")
        self.access = Access(self.store, self.admins, self.address, self._tell, lambda: self.now)
        self.services = Services(
            folder=admin_setup.folder,
            current=admin_setup.current,
            edits=admin_setup.edits,
            lifecycle=admin_setup.lifecycle,
            corrections=admin_setup.corrections,
            misses=admin_setup.misses,
            clusters=admin_setup.clusters,
            clustering=admin_setup.clustering,
            miss_table=MissTable(admin_setup.database),
            bulk=BulkActions(admin_setup.database),
            usage=admin_setup.usage,
            history=admin_setup.history,
            past=admin_setup.conversation.past,
            clock=admin_setup.clock,
            retention_days=180,
            problems=lambda: self.problems,
            is_busy=lambda: False,
        )
        self.open(PAGES)

    def open(self, pages: Sequence[Page]) -> None:
        """Have these pages from here on."""
        renderer = Renderer(self.address, self.services.clock, pages)
        self.app = application(self.services, self.access, renderer, pages)

    async def _tell(self) -> None:
        self.times_told += 1

    def fill(self, questions: Sequence[str]) -> None:
        """Members ask these: each is missed, answered, and complained about."""
        for question in questions:
            text, key = loggable(question), question_key(question)
            self.setup.miss(text)
            complaints = (Feedback(text, key, "opening", Opinion.WRONG), Feedback(text, key, "card", Opinion.NOT_MEANT))
            answered = (Answered(text, key, "opening", 0.7, CONFIDENCE),)
            self.setup.usage.record(Records(feedback=complaints, answered=answered, shown=("opening",)))
        self.setup.clustering.cluster_new()

    def history(self) -> Sequence[Action]:
        """What admins did, the last first, without what was undone."""
        done = self.setup.history.latest(50)
        return [action for action in done if action.kind is not ActionKind.UNDO]

    def browser(self) -> httpx.AsyncClient:
        """A browser that is not signed in, and that follows no redirect by itself."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url=self.address.url, headers=SAME_ORIGIN
        )

    async def signed_in(self, admin: int | None = ADMIN.id) -> httpx.AsyncClient:
        """A browser that has signed in by a link."""
        browser = self.browser()
        response = await browser.post(self.access.new_link(admin))
        assert response.status_code == 303
        return browser


HOSTILE: Sequence[str] = (
    "<script>alert(1)</script>",
    "</textarea><script src=//evil.example></script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "<svg onload=alert(1)>",
    "</title><h1>x</h1>",
    "<b>粗</b>几点开门",
    "{{ 7*7 }}{% for x in y %}",
    "{question} {0} {admin.__class__} %s %(x)s",
    "\u202e几点开门\u202c 反着读",
    "שלום؟ مرحبا",
    "a\u0000b\u0007c",
    "\ufeff\ufffe几点\u2028\u2066x",
    "😀👩‍👩‍👧‍👦" * 20,
    "&lt;i&gt; &amp;amp; &#x3c;",
    '=HYPERLINK("http://evil.example")',
    "../../etc/passwd\r\nSet-Cookie: a=b",
    "几点" * 2048,
    "W" * 4096,
)
"""Questions that members may ask to do harm, or that are hard to show."""


def scripts(html: str) -> Iterator[str]:
    """All in a page that a browser could run, or that a policy would have to allow."""
    yield from re.findall(r"<script(?![^>]*\ssrc=\"/)[^>]*>", html)
    yield from re.findall(r"<[^>]*\s(?:on\w+|style)\s*=[^>]*>", re.sub(r'"[^"]*"', '""', html))
    yield from re.findall(r"(?:href|src|action)=\"\s*(?:javascript|data):", html)
