"""What replicas share: the knowledge, and the admins' page; polling is one's alone."""

import http.client
import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import sqlalchemy as sa

from bot.inbox.encryption import Encryption
from bot.store.database import Database
from bot.store.tables import PARTICIPANTS
from tests.cluster.cluster import Cluster, cluster
from tests.conftest import CANTEEN
from tests.fake_bot_api import TOKEN, FakeBotApi, serving
from tests.postgresql import Server
from tests.process import refusal, running, settings_for, wait_for

ADMIN, MEMBER = 5, 7
PAGE = "https://bot.example.org/admin"


def said(running: Cluster, chat: int, fragment: str) -> dict[str, Any] | None:
    """The latest message in a chat that holds this."""
    found = [one for one in running.api.sent() if one["chat"]["id"] == chat and fragment in one["text"]]
    return found[-1] if found else None


def until(look: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
    """What a look finds, once it finds something."""
    wait_for(lambda: look() is not None)
    found = look()
    assert found
    return found


def knowledge_of(running: Cluster) -> list[str]:
    """What the two replicas answer from, as /status names it."""
    before = len(running.api.sent())
    running.api.member_says("/status", chat=ADMIN)
    running.api.wait_until(lambda: any("2 台" in message["text"] for message in running.api.sent()[before:]))
    return re.findall(r"知识 (\w+)", running.api.sent()[-1]["text"])


def test_an_edit_is_answered_from_everywhere(postgresql: Server, tmp_path: Path) -> None:
    """And is no editor's to the others, of which admins would be told; /status names all replicas."""
    shutil.copytree(CANTEEN, tmp_path / "knowledge")
    knowledge = tmp_path / "knowledge"
    with cluster(postgresql, tmp_path, 2, ADMINS=str(ADMIN), KNOWLEDGE=str(knowledge)) as two:
        two.deliver_to(0)
        before = knowledge_of(two)
        two.api.member_says("洗衣机把卡搅坏了", chat=MEMBER)
        until(lambda: said(two, MEMBER, "答不上来"))
        two.api.member_says("/missed", chat=ADMIN)
        card = until(lambda: said(two, ADMIN, "带上工作证"))
        add = next(
            button
            for row in card["reply_markup"]["inline_keyboard"]
            for button in row
            if button["text"].startswith("加到")
        )
        two.api.member_presses(add["callback_data"], card, chat=ADMIN)
        wait_for(lambda: "洗衣机" in (knowledge / "items.yaml").read_text(encoding="utf-8"))
        two.deliver_to(1)
        wait_for(lambda: len(now := set(knowledge_of(two))) == 1 and not now.intersection(before))
        two.api.member_says("洗衣机把卡搅坏了", chat=MEMBER)
        until(lambda: said(two, MEMBER, "带上工作证"))
        assert said(two, ADMIN, "编辑器") is None


def test_the_page_is_any_replica_s(postgresql: Server, tmp_path: Path) -> None:
    """A link that one gives is opened at another, and so is the session."""
    with cluster(postgresql, tmp_path, 2, ADMINS=str(ADMIN), PAGE_URL=PAGE) as two:
        two.deliver_to(0)
        two.api.member_says("/page", chat=ADMIN)
        sent = until(lambda: next(iter(two.api.sent()), None))
        (link,) = [row[0]["url"] for row in sent["reply_markup"]["inline_keyboard"]]
        path = urlsplit(link).path.removeprefix(urlsplit(PAGE).path)
        status, _, shown = ask(two.pages[1], "GET", path, "")
        assert status == http.client.OK
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
        status, cookie, _ = ask(two.pages[1], "POST", path, urlencode(fields))
        assert status == http.client.SEE_OTHER
        status, _, shown = ask(two.pages[0], "GET", "/misses", "", Cookie=cookie.split(";")[0])
        assert status == http.client.OK
        assert "待处理" in shown


def ask(address: str, method: str, path: str, body: str, **headers: str) -> tuple[int, str, str]:
    """A request to a replica's page, as its proxy passes it on: status, cookie and content of the answer."""
    connection = http.client.HTTPConnection(address, timeout=10)
    own = {
        "Host": "bot.example.org",
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": "same-origin",
    }
    connection.request(method, path, body, own | headers)
    answer = connection.getresponse()
    found = answer.status, answer.headers.get("Set-Cookie", ""), answer.read().decode()
    connection.close()
    return found


def test_what_was_talked_about_is_gone_once_a_bot_is_back(postgresql: Server, tmp_path: Path) -> None:
    """At once: no hour begins anew with a start."""
    url = postgresql.new_database()
    key = Encryption(TOKEN)
    with Database.open(url) as database, serving(FakeBotApi()) as api:
        for participant, age in ((1, timedelta(hours=1)), (2, timedelta())):
            row = {"participant": participant, "content": key.encrypt("{}"), "changed_at": database.now() - age}
            database.write(PARTICIPANTS.insert().values(row))
        settings = settings_for(api, tmp_path) | {"CAMPAIGN_BOT_DATABASE_URL": url}
        with running(settings, tmp_path / "log"):
            wait_for(lambda: database.read(sa.select(PARTICIPANTS.c.participant)).scalars().all() == [2])


def test_one_polls(postgresql: Server, tmp_path: Path) -> None:
    """A second one with the same database says so, and ends."""
    with serving(FakeBotApi()) as api:
        settings = settings_for(api, tmp_path) | {"CAMPAIGN_BOT_DATABASE_URL": postgresql.new_database()}
        with running(settings, tmp_path / "log"):
            api.wait_until(lambda: api.polls > 0)
            other = settings_for(api, tmp_path / "other")
            second = settings | {"CAMPAIGN_BOT_LISTEN": other["CAMPAIGN_BOT_LISTEN"]}
            assert "polls with this database" in refusal(second, tmp_path)
