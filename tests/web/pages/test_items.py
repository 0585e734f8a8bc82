"""The pages of the items: found, opened, changed, and taken back."""

import re
from html import unescape

import httpx
import pytest

from bot.evaluation.impact import ReplayedQuestion
from bot.items import Item
from bot.knowledge import read
from bot.store.records import ActionState, Feedback, Opinion, Records, State, Subscription
from bot.texts import admins
from bot.texts.page import frame
from bot.texts.page import items as texts
from tests.page_setup import HOSTILE, OTHER, PageSetup
from tests.process import wait_for

LOSING = "早上什么时候能进去吃啊"
"""A question of another item's: a phrasing of it costs that item its answer."""


def item(page_setup: PageSetup, name: str = "opening") -> Item:
    """An item as it is now."""
    return page_setup.setup.current.snapshot.base.by_id[name]


def listed(html: str) -> list[str]:
    """The ids of the items that a list shows."""
    return re.findall(r'<li><a href="/items/([^"/]+)">', html)


def form(**fields: str) -> dict[str, str]:
    """A form that sets or adds something."""
    return {"act": "set", **fields}


async def follow(browser: httpx.AsyncClient, response: httpx.Response) -> str:
    """The page that a posted form leads to."""
    assert response.status_code == 303, response.text
    return (await browser.get(response.headers["Location"])).text


FOUND = {
    "everything": ({}, ["opening", "closing", "card", "nc-fee", "hello"]),
    "by a phrasing": ({"q": "开饭安排"}, ["opening"]),
    "by an answer": ({"q": "工作证"}, ["card"]),
    "by its id": ({"q": "closing"}, ["closing"]),
    "by all words": ({"q": "食堂 八点"}, ["closing"]),
    "written otherwise": ({"q": "食堂，几点 开門"}, ["opening"]),
    "nothing": ({"q": "火星"}, []),
    "thumbed down": ({"only": "disliked"}, ["card"]),
    "never asked": ({"only": "unasked", "topic": "食堂"}, ["closing", "card"]),
    "past its day": ({"only": "overdue"}, ["closing"]),
    "few phrasings": ({"only": "few", "topic": "食堂"}, ["opening", "closing", "card"]),
}


@pytest.mark.parametrize(("query", "found"), FOUND.values(), ids=FOUND.keys())
async def test_items_are_found(page_setup: PageSetup, query: dict[str, str], found: list[str]) -> None:
    """By words anywhere in them, by topic, and by what is to be done about them."""
    wrong = Feedback("卡", "卡", "card", Opinion.WRONG)
    page_setup.setup.usage.record(Records(shown=("opening",), feedback=(wrong,)))
    page_setup.setup.write("items.yaml", "id: closing", "id: closing\n    review_by: 2000-01-01")
    page_setup.setup.edits.take_over()
    html = (await (await page_setup.signed_in()).get("/items", params=query)).text
    known = listed(html)
    if not query:
        assert set(known) == set(page_setup.setup.current.snapshot.base.by_id)
    else:
        assert known == found
    assert (texts.NONE_FOUND in html) == (not known)


TAKING = """topic: 借书
items:
  - id: lending
    question: 借书怎么办理？
    phrasings: [怎么借书, 办理借书, 借书手续怎么办, 开饭时间怎么定]
    answer: 到一楼
    source: ['1']
  - id: dinner
    question: 开饭时间是几点？
    phrasings: [开饭时间怎么安排, 开饭时间怎么确定, 开饭时间改了吗]
    answer: 六点
    source: ['1']
"""
"""An item with a phrasing that belongs to another one."""


async def test_phrasings_that_meet_other_items_are_marked_and_found(page_setup: PageSetup) -> None:
    """With the item that they lead to; the list says when all of them are compared, and by then it has them."""
    (page_setup.setup.folder / "taking.yaml").write_text(TAKING)
    page_setup.setup.edits.take_over()
    browser = await page_setup.signed_in()
    html = (await browser.get("/items/lending")).text
    assert texts.TAKEN.format(question="开饭时间是几点？") in html
    assert html.count('class="late"') == 1
    assert html.index("开饭时间怎么定") < html.index("办理借书")
    assert texts.COMPARING in (await browser.get("/items", params={"only": "overlapping"})).text
    snapshot = page_setup.setup.current.snapshot
    wait_for(lambda: page_setup.services.overlaps.of(snapshot.index, snapshot.confidence)[1])
    html = (await browser.get("/items", params={"only": "overlapping"})).text
    assert texts.COMPARING not in html
    assert "lending" in listed(html)
    assert "card" not in listed(html)
    assert texts.OVERLAPS_COUNT.format(count=1) in html


