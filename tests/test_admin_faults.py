"""The admins' loop in trouble: killed in the middle of it, no file is torn, no edit and nobody who waits is lost."""

import random
import shutil
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.conversation.callbacks import AdminAction, AdminCallback, Subscribe, unpack
from bot.conversation.reply import short_key
from bot.store.database import Database
from bot.store.history import History
from bot.texts.admins import BUTTON_FINE, HISTORY_HEAD
from tests.conftest import CANTEEN, loaded
from tests.fake_bot_api import TOKEN, Failure, FakeBotApi
from tests.process import missed, running, settings_for, start, stop, wait_for, waiting
from tests.programs import promptly_telling_bot
from tests.unlimited import unlimited_bot

ADMIN = 9001
MISSED = "塑料片被狗吃了"
KILLS = 4
SIDE_BY_SIDE = 8
BLOCKED = Failure(403, {"description": "Forbidden: bot was blocked by the user"})


@pytest.fixture
def settings(api: FakeBotApi, tmp_path: Path) -> dict[str, str]:
    shutil.copytree(CANTEEN, tmp_path / "knowledge")
    changed = {
        "CAMPAIGN_BOT_ADMINS": str(ADMIN),
        "CAMPAIGN_BOT_KNOWLEDGE": str(tmp_path / "knowledge"),
        # Its many states would take the places of what other tests share.
        "CAMPAIGN_BOT_CACHE": str(tmp_path / "cache"),
    }
    return settings_for(api, tmp_path) | changed


def texts(api: FakeBotApi, chat: int) -> list[str]:
    """What a chat got to read, edits included."""
    return [fields["text"] for kind, fields in list(api.events) if kind in SHOWN and fields["chat"]["id"] == chat]


SHOWN = {"sendmessage", "editmessagetext"}


def ask_in_vain(api: FakeBotApi, chat: int, **fields: Any) -> None:
    """A member asks, and subscriptions to be told."""
    api.member_says(MISSED, chat=chat, **fields)
    api.wait_until(lambda: any("答不上来" in text for text in texts(api, chat)))
    shown = next(message for message in api.sent() if message["chat"]["id"] == chat)
    api.member_presses(Subscribe().pack(), shown, chat)
    api.wait_until(lambda: any("就在这里回复你" in text for text in texts(api, chat)))


def open_card(api: FakeBotApi) -> dict[str, Any]:
    """An admin sees the one card that there is."""
    api.member_says("/missed", chat=ADMIN)
    api.wait_until(lambda: any(MISSED in text for text in texts(api, ADMIN)))
    return next(message for message in api.sent() if message["chat"]["id"] == ADMIN)


ADD = AdminCallback(AdminAction.ADD_TO_ITEM, 1, short_key("card")).pack()


def confirmation(api: FakeBotApi, card: dict[str, Any]) -> str:
    """What confirms that the card's question is added to the item whose answer an admin reads first."""
    api.member_presses(ADD, card, ADMIN)

    def shown() -> list[str]:
        edited = [fields for kind, fields in list(api.events) if kind == "editmessagetext"]
        buttons = (button for message in edited for row in message["reply_markup"]["inline_keyboard"] for button in row)
        return [button["callback_data"] for button in buttons if button["text"] == BUTTON_FINE]

    api.wait_until(lambda: bool(shown()))
    return shown()[-1]


def test_a_kill_during_an_edit_leaves_the_file_whole(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """As it was, or as it is then; and in the end the edit is made, once, and can be taken back."""
    folder, log = tmp_path / "knowledge", tmp_path / "log"
    before = (folder / "items.yaml").read_bytes()
    after = before.replace("补办饭卡\n".encode(), f"补办饭卡\n      - {MISSED}\n".encode())
    chance = random.Random(7)
    with running(settings, log) as process:
        api.member_says(MISSED)
        api.wait_until(lambda: len(texts(api, 7)) == 1)
        wait_for(lambda: len(missed(settings)) == 1)
        card = open_card(api)
        confirm = confirmation(api, card)
        stop(process)
    api.member_presses(confirm, card, ADMIN)
    for _ in range(KILLS):
        with running(settings, log):
            calls = len(api.calls)
            api.wait_until(lambda calls=calls: len(api.calls) > calls)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.15))
        content = (folder / "items.yaml").read_bytes()
        assert content in {before, after}
        loaded(folder)
    with running(settings, log) as process:
        # The card, the answer to read, and what became of it.
        api.wait_until(lambda: len(texts(api, ADMIN)) >= 3)
        assert (folder / "items.yaml").read_bytes() == after
        wait_for(lambda: missed(settings)[0]["state"] == "verified")
        api.member_says("/history", chat=ADMIN)
        api.wait_until(lambda: any(HISTORY_HEAD in text for text in texts(api, ADMIN)))
        history = next(message for message in api.sent() if HISTORY_HEAD in message["text"])
        (made,) = (line for line in history["text"].splitlines() if "加了问法" in line and "没改成" not in line)
        buttons = [button for row in history["reply_markup"]["inline_keyboard"] for button in row]
        opens = next(unpack(button["callback_data"]) for button in buttons if made.startswith(f"{button['text']}."))
        assert isinstance(opens, AdminCallback)
        api.member_presses(AdminCallback(AdminAction.UNDO, opens.number).pack(), history, ADMIN)
        wait_for(lambda: (folder / "items.yaml").read_bytes() == before)
        stop(process)
    assert not list(folder.glob(".campaign-bot-*"))


