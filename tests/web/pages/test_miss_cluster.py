"""One cluster of misses on the page: what is shown, and the edits that come of it."""

import re

import httpx
import pytest

from bot.items import VerdictKind
from bot.knowledge.edit import ChangeTexts
from bot.store.records import ActionKind, Feedback, Opinion, Records, State, Subscription
from bot.texts.page import frame
from bot.texts.page import miss_cluster as texts
from tests.leading import lead
from tests.page_setup import OTHER, PageSetup

LOST = "饭卡坏了咋整"


async def opened(page_setup: PageSetup, *questions: str) -> httpx.AsyncClient:
    """A browser, after these were missed."""
    for question in questions:
        page_setup.setup.miss(question)
    page_setup.setup.clustering.cluster_new()
    return await page_setup.signed_in()


async def form(browser: httpx.AsyncClient, path: str) -> dict[str, str]:
    """What a form's fields hold as it is opened."""
    html = (await browser.get(path)).text
    fields = dict(re.findall(r'<input [^>]*?name="(\w+)" value="(.*?)"', html))
    fields |= re.findall(r'<textarea [^>]*?name="(\w+)"[^>]*>(.*?)</textarea>', html, re.DOTALL)
    return {name: value for name, value in fields.items() if name != "source"}


async def test_a_cluster(page_setup: PageSetup) -> None:
    """All wordings, how many wait but not who, and each candidate with its answer and the way to its page."""
    browser = await opened(page_setup, LOST, LOST, "饭卡坏了咋整呢")
    page_setup.setup.usage.record(Records(subscriptions=(Subscription(LOST, 4242, b"a"),)))
    html = (await browser.get("/misses/1")).text
    assert "饭卡坏了咋整呢</th>" in html
    assert f"<dt>{texts.FIGURES['waiting']}</dt><dd>1</dd>" in html
    assert "4242" not in html
    assert "带上工作证就行。" in html.split("饭卡丢了怎么补？")[1]
    assert "/misses/1/add?item=card" in html
    assert '<a href="/items/card">饭卡丢了怎么补？</a>' in html


async def test_what_members_said_is_shown(page_setup: PageSetup) -> None:
    """That an item was not meant; which answer was not good."""
    page_setup.setup.miss("早饭好吃吗", VerdictKind.ANSWER, "opening")
    browser = await opened(page_setup, LOST)
    not_meant = Feedback(LOST, LOST, "card", Opinion.NOT_MEANT)
    page_setup.setup.usage.record(Records(feedback=(not_meant,)))
    assert texts.COMPLAINT.format(question="食堂几点开门？") in (await browser.get("/misses/1")).text
    assert texts.NOT_MEANT in (await browser.get("/misses/2")).text


async def test_the_likeliest_candidate_comes_first(page_setup: PageSetup) -> None:
    """Also where it says that the speech does not answer it; what is said of one stands apart."""
    browser = await opened(page_setup, "食堂盒饭几点收费")
    html = (await browser.get("/misses/1")).text.split(texts.CANDIDATES)[1].split(texts.SEARCH)[0]
    scores = [int(score) for score in re.findall(r"像 (\d+)%", html)]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) > 1
    assert f"像 {scores[0]}%{texts.JOINT}{texts.REFUSAL}" in html


SEARCHES = {"a question": "关门", "an answer": "晚上八点", "an id": "closing", "nothing": "月球"}


@pytest.mark.parametrize("words", SEARCHES.values(), ids=SEARCHES.keys())
async def test_all_items_are_searched(page_setup: PageSetup, words: str) -> None:
    """By what they hold."""
    browser = await opened(page_setup, LOST)
    found = (await browser.get("/misses/1", params={"item": words})).text.split('id="found"')[1]
    assert ("食堂几点关门？" in found) is (words != "月球")
    assert (texts.FOUND_NONE in found) is (words == "月球")


