"""Whether the bot works, and whom it tells."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.conversation.reply import Reply
from bot.errors import StoreError
from bot.items import VerdictKind
from bot.service.health import Health, Problem
from bot.store.records import Miss, NoticeKind, State
from bot.telegram.intake import Cause, IntakeFault
from bot.texts import admins as texts
from tests.inbox_setup import InboxSetup

MISS = Miss("几点", "几点", VerdictKind.UNKNOWN, State.OPEN, None, 0.0)


class Signs:
    """What health looks at, to be set by a test, and what admins are told."""

    def __init__(self, inbox_setup: InboxSetup) -> None:
        self.silent = 0.0
        self.git_fault: str | None = None
        self.told: list[Reply] = []
        self.waiting: dict[str | None, float] = {}
        self.fault: IntakeFault | None = None
        self.metrics = inbox_setup.metrics
        self.health = Health(
            database=inbox_setup.database,
            misses=inbox_setup.missed,
            silent_s=lambda: self.silent,
            waiting_s=lambda: self.waiting,
            intake_fault=lambda: self.fault,
            git_fault=lambda: self.git_fault,
            metrics=self.metrics,
            tell=self._tell,
        )

    async def _tell(self, _kind: NoticeKind, reply: Reply) -> None:
        self.told.append(reply)


@pytest.fixture
async def signs(inbox_setup: InboxSetup) -> Signs:
    return Signs(inbox_setup)


FAULTS = {
    "polling without success for 2 minutes": (121.0, 0.0, [Problem.SILENT]),
    "a long poll is no silence": (60.0, 0.0, []),
    "an update waits for over 2 minutes": (0.0, 121.0, [Problem.LATE]),
    "one that waits a minute is fine": (0.0, 60.0, []),
}


@pytest.mark.parametrize(("silent", "oldest", "faults"), FAULTS.values(), ids=FAULTS.keys())
async def test_what_makes_it_red(signs: Signs, silent: float, oldest: float, faults: list[Problem]) -> None:
    """Each sign by itself."""
    signs.silent, signs.waiting = silent, {"chat 7": oldest}
    await signs.health.look()
    assert signs.health.problems == faults


LATE: dict[str, tuple[dict[str | None, float], bool]] = {
    "one group": ({"chat -8": 200.0, "chat 7": 5.0}, False),
    "two groups": ({"chat -8": 200.0, "chat -9": 130.0}, True),
    "one member": ({"chat 7": 200.0}, True),
    "one group and one member": ({"chat -8": 200.0, "chat 7": 130.0}, True),
    "nobody": ({}, False),
}


@pytest.mark.parametrize(("waiting", "red"), LATE.values(), ids=LATE.keys())
async def test_a_single_group_may_be_late(signs: Signs, waiting: dict[str | None, float], *, red: bool) -> None:
    """Telegram paces groups; everybody else is answered."""
    signs.waiting = waiting
    await signs.health.look()
    assert signs.health.problems == [Problem.LATE] * red


async def test_a_store_that_can_not_commit_makes_it_red(
    signs: Signs, inbox_setup: InboxSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is really tried."""

    def full() -> None:
        raise StoreError("The disk is full")

    monkeypatch.setattr(inbox_setup.database, "probe", full)
    await signs.health.look()
    assert signs.health.problems == [Problem.STORE]


async def test_a_database_that_is_gone_makes_it_red(signs: Signs, tmp_path: Path) -> None:
    """Admins are told at once, since Telegram can be reached; and that it is back."""
    (tmp_path / "bot.db").rename(tmp_path / "away")
    for _ in range(2):
        await signs.health.look()
    assert signs.health.problems == [Problem.GONE]
    assert [reply.text for reply in signs.told] == [texts.STORE_GONE]
    (tmp_path / "away").rename(tmp_path / "bot.db")
    await signs.health.look()
    assert signs.health.problems == []
    assert texts.PROBLEMS["GONE"] in signs.told[1].text


async def test_edits_that_git_does_not_take_make_it_red(signs: Signs) -> None:
    """Admins are told once, with git's reason; and that it is fine again."""
    signs.git_fault = "Author identity unknown"
    for _ in range(2):
        await signs.health.look()
    assert signs.health.problems == [Problem.GIT]
    assert [reply.text for reply in signs.told] == [texts.NOT_COMMITTED.format(reason="Author identity unknown")]
    signs.git_fault = None
    await signs.health.look()
    assert signs.health.problems == []
    assert texts.PROBLEMS["GIT"] in signs.told[1].text


async def test_admins_are_told_once_when_it_has_recovered(signs: Signs) -> None:
    """With everything that was wrong meanwhile, in Chinese; the log and the command ``health`` say it in English."""
    signs.silent = 300
    await signs.health.look()
    signs.waiting = {"chat 7": 300.0}
    await signs.health.look()
    assert signs.told == []
    signs.silent, signs.waiting = 0, {}
    for _ in range(3):
        await signs.health.look()
    (told,) = signs.told
    assert told.text.startswith(
        "机器人刚才有大约 1 分钟不太正常（收不到新消息，有问题等了两分钟以上还没回复），现在已经好了"
    )


async def test_what_keeps_updates_away_is_told_once(signs: Signs, caplog: pytest.LogCaptureFixture) -> None:
    """With the likely cause and Telegram's own words; and that it is over."""
    signs.fault = IntakeFault(Cause.PATH, "Wrong response from the webhook: 404 Not Found", 3)
    for _ in range(3):
        await signs.health.look()
        signs.fault = replace(signs.fault, pending=signs.fault.pending + 1)
    (line,) = signs.health.faults()
    assert line.startswith("updates do not come in: the proxy strips or changes the path")
    assert "404 Not Found; 5 updates wait" in line
    assert caplog.text.count("404 Not Found") == 1
    assert signs.metrics.registry.get_sample_value("campaign_bot_problem", {"problem": "intake"}) == 1
    (told,) = signs.told
    assert "反向代理没有把" in told.text
    assert "“Wrong response from the webhook: 404 Not Found”，有 3 条在等" in told.text
    signs.fault = None
    await signs.health.look()
    assert signs.health.faults() == []
    assert signs.metrics.registry.get_sample_value("campaign_bot_problem", {"problem": "intake"}) == 0
    assert "新消息送不进来" in signs.told[-1].text
    assert len(signs.told) == 2


async def test_another_cause_is_logged(signs: Signs, caplog: pytest.LogCaptureFixture) -> None:
    """The operator may have fixed the first."""
    for cause in (Cause.UNREACHABLE, Cause.PATH):
        signs.fault = IntakeFault(cause)
        await signs.health.look()
        assert str(cause) in caplog.text


def test_every_problem_has_words() -> None:
    assert texts.PROBLEMS.keys() == {problem.name for problem in Problem}
    assert texts.INTAKE_CAUSES.keys() == {cause.name for cause in Cause}


async def test_admins_are_told_once_when_the_log_is_full(signs: Signs, inbox_setup: InboxSetup) -> None:
    """And again when it is full once more."""
    inbox_setup.missed.limit = 1
    for expected in (0, 1, 1):
        await signs.health.look()
        assert len(signs.told) == expected
        inbox_setup.missed.record(MISS)
    inbox_setup.missed.forget(inbox_setup.missed.row(1).key)
    await signs.health.look()
    inbox_setup.missed.record(MISS)
    await signs.health.look()
    assert [told.text[:14] for told in signs.told] == ["没答上来的问题已经记满了，新"] * 2
