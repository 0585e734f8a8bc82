"""The conversations of tests/conversations/admins, each with a bot, a folder and a database of its own."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CANTEEN, ROOT
from tests.fake_bot_api import FakeBotApi, serving
from tests.process import command, settings_for, wait_for, waiting
from tests.test_conversations import Bot, Talk

FILES = sorted((ROOT / "tests" / "conversations" / "admins").glob("*.txt"))
GROUP = -9000
PEOPLE = {"甲": 9001, "乙": 9002, "会员": 77, "另一位会员": 78}
"""The first two are admins."""
MEMBERS = {PEOPLE["会员"], PEOPLE["另一位会员"]}


@dataclass
class Seat:
    """What somebody in a chat said and sees."""

    asked: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)


class AdminTalk(Talk):
    """Several people in several chats, and an editor that is open beside them."""

    def __init__(self, bot: Bot, folder: Path) -> None:
        super().__init__(bot)
        self._folder = folder
        self._seats: dict[tuple[int, int], Seat] = {}
        self._read: dict[int, int] = {}
        """How far each chat was read."""
        self._sit(PEOPLE["甲"], PEOPLE["甲"])

    def play(self, line: str) -> None:  # noqa: C901 - one case a step
        """One step."""
        word, _, rest = line.strip().partition(" ")
        match word:
            case "as":
                who, _, where = rest.partition(" in ")
                self._sit(PEOPLE[who], GROUP if where else PEOPLE[who])
            case "told":
                self._sees("sendmessage", rest)
            case "file":
                name, verb, text = rest.split(" ", 2)
                wait_for(lambda: self._text(name).count(text.replace("\\n", "\n")) == (1 if verb == "holds" else 0))
            case "editor":
                name, _, change = rest.partition(": ")
                old, new = (part.replace("\\n", "\n") for part in change.split(" -> "))
                before = self._text(name)
                assert old in before or not old, before
                # As an editor does: a new file in the place of the old one.
                aside = self._folder / f"{name}~"
                aside.write_text(before.replace(old, new) if old else before + new, encoding="utf-8")
                aside.replace(self._folder / name)
            case "keep":
                shutil.copy(self._folder / rest, self._folder / f"{rest}.kept")
            case "put-back":
                shutil.copy(self._folder / f"{rest}.kept", self._folder / rest)
            case "same":
                kept = (self._folder / f"{rest}.kept").read_bytes()
                wait_for(lambda: (self._folder / rest).read_bytes() == kept)
            case "run":
                output = command(self._bot.settings, *rest.split(" ")).stdout
                self._shown = {"text": output}
            case "prints":
                assert rest in self._shown["text"], self._shown["text"]
            case "waiting":
                wait_for(lambda: waiting(self._folder.parent / "bot.db") == int(rest))
            case "answered":
                question, _, answer = rest.partition(" -> ")
                self._wait_for_answer(question, answer)
            case _:
                super().play(line.replace("\\n", "\n"))

    def _text(self, name: str) -> str:
        path = self._folder / name
        return path.read_bytes().decode() if path.exists() else ""

    def _wait_for_answer(self, question: str, answer: str) -> None:
        """A member asks until this is the answer: what is edited is live soon."""

        def is_so() -> bool:
            self._say(question)
            self._shown = self._next("sendmessage")
            return answer in str(self._shown["text"])

        wait_for(is_so)

    def _sit(self, member: int, chat: int) -> None:
        if self._member in MEMBERS and self._chat == self._member and self._asked:
            # What was said last is answered, and what it leaves behind is stored.
            self.silence()
        self._seats[self._member, self._chat] = Seat(self._asked, self._shown)
        self._read[self._chat] = self._seen
        self._member, self._chat = member, chat
        seat = self._seats.get((member, chat), Seat())
        self._seen, self._asked, self._shown = self._read.get(chat, 0), seat.asked, seat.shown

    def _is_here(self, event: str, fields: dict[str, Any]) -> bool:
        if event != "answercallbackquery":
            return bool(fields["chat"]["id"] == self._chat)
        queries = (update.get("callback_query", {}) for update in self._api._updates)
        return any(
            one.get("id") == fields["callback_query_id"] and one["from"]["id"] == self._member for one in queries
        )


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    shutil.copytree(CANTEEN, tmp_path / "knowledge")
    with serving(FakeBotApi()) as api:
        settings = settings_for(api, tmp_path)
        settings |= {
            "CAMPAIGN_BOT_ADMINS": f"{PEOPLE['甲']},{PEOPLE['乙']}",
            "CAMPAIGN_BOT_ADMIN_GROUP": str(GROUP),
            "CAMPAIGN_BOT_KNOWLEDGE": str(tmp_path / "knowledge"),
        }
        running = Bot(api, tmp_path, settings)
        yield running
        running.kill()
        assert api.invalid == []


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_conversation(bot: Bot, file: Path, tmp_path: Path) -> None:
    """What each of them sees; the files then are sound, and the log is clean."""
    talk = AdminTalk(bot, tmp_path / "knowledge")
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            try:
                talk.play(line)
            except (AssertionError, TimeoutError, KeyError) as error:
                raise AssertionError(f"{file.name}:{number}: {line}") from error
    done = command(bot.settings, "check", "--quick")
    assert done.returncode == 0, done.stdout
    faults = [line for line in bot.log.read_text().splitlines() if re.search("ERROR|Traceback", line)]
    assert [line for line in faults if "Faults in the knowledge" not in line] == []