async def test_many_items_are_shown_in_pages(page_setup: PageSetup) -> None:
    """Each of them once."""
    more = "".join(f"  - {{id: x{n}, question: 第{n}个问题是什么, answer: 好, source: ['1']}}\n" for n in range(150))
    (page_setup.setup.folder / "more.yaml").write_text(f"topic: 多\nitems:\n{more}")
    page_setup.setup.edits.take_over()
    browser = await page_setup.signed_in()
    pages = [listed((await browser.get(f"/items?page={n}")).text) for n in range(2)]
    assert len(pages[0]) == 100
    assert sorted(pages[0] + pages[1]) == sorted(page_setup.setup.current.snapshot.base.by_id)


async def test_words_and_new_items_are_found_from_the_list(page_setup: PageSetup) -> None:
    """Above all items, of which there may be hundreds."""
    html = (await (await page_setup.signed_in()).get("/items")).text
    above, _ = html.split('id="found"')
    assert texts.INTRODUCTION in above
    for name, label in texts.WORDS_LINKS.items():
        assert f'href="/items/words/{name}">{label}</a>' in above


async def test_an_item_shows_all_that_is_known_of_it(page_setup: PageSetup) -> None:
    """Its texts, its sources by their places with who cites them too, what it was asked, and what a member sees."""
    page_setup.fill(["饭点呢"])
    html = (await (await page_setup.signed_in()).get("/items/opening")).text
    places = page_setup.setup.current.snapshot.base.places
    wanted = ["食堂几点开门？", "早上什么时候能进去吃", "早上七点开门。", places["1"], "饭点呢", "饭卡丢了怎么补？"]
    assert [part for part in wanted if part not in html] == []
    assert texts.CITED_BY.format(questions="饭卡丢了怎么补？") in html


async def test_phrasings_are_added_above_those_that_there_are(page_setup: PageSetup) -> None:
    """An item may have so many that nobody scrolls past them."""
    html = (await (await page_setup.signed_in()).get("/items/opening")).text
    assert html.index('id="add-phrasings"') < html.index('value="早上什么时候能进去吃"')


async def test_a_short_answer_that_says_otherwise_is_told_of(page_setup: PageSetup) -> None:
    """Once the answer is changed alone, until the two agree again."""
    browser, told = await page_setup.signed_in(), texts.SHORT_DIFFERS.format(numbers="7")
    for field, text, is_told in (
        ("short", "早上7点。", False),
        ("answer", "早上八点开门。", True),
        ("short", "八点。", False),
    ):
        shown = await follow(browser, await browser.post("/items/opening", data=form(field=field, text=text)))
        assert frame.DONE["edited"] in shown
        assert (told in shown) is is_told


async def test_what_is_written_is_previewed(page_setup: PageSetup) -> None:
    """With its length, without being kept."""
    browser = await page_setup.signed_in()
    html = (await browser.get("/items/opening", params={"text": "六点就开。"})).text
    assert "六点就开。" in html.split('class="bubble"')[1]
    assert texts.COUNTER.format(length=5, limit=600) in html
    assert item(page_setup).answer == "早上七点开门。"
    long = (await browser.get("/items/opening", params={"text": "字" * 601})).text
    assert texts.COUNTER_LONG.format(length=601, limit=600) in long