TASKS = {
    "add": ("/misses/1/add?item=card", {}, State.VERIFIED, ActionKind.PHRASINGS),
    "never": ("/misses/1/never?item=card", {}, State.OPEN, ActionKind.NEGATIVES),
    "new": (
        "/misses/1/new",
        {"answer": "找\r\n后勤。", "topic": "食堂", "source": "1"},
        State.VERIFIED,
        ActionKind.ITEM,
    ),
    "refuse": ("/misses/1/refuse", {}, State.NOT_COVERED, ActionKind.ITEM),
}


@pytest.mark.parametrize("task", TASKS)
async def test_a_cluster_is_handled(page_setup: PageSetup, task: str) -> None:
    """The impact is shown before; it stands in the history, and has its undo, which opens the misses again."""
    path, more, state, kind = TASKS[task]
    setup = page_setup.setup
    browser = await opened(page_setup, LOST)
    fields = await form(browser, path) | more
    if more:
        tried = await browser.post("/misses/1/" + task, data=fields)
        assert tried.status_code == 409
        assert texts.CHANGED_HERE in tried.text
        fields["digest"] = re.findall(r'name="digest" value="(\w+)"', tried.text)[0]
    assert setup.history.latest(9) == []
    done = await browser.post("/misses/1/" + task, data=fields)
    html = (await browser.get(done.headers["Location"])).text
    assert frame.DONE[f"miss-{task}"] in html
    assert setup.states() == {LOST: state}
    (action,) = setup.history.latest(9)
    assert (action.kind, action.admin) == (kind, 5)
    assert (texts.DONE_ALREADY in html) is (state is not State.OPEN)
    (undo,) = re.findall(r'name="action" value="(\d+)"', html)
    await browser.post("/misses/1/undo", data={"action": undo})
    assert setup.states() == {LOST: State.OPEN}
    again = await browser.post("/misses/1/undo", data={"action": undo})
    assert again.status_code == 303


async def test_the_topic_of_a_new_item_is_a_proposal(page_setup: PageSetup) -> None:
    """It is that of the nearest answer, and the form says that it may be another one."""
    browser = await opened(page_setup, LOST)
    html = (await browser.get("/misses/1/new")).text
    assert 'name="topic" value="食堂"' in html
    assert texts.TOPIC_HINT in html


async def test_what_an_item_covers_already(page_setup: PageSetup) -> None:
    """The cluster is led to it, without an edit."""
    browser = await opened(page_setup, "补办饭卡")
    fields = await form(browser, "/misses/1/add?item=card")
    assert fields["digest"] == "covered"
    await browser.post("/misses/1/add", data=fields)
    assert page_setup.setup.states() == {"补办饭卡": State.VERIFIED}
    assert [action.kind for action in page_setup.setup.history.latest(9)] == [ActionKind.COVERED]


async def test_the_change_of_another_admin_is_shown(page_setup: PageSetup) -> None:
    """With what was written still there; nothing is done until it is confirmed again."""
    setup = page_setup.setup
    browser = await opened(page_setup, LOST)
    fields = await form(browser, "/misses/1/add?item=card") | {"lines": LOST + "\n饭卡没了"}
    setup.edits.apply(setup.edits.plan(ChangeTexts("closing", "phrasings", ("几点打烊",))), OTHER)
    conflict = await browser.post("/misses/1/add", data=fields)
    assert conflict.status_code == 409
    assert texts.CHANGED_BY_OTHERS in conflict.text
    assert f"管理员 {OTHER}" in conflict.text
    assert "饭卡没了" in conflict.text
    assert setup.states() == {LOST: State.OPEN}
    fields |= re.findall(r'name="(digest|files)" value="(\w+)"', conflict.text)
    assert (await browser.post("/misses/1/add", data=fields)).status_code == 303
    assert {"几点打烊", "饭卡没了"} <= set(setup.current.snapshot.base.by_phrasing)


