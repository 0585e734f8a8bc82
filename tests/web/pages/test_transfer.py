"""The page on which the knowledge goes out as a table and comes in from one."""

import html
import io
import re
from collections.abc import Mapping

import httpx
import pytest
from openpyxl import load_workbook

from bot.evaluation.impact import ReplayedQuestion
from bot.knowledge import read
from bot.knowledge.tables import all_rows, read_table
from bot.store.records import ActionKind, ActionState, Records, Subscription
from bot.texts.admins import REFUSALS
from bot.texts.page import frame
from bot.texts.page import transfer as texts
from bot.texts.tables import NOT_A_TABLE
from tests.page_setup import OTHER, PageSetup

CHANGED = """编号,标准问法,话题,回答,出处
opening,食堂几点开门？,食堂,早上八点开门。,1
,茶在哪里？,食堂,在一楼。,1
tea,<b>茶</b>几点？,食堂,,1
""".encode()


async def tried(browser: httpx.AsyncClient, table: bytes = CHANGED, name: str = "t.csv") -> httpx.Response:
    """The trial of a table."""
    return await browser.post("/transfer/try", files={"table": (name, table)})


def carried(page: str) -> Mapping[str, tuple[None, str]]:
    """The fields of a trial's form, as a browser posts them."""
    fields = re.findall(r'<input type="hidden" name="(rows|digest)" value="([^"]*)"', page)
    return {name: (None, html.unescape(value)) for name, value in fields}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_the_whole_base_goes_out(page_setup: PageSetup, kind: str) -> None:
    """As a file that is named by the day, and that comes in again without a change."""
    browser = await page_setup.signed_in()
    response = await browser.post(f"/transfer/{kind}")
    name = {"csv": "zip"}.get(kind, kind)
    assert re.fullmatch(rf'attachment; filename="knowledge-[0-9-]+\.{name}"', response.headers["Content-Disposition"])
    rows = read_table(response.content)
    assert rows == all_rows(page_setup.services.current.snapshot.base)
    page = (await tried(browser, response.content, f"t.{name}")).text
    assert texts.NOTHING in page
    assert f"<dt>{texts.COUNTS[3][1]}</dt><dd>{len(rows)}</dd>" in page


async def test_the_export_comes_before_the_import(page_setup: PageSetup) -> None:
    """In the order in which an admin works."""
    page = (await (await page_setup.signed_in()).get("/transfer")).text
    assert page.index(texts.XLSX) < page.index(texts.TRY + "</button>")


async def test_an_import_is_tried_made_and_undone(page_setup: PageSetup) -> None:
    """As one action, which stands in the history, with one undo; until then nothing is written."""
    browser, folder = await page_setup.signed_in(), page_setup.setup.folder
    before = read(folder)
    page = (await tried(browser)).text
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page) == [
        ("新增", "1"),
        ("修改", "1"),
        ("并入", "0"),
        ("不变", "0"),
        ("有问题", "1"),
    ]
    assert "第 4 行" in page
    assert f"<small>opening &middot; {texts.CHANGED.format(columns='回答')}</small>" in page
    assert "缺少“回答”" in page
    assert "&lt;b&gt;茶" in page
    assert read(folder) == before
    done = await browser.post("/transfer/apply", files=carried(page))
    assert (done.status_code, done.headers["Location"]) == (303, "/transfer?done=imported")
    base = page_setup.services.current.snapshot.base
    assert base.by_id["opening"].answer == "早上八点开门。"
    assert "tea" not in base.by_id
    assert any(item.question == "茶在哪里？" for item in base.items)
    (action,) = page_setup.services.history.edits(5)
    assert (action.kind, action.admin) == (ActionKind.IMPORT, 5)
    shown = (await browser.get("/transfer?done=imported")).text
    assert frame.DONE["imported"] in shown
    undone = await browser.post("/transfer/undo", data={"action": str(action.id)})
    assert undone.headers["Location"] == "/transfer?done=import-undone"
    assert read(folder) == before
    assert texts.UNDO not in (await browser.get("/transfer")).text