CHANGES = {
    "an answer": (form(field="answer", text="六点开门。\r\n不见不散。"), {"answer": "六点开门。\n不见不散。"}),
    "a question": (form(field="question", text="食堂什么时候开门"), {"question": "食堂什么时候开门"}),
    "a short answer": (form(field="short", text="七点。"), {"short": "七点。"}),
    "an owner": (form(field="owner", text="老王"), {"owner": "老王"}),
    "a last day": (form(field="valid_until", text="2030-01-31"), {"valid_until": "2030-01-31"}),
    "a day of review": (form(field="review_by", text="2030-01-31"), {"review_by": "2030-01-31"}),
    "phrasings": (
        {"act": "add", "field": "phrasings", "text": "饭堂开门没\n\n大门啥时开"},
        {"phrasings": ("早上什么时候能进去吃", "开饭安排", "饭堂开门没", "大门啥时开")},
    ),
    "a phrasing less": (
        {"act": "remove", "field": "phrasings", "text": "开饭安排"},
        {"phrasings": ("早上什么时候能进去吃",)},
    ),
    "negatives": ({"act": "add", "field": "negatives", "text": "图书馆几点开门"}, {"negatives": ("图书馆几点开门",)}),
    "keywords": ({"act": "add", "field": "keywords", "text": "开门"}, {"keywords": ("开门",)}),
    "related": ({"act": "add", "field": "related", "text": "食堂几点关门"}, {"related": ("closing",)}),
    "related by id": ({"act": "add", "field": "related", "text": "card"}, {"related": ("card",)}),
    "another source": (form(field="source", source="2", cited="1"), {"source": ("2",)}),
    "a document": (form(field="source", source="1", cited="1", document="食堂通知"), {"source": ("1", "doc-1")}),
    "another topic": (form(field="topic", text="大门"), {"topic": "大门"}),
}


@pytest.mark.parametrize(("fields", "changed"), CHANGES.values(), ids=CHANGES.keys())
async def test_everything_of_an_item_can_be_changed_and_taken_back(
    page_setup: PageSetup, fields: dict[str, str], changed: dict[str, object]
) -> None:
    """It stands in the chat's history; undone, the files are as they were."""
    files = {path.name: path.read_bytes() for path in page_setup.setup.folder.iterdir()}
    browser = await page_setup.signed_in()
    posted = await browser.post("/items/opening", data=fields)
    if posted.status_code == 200:
        (digest,) = re.findall(r'name="digest" value="(\w+)"', posted.text)
        posted = await browser.post("/items/opening", data=fields | {"digest": digest})
    shown = await follow(browser, posted)
    assert frame.DONE["edited"] in shown
    assert {name: getattr(item(page_setup), name) for name in changed} == changed
    (action, *_) = page_setup.history()
    assert (action.admin, action.item) == (5, "opening")
    undone = await follow(browser, await browser.post(f"/history/{action.id}/undo"))
    assert frame.DONE["undone"] in undone
    assert {path.name: path.read_bytes() for path in page_setup.setup.folder.iterdir()} == files


REFUSED = {
    "no text": (form(field="answer", text=" \n"), texts.NOTHING_WRITTEN),
    "too long an answer": (form(field="answer", text="字" * 601), "601"),
    "too long a question": (form(field="question", text="字" * 61), "61"),
    "a number in a question": (form(field="question", text="打13800138000行吗"), admins.HAS_NUMBER),
    "a phrasing of another item": ({"act": "add", "field": "phrasings", "text": "补办饭卡"}, "饭卡丢了怎么补？"),
    "no source": (form(field="source", cited="1"), admins.NEEDS_SOURCE),
    "no such item": ({"act": "add", "field": "related", "text": "没有这条"}, "没有这条"),
    "itself": ({"act": "add", "field": "related", "text": "opening"}, texts.ITEM_ITSELF),
    "no date": (form(field="valid_until", text="明天"), "明天"),
    "too long an owner": (form(field="owner", text="王" * 21), "21"),
    "nothing that there is": ({"act": "burn"}, admins.DRAFT_GONE),
    "a field that there is not": (form(field="id", text="x"), admins.DRAFT_GONE),
}


