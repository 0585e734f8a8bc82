"""The page of figures."""

import csv
import html as escaping
import io
import re
from datetime import timedelta
from random import Random

import pytest

from bot.items import VerdictKind
from bot.snapshot import CONFIDENCE
from bot.store.records import Answered, Feedback, Judged, Opinion, Records
from bot.texts.page import figures as texts
from tests.page_setup import PageSetup

QUESTIONS = dict(zip(texts.AGE_NAMES, ("外星人来过没有", "红烧肉好吃吗", "谁会弹钢琴", "地铁修到哪里"), strict=True))
NAMES = ("days", "right", "opinions", "clusters", "ages", "hot", "cold")


async def shown(page_setup: PageSetup, query: str = "") -> str:
    """The page as it is now."""
    return (await (await page_setup.signed_in()).get(f"/figures{query}")).text


def section(html: str, name: str) -> str:
    """One section of the page."""
    return html.split(f'id="{name}"')[1].split("</section>", maxsplit=1)[0]


def links(html: str) -> list[str]:
    """Where a part of the page leads, as its table has it, but for the file."""
    found = re.findall(r'<th scope="row"><a href="(.*?)"', html)
    return [escaping.unescape(link) for link in found]


async def downloaded(page_setup: PageSetup, name: str, query: str = "days=30") -> list[list[str]]:
    """The cells of a section's file."""
    response = await (await page_setup.signed_in()).get(f"/figures?{query}&csv={name}")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="{name}-' in response.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


async def test_nothing_is_said_in_words(page_setup: PageSetup) -> None:
    """There is no empty chart, and no file of nothing."""
    html = await shown(page_setup)
    for words in (texts.NOTHING_ASKED, texts.NO_CLUSTERS, texts.NO_OPINIONS, texts.NO_HOT, texts.NOTHING_JUDGED):
        assert words in html
    assert 'class="chart"' not in html
    assert re.findall(r"csv=(\w+)", html) == ["cold"]


async def test_a_day_has_its_counts_its_date_and_its_misses(page_setup: PageSetup) -> None:
    """In the chart and in the table below it; what was missed that day is one press away."""
    verdicts = (VerdictKind.ANSWER, VerdictKind.ANSWER, VerdictKind.SUGGEST, VerdictKind.UNKNOWN)
    page_setup.setup.usage.record(Records(verdicts=verdicts))
    page_setup.setup.miss("外星人来过没有")
    page_setup.setup.clustering.cluster_new()
    page_setup.setup.clock.now += timedelta(days=1)
    page_setup.setup.miss("月亮上几点开门")
    page_setup.setup.clustering.cluster_new()
    days = section(await shown(page_setup, "?days=7"), "days")
    day = (page_setup.setup.clock.today() - timedelta(days=1)).isoformat()
    assert f"<title>{day} 答上 2 让人挑 1 没答上 1</title>" in days
    assert days.count("<title>2") == 7
    assert texts.DAYS_NOTE.format(asked=4, answered=2, share="50%") in days
    assert links(days) == [f"/misses?asked={day}"]
    listed = (await (await page_setup.signed_in()).get(links(days)[0])).text
    assert "外星人来过没有" in listed
    assert "月亮上几点开门" not in listed
    rows = await downloaded(page_setup, "days", "days=7")
    assert rows[0] == [texts.DAY, *texts.LINES]
    assert [day, "2", "1", "1"] in rows
    assert len(rows) == 8


async def test_many_days_are_shown_by_weeks(page_setup: PageSetup) -> None:
    """A column for each seven of them, the last one up to today."""
    page_setup.setup.usage.record(Records(verdicts=(VerdictKind.UNKNOWN,)))
    html = await shown(page_setup, "?days=90")
    today = page_setup.setup.clock.today()
    days = section(html, "days")
    assert days.count("<title>2") == 13
    assert links(days) == [f"/misses?asked={today - timedelta(days=6)}..{today}"]


AGES = dict(zip(texts.AGE_NAMES, (0, 3, 10, 40), strict=True))
"""How many days ago a miss of each age was asked."""


