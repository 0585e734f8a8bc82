"""Plays the conversations of tests/conversations, whose README lists the steps, against the whole bot."""

import itertools
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.command_line import command
from tests.conftest import CANTEEN
from tests.fake_bot_api import Failure, FakeBotApi
from tests.process import Process, start, stop, wait_for, waiting
from tests.unlimited import MOVED, unlimited_bot

ADMIN_GROUP = -9000
PEOPLE = {"甲": 9001, "乙": 9002, "会员": 77, "另一位会员": 78}
"""Who speaks in the admins' conversations. The first two are admins."""
_MEMBERS = {PEOPLE["会员"], PEOPLE["另一位会员"]}
_IDS = itertools.count(100)
_HELP = "方言、拼音"
"""Part of the answer to /help. Where it is the next message, the bot had nothing to say before it."""


class RunningBot:
    """The whole bot as a process that can be started anew, without limits of its own on sending."""

    def __init__(self, api: FakeBotApi, folder: Path, settings: dict[str, str]) -> None:
        self.api = api
        self.settings = settings
        self.database = folder / "bot.db"
        self.log = folder / "log"
        self._process = self._start()

    def _start(self) -> Process:
        """A process, once it has made its first call."""
        calls = len(self.api.calls)
        process = start(self.settings, self.log, unlimited_bot)
        self.api.wait_until(lambda: len(self.api.calls) > calls)
        return process

    def restart(self, knowledge: Path | None = None) -> None:
        """End it as an operator would, and start it anew, over other knowledge if that is given."""
        stop(self._process)
        if knowledge:
            self.settings["CAMPAIGN_BOT_KNOWLEDGE"] = str(knowledge)
        self._process = self._start()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()


