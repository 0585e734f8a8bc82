"""What the pages have in common: the frame, the navigation, and how a form is answered."""

import asyncio
import re
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select
from starlette.responses import Response

from bot.store.database import Database
from bot.texts.page import frame as texts
from bot.web.pages import PAGES
from bot.web.visit import NotFoundError, Page, Visit
from tests.page_setup import PageSetup, paths


@pytest.mark.parametrize("path", paths())
async def test_every_page_is_whole(page_setup: PageSetup, path: str) -> None:
    """In Chinese, with one heading, a title, and itself as the current one of the navigation."""
    browser = await page_setup.signed_in()
    html = (await browser.get(path)).text
    assert '<html lang="zh-CN">' in html
    assert html.count("<h1>") == 1
    assert html.count('aria-current="page"') == 1
    labels = re.findall(r'<li><a href="[^"]+"(?: aria-current="page")?>(.*?)</a></li>', html)
    assert labels[: len(PAGES)] == [page.label for page in PAGES]


async def test_it_says_who_is_signed_in(page_setup: PageSetup) -> None:
    """An admin's number, or this machine."""
    assert "管理员 5" in (await (await page_setup.signed_in()).get("/status")).text
    page_setup.admins.append(None)
    assert texts.LOCAL in (await (await page_setup.signed_in(None)).get("/status")).text


async def test_a_form_is_answered_with_another_page(page_setup: PageSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that loading it again posts nothing; that page says what was done, in no words but its own."""
    monkeypatch.setitem(texts.DONE, "kept", "存好了。")
    kept = []

    def keep(visit: Visit) -> Response:
        kept.append((visit.admin, visit.place["name"], visit.form["text"]))
        return visit.redirect("/forms/1", done="kept")

    def show(visit: Visit) -> Response:
        if visit.place["name"] != "1":
            raise NotFoundError
        return visit.page("trial.html", question="", limit=1, verdict=None)

    page = Page(path="/forms", label="表单", shows={"/forms/{name}": show}, does={"/forms/{name}": keep})
    page_setup.open([page])
    browser = await page_setup.signed_in()
    posted = await browser.post("/forms/1", data={"text": "几点 & <b>"})
    assert (posted.status_code, posted.headers["Location"]) == (303, "/forms/1?done=kept")
    assert kept == [(5, "1", "几点 & <b>")]
    assert "存好了。" in (await browser.get("/forms/1?done=kept")).text
    assert "forged" not in (await browser.get("/forms/1?done=forged")).text
    assert (await browser.get("/forms/2")).status_code == 404


async def test_a_form_that_takes_long_keeps_nobody_from_reading(page_setup: PageSetup) -> None:
    """As an import does: it ends here when somebody reads."""
    read = threading.Event()

    def show(visit: Visit) -> Response:
        read.set()
        return visit.page("trial.html", question="", limit=1, verdict=None)

    def do(visit: Visit) -> Response:
        assert read.wait(10)
        return visit.redirect("/slow")

    page_setup.open([Page(path="/slow", label="慢", shows={"/slow": show}, does={"/slow": do})])
    browser = await page_setup.signed_in()
    done, _ = await asyncio.gather(browser.post("/slow"), browser.get("/slow"))
    assert done.status_code == 303


async def test_what_is_shown_gives_way_to_members(page_setup: PageSetup, database: Database) -> None:
    """Before it reads, and between the parts of the page; what is done does not."""
    asked = list[bool]()

    def is_busy() -> bool:
        asked.append(True)
        return False

    def show(visit: Visit) -> Response:
        before = len(asked)
        database.read(select(1))
        assert len(asked) == before + 1
        return visit.page("trial.html", question="", limit=1, verdict=None)

    def do(visit: Visit) -> Response:
        database.read(select(1))
        return visit.redirect("/slow")

    page_setup.services = replace(page_setup.services, is_busy=is_busy)
    page_setup.open([Page(path="/slow", label="慢", shows={"/slow": show}, does={"/slow": do})])
    browser = await page_setup.signed_in()
    assert (await browser.post("/slow")).status_code == 303
    assert not asked
    assert (await browser.get("/slow")).status_code == 200
    assert len(asked) > 10
