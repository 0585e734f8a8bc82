"""The whole bot as a process, over real HTTP on loopback."""

import json
import os
import re
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.store.database import Database
from bot.store.history import History
from bot.store.misses import MissLog
from bot.store.notices import Notices
from bot.store.records import NoticeKind
from tests.clocks import Clock
from tests.conftest import miss
from tests.fake_bot_api import TOKEN, Failure, FakeBotApi
from tests.process import (
    BOT,
    ending,
    execute,
    in_terminal,
    missed,
    read_until,
    refusal,
    running,
    settings_for,
    stop,
    wait_for,
)
from tests.programs import trusting_bot


@pytest.fixture
def settings(api: FakeBotApi, tmp_path: Path) -> dict[str, str]:
    return settings_for(api, tmp_path)


def buttons(message: dict[str, Any]) -> list[tuple[str, str]]:
    return [(key["text"], key["callback_data"]) for row in message["reply_markup"]["inline_keyboard"] for key in row]


def test_a_member_is_answered_and_a_miss_survives_a_restart(
    api: FakeBotApi, settings: dict[str, str], tmp_path: Path
) -> None:
    """/start, a question, a suggestion pressed, "none of these", a miss; all still there after a restart.

    Here the bot begins with a bare interpreter, by ``python -m bot run``, and without a database.
    """
    log = tmp_path / "log"
    (tmp_path / "bot.db").unlink()
    with ending(execute(settings, log)) as process:
        api.member_says("/start")
        api.member_says("饭卡丢了怎么补")
        welcome, answer = api.wait_for_messages(2)
        assert "食堂须知" in welcome["text"]
        assert buttons(welcome) == [
            ("食堂几点开门？", "a:s:opening"),
            ("食堂几点关门？", "a:s:closing"),
            ("饭卡丢了怎么补？", "a:s:card"),
            ("全部话题", "topics:0"),
        ]
        assert "带上工作证就行" in answer["text"]
        assert "出处：第一条；第二条" in answer["text"]

        api.member_says("开饭安排")
        unsure = api.wait_for_messages(3)[2]
        assert buttons(unsure) == [
            ("食堂几点关门？", "a:q:closing"),
            ("食堂几点开门？", "a:q:opening"),
            ("饭卡丢了怎么补？", "a:q:card"),
            ("都不是", "none"),
        ]
        api.member_presses("a:q:opening", unsure)
        api.wait_until(lambda: "早上七点开门。" in api.sent()[2]["text"])
        api.member_presses("none", unsure)
        api.wait_until(lambda: "记下" in api.sent()[2]["text"])
        api.member_says("打13812345678能叫到车吗")
        assert "记下" in api.wait_for_messages(4)[3]["text"]
        stop(process)
    assert api.pending == 0
    kept = {row["question"]: row for row in missed(settings)}
    assert set(kept) == {"开饭安排", "打［电话］能叫到车吗"}
    assert {row["state"] for row in kept.values()} == {"open"}

    with running(settings, log) as process:
        api.member_says("打13812345678能叫到车吗")
        api.wait_for_messages(5)
        stop(process)
    assert {row["question"]: row["count"] for row in missed(settings)}["打［电话］能叫到车吗"] == 2
    assert f"the database in {tmp_path}/bot.db" in log.read_text()
    assert TOKEN not in log.read_text()
    assert "张三" not in log.read_text() + json.dumps(missed(settings), ensure_ascii=False)


