"""The page that says how the bot is."""

from dataclasses import replace

from bot.store.database import REVISION
from bot.texts.admins import PROBLEMS
from bot.texts.page import status as texts
from bot.web.pages import PAGES
from tests.page_setup import PageSetup


async def shown(page_setup: PageSetup) -> str:
    """The page as it is now."""
    return (await (await page_setup.signed_in()).get("/status")).text


async def test_a_bot_that_is_well(page_setup: PageSetup) -> None:
    """Its health, its knowledge, and its versions."""
    html = await shown(page_setup)
    assert texts.WELL in html
    assert texts.SOUND in html
    assert "<dt>问答</dt><dd>3</dd>" in html
    assert REVISION in html


async def test_what_is_wrong_is_named(page_setup: PageSetup) -> None:
    """In the words that admins are told it with."""
    page_setup.problems += ["SILENT", "GIT"]
    html = await shown(page_setup)
    assert texts.PROBLEMS.format(count=2) in html
    assert PROBLEMS["SILENT"] in html
    assert PROBLEMS["GIT"] in html


async def test_beside_telegram_it_does_not_know(page_setup: PageSetup) -> None:
    """And says who does."""
    page_setup.services = replace(page_setup.services, problems=None)
    page_setup.open(PAGES)
    html = await shown(page_setup)
    assert texts.UNWATCHED in html
    assert texts.WELL not in html


async def test_the_faults_of_the_folder_have_file_and_line(page_setup: PageSetup) -> None:
    """As the folder is now, though the bot answers from what was sound."""
    page_setup.setup.write("items.yaml", "id: opening", "id: opening\n    colour: red")
    html = await shown(page_setup)
    assert texts.FAULTY.format(count=1) in html
    line = page_setup.setup.file("items.yaml").split("colour")[0].count("\n") + 1
    assert f"<code>items.yaml:{line}</code>" in html
    assert "colour" in html


async def test_what_is_not_read_is_told(page_setup: PageSetup) -> None:
    """Where it looks as if it were meant."""
    (page_setup.setup.folder / "more.yml").write_text("topic: x")
    assert "more.yml" in await shown(page_setup)


async def test_what_is_kept_says_how_long(page_setup: PageSetup) -> None:
    """By the settings, where there is one."""
    page_setup.services = replace(page_setup.services, retention_days=77)
    page_setup.open(PAGES)
    html = await shown(page_setup)
    assert "77 天" in html
    assert "12 小时" in html
    assert "5 分钟" in html
