"""The whole bot in trouble: what was acknowledged is not lost, and it says what to do."""

import resource
import socket
import sqlite3
import stat
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests.command_line import command
from tests.fake_bot_api import TOKEN, Failure, FakeBotApi, Proxy, serving
from tests.process import missed, refusal, running, settings_for, start, stop, wait_for
from tests.programs import quickly_checking_bot
from tests.unlimited import impatient_bot, unlimited_bot

ADMIN = 5500112233


@pytest.fixture(params=["polling", "webhook"])
def settings(request: pytest.FixtureRequest, api: FakeBotApi, tmp_path: Path) -> dict[str, str]:
    return settings_for(api, tmp_path, webhook=request.param == "webhook")


@pytest.fixture
def polling(api: FakeBotApi, tmp_path: Path) -> dict[str, str]:
    return settings_for(api, tmp_path)


def texts(api: FakeBotApi, chat: int) -> list[str]:
    """What a chat got to read."""
    return [message["text"] for message in api.sent() if message["chat"]["id"] == chat]


def test_a_conversation(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """By polling and by webhook alike; offered once more after a restart, nothing is answered twice."""
    with running(settings, tmp_path / "log") as process:
        api.member_says("补办饭卡")
        api.member_says("写首诗送我妈", chat=8)
        api.wait_until(lambda: len(api.sent()) == 2 and not api.pending)
        assert command(settings, "health").stdout == "green\n"
        stop(process)
    assert command(settings, "health").returncode == 1
    api.put_again()
    with running(settings, tmp_path / "log") as process:
        api.member_says("你好")
        api.wait_until(lambda: "你好！" in texts(api, 7) and not api.pending)
        stop(process)
    assert len(api.sent()) == 3
    assert [row["count"] for row in missed(settings)] == [1]


def test_a_full_disk(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """Nothing is acknowledged that can't be kept; when there is room again everything is answered."""
    database, log = tmp_path / "bot.db-wal", tmp_path / "log"
    # The migrations make a log that is longer than ours may become: it is the one that is full.
    (tmp_path / "bot.db").unlink()
    settings |= {"CAMPAIGN_BOT_ADMINS": str(ADMIN)}
    with running(settings, log, unlimited_bot) as process:
        api.member_says("你好")
        api.wait_until(lambda: len(api.sent()) == 1 and not api.pending)
        # A quota on the size of files, at what the database's log has now.
        full = max(database.stat().st_size, log.stat().st_size + 65536)
        unlimited = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
        while process.poll() is None and "can't be used" not in log.read_text():
            api.member_says("写首诗送我妈")
            time.sleep(0.02)
        waiting = api.pending
        assert waiting
        wait_for(lambda: "the database can't commit" in log.read_text())
        assert "check that its disk is neither full nor failing" in log.read_text()
        red = command(settings, "health")
        assert (red.returncode, red.stdout) == (1, "red: the database can't commit\n")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, unlimited)
        api.wait_until(lambda: not api.pending)
        wait_for(lambda: command(settings, "health").stdout == "green\n")
        asked = sum("message" in update for update in api._updates)
        api.wait_until(lambda: len(texts(api, 7)) == asked and texts(api, ADMIN) != [], seconds=120)
        stop(process)
    (told,) = texts(api, ADMIN)
    assert "数据库写不进去" in told
    assert "已经好了" in told
    assert [row["count"] for row in missed(settings)] == [asked - 1]


def test_a_deleted_database(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """Nothing is acknowledged from then on, and admins are told; after a restart everything is answered."""
    log = tmp_path / "log"
    settings |= {"CAMPAIGN_BOT_ADMINS": str(ADMIN)}
    with running(settings, log) as process:
        api.member_says("你好")
        api.wait_until(lambda: len(texts(api, 7)) == 1 and not api.pending)
        for file in tmp_path.glob("bot.db*"):
            file.unlink()
        api.member_says("补办饭卡")
        api.member_says("写首诗送我妈", chat=8)
        wait_for(lambda: "was deleted or replaced" in command(settings, "health").stdout)
        api.wait_until(lambda: len(texts(api, ADMIN)) == 1)
        assert "数据库文件不见了" in texts(api, ADMIN)[0]
        assert "bot.db is gone" in log.read_text()
        stop(process)
    assert api.pending == 2
    assert not (tmp_path / "bot.db").exists()
    assert len(texts(api, 7)) == 1
    with running(settings, log) as process:
        api.wait_until(lambda: len(texts(api, 7)) == 2 and len(texts(api, 8)) == 1 and not api.pending)
        stop(process)
    assert [row["count"] for row in missed(settings)] == [1]


def test_a_database_that_is_away_for_a_while(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """As on a disk that is mounted again: it goes on by itself, and tells what was."""
    folder = tmp_path / "disk"
    settings |= {"CAMPAIGN_BOT_ADMINS": str(ADMIN), "CAMPAIGN_BOT_DATABASE_URL": f"sqlite:///{folder}/bot.db"}
    with running(settings, tmp_path / "log") as process:
        api.member_says("你好")
        api.wait_until(lambda: len(texts(api, 7)) == 1 and not api.pending)
        away = folder.rename(tmp_path / "away")
        api.member_says("补办饭卡")
        api.wait_until(lambda: len(texts(api, ADMIN)) == 1)
        assert api.pending == 1
        away.rename(folder)
        api.wait_until(lambda: len(texts(api, 7)) == 2 and not api.pending, seconds=60)
        api.wait_until(lambda: len(texts(api, ADMIN)) == 2)
        assert "数据库文件不见了或被换掉了" in texts(api, ADMIN)[1]
        assert command(settings, "health").stdout == "green\n"
        stop(process)


def test_a_locked_database(api: FakeBotApi, polling: dict[str, str], tmp_path: Path) -> None:
    """It waits for whoever holds it, and says so."""
    log = tmp_path / "log"
    with running(polling, log) as process:
        api.member_says("你好")
        api.wait_until(lambda: len(api.sent()) == 1 and not api.pending)
        with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            api.member_says("补办饭卡")
            wait_for(lambda: "another program holds it" in log.read_text())
            assert api.pending == 1
        api.wait_until(lambda: len(api.sent()) == 2 and not api.pending)
        stop(process)


def test_a_damaged_database(api: FakeBotApi, polling: dict[str, str], tmp_path: Path) -> None:
    """It does not start, says what to do, and overwrites nothing; with the backup back it answers."""
    database, log = tmp_path / "bot.db", tmp_path / "log"
    with running(polling, log) as process:
        api.member_says("你好")
        api.wait_until(lambda: len(api.sent()) == 1 and not api.pending)
        stop(process)
    backup = database.read_bytes()
    database.write_bytes(backup[:100] + b"\x55" * (len(backup) - 100))
    api.member_says("补办饭卡")
    (line,) = refusal(polling, tmp_path).splitlines()
    assert "put a backup in its place" in line
    assert api.pending == 1
    database.write_bytes(backup)
    with running(polling, log) as process:
        api.wait_until(lambda: len(api.sent()) == 2)
        stop(process)


def test_a_stuck_chat_delays_nobody_and_the_end_is_quick(
    api: FakeBotApi, settings: dict[str, str], tmp_path: Path
) -> None:
    """One chat has to wait for minutes, a call hangs: others are answered, SIGTERM ends it within 10 seconds."""
    api.inject("sendMessage", Failure(429, {"parameters": {"retry_after": 300}}))
    with running(settings, tmp_path / "log") as process:
        api.member_says("补办饭卡", chat=8)
        api.wait_until(lambda: any(fields.get("chat_id") == 8 for _, fields in api.calls))
        api.member_says("补办饭卡", chat=9)
        api.wait_until(lambda: len(api.sent()) == 1)
        api.inject("sendMessage", Failure(accepted=True, hang_s=30))
        api.member_says("你好", chat=9)
        api.wait_until(lambda: len(texts(api, 9)) == 2)
        stop(process)
    assert texts(api, 8) == []
    with running(settings, tmp_path / "log"):
        api.wait_until(lambda: len(texts(api, 8)) == 1)


def test_nobody_can_be_found_in_what_is_written(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """Neither names nor ids nor numbers, in the database, its log, its index or ours, at DEBUG, whatever happens."""
    person, folder = 7700112233, tmp_path / "files"
    folder.mkdir(mode=0o700)
    settings |= {"CAMPAIGN_BOT_DATABASE_URL": f"sqlite:///{folder}/bot.db", "CAMPAIGN_BOT_LOG_LEVEL": "debug"}
    canaries = ["张三", "zhangsan_canary", "13812345678", str(person), TOKEN, "canary-webhook-secret"]
    patterns = [canary.encode() for canary in canaries]
    patterns += [person.to_bytes(size, order) for size in (5, 6, 8) for order in ("big", "little")]

    def look(when: str) -> None:
        for file in folder.iterdir():
            written = file.read_bytes()
            assert not [pattern for pattern in patterns if pattern in written], (when, file.name)
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0 or file.name == "log"

    who = {"id": person, "is_bot": False, "first_name": "张三", "username": "zhangsan_canary"}
    with running(settings, folder / "log") as process:
        api.member_says("写诗发到13812345678", chat=person, **{"from": who})
        api.wait_until(lambda: len(api.sent()) == 1 and not api.pending)
        look("while it runs")
        api.put({"message": {"message_id": "x", "from": who, "chat": {"id": person}, "text": "13812345678"}})
        api.wait_until(lambda: not api.pending)
        look("after a dead letter")
        assert "message.message_id" in command(settings, "inbox", "list").stdout
        api.inject("sendMessage", Failure(429, {"parameters": {"retry_after": 300}}))
        api.member_says("我叫张三，电话13812345678", chat=person, **{"from": who})
        api.wait_until(lambda: not api.pending)
        process.kill()
        process.wait()
    look("after a kill")
    assert {row["question"] for row in missed(settings)} == {"写诗发到［电话］"}


def test_dead_letters_are_listed_and_replayed(api: FakeBotApi, polling: dict[str, str], tmp_path: Path) -> None:
    """A reply that fails alone waits for the operator, without its content; admins are told, and so is ``health``."""
    polling |= {"CAMPAIGN_BOT_ADMINS": str(ADMIN)}
    refused = True

    def failure_rule(method: str, fields: dict[str, object]) -> Failure | None:
        return Failure(500) if refused and method == "sendmessage" and fields["chat_id"] == 8 else None

    api.failure_rule = failure_rule
    with running(polling, tmp_path / "log", impatient_bot) as process:
        api.member_says("写首诗送我妈", chat=8)
        api.wait_until(lambda: len(texts(api, ADMIN)) == 1)
        assert texts(api, ADMIN)[0].startswith("有 1 条消息没能回复上")
        assert "did not arrive" in command(polling, "inbox", "list").stdout
        health = command(polling, "health")
        assert (health.returncode, health.stdout.partition(" since ")[0]) == (0, "green; 1 dead letters")
        assert missed(polling) == []
        refused = False
        assert command(polling, "inbox", "replay", "99").returncode == 2
        assert "1 条消息" in command(polling, "inbox", "replay", "1").stdout
        api.wait_until(lambda: len(texts(api, 8)) == 1)
        stop(process)
    assert command(polling, "inbox", "list").stdout == "没有没能回复的消息。\n"
    assert [row["count"] for row in missed(polling)] == [1]


def test_a_flood_gets_one_notice_and_others_are_answered(
    api: FakeBotApi, polling: dict[str, str], tmp_path: Path
) -> None:
    """What is left unanswered on purpose is counted."""
    polling |= {"CAMPAIGN_BOT_MESSAGES_A_MINUTE": "3"}
    with running(polling, tmp_path / "log") as process:
        for _ in range(6):
            api.member_says("你好", chat=8)
        api.member_says("你好", chat=9)
        api.wait_until(lambda: len(texts(api, 9)) == 1 and len(texts(api, 8)) == 4 and not api.pending)
        url = f"http://{polling['CAMPAIGN_BOT_LISTEN']}/metrics"
        wait_for(lambda: b"silenced_total 3.0" in urllib.request.urlopen(url).read())
        stop(process)
    assert texts(api, 8)[:3] == ["你好！"] * 3
    assert "发得太快" in texts(api, 8)[3]


def test_one_person_can_not_fill_the_log(api: FakeBotApi, polling: dict[str, str], tmp_path: Path) -> None:
    """Over the daily bound nothing is kept, and nothing is promised."""
    polling |= {"CAMPAIGN_BOT_MISSES_A_DAY": "2"}
    with running(polling, tmp_path / "log") as process:
        for number in range(3):
            api.member_says(f"写首诗送我妈{number}", chat=8)
        api.member_says("写首诗送我妈9", chat=9)
        api.wait_until(lambda: len(api.sent()) == 4)
        stop(process)
    assert [("记下" in text) for text in texts(api, 8)] == [True, True, False]
    assert len(missed(polling)) == 3


def test_admins_are_told_when_the_log_is_full(api: FakeBotApi, polling: dict[str, str], tmp_path: Path) -> None:
    """Once each; one who never pressed start does no harm."""
    polling |= {"CAMPAIGN_BOT_MISSED_LIMIT": "1", "CAMPAIGN_BOT_ADMINS": f"{ADMIN + 1},{ADMIN}"}

    def failure_rule(method: str, fields: dict[str, object]) -> Failure | None:
        return Failure(403) if method == "sendmessage" and fields["chat_id"] == ADMIN + 1 else None

    api.failure_rule = failure_rule
    with running(polling, tmp_path / "log") as process:
        api.member_says("写首诗送我妈1")
        api.wait_until(lambda: len(texts(api, ADMIN)) == 1)
        assert "记满" in texts(api, ADMIN)[0]
        api.member_says("写首诗送我妈2")
        api.wait_until(lambda: len(texts(api, 7)) == 2)
        stop(process)
    assert "记下" not in texts(api, 7)[1]
    assert [row["question"] for row in missed(polling)] == ["写首诗送我妈1"]


def test_an_address_that_is_taken(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """By polling members are answered all the same; a webhook that can't be reached does not start."""
    host, port = settings["CAMPAIGN_BOT_LISTEN"].split(":")
    log = tmp_path / "log"
    with socket.create_server((host, int(port))):
        if "CAMPAIGN_BOT_WEBHOOK_URL" in settings:
            assert "CAMPAIGN_BOT_LISTEN" in refusal(settings, tmp_path)
            return
        with running(settings, log) as process:
            api.member_says("你好")
            api.wait_until(lambda: len(api.sent()) == 1)
            stop(process)
    assert "CAMPAIGN_BOT_LISTEN" in log.read_text()


PROXIES: dict[str, tuple[Proxy, str]] = {
    "strips the path": (lambda _path, headers: ("/", headers), "the proxy strips or changes the path"),
    "drops the secret": (lambda path, _headers: (path, {}), "the proxy drops the header X-Telegram-Bot-Api-Secret"),
}


@pytest.mark.parametrize(("proxy", "cause"), PROXIES.values(), ids=PROXIES.keys())
def test_a_proxy_that_spoils_deliveries(api: FakeBotApi, tmp_path: Path, proxy: Proxy, cause: str) -> None:
    """Health is red with the likely cause, and admins are told once; what waits is answered when it is put right."""
    settings = settings_for(api, tmp_path, webhook=True) | {"CAMPAIGN_BOT_ADMINS": str(ADMIN)}
    api.proxy = proxy
    with running(settings, tmp_path / "log", quickly_checking_bot) as process:
        api.member_says("你好")
        api.wait_until(lambda: len(texts(api, ADMIN)) == 1)
        red = command(settings, "health")
        assert red.returncode == 1
        assert cause in red.stdout
        assert cause in (tmp_path / "log").read_text()
        url = f"http://{settings['CAMPAIGN_BOT_LISTEN']}/metrics"
        assert b'campaign_bot_problem{problem="intake"} 1.0' in urllib.request.urlopen(url).read()
        api.proxy = lambda path, headers: (path, headers)
        api.wait_until(lambda: texts(api, 7) == ["你好！"] and len(texts(api, ADMIN)) == 2)
        assert command(settings, "health").stdout == "green\n"
        stop(process)
    assert "反向代理" in texts(api, ADMIN)[0]
    assert "已经好了" in texts(api, ADMIN)[1]


def test_a_webhook_that_another_program_removes(api: FakeBotApi, tmp_path: Path) -> None:
    """It is set again; behind a proxy that adds a slash it is served all the same, whatever its path is spelt like."""
    settings = settings_for(api, tmp_path, webhook=True)
    settings |= {"CAMPAIGN_BOT_WEBHOOK_URL": "https://bot.example.org/bot%3A机%20x"}
    api.proxy = lambda path, headers: (f"{path}/", headers)
    with running(settings, tmp_path / "log", quickly_checking_bot) as process:
        api.member_says("你好")
        api.wait_until(lambda: texts(api, 7) == ["你好！"])
        api.another_program_sets_webhook("")
        api.member_says("你好", chat=8)
        api.wait_until(lambda: texts(api, 8) == ["你好！"])
        stop(process)
    assert "it is set again" in (tmp_path / "log").read_text()


def test_a_webhook_that_another_program_sets(api: FakeBotApi, polling: dict[str, str], tmp_path: Path) -> None:
    """A bot that polls deletes it, and what waits is answered."""
    with running(polling, tmp_path / "log") as process:
        api.wait_until(lambda: api.polls == 1)
        api.another_program_sets_webhook("https://other.example.org/")
        api.member_says("你好")
        api.wait_until(lambda: texts(api, 7) == ["你好！"])
        stop(process)
    assert "A webhook is set" in (tmp_path / "log").read_text()


def test_a_second_bot_on_the_same_database(api: FakeBotApi, polling: dict[str, str], tmp_path: Path) -> None:
    """It would answer everything twice: it says so and ends, and the first goes on."""
    with running(polling, tmp_path / "log") as process:
        api.member_says("你好")
        api.wait_until(lambda: len(api.sent()) == 1)
        assert "Another `campaign-bot run`" in refusal(polling, tmp_path)
        api.member_says("补办饭卡")
        api.wait_until(lambda: len(api.sent()) == 2)
        stop(process)


def test_no_network_at_the_start(polling: dict[str, str], tmp_path: Path) -> None:
    """It tries until there is one."""
    log = tmp_path / "log"
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    process = start(polling | {"CAMPAIGN_BOT_API_URL": f"http://127.0.0.1:{port}"}, log)
    try:
        wait_for(lambda: "can't be reached" in log.read_text())
        assert process.poll() is None
        with serving(FakeBotApi(), port) as late:
            late.member_says("你好")
            late.wait_until(lambda: len(late.sent()) == 1)
    finally:
        process.kill()
        process.wait()


MALFORMED = {
    "a webhook without its secret": ({"CAMPAIGN_BOT_WEBHOOK_SECRET": ""}, "CAMPAIGN_BOT_WEBHOOK_SECRET"),
    "a webhook without https": ({"CAMPAIGN_BOT_WEBHOOK_URL": "http://bot.example.org/x"}, "CAMPAIGN_BOT_WEBHOOK_URL"),
    "a short key": ({"CAMPAIGN_BOT_KEY": "short"}, "CAMPAIGN_BOT_KEY"),
    "no address": ({"CAMPAIGN_BOT_LISTEN": "9876"}, "CAMPAIGN_BOT_LISTEN"),
    "no number": ({"CAMPAIGN_BOT_RETENTION_DAYS": "long"}, "CAMPAIGN_BOT_RETENTION_DAYS"),
}


@pytest.mark.parametrize(("changed", "named"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_setting_is_one_line(api: FakeBotApi, tmp_path: Path, changed: dict[str, str], named: str) -> None:
    """That names it, and never its value."""
    (line,) = refusal(settings_for(api, tmp_path, webhook=True) | changed, tmp_path).splitlines()
    assert named in line
    assert not [value for value in changed.values() if value and value in line]
