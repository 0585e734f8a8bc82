"""The table of misses, and what is done to many at once."""

import html as escaping
import re
from collections.abc import Sequence
from urllib.parse import urlencode

import httpx
import pytest

from bot.items import VerdictKind
from bot.knowledge.edit import DeleteItem
from bot.matching.matcher import Matcher
from bot.store.records import ActionKind, Feedback, MissFilter, MissSort, Opinion, Records, State
from bot.texts.page import frame, history
from bot.texts.page import miss_cluster as cluster_texts
from bot.texts.page import misses as texts
from bot.web.pages import PAGES, misses
from tests.leading import lead
from tests.page_setup import PageSetup


async def opened(page_setup: PageSetup, *questions: str) -> httpx.AsyncClient:
    """A browser, after these were missed."""
    for question in questions:
        page_setup.setup.miss(question)
    page_setup.setup.clustering.cluster_new()
    return await page_setup.signed_in()


def listed(html: str) -> list[str]:
    """The questions in the table."""
    return re.findall(r'<th scope="row">(?:<a [^>]*>)?(.*?)<', html)


def nearest(html: str) -> list[str]:
    """What the table says each question came nearest to."""
    return [cell.split("</td>")[0] for cell in html.split(f'data-label="{texts.NEAREST_COLUMN}">')[1:]]


def asked_again(page_setup: PageSetup) -> None:
    """The bot asks the misses again, as when it starts."""
    page_setup.setup.lifecycle.follow(None, page_setup.setup.current.snapshot)


async def choose(browser: httpx.AsyncClient, **chosen: object) -> dict[str, str | list[str]]:
    """What the page that asks for a confirmation would post."""
    html = (await browser.get("/misses/choice", params=urlencode(chosen, doseq=True))).text
    form = html.split('action="/misses/choice"')[1]
    fields: dict[str, str | list[str]] = {"do": str(chosen["do"]), "tick": re.findall(r'"tick" value="(\d+)"', form)}
    fields |= re.findall(r'type="hidden" name="(show|q|sort|every|digest)" value="(.*?)"', form)
    return fields


def link(html: str, path: str, attribute: str = "href") -> str:
    """The first link of a page to such a path, or what a form there is posted to."""
    (found, *_) = re.findall(rf'{attribute}="({path}[^"]*)"', html)
    return escaping.unescape(str(found))


def fields_of(html: str) -> dict[str, str]:
    """What the form of a page would post."""
    fields = re.findall(r'<input[^>]*name="(\w+)" value="(.*?)"', html)
    fields += re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', html, re.DOTALL)
    return {name: escaping.unescape(value) for name, value in fields}


REACHED = {"add": State.VERIFIED, "refuse": State.NOT_COVERED}
"""What becomes of misses that are led to an item."""


async def test_it_is_where_the_page_begins(page_setup: PageSetup) -> None:
    """The first of the navigation."""
    assert PAGES[0] is misses.PAGE
    assert (await (await page_setup.signed_in()).get("/")).headers["Location"] == "/misses"


async def test_the_table(page_setup: PageSetup) -> None:
    """The question, its figures, and the nearest item."""
    browser = await opened(page_setup, "饭卡丢在哪里", "饭卡丢在哪里", "红烧肉好吃吗")
    asked_again(page_setup)
    html = (await browser.get("/misses")).text
    assert listed(html) == ["饭卡丢在哪里", "红烧肉好吃吗"]
    row = html.split('<th scope="row">')[1]
    assert 'data-label="次数">2<' in row
    assert "饭卡丢了" in nearest(html)[0]
    assert "5" not in re.findall(r"管理员|会员 (\d+)", row)