async def test_what_another_admin_has_handled_is_shown(page_setup: PageSetup) -> None:
    """With what became of the cluster; it can still be done."""
    browser = await opened(page_setup, LOST)
    fields = await form(browser, "/misses/1/add?item=card")
    lead(page_setup.setup.clusters, 1, "opening")
    conflict = await browser.post("/misses/1/add", data=fields)
    assert conflict.status_code == 409
    assert texts.OVERTAKEN in conflict.text
    assert "食堂几点开门？" in conflict.text
    assert page_setup.setup.history.latest(9) == []
    del fields["open"]
    assert (await browser.post("/misses/1/add", data=fields)).status_code == 303


UNFIT = {
    "no phrasing": ("add", {"item": "card", "lines": " \r\n "}, texts.NO_LINES),
    "a long phrasing": (
        "add",
        {"item": "card", "lines": "长" * 61},
        texts.LINE_TOO_LONG.format(text="长" * 61, limit=60),
    ),
    "many phrasings": (
        "add",
        {"item": "card", "lines": "\n".join(f"第{number}种" for number in range(21))},
        texts.TOO_MANY_LINES.format(limit=20),
    ),
    "an item that is gone": ("add", {"item": "gone", "lines": "饭卡没了"}, "这个条目已经不在了"),
    "a phrasing of another": ("add", {"item": "card", "lines": "放饭安排"}, "已经是"),
    "no answer": ("refuse", {"question": "吗", "lines": "", "answer": ""}, texts.NO_ANSWER),
    "no source": ("new", {"question": "吗", "lines": "", "answer": "好", "topic": "食堂"}, texts.NO_SOURCE),
    "a long answer": (
        "refuse",
        {"question": "吗", "lines": "", "answer": "长" * 601},
        texts.TOO_LONG.format(name=texts.ANSWER, limit=600),
    ),
    "a source that is not known": (
        "new",
        {"question": "吗", "lines": "", "answer": "好", "topic": "食堂", "source": "99"},
        "这样改知识库会出错",
    ),
}


@pytest.mark.parametrize(("task", "fields", "said"), UNFIT.values(), ids=UNFIT.keys())
async def test_what_does_not_fit_is_said(page_setup: PageSetup, task: str, fields: dict[str, str], said: str) -> None:
    """While it is written, and when it is sent; nothing is done."""
    browser = await opened(page_setup, LOST)
    shown = await browser.get(f"/misses/1/{task}", params=fields)
    sent = await browser.post(f"/misses/1/{task}", data=fields)
    assert (shown.status_code, sent.status_code) == (200, 409)
    assert said in shown.text
    assert said in sent.text
    assert page_setup.setup.history.latest(9) == []


async def test_what_there_is_not(page_setup: PageSetup) -> None:
    """A cluster that was deleted is said to be gone; an unknown task is no page, an edit of elsewhere has no undo."""
    browser = await opened(page_setup, LOST)
    assert texts.GONE in (await browser.get(f"/misses/{'9' * 30}")).text
    assert (await browser.get("/misses/1/other")).status_code == 404
    assert (await browser.post("/misses/1/undo", data={"action": "1"})).status_code == 404


TOLD = {
    "the question itself": ("add", LOST, 1),
    "another one besides": ("add", f"{LOST}\n塑料片被狗吃了", 2),
    "none, since it is led to no item": ("never", LOST, 0),
    "none, since its item does not answer it": ("add", "何时歇业", 0),
    "none, since an item that is as wanted does not": ("add", "饭卡丢了怎么补", 0),
}


@pytest.mark.parametrize(("task", "lines", "people"), TOLD.values(), ids=TOLD.keys())
async def test_who_is_told_of_an_answer_is_said_before(
    page_setup: PageSetup, task: str, lines: str, people: int
) -> None:
    """Also who waits for other questions that the edit answers."""
    browser = await opened(page_setup, LOST, "塑料片被狗吃了")
    waiting = (Subscription(LOST, 1, b""), Subscription("塑料片被狗吃了", 2, b""))
    page_setup.setup.usage.record(Records(subscriptions=waiting))
    html = (await browser.get(f"/misses/1/{task}", params={"item": "card", "lines": lines})).text
    said = [count for count in range(3) if frame.WAITING.format(count=count) in html]
    assert said == ([people] if people else [])
