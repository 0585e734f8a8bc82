"""The conversations of tests/conversations, over HTTP with the whole bot, by polling and by webhook."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CANTEEN, ROOT
from tests.fake_bot_api import FakeBotApi, Fault, serving
from tests.process import command, settings_for, start, stop

FILES = sorted((ROOT / "tests" / "conversations").glob("*.txt"))
_IDS = itertools.count(100)
_QUIET = "方言、拼音"
"""In the answer to /help, which shows that nothing came before it."""


class Bot:
    """The running bot, for all conversations of one mode."""

    def __init__(self, api: FakeBotApi, folder: Path, settings: dict[str, str]) -> None:
        self.api = api
        self.settings = settings
        self.log = folder / "log"
        self._process = start(self.settings, self.log)

    def restart(self, knowledge: Path | None = None) -> None:
        """End it as an operator would, and start it anew."""
        calls = len(self.api.calls)
        stop(self._process)
        if knowledge:
            self.settings["CAMPAIGN_BOT_KNOWLEDGE"] = str(knowledge)
        self._process = start(self.settings, self.log)
        self.api.wait_until(lambda: len(self.api.calls) > calls)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()


@pytest.fixture(scope="module", params=["polling", "webhook"])
def bot(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with serving(FakeBotApi()) as api:
        folder = tmp_path_factory.mktemp("bot")
        running = Bot(api, folder, settings_for(api, folder, webhook=request.param == "webhook"))
        yield running
        running.kill()
        assert api.invalid == []


class Talk:
    """Plays one file."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._api = bot.api
        self._member = next(_IDS)
        self._chat = self._member
        self._language = "zh-hans"
        self._seen = len(bot.api.events)
        self._asked: dict[str, Any] = {}
        self._shown: dict[str, Any] = {}

    def play(self, line: str) -> None:  # noqa: C901, PLR0912 - one case a step
        """One step."""
        word, _, rest = line.strip().partition(" ")
        match word:
            case ">":
                self._say(rest)
            case ">>":
                self._say(rest, reply_to_message=self._shown)
            case "~":
                self._asked |= {"text": rest, "edit_date": 1780000000}
                self._api.put({"edited_message": dict(self._asked)})
            case "<":
                self._sees("sendmessage", rest)
                if self._chat < 0:
                    assert self._shown["reply_to_message"]["message_id"] == self._asked["message_id"]
            case "=":
                self._sees("editmessagetext", rest)
            case "press":
                label, _, other = rest.partition(" by ")
                self._press(self._buttons()[label], self._member + bool(other) * 1_000_000)
            case "forge":
                self._press(rest, self._member)
            case "notice":
                assert rest in self._next("answercallbackquery").get("text", "")
            case "inline":
                query = {"id": str(next(_IDS)), "from": self._who(), "query": rest, "offset": ""}
                self._api.put({"inline_query": query})
            case "results":
                self._results(rest)
            case "send":
                self._send(rest)
            case "silence":
                self.silence()
            case "restart":
                self._bot.restart()
            case "knowledge":
                self._bot.restart(CANTEEN.with_name(rest))
            case "group":
                self._chat = -self._member
            case "language":
                self._language = rest
            case "slow":
                self._api.meet_next("sendMessage", Fault(429, {"parameters": {"retry_after": 1}}, hang_s=1))
            case "typing":
                calls = [fields for method, fields in self._api.calls if method == "sendchataction"]
                assert calls[-1]["chat_id"] == self._chat
            case _ if word.startswith("["):
                assert list(self._buttons()) == re.findall(r"\[(.*?)\]", line)
            case _:
                pytest.fail(f"no such step: {line}")

    def silence(self) -> None:
        """Nothing was said since."""
        asked, shown, language = self._asked, self._shown, self._language
        self._language = "zh-hans"
        self._say("/help")
        self._sees("sendmessage", _QUIET)
        self._asked, self._shown, self._language = asked, shown, language

    def _who(self) -> dict[str, Any]:
        return {"id": self._member, "is_bot": False, "first_name": "张三", "language_code": self._language}

    def _say(self, text: str, **fields: Any) -> None:
        self._asked = self._api.member_says(text, chat=self._chat, **{"from": self._who()}, **fields)

    def _send(self, what: str) -> None:
        kind, _, caption = what.partition(" ")
        file = {"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1}
        sticker = {**file, "type": "regular", "is_animated": False, "is_video": False}
        content: dict[str, Any] = {"photo": [file]} if kind == "photo" else {"sticker": sticker}
        content |= {"caption": caption} if caption else {}
        self._asked = self._api.member_sends({**content, "from": self._who()}, chat=self._chat)

    def _press(self, data: str, member: int) -> None:
        self._api.member_presses(data, self._shown, member, language_code=self._language)

    def _buttons(self) -> dict[str, str]:
        keyboard = self._shown.get("reply_markup", {}).get("inline_keyboard", [])
        return {button["text"]: button["callback_data"] for row in keyboard for button in row}

    def _sees(self, kind: str, fragment: str) -> None:
        self._shown = self._next(kind)
        assert fragment in self._shown["text"], self._shown["text"]
        assert self._shown["chat"]["id"] == self._chat

    def _next(self, kind: str) -> dict[str, Any]:
        """The next thing of this kind; acknowledgements without words are passed over."""

        def place() -> int | None:
            for number in range(self._seen, len(self._api.events)):
                event, fields = self._api.events[number]
                if (event != "answercallbackquery" or "text" in fields) and self._is_here(event, fields):
                    return number
            return None

        self._api.wait_until(lambda: place() is not None)
        number = place()
        assert number is not None
        self._seen = number + 1
        event, fields = self._api.events[number]
        assert event == kind, (event, fields)
        return fields

    def _is_here(self, _event: str, _fields: dict[str, Any]) -> bool:
        """Whether it is looked at: whatever the bot says, it says here."""
        return True

    def _results(self, expected: str) -> None:
        answer = self._next("answerinlinequery")
        first, _, hint = expected.partition(", ")
        if first == "none":
            assert answer["results"] == []
            assert answer["button"]["text"] == hint
            return
        titles = [result["title"] for result in answer["results"]]
        assert titles[: len(expected.split(", "))] == expected.split(", ")
        assert len({result["id"] for result in answer["results"]}) == len(titles)


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_conversation(bot: Bot, file: Path) -> None:
    """What a member sees; and the log is clean."""
    talk = Talk(bot)
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            try:
                talk.play(line)
            except (AssertionError, TimeoutError, KeyError) as error:
                raise AssertionError(f"{file.name}:{number}: {line}") from error
    talk.silence()
    assert not re.search(r"ERROR|Traceback", bot.log.read_text())


def test_opinions_are_there_for_the_admins(bot: Bot) -> None:
    """A thumb down with its question and its item."""
    talk = Talk(bot)
    for line in (
        "> 补办饭卡",
        "< 带上工作证",
        "press 👎",
        "= 带上工作证",
        "press 过时了",
        "notice 谢谢",
        "= 带上工作证",
    ):
        talk.play(line)
    talk.silence()
    assert re.search(r"补办饭卡 +│ card +│ 过时了", command(bot.settings, "feedback").stdout)


def test_menus_and_descriptions_are_set(bot: Bot) -> None:
    """At the start, in two languages."""
    bot.api.wait_until(lambda: sum(method == "setmyshortdescription" for method, _ in bot.api.calls) >= 2)
    menus = {
        fields.get("language_code"): [one["command"] for one in fields["commands"]]
        for method, fields in bot.api.calls
        if method == "setmycommands"
    }
    members = ["topics", "hot", "ask", "help", "privacy", "forget", "whoami"]
    assert menus == {None: members, "zh": members}