async def test_the_nearest_item_is_what_was_noted(page_setup: PageSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    """No question is asked again while the table is shown, and an item that is gone is none of the nearest."""
    browser = await opened(page_setup, "饭卡丢在哪里")
    page_setup.setup.miss("补办饭卡", VerdictKind.ANSWER, "card")
    page_setup.setup.clustering.cluster_new()
    asked_again(page_setup)
    not_meant = Feedback("饭卡丢在哪里", "饭卡丢在哪里", "card", Opinion.NOT_MEANT)
    with monkeypatch.context() as patched:
        patched.delattr(Matcher, "match")
        complaint, near = nearest((await browser.get("/misses")).text)
        assert "饭卡丢了怎么补？" in near
        assert cluster_texts.NOT_MEANT not in near
        assert complaint.split() == texts.COMPLAINT.format(question="饭卡丢了怎么补？").split()
        page_setup.setup.usage.record(Records(feedback=(not_meant,)))
        assert cluster_texts.NOT_MEANT in nearest((await browser.get("/misses")).text)[1]
    edits = page_setup.setup.edits
    edits.apply(edits.plan(DeleteItem("card")), None)
    for shown in nearest((await browser.get("/misses")).text):
        assert texts.NOTHING_NEAR in shown


SHOWN = {
    "another sort": ("sort=last", ["食堂大妈是谁", "红烧肉好吃吗", "饭卡丢在哪里"]),
    "a search": ("q=饭卡", ["饭卡丢在哪里"]),
    "nothing found": ("q=月亮", []),
    "a filter": ("show=ignored", []),
    "what is not known": ("sort=x&show=x&start=x&undo=x", ["饭卡丢在哪里", "食堂大妈是谁", "红烧肉好吃吗"]),
    "a place that is too far": ("start=99999999999999999999", ["饭卡丢在哪里", "食堂大妈是谁", "红烧肉好吃吗"]),
}


@pytest.mark.parametrize(("query", "shown"), SHOWN.values(), ids=SHOWN.keys())
async def test_sorts_searches_and_filters(page_setup: PageSetup, query: str, shown: list[str]) -> None:
    """All of them by the address."""
    browser = await opened(page_setup, "饭卡丢在哪里", "饭卡丢在哪里", "红烧肉好吃吗", "食堂大妈是谁")
    html = (await browser.get(f"/misses?{query}")).text
    assert listed(html) == shown
    assert (texts.NOTHING_FOUND in html) is (shown == [])


async def test_pages_keep_what_is_shown(page_setup: PageSetup) -> None:
    """The way on and the way back."""
    browser = await opened(page_setup, *(f"第{number}号红烧肉" for number in range(100, 125)))
    html = (await browser.get("/misses?q=红烧肉&sort=asked")).text
    assert len(listed(html)) == 20
    (on,) = re.findall(r'rel="next" href="(.*?)"', html)
    html = (await browser.get(on.replace("&amp;", "&"))).text
    assert len(listed(html)) == 5
    assert 'value="红烧肉"' in html
    assert 'rel="prev"' in html


ACTS = {
    "ignore": (MissFilter.ALL, State.IGNORED, ActionKind.IGNORE_MANY),
    "delete": (MissFilter.ALL, State.IGNORED, ActionKind.DELETE_MANY),
    "unignore": (MissFilter.IGNORED, State.OPEN, ActionKind.UNIGNORE_MANY),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("chosen", [{"tick": [1, 2]}, {"every": 1}], ids=["ticked", "all"])
async def test_many_at_once_with_one_undo(page_setup: PageSetup, act: str, chosen: dict[str, Sequence[int]]) -> None:
    """Shown before it is done; it stands in the chat's history."""
    shown, state, kind = ACTS[act]
    browser = await opened(page_setup, "饭卡丢在哪里", "红烧肉好吃吗")
    if shown is MissFilter.IGNORED:
        for cluster in (1, 2):
            page_setup.setup.clusters.ignore(cluster)
    before = page_setup.setup.states()
    fields = await choose(browser, do=act, show=shown, **chosen)
    assert page_setup.setup.states() == before
    done = await browser.post("/misses/choice", data=fields)
    assert set(page_setup.setup.states().values()) == {state}
    assert [action.kind for action in page_setup.setup.history.latest(9)] == [kind]
    html = (await browser.get(done.headers["Location"])).text
    assert frame.DONE[f"misses-{act}"] in html
    (action,) = re.findall(r'name="action" value="(\d+)"', html)
    undone = await browser.post("/misses/undo", data={"action": action})
    assert page_setup.setup.states() == before
    assert frame.DONE["misses-undone"] in (await browser.get(undone.headers["Location"])).text
    again = await browser.post("/misses/undo", data={"action": action})
    assert frame.DONE["misses-undo-gone"] in (await browser.get(again.headers["Location"])).text


async def test_one_tick_is_for_all_on_the_page(page_setup: PageSetup) -> None:
    """What other pages of the table list is left as it is."""
    browser = await opened(page_setup, *(f"第{number}号红烧肉" for number in range(100, 125)))
    html = (await browser.get("/misses?sort=asked")).text
    (tick,) = re.findall(rf'"tick" value="([^"]*)"> {texts.THIS_PAGE.format(count=20)}', html)
    await browser.post("/misses/choice", data=await choose(browser, do="ignore", sort="asked", tick=tick))
    states = page_setup.setup.states()
    ignored = {question for question, state in states.items() if state is State.IGNORED}
    assert ignored == set(listed(html))
    assert len(ignored) == 20
    assert len(states) == 25


async def test_what_another_admin_has_handled_meanwhile_is_shown(page_setup: PageSetup) -> None:
    """And nothing is done until it is confirmed again."""
    browser = await opened(page_setup, "饭卡丢在哪里", "红烧肉好吃吗")
    fields = await choose(browser, do="delete", tick=[1, 2])
    lead(page_setup.setup.clusters, 1, "card")
    conflict = await browser.post("/misses/choice", data=fields)
    assert conflict.status_code == 409
    assert texts.CHOICE_CHANGED in conflict.text
    assert page_setup.setup.states() == {"饭卡丢在哪里": State.HANDLED, "红烧肉好吃吗": State.OPEN}
    lead(page_setup.setup.clusters, 2, "card")
    gone = await browser.post("/misses/choice", data=fields)
    assert frame.DONE["misses-gone"] in (await browser.get(gone.headers["Location"])).text


async def test_what_can_not_be_done_is_not(page_setup: PageSetup) -> None:
    """Acts that do not fit what is listed, no act, nothing ticked."""
    browser = await opened(page_setup, "饭卡丢在哪里")
    for data in ({"do": "unignore", "tick": "1"}, {}, {"do": "ignore", "tick": "x"}, {"do": "delete", "every": "1"}):
        assert texts.CHOICE_NONE in (await browser.get("/misses/choice", params=data | {"show": "handled"})).text
        await browser.post("/misses/choice", data=data)
    await browser.post("/misses/undo", data={"action": "x"})
    assert page_setup.setup.states() == {"饭卡丢在哪里": State.OPEN}


async def test_the_way_back_keeps_what_was_shown(page_setup: PageSetup) -> None:
    """Filter, search, sort and page, through a cluster, its forms, and what is done there."""
    browser = await opened(page_setup, *(f"第{number}号红烧肉" for number in range(100, 125)))
    here = "/misses?q=红烧肉&sort=asked&start=20"
    back = "/misses?" + urlencode({"q": "红烧肉", "sort": "asked", "start": 20})
    cluster = link((await browser.get(here)).text, r"/misses/\d+")
    html = (await browser.get(cluster)).text
    assert link(html, "/misses\\?") == back
    form = (await browser.get(link(html, r"/misses/\d+/refuse"))).text
    assert link((await browser.get(link(form, r"/misses/\d+\?"))).text, "/misses\\?") == back
    done = await browser.post(cluster.split("?")[0] + "/refuse", data=fields_of(form))
    assert link((await browser.get(done.headers["Location"])).text, "/misses\\?") == back
    chosen = (await browser.get(f"/misses/choice?do=ignore&tick=1&{back.split('?')[1]}")).text
    assert link(chosen, "/misses\\?") == back


LED = {"add": "card", "refuse": None}


@pytest.mark.parametrize("act", LED)
async def test_many_are_led_to_one_item(page_setup: PageSetup, act: str) -> None:
    """The item is looked for, the impact shown, and one undo takes all of it back."""
    setup = page_setup.setup
    browser = await opened(page_setup, "月亮上有没有人", "红烧肉好吃吗", "外星人来过没有")
    before = setup.states()
    response = await browser.get(f"/misses/choice?do={act}&tick=1&tick=2")
    if act == "add":
        found = (await browser.get(f"/misses/choice?do={act}&tick=1&tick=2&item=饭卡")).text
        form = (await browser.get(link(found, r"/misses/\d+/add.*item=card"))).text
    else:
        form = (await browser.get(response.headers["Location"])).text
    assert cluster_texts.MANY.format(count=2) in form
    assert setup.states() == before
    fields = fields_of(form)
    assert {"月亮上有没有人", "红烧肉好吃吗"} == {
        *fields["lines"].split("\n"),
        fields.get("question", "月亮上有没有人"),
    }
    done = await browser.post(link(form, rf"/misses/\d+/{act}", "action"), data=fields)
    assert setup.states() == before | dict.fromkeys(("月亮上有没有人", "红烧肉好吃吗"), REACHED[act])
    (action,) = page_setup.history()
    assert action.kind is (ActionKind.PHRASINGS if act == "add" else ActionKind.ITEM)
    html = (await browser.get(done.headers["Location"])).text
    undo = fields_of(html.split('/undo"')[1].split("</form>")[0])
    await browser.post(link(html, r"/misses/\d+/undo", "action"), data=undo)
    assert setup.states() == before


async def test_one_of_many_that_somebody_else_has_handled_is_told(page_setup: PageSetup) -> None:
    """Nothing is done until it is confirmed again."""
    browser = await opened(page_setup, "月亮上有没有人", "红烧肉好吃吗")
    form = (await browser.get("/misses/1/add?item=card&also=2")).text
    lead(page_setup.setup.clusters, 2, "opening")
    conflict = await browser.post("/misses/1/add", data=fields_of(form))
    assert conflict.status_code == 409
    assert cluster_texts.OVERTAKEN in conflict.text
    assert page_setup.history() == []


async def test_too_many_are_not_led_at_once(page_setup: PageSetup) -> None:
    """What they do to other questions is worked out for each."""
    browser = await opened(page_setup, *(f"第{number}号红烧肉" for number in range(100, 125)))
    html = (await browser.get("/misses/choice?do=add&every=1")).text
    assert texts.TOO_MANY.format(limit=20, count=25) in html


async def test_what_was_done_to_many_is_undone_from_the_history(page_setup: PageSetup) -> None:
    """Once."""
    browser = await opened(page_setup, "饭卡丢在哪里", "红烧肉好吃吗")
    before = page_setup.setup.states()
    await browser.post("/misses/choice", data=await choose(browser, do="ignore", every=1))
    undo = link((await browser.get("/history")).text, "/history/\\d+/undo", "action")
    undone = await browser.post(undo)
    assert page_setup.setup.states() == before
    html = (await browser.get(undone.headers["Location"])).text
    assert frame.DONE["misses-undone"] in html
    assert history.UNDO_OF.partition("{")[0] not in html


def test_everything_has_its_words() -> None:
    """Filters, sorts and acts."""
    assert set(texts.FILTERS) == set(MissFilter)
    assert set(texts.SORTS) == set(MissSort)
    assert set(texts.COLUMNS) < set(MissSort)
    acts = {"ignore", "unignore", "delete"}
    assert acts == set(texts.CHOICE) == set(texts.CHOICE_WAITING) == set(texts.CHOICE_DO)
    assert {*acts, "add", "refuse"} == set(texts.ACTS) == set(texts.CHOICE_TITLES)
    assert {f"misses-{act}" for act in acts} < set(frame.DONE)
