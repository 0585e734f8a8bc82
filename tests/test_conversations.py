"""The conversations of tests/conversations, over HTTP with the whole bot, by polling and by webhook."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.command_line import command
from tests.conftest import CANTEEN, ROOT
from tests.conversation_driver import Conversation, RunningBot
from tests.fake_bot_api import FakeBotApi, serving
from tests.process import settings_for

FOLDER = ROOT / "tests" / "conversations"
FILES = sorted(FOLDER.glob("*.txt"))
RULES = sorted((FOLDER / "rules").glob("*.txt"))
LIBRARY = sorted((FOLDER / "library").glob("*.txt"))


@pytest.fixture(scope="module", params=["polling", "webhook"])
def mode(request: pytest.FixtureRequest) -> str:
    mode: str = request.param
    return mode


@contextmanager
def running(mode: str, folder: Path, knowledge: Path) -> Iterator[RunningBot]:
    """A bot over a knowledge folder, whose calls were all as Telegram wants them."""
    with serving(FakeBotApi()) as api:
        settings = settings_for(api, folder, webhook=mode == "webhook")
        bot = RunningBot(api, folder, settings | {"CAMPAIGN_BOT_KNOWLEDGE": str(knowledge)})
        yield bot
        bot.kill()
        assert api.invalid == []


@pytest.fixture(scope="module")
def bot(mode: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """One bot a mode, for all conversations about the canteen."""
    with running(mode, tmp_path_factory.mktemp("bot"), CANTEEN) as bot:
        yield bot


@pytest.fixture(scope="module")
def rules_bot(mode: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """One bot a mode, for all conversations about the canteen's rules."""
    with running(mode, tmp_path_factory.mktemp("rules"), CANTEEN.with_name("rules")) as bot:
        yield bot


@pytest.mark.parametrize("file", RULES, ids=[file.stem for file in RULES])
def test_a_conversation_as_people_talk(rules_bot: RunningBot, file: Path) -> None:
    """Thanks, half a sentence, a number: each gets what a colleague would say."""
    test_a_conversation(rules_bot, file)


@pytest.mark.parametrize("file", LIBRARY, ids=[file.stem for file in LIBRARY])
def test_a_conversation_with_a_new_bot(mode: str, tmp_path: Path, file: Path) -> None:
    """What is shown where nobody has asked anything before."""
    with running(mode, tmp_path, CANTEEN.with_name("library")) as bot:
        test_a_conversation(bot, file)


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_conversation(bot: RunningBot, file: Path) -> None:
    """What a member sees; and the log is clean."""
    conversation = Conversation(bot)
    conversation.play_file(file)
    conversation.expect_silence()
    assert not re.search(r"ERROR|Traceback", bot.log.read_text())


def test_opinions_are_there_for_the_admins(bot: RunningBot) -> None:
    """A thumb down with its question and its item."""
    conversation = Conversation(bot)
    for line in (
        "> 补办饭卡",
        "< 带上工作证",
        "press 👎",
        "= 带上工作证",
        "press 过时了",
        "notice 谢谢",
        "= 带上工作证",
    ):
        conversation.play(line)
    conversation.expect_silence()
    assert re.search(r"补办饭卡 +│ card +│ 过时了", command(bot.settings, "feedback").stdout)


def test_menus_and_descriptions_are_set(bot: RunningBot) -> None:
    """At the start, in two languages."""
    bot.api.wait_until(lambda: sum(method == "setmyshortdescription" for method, _ in bot.api.calls) >= 2)
    menus = {
        fields.get("language_code"): [entry["command"] for entry in fields["commands"]]
        for method, fields in bot.api.calls
        if method == "setmycommands"
    }
    members = ["topics", "hot", "ask", "help", "privacy"]
    assert menus == {None: members, "zh": members}
