"""The page in a real browser, with its policy on."""

import itertools
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser

from bot.texts.page import frame, transfer, trial
from tests.admin_setup import ADMIN, AdminSetup
from tests.browsing import PHONE, SCHEMES, WIDE, needs_browser, served, tab
from tests.page_setup import HOSTILE, PageSetup, paths

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="session")]

SHOWN = [*paths(), "/try?q=食堂几点开门", "/try?q=" + "W" * 900, "/nothing"]


@pytest.fixture
def page_setup(admin_setup: AdminSetup) -> Iterator[PageSetup]:
    """The page over HTTP, with questions that are hard to show."""
    with served(admin_setup) as page_setup:
        page_setup.fill(HOSTILE)
        yield page_setup


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
async def test_an_admin_comes_in_by_the_link_and_asks(
    browser: Browser, page_setup: PageSetup, *, javascript: bool
) -> None:
    """And goes out by the button."""
    async with tab(browser, page_setup, PHONE, javascript=javascript) as admin:
        await admin.sign_in()
        await admin.page.get_by_role("link", name=trial.LABEL).click()
        await admin.page.get_by_label(trial.QUESTION).fill("食堂几点开门")
        await admin.page.get_by_role("button", name=trial.ASK).click()
        await admin.page.get_by_text("早上七点开门。").wait_for()
        await admin.page.get_by_role("button", name=frame.SIGN_OUT).click()
        await admin.page.get_by_role("heading", name=frame.REFUSED[200][0]).wait_for()
        await admin.open("/status")
        await admin.page.get_by_role("heading", name=frame.REFUSED[401][0]).wait_for()
        # Of the page that is refused it says so.
        assert [said for said in admin.complaints if "401" not in said] == []


async def test_the_answer_follows_what_is_typed(browser: Browser, page_setup: PageSetup) -> None:
    """Without a press, and the address can be passed on; the field keeps its focus."""
    async with tab(browser, page_setup) as admin:
        await admin.sign_in()
        await admin.open("/try")
        field = admin.page.get_by_label(trial.QUESTION)
        await field.press_sequentially("饭卡丢了怎么补")
        await admin.page.get_by_text("带上工作证就行").wait_for()
        await admin.page.wait_for_url("**/try?q=*")
        assert await field.evaluate("field => field === document.activeElement")
        assert admin.complaints == []


async def test_a_session_that_ended_is_seen_while_typing(browser: Browser, page_setup: PageSetup) -> None:
    """The whole page says so, where only a part of it was asked for."""
    async with tab(browser, page_setup) as admin:
        await admin.sign_in()
        await admin.open("/try")
        page_setup.access.sign_out(ADMIN.id)
        await admin.page.get_by_label(trial.QUESTION).press_sequentially("饭卡")
        await admin.page.get_by_role("heading", name=frame.REFUSED[401][0]).wait_for()


@pytest.mark.parametrize("path", SHOWN)
async def test_everybody_can_use_it(browser: Browser, page_setup: PageSetup, path: str) -> None:
    """At both sizes, light and dark: no serious fault by axe-core, nothing wider than the screen, no complaint."""
    async with tab(browser, page_setup) as admin:
        await admin.sign_in()
        await admin.open(path)
        for size, scheme in itertools.product((PHONE, WIDE), SCHEMES):
            await admin.look(size, scheme)
            assert await admin.faults() == [], (size, scheme)
            assert await admin.overflow() <= 0, (size, scheme)
        assert [said for said in admin.complaints if path != "/nothing"] == []


async def test_signing_in_can_be_used_by_everybody(browser: Browser, page_setup: PageSetup) -> None:
    """By keyboard alone, too."""
    async with tab(browser, page_setup, PHONE) as admin:
        await admin.page.goto(page_setup.access.new_link(ADMIN.id))
        assert await admin.faults() == []
        await admin.page.keyboard.press("Tab")
        await admin.page.keyboard.press("Enter")
        await admin.page.get_by_role("navigation").wait_for()
        await admin.page.keyboard.press("Tab")
        focused = admin.page.locator(":focus")
        assert await focused.inner_text() == frame.SKIP
        await admin.page.keyboard.press("Enter")
        assert await admin.page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
async def test_a_table_with_faults_is_imported(browser: Browser, page_setup: PageSetup, *, javascript: bool) -> None:
    """Tried, looked at, made, and undone, on a phone."""
    table = "编号,回答\nopening,早上八点开门。\nclosing,\n".encode()
    async with tab(browser, page_setup, PHONE, javascript=javascript) as admin:
        await admin.sign_in()
        await admin.page.get_by_role("link", name=transfer.LABEL).click()
        await admin.page.get_by_label(transfer.FILE).set_input_files(
            {"name": "t.csv", "mimeType": "text/csv", "buffer": table}
        )
        await admin.page.get_by_role("button", name=transfer.TRY).click()
        await admin.page.get_by_text("缺少“回答”").wait_for()
        for size, scheme in itertools.product((PHONE, WIDE), SCHEMES) if javascript else ():
            await admin.look(size, scheme)
            assert await admin.faults() == [], (size, scheme)
            assert await admin.overflow() <= 0, (size, scheme)
        async with admin.page.expect_download() as download:
            await admin.page.get_by_role("button", name=transfer.FAULTS_FILE).click()
        assert (await download.value).suggested_filename == "faulty-rows.xlsx"
        await admin.page.get_by_role("button", name=transfer.APPLY.format(count=1)).click()
        await admin.page.get_by_text(frame.DONE["imported"]).wait_for()
        assert page_setup.services.current.snapshot.base.by_id["opening"].answer == "早上八点开门。"
        await admin.page.get_by_role("button", name=transfer.UNDO).click()
        await admin.page.get_by_text(frame.DONE["import-undone"]).wait_for()
        assert page_setup.services.current.snapshot.base.by_id["opening"].answer == "早上七点开门。"
        assert admin.complaints == []
