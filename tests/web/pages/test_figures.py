"""The page of figures."""

from bot.items import VerdictKind
from bot.store.records import Feedback, Opinion, Records
from bot.texts.page import figures as texts
from tests.page_setup import PageSetup


async def shown(page_setup: PageSetup, query: str = "") -> str:
    """The page as it is now."""
    return (await (await page_setup.signed_in()).get(f"/figures{query}")).text


async def test_nothing_is_said_in_words(page_setup: PageSetup) -> None:
    """There is no empty chart."""
    html = await shown(page_setup)
    for words in (texts.NOTHING_ASKED, texts.NO_CLUSTERS, texts.NO_OPINIONS, texts.NO_HOT):
        assert words in html
    assert 'class="chart"' not in html


async def test_a_day_has_its_counts_and_its_date(page_setup: PageSetup) -> None:
    """In the chart and in the table below it."""
    verdicts = (VerdictKind.ANSWER, VerdictKind.ANSWER, VerdictKind.SUGGEST, VerdictKind.UNKNOWN)
    page_setup.setup.usage.record(Records(verdicts=verdicts))
    html = await shown(page_setup, "?days=7")
    today = page_setup.setup.clock.today().isoformat()
    assert f"<title>{today} 答上 2 让人挑 1 没答上 1</title>" in html
    assert f'<th scope="row">{today}</th><td class="number">2</td><td class="number">1</td>' in html
    assert html.count("<title>2") == 7


async def test_what_waits_and_what_is_read(page_setup: PageSetup) -> None:
    """The clusters, their ages, the items and the opinions."""
    page_setup.setup.miss("外星人来过没有")
    page_setup.setup.clustering.cluster_new()
    opinion = Feedback("几点开门", "几点开门", "opening", Opinion.WRONG)
    page_setup.setup.usage.record(Records(feedback=(opinion,), shown=("opening",)))
    html = await shown(page_setup)
    assert "外星人来过没有<svg" in html
    assert "一天以内<svg" in html
    assert "<dt>不对</dt><dd>1</dd>" in html
    assert texts.NO_HOT not in html


async def test_an_unknown_period_is_the_usual_one(page_setup: PageSetup) -> None:
    """It is hostile input, as the rest."""
    html = await shown(page_setup, "?days=<b>")
    assert '?days=30" aria-current="true"' in html