class Conversation:
    """One member's conversation with the bot, step by step."""

    def __init__(self, bot: RunningBot) -> None:
        self._bot = bot
        self._api = bot.api
        self._member = next(_IDS)
        self._chat = self._member
        self._language = "zh-hans"
        self._events_seen = len(bot.api.events)
        self._said: dict[str, Any] = {}
        """The member's last message."""
        self._shown: dict[str, Any] = {}
        """The bot's last message, as it is shown now."""
        self._taps = 0
        """How many buttons were pressed since the last message."""
        self._inline_answer: dict[str, Any] = {}
        """What the bot answered last to what was typed after its name."""
        self._misses_before = self._misses()

    def _misses(self) -> int:
        """How many questions are in the log of missed ones."""
        with closing(sqlite3.connect(self._bot.database)) as connection:
            (count,) = connection.execute("SELECT sum(count) FROM missed").fetchone()
        return count or 0

    def play_file(self, file: Path) -> None:
        """All steps of a file.

        Raises:
            AssertionError: a step failed; the message names its line.
        """
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip() and not line.startswith("#"):
                try:
                    self.play(line)
                except (AssertionError, TimeoutError, KeyError) as error:
                    raise AssertionError(f"{file.name}:{number}: {line}") from error

    def play(self, line: str) -> None:  # noqa: C901, PLR0912, PLR0915 - one case a step
        """One step."""
        word, _, rest = line.strip().partition(" ")
        match word:
            case ">":
                self._say(rest)
            case ">>":
                self._say(rest, reply_to_message=self._shown)
            case "~":
                self._said |= {"text": rest, "edit_date": 1780000000}
                self._api.put({"edited_message": dict(self._said)})
            case "<":
                self._expect("sendmessage", rest)
                if self._chat < 0:
                    assert self._shown["reply_to_message"]["message_id"] == self._said["message_id"]
            case "exactly":
                self._expect("sendmessage", "")
                assert self._shown["text"] == rest.replace("\\n", "\n")
            case "=":
                self._expect("editmessagetext", rest)
            case "quotes":
                quoted = self._shown.get("reply_to_message", {}).get("message_id")
                assert quoted == {"question": self._said["message_id"], "nothing": None}[rest]
            case "press":
                label, _, other = rest.partition(" by ")
                self._press(self._buttons()[label], self._member + bool(other) * 1_000_000)
            case "forge":
                self._press(rest, self._member)
            case "taps":
                assert self._taps == int(rest)
            case "notice":
                assert rest in self._next_event("answercallbackquery").get("text", "")
            case "inline":
                query = {"id": str(next(_IDS)), "from": self._sender(), "query": rest, "offset": ""}
                self._api.put({"inline_query": query})
                self._inline_answer = self._next_event("answerinlinequery")
            case "results":
                self._expect_results(rest)
            case "hint":
                assert self._inline_answer["button"]["text"] == rest
            case "follow":
                self._say(f"/start {self._inline_answer['button']['start_parameter']}")
            case "send":
                self._send(rest)
            case "silence":
                self.expect_silence()
            case "restart":
                self._bot.restart()
            case "knowledge":
                self._bot.restart(CANTEEN.with_name(rest))
            case "logged":
                self.expect_silence()
                assert self._misses() - self._misses_before == int(rest)
            case "group":
                self._chat = -self._member
            case "status":
                before, _, status = rest.partition(" -> ")
                self._api.bot_becomes(status, self._chat, before=before, **self._sender())
            case "told":
                self._expect("sendmessage", rest)
                assert "reply_to_message" not in self._shown
            case "language":
                self._language = rest
            case "slow":
                self._api.inject("sendMessage", Failure(429, {"parameters": {"retry_after": 1}}, hang_s=1))
            case "typing":
                calls = [fields for method, fields in self._api.calls if method == "sendchataction"]
                assert calls[-1]["chat_id"] == self._chat
            case _ if word.startswith("["):
                assert list(self._buttons()) == re.findall(r"\[(.*?)\]", line)
            case _:
                raise AssertionError(f"no such step: {line}")

    def expect_silence(self) -> None:
        """The bot has said nothing since the last step that looked at it."""
        said, shown, language = self._said, self._shown, self._language
        self._language = "zh-hans"
        self._say("/help")
        self._expect("sendmessage", _HELP)
        self._said, self._shown, self._language = said, shown, language

    def _sender(self) -> dict[str, Any]:
        return {"id": self._member, "is_bot": False, "first_name": "张三", "language_code": self._language}

    def _say(self, text: str, **fields: Any) -> None:
        self._taps = 0
        self._said = self._api.member_says(text, chat=self._chat, **{"from": self._sender()}, **fields)

    def _send(self, what: str) -> None:
        kind, _, caption = what.partition(" ")
        file = {"file_id": "1", "file_unique_id": "1"}
        size = {"width": 1, "height": 1}
        contents: dict[str, Any] = {
            "document": file,
            "location": {"latitude": 30.0, "longitude": 103.0},
            "photo": [file | size],
            "sticker": file | size | {"type": "regular", "is_animated": False, "is_video": False},
            "video": file | size | {"duration": 1},
            "video_note": file | {"length": 1, "duration": 1},
            "voice": file | {"duration": 1},
        }
        content = {kind: contents[kind]}
        if caption and kind == "sticker":
            content["sticker"]["emoji"] = caption
        elif caption:
            content["caption"] = caption
        self._said = self._api.member_sends({**content, "from": self._sender()}, chat=self._chat)

    def _press(self, data: str, member: int) -> None:
        self._taps += 1
        self._api.member_presses(data, self._shown, member, language_code=self._language)

    def _buttons(self) -> dict[str, str]:
        keyboard = self._shown.get("reply_markup", {}).get("inline_keyboard", [])
        return {button["text"]: button.get("callback_data", "") for row in keyboard for button in row}

    def _expect(self, kind: str, fragment: str) -> None:
        self._shown = self._next_event(kind)
        assert fragment in self._shown["text"], self._shown["text"]
        assert self._shown["chat"]["id"] == self._chat

    def _next_event(self, kind: str) -> dict[str, Any]:
        """The next event, which must be of this kind; acknowledgements without words are passed over."""

        def place() -> int | None:
            for number in range(self._events_seen, len(self._api.events)):
                event, fields = self._api.events[number]
                if (event != "answercallbackquery" or "text" in fields) and self._concerns(event, fields):
                    return number
            return None

        self._api.wait_until(lambda: place() is not None)
        number = place()
        assert number is not None
        self._events_seen = number + 1
        event, fields = self._api.events[number]
        assert event == kind, (event, fields)
        return fields

    def _concerns(self, _event: str, _fields: dict[str, Any]) -> bool:
        """Whether an event belongs to this conversation. One member talks at a time here, so each does."""
        return True

    def _expect_results(self, expected: str) -> None:
        titles = [result["title"] for result in self._inline_answer["results"]]
        if expected == "none":
            assert titles == []
            return
        assert titles[: len(expected.split(", "))] == expected.split(", ")
        assert len({result["id"] for result in self._inline_answer["results"]}) == len(titles)