@pytest.mark.parametrize(("fields", "why"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_cannot_be_is_refused(page_setup: PageSetup, fields: dict[str, str], why: str) -> None:
    """With the reason, and with what was written; nothing is done."""
    files = {path.name: path.read_bytes() for path in page_setup.setup.folder.iterdir()}
    posted = await (await page_setup.signed_in()).post("/items/opening", data=fields)
    assert why in unescape(posted.text)
    assert texts.REFUSED_TITLE in posted.text
    assert fields.get("text", "").strip() in unescape(posted.text)
    assert {path.name: path.read_bytes() for path in page_setup.setup.folder.iterdir()} == files
    assert page_setup.history() == []


async def test_a_loss_is_shown_before_it_is_made(page_setup: PageSetup) -> None:
    """It is made once what was shown is confirmed, not something else."""
    browser, fields = await page_setup.signed_in(), {"act": "add", "field": "phrasings", "text": LOSING}
    shown = await browser.post("/items/closing", data=fields)
    assert texts.LOSS in shown.text
    assert "早上什么时候能进去吃" in shown.text
    (digest,) = re.findall(r'name="digest" value="(\w+)"', shown.text)
    assert texts.LOSS in (await browser.post("/items/closing", data=fields | {"digest": "00000000"})).text
    assert LOSING not in item(page_setup, "closing").phrasings
    await follow(browser, await browser.post("/items/closing", data=fields | {"digest": digest}))
    assert LOSING in item(page_setup, "closing").phrasings


async def test_a_deletion_is_always_shown_before(page_setup: PageSetup) -> None:
    """Afterwards it can be undone."""
    browser = await page_setup.signed_in()
    shown = await browser.post("/items/card", data={"act": "delete"})
    assert "card" in page_setup.setup.current.snapshot.base.by_id
    (digest,) = re.findall(r'name="digest" value="(\w+)"', shown.text)
    deleted = await follow(browser, await browser.post("/items/card", data={"act": "delete", "digest": digest}))
    assert frame.DONE["deleted"] in deleted
    assert (await browser.get("/items/card")).status_code == 404
    (action,) = page_setup.history()
    assert f"/history/{action.id}/undo" in deleted
    assert "饭卡丢了怎么补" in await follow(browser, await browser.post(f"/history/{action.id}/undo"))


async def test_what_somebody_else_wrote_meanwhile_is_shown(page_setup: PageSetup) -> None:
    """Beside one's own text, which is made once it is confirmed; nothing is lost."""
    first, second = await page_setup.signed_in(), await page_setup.signed_in(OTHER)
    seen = "早上七点开门。"
    await follow(second, await second.post("/items/opening", data=form(field="answer", text="八点开。", seen=seen)))
    fields = form(field="answer", text="九点开。", seen=seen)
    shown = (await first.post("/items/opening", data=fields)).text
    assert [part for part in (texts.OVERTAKEN, "八点开。", "九点开。") if part not in shown] == []
    assert item(page_setup).answer == "八点开。"
    (digest,) = re.findall(r'name="digest" value="(\w+)"', shown)
    again = fields | {"seen": "八点开。", "digest": digest, "text": "九点半开。"}
    await follow(first, await first.post("/items/opening", data=again))
    assert item(page_setup).answer == "九点半开。"
    assert [action.admin for action in page_setup.history()] == [5, OTHER]


async def test_what_was_written_is_not_lost_with_its_item(page_setup: PageSetup) -> None:
    """Where somebody else has deleted it."""
    browser = await page_setup.signed_in()
    shown = (await browser.post("/items/gone", data=form(field="answer", text="写了很久。"))).text
    assert admins.ITEM_GONE in shown
    assert "写了很久。" in shown


async def test_ticks_leave_what_others_have_ticked(page_setup: PageSetup) -> None:
    """Only what this admin has changed is changed."""
    browser = await page_setup.signed_in()
    page_setup.setup.write("items.yaml", 'source: ["1"]', 'source: ["1", "2"]')
    page_setup.setup.edits.take_over()
    fields = form(field="source", source="1", cited="1", document="食堂通知")
    await follow(browser, await browser.post("/items/opening", data=fields))
    assert item(page_setup).source == ("1", "2", "doc-1")


async def test_what_is_so_already_is_said(page_setup: PageSetup) -> None:
    """And nothing is done."""
    browser = await page_setup.signed_in()
    fields = form(field="answer", text="早上七点开门。")
    assert frame.DONE["same"] in await follow(browser, await browser.post("/items/opening", data=fields))
    assert page_setup.history() == []


@pytest.mark.parametrize(("act", "approved", "said"), [("tell", [True], "told"), ("skip", [False], "skipped")])
async def test_readers_of_the_old_answer_are_told_if_an_admin_wants_it(
    page_setup: PageSetup, act: str, approved: list[bool], said: str
) -> None:
    """It is asked after the edit, and what was shown is told."""
    corrections, browser = page_setup.setup.corrections, await page_setup.signed_in()
    page_setup.setup.usage.record(
        Records(answer_subscriptions=(corrections.subscription(item(page_setup), 77, "77 zh"),))
    )
    shown = await follow(browser, await browser.post("/items/opening", data=form(field="answer", text="六点开。")))
    assert texts.READERS.format(count=1) in shown
    stale = await browser.post("/items/opening/correction", data={"act": act, "answer": "早上七点开门。"})
    assert texts.READERS.format(count=1) in await follow(browser, stale)
    decided = await browser.post("/items/opening/correction", data={"act": act, "answer": "六点开。"})
    assert frame.DONE[said] in await follow(browser, decided)
    assert [row.approved for row in corrections.subscriptions.all()] == approved


async def test_an_undo_that_cannot_be_says_why(page_setup: PageSetup) -> None:
    """As in the chat."""
    browser = await page_setup.signed_in()
    await browser.post("/items/opening", data=form(field="answer", text="六点开。"))
    page_setup.setup.write("items.yaml", "六点开。", "五点开。")
    page_setup.setup.edits.take_over()
    (action,) = page_setup.history()
    refused = await browser.post(f"/history/{action.id}/undo")
    assert admins.REFUSALS["undo-entangled"].format(file="items.yaml") in refused.text
    assert (await browser.post("/history/x/undo")).status_code == 404
    assert page_setup.history()[0].state is ActionState.DONE


async def test_the_history_has_what_was_done_in_the_chat_and_here(page_setup: PageSetup) -> None:
    """Who, what, and the way to take it back."""
    browser = await page_setup.signed_in()
    await browser.post("/items/opening", data=form(field="answer", text="六点开。"))
    page_setup.setup.press(page_setup.setup.say("/item closing"), admins.BUTTON_ANSWER)
    page_setup.setup.press(page_setup.setup.say("九点关。"), admins.BUTTON_FINE)
    html = (await browser.get("/history")).text
    assert html.count('/undo"') == 2
    assert html.index("食堂几点关门") < html.index("食堂几点开门")


def words(page_setup: PageSetup) -> tuple[object, object]:
    """The synonyms and the frames."""
    base = page_setup.setup.current.snapshot.base
    return base.synonyms, base.frames


WORDS = {
    "a synonym": (
        "synonyms",
        {"act": "add", "standard": "开饭", "text": "开伙\n 供饭 "},
        (("开饭", "放饭", "开伙", "供饭"),),
        (),
    ),
    "a group": (
        "synonyms",
        {"act": "add", "standard": "饭卡", "text": "餐卡"},
        (("开饭", "放饭"), ("饭卡", "餐卡")),
        (),
    ),
    "no synonym": ("synonyms", {"act": "remove", "standard": "开饭", "text": "放饭"}, (), ()),
    "no group": ("synonyms", {"act": "delete", "standard": "开饭", "text": ""}, (), ()),
    "frames": ("frames", {"act": "add", "text": "请问\n请教"}, (("开饭", "放饭"),), ("请问", "请教")),
}


@pytest.mark.parametrize(("name", "fields", "synonyms", "frames"), WORDS.values(), ids=WORDS.keys())
async def test_words_are_changed_and_taken_back(
    page_setup: PageSetup, name: str, fields: dict[str, str], synonyms: object, frames: object
) -> None:
    """The chat's history says so, and undoes it; the files are as they were then."""
    files = read(page_setup.setup.folder)
    browser = await page_setup.signed_in()
    posted = await browser.post(f"/items/words/{name}", data=fields)
    if posted.status_code == 200:
        (digest,) = re.findall(r'name="digest" value="(\w+)"', posted.text)
        posted = await browser.post(f"/items/words/{name}", data=fields | {"digest": digest})
    shown = await follow(browser, posted)
    assert frame.DONE["edited"] in shown
    assert fields["act"] != "add" or all(word.strip() in shown for word in fields["text"].split()[:1])
    assert words(page_setup) == (synonyms, frames)
    setup = page_setup.setup
    done = setup.say("/history")
    said = admins.HISTORY_KINDS[name].format(detail=fields.get("standard"))
    assert said in done.text
    assert said in (await browser.get("/history")).text
    entry = setup.press(done, "1")
    assert all(word.strip() in entry.text for word in fields["text"].split())
    setup.press(entry, admins.BUTTON_UNDO)
    assert read(setup.folder) == files


async def test_words_are_found(page_setup: PageSetup) -> None:
    """Those of a group by any of its words; a list of none says so; there is no other list."""
    browser = await page_setup.signed_in()
    for searched, is_found in (("", True), ("放", True), ("没有", False)):
        shown = (await browser.get("/items/words/synonyms", params={"q": searched})).text
        assert ("<h3>开饭</h3>" in shown) is is_found
    assert texts.WORDS_NONE in (await browser.get("/items/words/frames")).text
    assert (await browser.get("/items/words/others")).status_code == 404


REFUSED_WORDS = {
    "no word": ("synonyms", {"act": "add", "standard": "开饭", "text": " \n"}, texts.NOTHING_WRITTEN),
    "no standard word": ("synonyms", {"act": "add", "standard": "", "text": "开伙"}, texts.NOTHING_WRITTEN),
    "a group of frames": ("frames", {"act": "add", "standard": "开饭", "text": "开伙"}, texts.NOTHING_WRITTEN),
    "a long word": (
        "frames",
        {"act": "add", "text": "请" * 21},
        texts.WORD_TOO_LONG.format(text="请" * 20 + "…", limit=20),
    ),
    "too many": ("frames", {"act": "add", "text": "\n".join(f"请{n}" for n in range(51))}, "50"),
    "a word of another group": (
        "synonyms",
        {"act": "add", "standard": "饭卡", "text": "放饭"},
        admins.REFUSALS["word-taken"].format(word="放饭", standard="开饭"),
    ),
    "all frames": ("frames", {"act": "delete", "text": ""}, admins.DRAFT_GONE),
}


@pytest.mark.parametrize(("name", "fields", "why"), REFUSED_WORDS.values(), ids=REFUSED_WORDS.keys())
async def test_words_that_cannot_be_are_refused(
    page_setup: PageSetup, name: str, fields: dict[str, str], why: str
) -> None:
    """With the reason, and what was written."""
    before = words(page_setup)
    posted = await (await page_setup.signed_in()).post(f"/items/words/{name}", data=fields)
    assert texts.REFUSED_TITLE in posted.text
    assert why in unescape(posted.text)
    assert words(page_setup) == before


async def test_words_that_cost_an_answer_are_shown_before(page_setup: PageSetup) -> None:
    """They are made once that is confirmed."""
    page_setup.setup.known.append(ReplayedQuestion("几点放饭安排", "opening"))
    fields = {"act": "delete", "standard": "开饭", "text": ""}
    browser = await page_setup.signed_in()
    shown = await browser.post("/items/words/synonyms", data=fields)
    assert texts.LOSS in shown.text
    assert words(page_setup)[0] == (("开饭", "放饭"),)
    (digest,) = re.findall(r'name="digest" value="(\w+)"', shown.text)
    await follow(browser, await browser.post("/items/words/synonyms", data=fields | {"digest": digest}))
    assert words(page_setup)[0] == ()


@pytest.mark.parametrize("text", HOSTILE[:16])
async def test_a_hostile_text_is_shown_as_text(page_setup: PageSetup, text: str) -> None:
    """Also where it is previewed, refused, or looked for."""
    browser = await page_setup.signed_in()
    for response in (
        await browser.get("/items", params={"q": text, "topic": text, "only": text, "page": text}),
        await browser.get("/items/opening", params={"text": text, "undo": text, "readers": text}),
        await browser.post("/items/gone", data={"act": text, "field": text, "text": text, text: text}),
    ):
        assert response.status_code == 200
        assert "<script>alert" not in response.text
        assert "<img src=x" not in response.text


AWAITED = {
    "a phrasing": ("/items/card", {"act": "add", "field": "phrasings", "text": "塑料片被狗吃了"}, "塑料片被狗吃了"),
    "a synonym": ("/items/words/synonyms", {"act": "add", "standard": "饭卡", "text": "塑料片"}, "塑料片丢了怎么补"),
}


@pytest.mark.parametrize(("path", "fields", "question"), AWAITED.values(), ids=AWAITED.keys())
async def test_who_waits_for_what_an_edit_answers_is_told_of_before(
    page_setup: PageSetup, path: str, fields: dict[str, str], question: str
) -> None:
    """Such an edit is made once it was confirmed; where nobody waits, at once."""
    setup = page_setup.setup
    setup.miss(question)
    browser = await page_setup.signed_in()
    made = await browser.post(path, data=fields)
    assert made.status_code == 303
    setup.edits.undo(setup.history.edits(1)[0].id, None)
    setup.usage.record(Records(subscriptions=(Subscription(question, 7, b""),)))
    asked = await browser.post(path, data=fields)
    assert frame.WAITING.format(count=1) in asked.text
    assert setup.history.edits() == []
    (digest,) = re.findall(r'name="digest" value="(\w+)"', asked.text)
    assert (await browser.post(path, data=fields | {"digest": digest})).status_code == 303
    setup.lifecycle.follow(None, setup.current.snapshot)
    assert setup.states() == {question: State.VERIFIED}