def test_a_kill_during_a_reload_loses_no_change(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """What an editor saved is what answers after the next start, and whoever waited for it is told."""
    folder, log = tmp_path / "knowledge", tmp_path / "log"
    with running(settings, log, promptly_telling_bot):
        ask_in_vain(api, 7)
        # The bot has seen nothing of it yet, or is in the middle of it.
        text = (folder / "items.yaml").read_text().replace("补办饭卡\n", f"补办饭卡\n      - {MISSED}\n")
        (folder / "items.yaml").write_text(text)
        time.sleep(0.25)
    assert (folder / "items.yaml").read_text() == text
    with running(settings, log, promptly_telling_bot) as process:
        api.wait_until(lambda: any("现在有答案了" in one for one in texts(api, 7)))
        stop(process)
    assert [row["state"] for row in missed(settings)] == ["verified"]


def test_a_notice_outlives_an_outage_and_a_kill(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """Admins are told once; the digest's week is over when it was delivered, not before."""
    items, log, mark = tmp_path / "knowledge" / "items.yaml", tmp_path / "log", "2020-1"
    sound = items.read_text()
    api.failure_rule = lambda method, _: Failure(502) if method == "sendmessage" else None
    settings |= {"CAMPAIGN_BOT_DAILY_HOUR": "0"}

    def digest_mark() -> str | None:
        with Database.open(settings["CAMPAIGN_BOT_DATABASE_URL"]) as database:
            return History(database).mark("digest")

    with Database.open(settings["CAMPAIGN_BOT_DATABASE_URL"]) as database:
        History(database).put_mark("digest", mark)
    with running(settings, log):
        api.wait_until(lambda: any("一周小结" in fields.get("text", "") for _, fields in api.calls))
        items.write_text(sound.replace("answer: 晚上", "anwser: 晚上"))
        wait_for(lambda: "Faults in the knowledge" in log.read_text())
    items.write_text(sound)
    assert (texts(api, ADMIN), digest_mark()) == ([], mark)
    calls = len(api.calls)
    with running(settings, log) as process:
        # Only now has the API answered whatever the process that was killed still asked of it.
        api.wait_until(lambda: any(method == "sendmessage" for method, _ in api.calls[calls:]))
        api.failure_rule = lambda _method, _: None
        api.wait_until(lambda: len(texts(api, ADMIN)) == 2)
        wait_for(lambda: digest_mark() != mark)
        stop(process)
    with running(settings, log) as process:
        api.member_says("你好")
        api.wait_until(lambda: len(texts(api, 7)) == 1 and not api.pending)
        stop(process)
    digest, faults = texts(api, ADMIN)
    assert digest.startswith("一周小结")
    assert faults.startswith("知识库的新内容有")


def test_a_kill_while_members_are_told_loses_nobody(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """Each is told at least once, under the question; twice at most those who were in flight; blocked ones are left."""
    log, members = tmp_path / "log", range(100, 130)
    blocked = members[3]
    with running(settings, log, promptly_telling_bot):
        for member in members:
            api.member_says(MISSED, chat=member)
        api.wait_until(lambda: len(api.sent()) == len(members))
        for message in api.sent():
            api.member_presses(Subscribe().pack(), message, message["chat"]["id"])
        api.wait_until(lambda: sum("就在这里" in message["text"] for message in api.sent()) == len(members))
        wait_for(lambda: [row["count"] for row in missed(settings)] == [len(members)])
        card = open_card(api)
        confirm = confirmation(api, card)
        api.failure_rule = lambda method, fields: (
            None if method != "sendmessage" or fields["chat_id"] != blocked else BLOCKED
        )
        api.member_presses(confirm, card, ADMIN)
        api.wait_until(lambda: bool(told(api)))
        # Those notices that are under way now may be sent once more.
    for pause in (0.1, 0.3):
        with running(settings, log, promptly_telling_bot):
            calls = len(api.calls)
            api.wait_until(lambda calls=calls: len(api.calls) > calls)  # type: ignore[misc]
            time.sleep(pause)
    with running(settings, log, promptly_telling_bot) as process:
        wait_for(lambda: waiting(tmp_path / "bot.db") == 0)
        stop(process)
    counts = Counter(told(api))
    assert set(counts) == set(members) - {blocked}
    assert sum(counts.values()) - len(counts) <= 3 * SIDE_BY_SIDE
    assert max(counts.values()) <= 2


def test_a_kill_while_a_note_is_told_loses_nobody(api: FakeBotApi, settings: dict[str, str], tmp_path: Path) -> None:
    """As with an answer; and nobody reads its text in the files, before it was told or after."""
    log, members, note = tmp_path / "log", range(100, 130), "canary-note"
    settings |= {"CAMPAIGN_BOT_LOG_LEVEL": "debug"}
    blocked = members[3]
    with running(settings, log):
        for member in members:
            api.member_says(MISSED, chat=member)
        api.wait_until(lambda: len(api.sent()) == len(members))
        for message in api.sent():
            api.member_presses(Subscribe().pack(), message, message["chat"]["id"])
        api.wait_until(lambda: sum("就在这里" in message["text"] for message in api.sent()) == len(members))
        wait_for(lambda: waiting(tmp_path / "bot.db") == len(members))
        card = open_card(api)
        api.member_presses(AdminCallback(AdminAction.WRITE_NOTE, 1).pack(), card, ADMIN)
        api.wait_until(lambda: any("有 30 位会员在等" in text for text in texts(api, ADMIN)))
        api.member_says(note, chat=ADMIN)
        api.wait_until(lambda: any(note in text for text in texts(api, ADMIN)))
        api.failure_rule = lambda method, fields: (
            None if method != "sendmessage" or fields["chat_id"] != blocked else BLOCKED
        )
        shown = next(message for message in api.sent() if note in message["text"])
        confirm = shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        api.member_presses(confirm, shown, ADMIN)
        api.wait_until(lambda: bool(told(api, note)))
    for pause in (0.1, 0.3):
        with running(settings, log):
            calls = len(api.calls)
            api.wait_until(lambda calls=calls: len(api.calls) > calls)  # type: ignore[misc]
            time.sleep(pause)
        for file in tmp_path.glob("bot.db*"):
            assert note.encode() not in file.read_bytes()
    with running(settings, log) as process:
        wait_for(lambda: waiting(tmp_path / "bot.db") == 0)
        stop(process)
    counts = Counter(told(api, note))
    assert set(counts) == set(members) - {blocked}
    assert sum(counts.values()) - len(counts) <= 3 * SIDE_BY_SIDE
    assert max(counts.values()) <= 2
    assert note not in log.read_text()


def told(api: FakeBotApi, words: str = "现在有答案了") -> list[int]:
    """Who was told these words, as a reply to their question."""
    asked = {
        update["message"]["message_id"]: update["message"]["chat"]["id"]
        for update in api._updates
        if update.get("message", {}).get("text") == MISSED
    }
    return [
        asked[fields["reply_to_message"]["message_id"]]
        for kind, fields in list(api.events)
        if kind == "sendmessage" and words in fields["text"] and "reply_to_message" in fields
        if fields["reply_to_message"]["message_id"] in asked
    ]


def test_no_question_is_dropped_while_the_knowledge_changes(
    api: FakeBotApi, settings: dict[str, str], tmp_path: Path
) -> None:
    """Each is answered once, by the knowledge before or after; SIGHUP loads it too."""
    items, log = tmp_path / "knowledge" / "items.yaml", tmp_path / "log"
    text = items.read_text()
    with running(settings, log, unlimited_bot) as process:
        api.member_says("食堂几点关门")
        api.wait_for_messages(1)
        for number in range(1, 300):
            api.member_says("食堂几点关门", chat=1000 + number % 30)
            if number % 30 == 0:
                items.write_text(text.replace("晚上八点", f"晚上{number}点"))
                process.send_signal(signal.SIGHUP)
                api.wait_until(lambda number=number: len(api.sent()) >= number)  # type: ignore[misc]
        api.wait_until(lambda: len(api.sent()) == 300)
        stop(process)
    assert all(message["text"].startswith("晚上") for message in api.sent())
    assert log.read_text().count("loaded anew") > 1


def test_who_waits_can_not_be_found_in_what_is_written(
    api: FakeBotApi, settings: dict[str, str], tmp_path: Path
) -> None:
    """Not in the database, its write-ahead log or ours; waiting, told, and after a kill."""
    person, folder = 7700112233, tmp_path / "files"
    folder.mkdir()
    settings |= {"CAMPAIGN_BOT_DATABASE_URL": f"sqlite:///{folder}/bot.db", "CAMPAIGN_BOT_LOG_LEVEL": "debug"}
    patterns = [str(person).encode(), TOKEN.encode()]
    patterns += [person.to_bytes(size, order) for size in (5, 6, 8) for order in ("big", "little")]

    def look() -> None:
        for file in folder.iterdir():
            written = file.read_bytes()
            assert not [pattern for pattern in patterns if pattern in written], file.name

    with running(settings, folder / "log"):
        ask_in_vain(api, person)
        wait_for(lambda: len(missed(settings)) == 1)
        look()
    look()
    process = start(settings, folder / "log", promptly_telling_bot)
    try:
        card = open_card(api)
        api.member_presses(confirmation(api, card), card, ADMIN)
        api.wait_until(lambda: any("现在有答案了" in text for text in texts(api, person)))
        look()
        stop(process)
    finally:
        process.kill()
    look()