@dataclass
class _View:
    """What somebody said last in a chat, and what the bot shows them there."""

    said: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)


class AdminConversation(Conversation):
    """Several people in several chats, and an editor that is open beside them. 甲 begins."""

    def __init__(self, bot: RunningBot, folder: Path) -> None:
        super().__init__(bot)
        self._folder = folder
        self._views: dict[tuple[int, int], _View] = {}
        """By member and chat."""
        self._seen_in: dict[int, int] = {}
        """Of each chat, how many events were looked at."""
        self._switch_to(PEOPLE["甲"], PEOPLE["甲"])

    def play(self, line: str) -> None:  # noqa: C901 - one case a step
        """One step."""
        word, _, rest = line.strip().partition(" ")
        match word:
            case "as":
                who, _, where = rest.partition(" in ")
                self._switch_to(PEOPLE[who], ADMIN_GROUP if where else PEOPLE[who])
            case "file":
                name, verb, text = rest.split(" ", 2)
                wait_for(lambda: self._text(name).count(text.replace("\\n", "\n")) == (1 if verb == "holds" else 0))
            case "editor":
                name, _, change = rest.partition(": ")
                self._edit(name, *(part.replace("\\n", "\n") for part in change.split(" -> ")))
            case "keep":
                shutil.copy(self._folder / rest, self._folder / f"{rest}.kept")
            case "put-back":
                shutil.copy(self._folder / f"{rest}.kept", self._folder / rest)
            case "same":
                kept = (self._folder / f"{rest}.kept").read_bytes()
                wait_for(lambda: (self._folder / rest).read_bytes() == kept)
            case "run":
                self._shown = {"text": command(self._bot.settings, *rest.split(" ")).stdout}
            case "prints":
                assert rest in self._shown["text"], self._shown["text"]
            case "waiting":
                wait_for(lambda: waiting(self._bot.database) == int(rest))
            case "after":
                # The bot's folder is where its database lies. It may read at any moment.
                moved = self._bot.database.parent / MOVED
                moved.with_suffix(".new").write_text(rest)
                moved.with_suffix(".new").replace(moved)
            case "answered":
                question, _, answer = rest.partition(" -> ")
                self._ask_until(question, answer)
            case _:
                super().play(line.replace("\\n", "\n"))

    def _text(self, name: str) -> str:
        path = self._folder / name
        return path.read_bytes().decode() if path.exists() else ""

    def _edit(self, name: str, old: str, new: str) -> None:
        """Save a file as an editor does: a new file in the place of the old one."""
        before = self._text(name)
        assert old in before, before
        aside = self._folder / f"{name}~"
        aside.write_text(before.replace(old, new), encoding="utf-8")
        aside.replace(self._folder / name)

    def _ask_until(self, question: str, answer: str) -> None:
        """Ask until this is the answer: what an editor saves takes a moment to be read."""

        def is_answered() -> bool:
            self._say(question)
            self._shown = self._next_event("sendmessage")
            return answer in str(self._shown["text"])

        wait_for(is_answered)

    def _switch_to(self, member: int, chat: int) -> None:
        if self._member in _MEMBERS and self._chat == self._member and self._said:
            # After this the last message is answered, and what it leaves behind is stored.
            self.expect_silence()
        self._views[self._member, self._chat] = _View(self._said, self._shown)
        self._seen_in[self._chat] = self._events_seen
        self._member, self._chat = member, chat
        view = self._views.get((member, chat), _View())
        self._events_seen, self._said, self._shown = self._seen_in.get(chat, 0), view.said, view.shown

    def _concerns(self, event: str, fields: dict[str, Any]) -> bool:
        """Whether an event happens in the current chat, or to the one who speaks."""
        if event != "answercallbackquery":
            return bool(fields["chat"]["id"] == self._chat)
        queries = (update.get("callback_query", {}) for update in self._api._updates)
        return any(
            query.get("id") == fields["callback_query_id"] and query["from"]["id"] == self._member for query in queries
        )
