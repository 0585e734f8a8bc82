"""The admins' page as a process serves it, over real HTTP on loopback."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from bot.store.database import Database
from bot.store.history import History
from bot.store.records import ActionKind
from bot.texts.admins import REFUSALS
from tests.conftest import CANTEEN
from tests.fake_bot_api import FakeBotApi
from tests.page_setup import SAME_ORIGIN
from tests.postgresql import Server
from tests.process import (
    ForkedProcess,
    Process,
    ending,
    free_port,
    refusal,
    running,
    settings_for,
    stop,
    wait_for,
)
from tests.programs import campaign_bot, edit_for_ever

ADMIN, MEMBER = 5, 7


@pytest.fixture
def settings(api: FakeBotApi, tmp_path: Path) -> dict[str, str]:
    listen = f"127.0.0.1:{free_port()}"
    return settings_for(api, tmp_path) | {
        "CAMPAIGN_BOT_ADMINS": str(ADMIN),
        "CAMPAIGN_BOT_PAGE_URL": f"http://{listen}",
        "CAMPAIGN_BOT_PAGE_LISTEN": listen,
    }


def link_of(api: FakeBotApi) -> str:
    """The address behind the button of the bot's answer to ``/page``."""
    seen = len(api.sent())
    api.member_says("/page", chat=ADMIN)
    api.wait_for_messages(seen + 1)
    ((button,),) = api.sent()[-1]["reply_markup"]["inline_keyboard"]
    return str(button["url"])


@contextmanager
def browser(link: str) -> Iterator[httpx.Client]:
    """A browser that opened this link."""
    origin = httpx.URL(link).copy_with(raw_path=b"/")
    with httpx.Client(base_url=origin, headers=SAME_ORIGIN) as client:
        yield client


@contextmanager
def page_alone(settings: dict[str, str], log: Path) -> Iterator[tuple[Process, str]]:
    """``campaign-bot page`` while it runs, and its link."""
    with ending(ForkedProcess(campaign_bot, ("page",), settings, log)) as process:
        wait_for(lambda: "/sign-in/" in log.read_text())
        (link,) = re.findall(r"^http\S+$", log.read_text(), re.MULTILINE)
        yield process, link


def test_an_admin_comes_in_by_the_chat(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """And out by it; no token is in the log, nor a session."""
    log = tmp_path / "log"
    with running(settings, log) as process:
        link = link_of(api)
        with browser(link) as admin:
            assert "进入" in admin.get(link).text
            assert admin.post(link).status_code == 303
            page = admin.get("/status")
            assert page.status_code == 200
            assert "Server" not in page.headers
            (session,) = admin.cookies.values()
            assert admin.post(link).status_code == 410
            api.member_says("/logout", chat=ADMIN)
            api.wait_until(lambda: "全部退出" in api.sent()[-1]["text"])
            assert admin.get("/status").status_code == 401
        stop(process)
    written = log.read_text()
    assert [secret for secret in (link.rpartition("/")[2], session) if secret in written] == []
    assert "ERROR" not in written


def test_admins_are_told_of_guesses(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """Once."""
    with running(settings, tmp_path / "log"), browser(link_of(api)) as guesser:
        statuses = [guesser.get(f"/sign-in/{number}").status_code for number in range(12)]
        assert statuses == [410] * 10 + [429] * 2
        api.wait_until(lambda: any("在试管理页面的登录链接" in message["text"] for message in api.sent()))
        link = link_of(api)
        assert guesser.post(link).status_code == 303


def test_the_webhooks_listener_serves_no_page(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """And the page's listener serves nothing else."""
    with running(settings, tmp_path / "log"), browser(link_of(api)) as admin:
        assert admin.get("/healthz").status_code == 404
        assert admin.get("/metrics").status_code == 404
        other = f"http://{settings['CAMPAIGN_BOT_LISTEN']}"
        assert httpx.get(f"{other}/status").status_code == 404
        assert httpx.get(f"{other}/healthz").status_code == 200


def test_they_never_share_a_listener(settings: dict[str, str], tmp_path: Path) -> None:
    """Whoever sets it so is told."""
    settings["CAMPAIGN_BOT_PAGE_LISTEN"] = settings["CAMPAIGN_BOT_LISTEN"]
    assert "CAMPAIGN_BOT_PAGE_LISTEN is the same" in refusal(settings, tmp_path)


def test_members_are_answered_where_the_page_has_no_port(
    api: FakeBotApi, settings: dict[str, str], tmp_path: Path
) -> None:
    """The log says so, and admins read it."""
    log = tmp_path / "log"
    with page_alone(settings, tmp_path / "other"), running(settings, log):
        api.member_says("饭卡丢了怎么补", chat=MEMBER)
        api.wait_for_messages(1)
        api.member_says("/page", chat=ADMIN)
        api.wait_until(lambda: "还没有开" in api.sent()[-1]["text"])
    assert "CAMPAIGN_BOT_PAGE_LISTEN" in log.read_text()


def test_the_page_alone(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """It needs no token, asks Telegram nothing, and acts as this machine."""
    del settings["CAMPAIGN_BOT_TOKEN"]
    with page_alone(settings, tmp_path / "log") as (process, link), browser(link) as admin:
        assert admin.post(link).status_code == 303
        assert "本机" in admin.get("/status").text
        stop(process)
    assert api.calls == []
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_page_edits_while_no_other_process_does(
    settings: dict[str, str], tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """Once that one has made its edit, or was killed, the page's can be made; what a killed page left is seen to."""
    if kind == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        settings["CAMPAIGN_BOT_DATABASE_URL"] = server.new_database()
    folder = tmp_path / "knowledge"
    shutil.copytree(CANTEEN, folder)
    settings["CAMPAIGN_BOT_KNOWLEDGE"] = str(folder)
    database = Database.open(settings["CAMPAIGN_BOT_DATABASE_URL"])
    history = History(database)
    history.begin(None, ActionKind.PHRASINGS, ["card"], "", "[]", ())
    change = {"act": "set", "field": "owner", "text": "行政科"}
    with page_alone(settings, tmp_path / "log") as (_, link), browser(link) as admin:
        assert history.begun() == []
        admin.post(link)
        with ending(ForkedProcess(edit_for_ever, (), settings, tmp_path / "other")):
            wait_for((tmp_path / "edit").exists)
            assert REFUSALS["folder-busy"] in admin.post("/items/opening", data=change).text
        wait_for(lambda: admin.post("/items/opening", data=change).status_code == 303)
    assert "行政科" in (folder / "items.yaml").read_text(encoding="utf-8")
    database.close()


def test_the_page_beside_a_running_bot(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """On the same database; each keeps its own admins out of the other, and the bot goes on."""
    with running(settings, tmp_path / "bot.log"):
        remote = link_of(api)
        with page_alone(settings, tmp_path / "page.log") as (_, local), browser(local) as here, browser(remote) as chat:
            assert httpx.URL(local).port != httpx.URL(remote).port
            assert here.post(local).status_code == 303
            assert chat.post(remote).status_code == 303
            assert here.get("/status").status_code == 200
            foreign = httpx.URL(local).copy_with(port=httpx.URL(remote).port)
            assert chat.get(foreign).status_code == 410
            (session,) = here.cookies.values()
            (name,) = chat.cookies
            assert httpx.get(f"{chat.base_url}status", cookies={name: session}).status_code == 401
        api.member_says("饭卡丢了怎么补", chat=MEMBER)
        api.wait_until(lambda: "工作证" in api.sent()[-1]["text"])
