"""What ``evaluate`` prints besides the shares, and what both pages of plots say."""

import json
from pathlib import Path
from random import Random

import pytest

from bot.cli.evaluate import evaluate
from bot.cli.plots import misses_page
from bot.cli.terminal import build_on_database
from bot.snapshot import CONFIDENCE
from bot.store.database import Database
from bot.store.misses import MissLog
from bot.store.records import Answered, Judged, Records
from bot.store.usage import UsageLog
from bot.texts import admins as admins_texts
from tests.clocks import Clock
from tests.conftest import CANTEEN

SAMPLED = "随机抽查 2 条，判错 1 条：九成五的把握，答错的不超过 98%。"


@pytest.fixture(autouse=True)
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Settings that leave this machine's files alone."""
    url = f"sqlite:///{tmp_path}/bot.db"
    settings = {"CACHE": str(tmp_path / "cache"), "DATABASE_URL": url, "KNOWLEDGE": str(CANTEEN)}
    for name, value in settings.items():
        monkeypatch.setenv(f"CAMPAIGN_BOT_{name}", value)
    return url


@pytest.fixture
def questions(tmp_path: Path) -> str:
    """An easy question, and one without an answer."""
    rows = [{"q": "补办饭卡", "kind": "in", "must": [["工作证"]]}, {"q": "补办饭卡", "kind": "near"}]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return str(file)


def judge_two(url: str, clock: Clock) -> None:
    """Two answers were drawn; one of them was wrong."""
    with Database.open(url, clock) as database:
        usage = UsageLog(database, MissLog(database, 9), 9)
        usage.record(Records(answered=tuple(Answered(text, text, "card", 0.9, CONFIDENCE) for text in "ab")))
        usage.draw(CONFIDENCE, 5, clock.now, Random(1))
        for text in "ab":
            usage.judge(Judged(text, text, "card", right=text == "a"))


def test_it_prints_risk_and_coverage(questions: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Both questions are answered with the same score, one of them falsely; no database is made."""
    evaluate(questions=questions)
    printed = capsys.readouterr().out
    assert "0 最好，0.5 最差）：0.2500" in printed
    assert any(row.count("50.0%") == 2 for row in printed.splitlines() if "100.0%" in row)
    assert admins_texts.SAMPLE_NONE in printed
    evaluate(questions=questions, as_json=True)
    row = json.loads(capsys.readouterr().out)
    assert row["augrc"] == 0.25
    assert row["sample"] == {"count": 0, "wrong": 0, "at_most": 1.0}
    assert [(risk["coverage"], risk["right"], risk["wrong"]) for risk in row["risk_coverage"]] == [(1.0, 0.5, 0.5)]
    assert not (tmp_path / "bot.db").exists()


def test_what_was_drawn_and_judged_is_told(
    questions: str, url: str, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    """By ``evaluate``, and with its interval by the report."""
    judge_two(url, clock)
    evaluate(questions=questions)
    assert SAMPLED in capsys.readouterr().out
    evaluate(questions=questions, as_json=True)
    assert json.loads(capsys.readouterr().out)["sample"] == {"count": 2, "wrong": 1, "at_most": 0.9747}
    with build_on_database() as bot:
        assert "看过 2，对 1，占 50%，多半在 1% 到 99%" in misses_page(bot)
