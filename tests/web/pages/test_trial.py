"""The page on which a question is tried."""

import re

import pytest

from bot.texts.page import trial as texts
from tests.page_setup import PageSetup

SHOWN = {
    "an answer": ("食堂几点开门", ["早上七点开门。", texts.VERDICTS["answer"], ">食堂几点开门？</a> <small>"]),
    "a refusal": ("盒饭收费标准", [texts.VERDICTS["not-covered"]]),
    "nothing near": ("红烧肉好吃吗", [texts.VERDICTS["unknown"]]),
    "no word": ("？？", [texts.CANDIDATES_NONE]),
    "small talk": ("你好", [texts.VERDICTS["small-talk"]]),
}


@pytest.mark.parametrize(("question", "shown"), SHOWN.values(), ids=SHOWN.keys())
async def test_what_a_member_would_read_and_why(page_setup: PageSetup, question: str, shown: list[str]) -> None:
    """The reply, the verdict, and the candidates."""
    html = (await (await page_setup.signed_in()).get("/try", params={"q": question})).text
    assert [part for part in shown if part not in html] == []
    assert f'value="{question}"' in html


async def test_what_decided_is_named(page_setup: PageSetup) -> None:
    """The nearest phrasing, the words that it lacks, and the features, both for and against."""
    html = (await (await page_setup.signed_in()).get("/try", params={"q": "食堂几点开门要带伞"})).text
    phrasing, missing = html.split(texts.PHRASING)[1], html.split(texts.UNEXPLAINED)[1]
    assert "几点" in phrasing[:80]
    assert "伞" in missing[:80]
    assert "+0." in html
    assert "-0." in html


async def test_each_candidate_leads_to_its_item(page_setup: PageSetup) -> None:
    """From why it was answered so, to where that is changed."""
    browser = await page_setup.signed_in()
    html = (await browser.get("/try", params={"q": "饭卡丢了"})).text.split(texts.CANDIDATES)[1]
    links = re.findall(r'<td><a href="(.*?)">(.*?)</a>', html)
    assert ("/items/card", "饭卡丢了怎么补？") in links
    for path, question in links:
        assert f"<h1>{question}</h1>" in (await browser.get(path)).text


async def test_the_thresholds_are_those_of_the_matcher(page_setup: PageSetup) -> None:
    """That of refusals too, which are never listed for members to choose from."""
    html = (await (await page_setup.signed_in()).get("/try", params={"q": "饭卡丢了"})).text
    found = page_setup.setup.current.snapshot.confidence
    assert texts.THRESHOLD.format(answer=found.answer, suggest=found.suggest, refuse=found.refuse) in html


async def test_nothing_is_kept_of_it(page_setup: PageSetup) -> None:
    """No miss, and no count."""
    await (await page_setup.signed_in()).get("/try", params={"q": "红烧肉好吃吗"})
    assert page_setup.setup.states() == {}


async def test_it_begins_empty(page_setup: PageSetup) -> None:
    """With the field alone, also for a blank question."""
    browser = await page_setup.signed_in()
    for path in ("/try", "/try?q=%20"):
        html = (await browser.get(path)).text
        assert texts.QUESTION in html
        assert "bubble" not in html