async def test_each_age_leads_to_its_misses(page_setup: PageSetup) -> None:
    """And to no others."""
    now = page_setup.setup.clock.now
    for name, age in AGES.items():
        page_setup.setup.clock.now = now - timedelta(days=age)
        page_setup.setup.miss(QUESTIONS[name])
    page_setup.setup.clock.now = now
    page_setup.setup.clustering.cluster_new()
    ages = section(await shown(page_setup), "ages")
    assert re.findall(r'<td class="number">(\d+)', ages) == ["1", "1", "1", "1"]
    for name, link in zip(AGES, links(ages), strict=True):
        html = (await (await page_setup.signed_in()).get(link)).text
        assert [question for question in QUESTIONS.values() if question in html] == [QUESTIONS[name]]


async def test_what_waits_and_what_is_read(page_setup: PageSetup) -> None:
    """The clusters and the items, each with its page."""
    page_setup.setup.miss("外星人来过没有")
    page_setup.setup.clustering.cluster_new()
    page_setup.setup.usage.record(Records(shown=("opening",)))
    html = await shown(page_setup)
    assert links(section(html, "clusters")) == ["/misses/1"]
    assert links(section(html, "hot")) == ["/items/opening"]
    assert "/items/opening" not in links(section(html, "cold"))
    assert all(link.startswith("/items/") for link in links(section(html, "cold")))
    page_setup.setup.clock.now += timedelta(days=10)
    assert texts.NO_HOT in await shown(page_setup, "?days=7")


async def test_opinions_lead_to_what_was_thumbed_down(page_setup: PageSetup) -> None:
    """A day with thumbs up alone leads nowhere."""
    good = Feedback("几点开门", "几点开门", "opening", Opinion.HELPFUL)
    page_setup.setup.usage.record(Records(feedback=(good,)))
    assert links(section(await shown(page_setup), "opinions")) == []
    bad = Feedback("几点关门", "几点关门", "opening", Opinion.WRONG)
    page_setup.setup.usage.record(Records(feedback=(bad, bad)))
    opinions = section(await shown(page_setup), "opinions")
    today = page_setup.setup.clock.today()
    assert "有用 1 次，不对 2 次" in opinions
    assert links(opinions) == [f"/misses?show=complained&asked={today}"]


async def test_the_share_right_has_its_interval(page_setup: PageSetup) -> None:
    """Of all judgements up to each draw; of 1 right out of 2 it goes from 1 % to 99 %."""
    usage, clock = page_setup.setup.usage, page_setup.setup.clock
    for texts_drawn in ("ab", "cd"):
        usage.record(Records(answered=tuple(Answered(text, text, "card", 0.9, CONFIDENCE) for text in texts_drawn)))
        usage.draw(CONFIDENCE, 5, clock(), Random(1))
        for text in texts_drawn:
            usage.judge(Judged(text, text, "card", right=text != "a"))
        clock.now += timedelta(days=7)
    right = section(await shown(page_setup), "right")
    assert right.count("<circle") == 2
    assert "看过 2，对 1，占 50%，多半在 1% 到 99%" in right
    assert "随机抽查了 4 次回答，3 次是对的，占 75%" in right
    assert [row[1:] for row in await downloaded(page_setup, "right")][1:] == [
        ["4", "3", "75%", "19% 到 99%"],
        ["2", "1", "50%", "1% 到 99%"],
    ]
    assert texts.NOTHING_JUDGED in section(await shown(page_setup, "?days=7"), "right")


async def test_cells_of_a_file_are_text(page_setup: PageSetup) -> None:
    """A question that looks like a formula runs nowhere."""
    page_setup.setup.miss("=1+1 等于几")
    page_setup.setup.clustering.cluster_new()
    assert (await downloaded(page_setup, "clusters"))[1] == ["'=1+1 等于几", "1", "1"]


@pytest.mark.parametrize("query", ["days=<b>", "days=30", "days=999999999999"])
async def test_an_unknown_period_is_the_usual_one(page_setup: PageSetup, query: str) -> None:
    """It is hostile input, as the rest."""
    html = await shown(page_setup, f"?{query}")
    assert '?days=30" aria-current="true"' in html


async def test_there_is_no_other_file(page_setup: PageSetup) -> None:
    """Each section has one."""
    browser = await page_setup.signed_in()
    assert {(await browser.get(f"/figures?csv={name}")).status_code for name in NAMES} == {200}
    assert (await browser.get("/figures?csv=x")).status_code == 404
