"""Misses handled in a real browser: by one admin, by two at once, with JavaScript and without."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, expect

from bot.items import VerdictKind
from bot.knowledge.edit import ChangeTexts
from bot.store.records import Records, State
from bot.texts.page import frame, misses
from bot.texts.page import miss_cluster as texts
from tests.admin_setup import AdminSetup
from tests.browsing import PHONE, WIDE, Tab, needs_browser, served, tab
from tests.page_setup import OTHER, PageSetup

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="session")]
LOST, MEAL = "饭卡坏了咋整", "红烧肉好吃吗"
SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])


@pytest.fixture
def page_setup(admin_setup: AdminSetup) -> Iterator[PageSetup]:
    """The page over HTTP, after two questions were missed."""
    with served(admin_setup) as page_setup:
        for question in (LOST, LOST, MEAL):
            admin_setup.miss(question)
        admin_setup.clustering.cluster_new()
        yield page_setup


async def press(admin: Tab, name: str) -> None:
    await admin.page.get_by_role("button", name=name, exact=True).click()


async def add_to_card(admin: Tab) -> None:
    """From the table to the form that leads the first cluster to the item about lost cards."""
    await admin.page.get_by_role("link", name=LOST).click()
    about = texts.ABOUT.format(label=texts.ADD, question="饭卡丢了怎么补？")
    await admin.page.get_by_role("link", name=about).click()


@SCRIPTS
async def test_a_miss_is_handled_and_undone(browser: Browser, page_setup: PageSetup, *, javascript: bool) -> None:
    """In three presses from the table; the undo opens it again."""
    async with tab(browser, page_setup, PHONE, javascript=javascript) as admin:
        await admin.sign_in()
        await add_to_card(admin)
        await press(admin, texts.DO["add"])
        await admin.page.get_by_text(frame.DONE["miss-add"]).wait_for()
        assert page_setup.setup.states() == {LOST: State.VERIFIED, MEAL: State.OPEN}
        await press(admin, texts.UNDO)
        await admin.page.get_by_text(frame.DONE["miss-undone"]).wait_for()
        assert page_setup.setup.states() == {LOST: State.OPEN, MEAL: State.OPEN}
        assert admin.complaints == []


async def test_the_impact_follows_what_is_written(browser: Browser, page_setup: PageSetup) -> None:
    """A new item, without a press in between; once it is whole it can be made at once."""
    async with tab(browser, page_setup) as admin:
        await admin.sign_in()
        await admin.open("/misses/2/new")
        await admin.page.get_by_label(texts.ANSWER, exact=True).fill("好吃。")
        await admin.page.get_by_label(texts.TOPIC, exact=True).fill("食堂")
        await admin.page.get_by_label("第一条").check()
        await press(admin, texts.DO["new"])
        await admin.page.get_by_text(frame.DONE["miss-new"]).wait_for()
        assert page_setup.setup.states()[MEAL] is State.VERIFIED
        assert admin.complaints == []


@SCRIPTS
async def test_two_admins_at_once(browser: Browser, page_setup: PageSetup, *, javascript: bool) -> None:
    """What the other has changed is shown, what was written stays, and a second press makes it."""
    edits = page_setup.setup.edits
    async with tab(browser, page_setup, javascript=javascript) as admin:
        await admin.sign_in()
        await add_to_card(admin)
        edits.apply(edits.plan(ChangeTexts("closing", "phrasings", ("几点打烊",))), OTHER)
        await press(admin, texts.DO["add"])
        await admin.page.get_by_text(texts.CHANGED_BY_OTHERS).wait_for()
        await admin.page.get_by_text(f"管理员 {OTHER}").wait_for()
        await expect(admin.page.get_by_label(texts.LINES["add"])).to_have_value(LOST)
        assert page_setup.setup.states()[LOST] is State.OPEN
        await press(admin, texts.DO["add"])
        await admin.page.get_by_text(frame.DONE["miss-add"]).wait_for()
    phrasings = page_setup.setup.current.snapshot.base.by_phrasing
    assert {"几点打烊", LOST} <= set(phrasings)


@SCRIPTS
async def test_many_at_once_and_undone(browser: Browser, page_setup: PageSetup, *, javascript: bool) -> None:
    """Ticked, shown, done, and taken back as one."""
    async with tab(browser, page_setup, PHONE, javascript=javascript) as admin:
        await admin.sign_in()
        for question in (LOST, MEAL):
            await admin.page.get_by_label(misses.TICK.format(question=question)).check()
        await press(admin, misses.ACTS["delete"])
        await press(admin, misses.CHOICE_DO["delete"].format(count=2))
        await admin.page.get_by_text(misses.NONE).wait_for()
        await press(admin, misses.UNDO)
        await admin.page.get_by_role("link", name=MEAL).wait_for()
        assert page_setup.setup.states() == {LOST: State.OPEN, MEAL: State.OPEN}
        assert [said for said in admin.complaints if "409" not in said] == []


async def test_the_table_follows_what_is_typed(browser: Browser, page_setup: PageSetup) -> None:
    """And the items in which one searches."""
    async with tab(browser, page_setup) as admin:
        await admin.sign_in()
        await admin.page.get_by_label(misses.SEARCH).press_sequentially("红烧")
        await expect(admin.page.get_by_role("link", name=LOST)).to_have_count(0)
        await admin.page.get_by_role("link", name=MEAL).click()
        await admin.page.get_by_role("searchbox", name=texts.SEARCH).press_sequentially("关门")
        await admin.page.get_by_text("晚上八点关门。").wait_for()
        assert admin.complaints == []


@pytest.mark.parametrize("size", [PHONE, WIDE])
async def test_fields_are_as_wide_as_the_card(browser: Browser, page_setup: PageSetup, size: tuple[int, int]) -> None:
    """Of a new item, at both sizes."""
    async with tab(browser, page_setup, size) as admin:
        await admin.sign_in()
        await admin.open("/misses/1/new")
        for name in ("question", "answer", "lines", "topic", "document"):
            width = await admin.page.locator(f'form [name="{name}"]').evaluate(
                "field => field.offsetWidth / field.closest('.card').clientWidth"
            )
            assert width > 0.8, name


async def test_a_bar_leads_to_its_questions(browser: Browser, page_setup: PageSetup) -> None:
    """By a press on it, or by the keyboard from the table below; the figures can be used by everybody."""
    page_setup.setup.usage.record(Records(verdicts=(VerdictKind.ANSWER, VerdictKind.UNKNOWN)))
    async with tab(browser, page_setup, PHONE) as admin:
        await admin.sign_in()
        await admin.open("/figures?days=7")
        assert await admin.faults() == []
        await admin.page.locator("#days a .reach").click()
        await admin.page.get_by_role("link", name=LOST).wait_for()
        await admin.open("/figures?days=7")
        await admin.page.locator("#days summary").press("Enter")
        await admin.page.locator("#days tbody a").press("Enter")
        await admin.page.get_by_role("link", name=LOST).wait_for()


@SCRIPTS
async def test_many_are_led_to_one_item(browser: Browser, page_setup: PageSetup, *, javascript: bool) -> None:
    """Ticked in the table, led to what is found, and taken back."""
    async with tab(browser, page_setup, PHONE, javascript=javascript) as admin:
        await admin.sign_in()
        for question in (LOST, MEAL):
            await admin.page.get_by_role("checkbox", name=question).check()
        await admin.page.get_by_role("button", name=misses.ACTS["add"]).click()
        await admin.page.get_by_role("searchbox").fill("饭卡")
        await admin.page.get_by_role("button", name=texts.FIND).click()
        await admin.page.get_by_role("link", name=texts.ABOUT.format(label=texts.ADD, question="饭卡丢了")).click()
        await admin.page.get_by_text(texts.MANY.format(count=2)).wait_for()
        await admin.page.get_by_role("button", name=texts.DO["add"]).click()
        await admin.page.get_by_text(frame.DONE["miss-add"]).wait_for()
        assert set(page_setup.setup.states().values()) == {State.VERIFIED}
        await admin.page.get_by_role("button", name=texts.UNDO).click()
        await admin.page.get_by_text(frame.DONE["miss-undone"]).wait_for()
        assert set(page_setup.setup.states().values()) == {State.OPEN}