@pytest.mark.parametrize(("act", "approved"), [("tell", [True, False]), ("skip", [False, False])])
async def test_readers_of_what_an_import_changes_are_told_if_an_admin_wants_it(
    page_setup: PageSetup, act: str, approved: list[bool]
) -> None:
    """Of the items that are ticked, as they are shown; an undo before leaves nothing to tell."""
    setup, browser = page_setup.setup, await page_setup.signed_in()
    for name in ("opening", "closing"):
        item = setup.current.snapshot.base.by_id[name]
        setup.usage.record(Records(answer_subscriptions=(setup.corrections.subscription(item, 77, "77 zh"),)))
    assert texts.CORRECTIONS not in (await browser.get("/transfer")).text
    table = "编号,回答\nopening,六点开门。\nclosing,九点关门。\ncard,去找前台。\n".encode()
    for _ in range(2):
        await browser.post("/transfer/apply", files=carried((await tried(browser, table)).text))
        shown = (await browser.get("/transfer")).text
        keys = dict(re.findall('name="item" value="(\\w+) (\\w+)"', shown))
        assert [*keys] == ["opening", "closing"]
        if _ == 0:
            (done, *_rest) = setup.history.edits(5)
            await browser.post("/transfer/undo", data={"action": str(done.id)})
            assert texts.CORRECTIONS not in (await browser.get("/transfer")).text
    ticked = {"act": act, "item": [f"opening {keys['opening']}", "closing 00000000"]}
    decided = await browser.post("/transfer/correct", data=ticked)
    assert frame.DONE["told" if act == "tell" else "skipped"] in (await browser.get(decided.headers["Location"])).text
    assert [row.approved for row in setup.corrections.subscriptions.all()] == approved
    left = (await browser.get("/transfer")).text
    assert [name for name in ("opening", "closing") if f'value="{name} ' in left] == ["closing"]


async def test_the_faulty_rows_are_a_file(page_setup: PageSetup) -> None:
    """With what is wrong in a column of its own; once that is right, it can be imported."""
    browser = await page_setup.signed_in()
    page = (await tried(browser)).text
    response = await browser.post("/transfer/faults", files=carried(page))
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert sheet
    lines = [[cell or "" for cell in line] for line in sheet.iter_rows(values_only=True)]
    assert len(lines) == 2
    assert "缺少“回答”" in str(lines[1][-1])
    (row,) = read_table(response.content)
    assert row.cells["question"] == "<b>茶</b>几点？"


async def test_a_change_in_between_is_shown(page_setup: PageSetup) -> None:
    """Nothing is made then; what would be made now is tried anew, and can be."""
    browser, other = await page_setup.signed_in(), await page_setup.signed_in(OTHER)
    page = (await tried(browser)).text
    theirs = (await tried(other, "编号,一句话回答\nopening,七点\n".encode())).text
    assert (await other.post("/transfer/apply", files=carried(theirs))).status_code == 303
    again = await browser.post("/transfer/apply", files=carried(page))
    assert again.status_code == 200
    assert texts.STALE in again.text
    assert page_setup.services.current.snapshot.base.by_id["opening"].answer == "早上七点开门。"
    assert (await browser.post("/transfer/apply", files=carried(again.text))).status_code == 303
    opening = page_setup.services.current.snapshot.base.by_id["opening"]
    assert (opening.answer, opening.short) == ("早上八点开门。", "七点")


async def test_a_loss_is_shown_before(page_setup: PageSetup) -> None:
    """And the button says that it is made all the same."""
    page_setup.setup.known.append(ReplayedQuestion("早上什么时候能进去吃", "opening"))
    page = (await tried(await page_setup.signed_in(), "编号,标准问法,其他问法\nopening,大门,\n".encode())).text
    assert "早上什么时候能进去吃" in page
    assert texts.APPLY_ANYWAY.format(count=1) in page


REFUSED = {
    "no file": ({"table": ("", b"")}, texts.NO_FILE),
    "a field instead of a file": ({"table": (None, "x")}, texts.NO_FILE),
    "no table": ({"table": ("x.xlsx", b"PK\x03\x04")}, NOT_A_TABLE),
    "no row": ({"table": ("x.csv", "编号\n".encode())}, texts.EMPTY),
}


