"""Items edited in a real browser, as an admin does it."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser

from bot.texts.page import frame, history
from bot.texts.page import items as texts
from tests.admin_setup import AdminSetup
from tests.browsing import PHONE, Tab, needs_browser, served, tab
from tests.page_setup import OTHER, PageSetup

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="session")]
LOSING = "早上什么时候能进去吃啊"
"""A question of another item's: a phrasing of it costs that item its answer."""
BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])


@pytest.fixture
def page_setup(admin_setup: AdminSetup) -> Iterator[PageSetup]:
    """The page over HTTP."""
    with served(admin_setup) as page_setup:
        yield page_setup


async def said(admin: Tab, words: str) -> None:
    """The page says what was done."""
    await admin.page.get_by_role("status").filter(has_text=words).wait_for()


async def save_answer(admin: Tab, answer: str) -> None:
    """Write another answer, and save it."""
    await admin.page.get_by_label(texts.ANSWER, exact=True).fill(answer)
    await admin.page.get_by_role("button", name=texts.SAVE, exact=True).first.click()


def complaints(*admins: Tab) -> list[str]:
    """What the browser said against the page."""
    return [said for admin in admins for said in admin.complaints]


@BOTH
async def test_an_answer_is_found_edited_and_taken_back(
    browser: Browser, page_setup: PageSetup, *, javascript: bool
) -> None:
    """On a phone: search, open, write, save; then undo, in one press."""
    async with tab(browser, page_setup, PHONE, javascript=javascript) as admin:
        await admin.sign_in()
        await admin.open("/items")
        await admin.page.get_by_label(texts.SEARCH).fill("关门")
        await admin.page.get_by_role("button", name=texts.FIND).click()
        await admin.page.get_by_role("link", name="食堂几点关门？").click()
        await save_answer(admin, "九点关门。")
        await said(admin, frame.DONE["edited"])
        await admin.page.locator("blockquote").get_by_text("九点关门。").wait_for()
        await admin.page.get_by_role("button", name=texts.UNDO, exact=True).first.click()
        await said(admin, frame.DONE["undone"])
        await admin.page.locator("blockquote").get_by_text("晚上八点关门。").wait_for()
        assert complaints(admin) == []


@BOTH
async def test_a_loss_needs_a_second_confirmation(browser: Browser, page_setup: PageSetup, *, javascript: bool) -> None:
    """It is shown with the question that loses its answer, and can be let be."""
    async with tab(browser, page_setup, javascript=javascript) as admin:
        await admin.sign_in()
        chip = admin.page.get_by_role("button", name=texts.REMOVE.format(text=LOSING))
        for press in (texts.CANCEL, texts.CONFIRM):
            await admin.open("/items/closing")
            await admin.page.locator("summary", has_text=texts.ADD_PHRASINGS).click()
            await admin.page.get_by_label(texts.ADD_PHRASINGS).fill(LOSING)
            await admin.page.get_by_role("button", name=texts.ADD, exact=True).first.click()
            await admin.page.get_by_role("alert").filter(has_text=texts.LOSS).wait_for()
            await admin.page.get_by_text(press, exact=True).click()
            await admin.page.get_by_role("heading", name="食堂几点关门？").wait_for()
            assert await chip.count() == (press == texts.CONFIRM)
        await admin.open("/history")
        await admin.page.get_by_role("button", name=history.UNDO).first.click()
        await said(admin, frame.DONE["undone"])
        await admin.open("/items/closing")
        assert await chip.count() == 0
        assert complaints(admin) == []


@BOTH
async def test_two_admins_on_one_item_lose_nothing(
    browser: Browser, page_setup: PageSetup, *, javascript: bool
) -> None:
    """Who saves second reads the other's text beside their own, and decides."""
    async with (
        tab(browser, page_setup, javascript=javascript) as first,
        tab(browser, page_setup, javascript=javascript) as second,
    ):
        await first.sign_in()
        await second.sign_in(OTHER)
        await first.open("/items/opening")
        await second.open("/items/opening")
        await save_answer(second, "八点开门。")
        await said(second, frame.DONE["edited"])
        await save_answer(first, "九点开门。")
        await first.page.get_by_role("alert").filter(has_text=texts.OVERTAKEN).wait_for()
        await first.page.get_by_text("八点开门。", exact=True).wait_for()
        written = first.page.get_by_label(texts.YOURS)
        assert await written.input_value() == "九点开门。"
        # Without JavaScript axe-core does not run either.
        assert not javascript or await first.faults() == []
        await written.fill("八点开门，九点开饭。")
        await first.page.get_by_role("button", name=texts.CONFIRM).click()
        # The text has changed since it was shown, and the other's is known by now.
        await said(first, frame.DONE["edited"])
        await first.page.locator("blockquote").get_by_text("八点开门，九点开饭。").wait_for()
        assert complaints(first, second) == []


async def test_the_preview_follows_what_is_written(browser: Browser, page_setup: PageSetup) -> None:
    """With the number of characters; the field keeps its focus, and nothing is saved."""
    async with tab(browser, page_setup) as admin:
        await admin.sign_in()
        await admin.open("/items/opening")
        field = admin.page.get_by_label(texts.ANSWER, exact=True)
        await field.press_sequentially("一共十个字刚刚好呀")
        await admin.page.locator("blockquote").get_by_text("刚刚好呀").wait_for()
        assert await field.evaluate("field => field === document.activeElement")
        assert page_setup.setup.current.snapshot.base.by_id["opening"].answer == "早上七点开门。"
        assert complaints(admin) == []


async def test_a_phrasing_is_removed_by_its_chip(browser: Browser, page_setup: PageSetup) -> None:
    """By keyboard too."""
    async with tab(browser, page_setup, PHONE) as admin:
        await admin.sign_in()
        await admin.open("/items/opening")
        chip = admin.page.get_by_role("button", name=texts.REMOVE.format(text="开饭安排"))
        await chip.focus()
        await admin.page.keyboard.press("Enter")
        await said(admin, frame.DONE["edited"])
        assert await chip.count() == 0
