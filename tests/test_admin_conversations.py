"""The conversations of tests/conversations/admins, each with a bot of its own.

They go by polling and by webhook in turns: a conversation doesn't know by which its updates came, and those of members
are held by both.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import command
from tests.conftest import CANTEEN, ROOT
from tests.conversation_driver import ADMIN_GROUP, PEOPLE, AdminConversation, RunningBot
from tests.fake_bot_api import FakeBotApi, serving
from tests.process import settings_for

FILES = sorted((ROOT / "tests" / "conversations" / "admins").glob("*.txt"))


@pytest.fixture
def bot(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningBot]:
    """A bot that gets its updates by webhook, if it is asked for that."""
    shutil.copytree(CANTEEN, tmp_path / "knowledge")
    with serving(FakeBotApi()) as api:
        settings = settings_for(api, tmp_path, webhook=request.param) | {
            "CAMPAIGN_BOT_ADMINS": f"{PEOPLE['甲']},{PEOPLE['乙']}",
            "CAMPAIGN_BOT_ADMIN_GROUP": str(ADMIN_GROUP),
            "CAMPAIGN_BOT_KNOWLEDGE": str(tmp_path / "knowledge"),
            "CAMPAIGN_BOT_PAGE_URL": "https://bot.example.org/admin",
            "CAMPAIGN_BOT_PAGE_LISTEN": "127.0.0.1:0",
            # Its many states would take the places of what other tests share.
            "CAMPAIGN_BOT_CACHE": str(tmp_path / "cache"),
        }
        running = RunningBot(api, tmp_path, settings)
        yield running
        running.kill()
        assert api.invalid == []


@pytest.mark.parametrize(
    ("bot", "file"),
    [(number % 2 == 1, file) for number, file in enumerate(FILES)],
    ids=[f"{file.stem}, by {'webhook' if number % 2 else 'polling'}" for number, file in enumerate(FILES)],
    indirect=["bot"],
)
def test_a_conversation(bot: RunningBot, file: Path, tmp_path: Path) -> None:
    """What each of them sees; the files then are sound, and the log is clean."""
    AdminConversation(bot, tmp_path / "knowledge").play_file(file)
    done = command(bot.settings, "check", "--quick")
    assert done.returncode == 0, done.stdout
    faults = [line for line in bot.log.read_text().splitlines() if re.search("ERROR|Traceback", line)]
    assert [line for line in faults if "Faults in the knowledge" not in line] == []