@pytest.mark.parametrize(("files", "said"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_is_no_table(page_setup: PageSetup, files: dict[str, tuple[str | None, bytes]], said: str) -> None:
    """The page says so."""
    response = await (await page_setup.signed_in()).post("/transfer/try", files=files)
    assert response.status_code == 400
    assert html.escape(said, quote=False) in response.text


@pytest.mark.parametrize("rows", ["", "[", '[{"number":2,"cells":{"colour":"red"}}]', '[{"number":2,"cells":[]}]'])
@pytest.mark.parametrize("path", ["/transfer/apply", "/transfer/faults"])
async def test_forged_rows(page_setup: PageSetup, path: str, rows: str) -> None:
    """They are refused."""
    response = await (await page_setup.signed_in()).post(path, data={"rows": rows, "digest": "0"})
    assert response.status_code == 400
    assert texts.UNREADABLE in response.text


@pytest.mark.parametrize("action", ["", "x", "99", "9" * 40])
async def test_no_such_import(page_setup: PageSetup, action: str) -> None:
    """Nothing is undone."""
    response = await (await page_setup.signed_in()).post("/transfer/undo", data={"action": action})
    assert response.status_code == 400
    assert REFUSALS["undo-gone"] in response.text


async def test_an_undo_twice_is_one(page_setup: PageSetup) -> None:
    """Pressed in two windows."""
    browser = await page_setup.signed_in()
    await browser.post("/transfer/apply", files=carried((await tried(browser)).text))
    (action,) = page_setup.services.history.edits(5)
    for _ in range(2):
        response = await browser.post("/transfer/undo", data={"action": str(action.id)})
        assert response.headers["Location"] == "/transfer?done=import-undone"
    found = page_setup.services.history.action(action.id)
    assert found
    assert found.state is ActionState.UNDONE


async def test_a_folder_with_faults_is_left_alone(page_setup: PageSetup) -> None:
    """The first fault is named."""
    page_setup.setup.write("items.yaml", "id: opening", "id: opening\n    colour: red")
    response = await tried(await page_setup.signed_in())
    assert response.status_code == 400
    assert "colour" in response.text


async def test_more_than_a_table_may_have_is_not_read(page_setup: PageSetup) -> None:
    """The upload is bounded."""
    response = await tried(await page_setup.signed_in(), b"x" * (25 << 20))
    assert response.status_code == 413


async def test_who_is_told_of_an_answer_is_said_before(page_setup: PageSetup) -> None:
    """Those who wait for a question that the import answers."""
    setup, browser = page_setup.setup, await page_setup.signed_in()
    setup.miss("塑料片被狗吃了")
    table = "编号,其他问法\ncard,塑料片被狗吃了\n".encode()
    said = frame.WAITING.format(count=1)
    assert said not in (await tried(browser, table)).text
    setup.usage.record(Records(subscriptions=(Subscription("塑料片被狗吃了", 7, b""),)))
    assert said in (await tried(browser, table)).text


async def test_each_item_has_the_import_in_its_history(page_setup: PageSetup) -> None:
    """With what it changed of that item alone, and its undo; no other item has it."""
    browser = await page_setup.signed_in()
    table = "编号,回答\nopening,六点开门。\ncard,去找前台。\n".encode()
    await browser.post("/transfer/apply", files=carried((await tried(browser, table)).text))
    (action,) = page_setup.history()
    for name, answer in (("opening", "六点开门。"), ("card", "去找前台。")):
        (entry,) = (await browser.get(f"/items/{name}")).text.split('<form class="done"')[1:]
        assert f'action="/history/{action.id}/undo"' in entry
        (diff,) = re.findall('<p class="said diff">(.*?)</p>', entry, re.DOTALL)
        assert re.sub("<s>.*?</s>|<.*?>|\n", "", diff).endswith(answer), diff
    assert '<form class="done"' not in (await browser.get("/items/closing")).text