def test_a_hangup_does_not_end_a_start(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """However early it comes, as from a script that restarts the bot and asks it to load the knowledge."""

    def handles_hangups() -> bool:
        (caught,) = re.findall(r"^SigCgt:\t(\w+)$", status.read_text(), re.MULTILINE)
        return bool(int(caught, 16) >> signal.SIGHUP - 1 & 1)

    def is_ready() -> bool:
        process.send_signal(signal.SIGHUP)
        return "Polling for updates" in log.read_text()

    log = tmp_path / "log"
    with ending(execute(settings, log)) as process:
        status = Path(f"/proc/{process.pid}/status")
        wait_for(handles_hangups)
        # What takes the time of a start is imported later.
        assert "pydantic" not in status.with_name("maps").read_text()
        wait_for(is_ready)
        api.member_says("你好")
        api.wait_for_messages(1)
        stop(process)


def test_it_ends_with_its_terminal(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """Whoever closes the window does not leave a bot behind that nobody sees; what is under way comes to its end."""
    with in_terminal(settings, tmp_path, BOT) as (process, end):
        api.member_says("你好")
        read_until(end, "Polling for updates")
        api.wait_for_messages(1)
        os.close(end)
        assert process.wait(timeout=20) == 0
    assert api.pending == 0


def test_an_old_webhook_is_removed_and_its_backlog_kept(
    api: FakeBotApi, settings: dict[str, str], tmp_path: Path
) -> None:
    """What waited before the start is answered."""
    api.another_program_sets_webhook("https://old.example.org/")
    api.member_says("你好")
    with running(settings, tmp_path / "log"):
        api.wait_for_messages(1)
    deleted = [fields for method, fields in api.calls if method == "deletewebhook"]
    assert [fields.get("drop_pending_updates", False) for fields in deleted] == [False]


ODD_MESSAGES: dict[str, tuple[dict[str, Any], str]] = {
    "blank": ({"text": " "}, "没看到文字"),
    "emoji only": ({"text": "😀😀"}, "看你乐呵"),
    "zero width": ({"text": "\u200b\u200d"}, "没看到文字"),
    "3,000 characters": ({"text": "补办饭卡。" * 600}, "只看了前面"),
    "HTML": ({"text": "<b>补办饭卡</b>"}, "工作证"),
    "control characters": ({"text": "补办\u0007饭\u0000卡"}, "工作证"),
    "a sticker": (
        {
            "sticker": {
                "file_id": "1",
                "file_unique_id": "1",
                "type": "regular",
                "width": 1,
                "height": 1,
                "is_animated": False,
                "is_video": False,
            }
        },
        "表情",
    ),
    "a photo": ({"photo": [{"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1}]}, "图片"),
    "a photo with a question": (
        {"photo": [{"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1}], "caption": "补办饭卡"},
        "工作证",
    ),
    "an unknown command": (
        {"text": "/nonsense", "entities": [{"type": "bot_command", "offset": 0, "length": 9}]},
        "不认识这个命令",
    ),
    "/help": ({"text": "/help", "entities": [{"type": "bot_command", "offset": 0, "length": 5}]}, "方言"),
}


def test_odd_messages_get_a_fitting_answer(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """Each in Chinese, in order, and service messages none; an update that can't be read blocks no other."""
    log = tmp_path / "log"
    with running(settings, log):
        api.put({"message": {"message_id": "not a number", "chat": 5}})
        api.member_sends({"left_chat_member": {"id": 9, "is_bot": False, "first_name": "李四"}})
        for content, _ in ODD_MESSAGES.values():
            api.member_sends(content)
        api.member_sends({"text": "补办饭卡", "edit_date": 1}, kind="edited_message")
        sent = api.wait_for_messages(len(ODD_MESSAGES) + 1)
    for (name, (_, expected)), message in zip(ODD_MESSAGES.items(), sent, strict=False):
        assert expected in message["text"], name
    assert "工作证" in sent[-1]["text"]
    assert "Traceback" not in "".join(message["text"] for message in sent)


FORGED = ["", "a:", "a:q:no-such-item", "t:99:0", "t:x:٣", "topics:٣", "%", "a:" + "x" * 60]


def test_old_and_forged_buttons_say_so(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """Whatever a button sends, the member reads that it is out of date."""
    with running(settings, tmp_path / "log"):
        api.member_says("你好")
        (message,) = api.wait_for_messages(1)
        for data in FORGED:
            api.member_presses(data, message)
        api.wait_until(lambda: sum(method == "answercallbackquery" for method, _ in api.calls) == len(FORGED))
        edits = [fields["text"] for method, fields in api.calls if method == "editmessagetext"]
    assert edits
    assert all("过时" in text for text in edits)


@pytest.mark.parametrize("status", [401, 404, 409, 429, 500, 502])
def test_no_error_ends_the_polling(api: FakeBotApi, settings: dict[str, str], tmp_path: Path, status: int) -> None:
    """After any refusal of getUpdates the next question is answered."""
    body = {"parameters": {"retry_after": 1}} if status == 429 else {}
    api.fail_next("getUpdates", status, **body)
    api.member_says("补办饭卡")
    with running(settings, tmp_path / "log"):
        (message,) = api.wait_for_messages(1)
    assert "工作证" in message["text"]


@pytest.mark.parametrize("status", [429, 500, 502])
def test_a_reply_that_was_not_taken_is_sent_again(
    api: FakeBotApi, settings: dict[str, str], tmp_path: Path, status: int
) -> None:
    """After two refusals the member still gets the answer, once."""
    body = {"parameters": {"retry_after": 1}} if status == 429 else {}
    api.fail_next("sendMessage", status, **body)
    api.fail_next("sendMessage", status, **body)
    api.member_says("补办饭卡")
    api.member_says("你好")
    with running(settings, tmp_path / "log"):
        answer, greeting = api.wait_for_messages(2)
    assert "工作证" in answer["text"]
    assert greeting["text"] == "你好！"


@pytest.mark.parametrize("status", [400, 403])
def test_a_reply_that_is_refused_for_good_delays_nobody(
    api: FakeBotApi, settings: dict[str, str], tmp_path: Path, status: int
) -> None:
    """The next member is answered."""
    api.failure_rule = lambda method, fields: (
        Failure(status) if method == "sendmessage" and fields["chat_id"] == 8 else None
    )
    api.member_says("补办饭卡", chat=8)
    api.member_says("你好")
    with running(settings, tmp_path / "log"):
        (greeting,) = api.wait_for_messages(1)
    assert greeting["text"] == "你好！"


def test_what_was_kept_long_enough_is_deleted_while_it_runs(settings: dict[str, str], tmp_path: Path) -> None:
    """By itself, after as many days as are set."""
    settings |= {"CAMPAIGN_BOT_RETENTION_DAYS": "30"}
    for days in (29, 31):
        clock = Clock()
        clock.now = datetime.now(UTC) - timedelta(days=days)
        with Database.open(settings["CAMPAIGN_BOT_DATABASE_URL"], clock) as database:
            MissLog(database, 100).record(miss(f"{days}天前问的"))
            Notices(database).add(NoticeKind.CHANGE, [5500112233], b"")
    log = tmp_path / "log"
    with running(settings, log, trusting_bot) as process:
        wait_for(lambda: "kept long enough" in log.read_text())
        assert "2 notices to admins are dropped" in log.read_text()
        stop(process)
    assert [row["question"] for row in missed(settings)] == ["29天前问的"]


def test_a_bot_that_is_renamed_answers_to_its_new_name(
    api: FakeBotApi, settings: dict[str, str], tmp_path: Path
) -> None:
    """Without a restart; here it is renamed as soon as it has asked for its name once."""

    def rename_after_the_first(method: str, _fields: dict[str, Any]) -> None:
        if method == "getme" and sum(name == "getme" for name, _ in api.calls) > 1:
            api.bot["username"] = "renamed_faq_bot"

    api.failure_rule = rename_after_the_first
    with running(settings, tmp_path / "log") as process:
        wait_for(lambda: "@renamed_faq_bot now" in (tmp_path / "log").read_text())
        api.member_says("/help@campaign_faq_bot", chat=-8)
        api.member_says("/help@renamed_faq_bot", chat=-9)
        (answer,) = api.wait_for_messages(1)
        stop(process)
    assert answer["chat"]["id"] == -9


def test_the_digest_comes_by_itself(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """Once a week is over; here the last one was sent long ago."""
    with Database.open(settings["CAMPAIGN_BOT_DATABASE_URL"]) as database:
        History(database).put_mark("digest", "2020-1")
    settings |= {"CAMPAIGN_BOT_ADMINS": "5500112233", "CAMPAIGN_BOT_DAILY_HOUR": "0"}
    with ending(execute(settings, tmp_path / "log")) as process:
        (digest,) = api.wait_for_messages(1)
        stop(process)
    assert digest["chat"]["id"] == 5500112233
    assert digest["text"].startswith("一周小结")


def test_the_daily_line_comes_by_itself(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """Once, also over a restart; here the last one was sent long ago. The day is that of the zone that is set."""
    zone = ZoneInfo("Asia/Shanghai")
    settings |= {"CAMPAIGN_BOT_ADMINS": "5500112233", "CAMPAIGN_BOT_DAILY_HOUR": "0"}
    settings |= {"CAMPAIGN_BOT_TIME_ZONE": zone.key}

    def mark() -> str:
        with Database.open(settings["CAMPAIGN_BOT_DATABASE_URL"]) as database:
            return History(database).mark("daily") or ""

    with Database.open(settings["CAMPAIGN_BOT_DATABASE_URL"]) as database:
        MissLog(database, 100).record(miss("外星人来过没有"))
        History(database).put_mark("daily", "2020-01-01T00:00:00+00:00")
    for _ in range(2):
        with ending(execute(settings, tmp_path / "log")) as process:
            api.wait_for_messages(1)
            wait_for(lambda: not mark().startswith("2020"))
            api.member_says("你好")
            api.wait_until(lambda: not api.pending)
            stop(process)
    lines = [message["text"] for message in api.sent() if message["chat"]["id"] == 5500112233]
    assert lines == ["新增 1 条没答上的。看看：/missed"]
    assert mark().endswith("+08:00")


BAD_SETTINGS = {
    "no token": ({"CAMPAIGN_BOT_TOKEN": ""}, "BotFather"),
    "a malformed token": ({"CAMPAIGN_BOT_TOKEN": "abc"}, "BotFather"),
    "no knowledge": ({"CAMPAIGN_BOT_KNOWLEDGE": "/nonexistent"}, "campaign-bot check"),
    "an unwritable data folder": ({"CAMPAIGN_BOT_DATABASE_URL": "sqlite:////proc/none/bot.db"}, "DATABASE_URL"),
    "a zone that is none": ({"CAMPAIGN_BOT_TIME_ZONE": "Asia/Canary"}, "an IANA name such as Asia/Shanghai"),
    "a malformed setting": ({"CAMPAIGN_BOT_ADMINS": "1,x"}, "CAMPAIGN_BOT_ADMINS"),
}


@pytest.mark.parametrize(("changed", "expected"), BAD_SETTINGS.values(), ids=BAD_SETTINGS.keys())
def test_what_can_be_fixed_is_one_line(
    settings: dict[str, str], tmp_path: Path, changed: dict[str, str], expected: str
) -> None:
    """Exit code 2 and one line that says what to do."""
    (line,) = refusal(settings | changed, tmp_path).splitlines()
    assert expected in line
