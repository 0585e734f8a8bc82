"""A real browser on the admins' page, over HTTP on loopback. Without Chromium the tests that need it are skipped."""

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bot.service.asgi import listen, server
from tests.admin_setup import ADMIN, AdminSetup
from tests.page_setup import PageSetup

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PHONE, WIDE = (360, 780), (1440, 900)
"""Sizes of screens: the smallest phone that the page is made for, and a usual computer."""
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
AXE = Path(__file__).parent / "data" / "web" / "axe-4.14.1.min.js"
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")


@contextmanager
def served(setup: AdminSetup) -> Iterator[PageSetup]:
    """The page, served at a free port."""
    with listen("127.0.0.1", 0) as listening:
        page_setup = PageSetup(setup, f"http://127.0.0.1:{listening.getsockname()[1]}")
        serving = server(page_setup.app)
        thread = threading.Thread(target=lambda: asyncio.run(serving.serve([listening])))
        thread.start()
        try:
            yield page_setup
        finally:
            serving.should_exit = True
            thread.join()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The system's browser, which reaches nothing but loopback."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        yield browser
        await browser.close()


class Tab:
    """A tab in a window of its own. ``complaints``: what the browser said against the page, its policy included."""

    def __init__(self, page: Page, page_setup: PageSetup) -> None:
        self.page = page
        self.page_setup = page_setup
        self.complaints: list[str] = []
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def sign_in(self, admin: int | None = ADMIN.id) -> None:
        """Open a new link, and press its button."""
        await self.page.goto(self.page_setup.access.new_link(admin))
        await self.page.get_by_role("button").click()

    async def look(self, size: tuple[int, int], scheme: Scheme) -> None:
        """Have this size of screen, and light or dark."""
        width, height = size
        await self.page.set_viewport_size({"width": width, "height": height})
        await self.page.emulate_media(color_scheme=scheme)

    async def open(self, path: str) -> None:
        """Open a page by its path."""
        await self.page.goto(self.page_setup.address.link(path))

    async def faults(self) -> list[tuple[str, str, str]]:
        """What axe-core finds serious on the page: the rule, how grave it is, and where."""
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        # Of all other findings it would list every element.
        violations: list[dict[str, Any]] = await self.page.evaluate(
            "axe.run({resultTypes: ['violations']}).then(found => found.violations)"
        )
        return [
            (fault["id"], fault["impact"], node["html"])
            for fault in violations
            for node in fault["nodes"]
            if fault["impact"] in {"serious", "critical"}
        ]

    async def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(await self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@asynccontextmanager
async def tab(
    browser: Browser,
    page_setup: PageSetup,
    size: tuple[int, int] = WIDE,
    *,
    javascript: bool = True,
) -> AsyncIterator[Tab]:
    """A tab of this size, with as many dots as screens of its kind have."""
    width, height = size
    context: BrowserContext = await browser.new_context(
        viewport={"width": width, "height": height},
        java_script_enabled=javascript,
        locale="zh-CN",
        device_scale_factor=2 if size == PHONE else 1,
    )
    yield Tab(await context.new_page(), page_setup)
    await context.close()
