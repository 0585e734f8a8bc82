"""The commands: contracts that other programs rely on."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.config import Settings
from bot.items import VerdictKind
from bot.store.records import State
from bot.texts.command_line import FEATURES, MISSED_STATES, MISSED_VERDICTS
from tests.command_line import command
from tests.conftest import CANTEEN
from tests.process import refusal

KEYS = ["question", "verdict", "items", "score", "answer", "sources", "reply", "suggestions", "candidates"]


def environment(**settings: str) -> dict[str, str]:
    """An environment whose knowledge is the canteen's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_BOT_")}
    return {**inherited, "CAMPAIGN_BOT_KNOWLEDGE": str(CANTEEN), **settings}


def run(folder: Path, *words: str, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder over the canteen's knowledge."""
    return command(environment(**settings), *words, given=given, folder=folder)


def asked(folder: Path, given: str, *words: str) -> list[dict[str, Any]]:
    done = run(folder, "ask", "--json", *words, given=given)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_ask_json_prints_one_object_a_line_in_order(tmp_path: Path) -> None:
    """All keys, for every verdict; a carriage return and an empty line are questions too."""
    rows = asked(tmp_path, "补办饭卡\n开饭安排\n一份午饭多少钱\n你好\n写首诗送我妈\n\n补办\r饭卡\n")
    assert [row["question"] for row in rows] == [
        "补办饭卡",
        "开饭安排",
        "一份午饭多少钱",
        "你好",
        "写首诗送我妈",
        "",
        "补办\r饭卡",
    ]
    assert [row["verdict"] for row in rows] == [
        "answer",
        "suggest",
        "not-covered",
        "small-talk",
        "unknown",
        "unknown",
        "answer",
    ]
    assert all(list(row) == KEYS for row in rows)
    answer, suggest, refusal, talk, unknown, *_ = rows
    assert answer["items"] == ["card"]
    assert answer["score"] == 1.0
    assert answer["answer"] == "到窗口补办：\n带上工作证就行。"
    assert answer["reply"] == "到窗口补办：\n带上工作证就行。\n\n出处：第一条；第二条"
    assert answer["sources"] == ["1", "2"]
    assert answer["candidates"][0] == {"item": "card", "score": 1.0}
    assert suggest["items"] == []
    assert suggest["answer"] is None
    assert suggest["suggestions"][0] == {
        "item": "closing",
        "score": suggest["candidates"][0]["score"],
        "question": "食堂几点关门？",
        "answer": "晚上八点关门。",
    }
    assert refusal["items"] == ["nc-price"]
    assert refusal["answer"] is None
    assert refusal["sources"] == []
    assert talk["items"] == ["chat-hello"]
    assert unknown["items"] == []


def test_ask_explains(tmp_path: Path) -> None:
    """``why`` for the first candidate, with what each feature adds to how sure it is, the weightiest first."""
    (row,) = asked(tmp_path, "补办饭卡\n", "--explain")
    assert list(row) == [*KEYS, "why"]
    assert list(row["why"]) == ["phrasing", "lanes", "matched", "unexplained", "reasons"]
    assert row["why"]["phrasing"] == "补办饭卡"
    reasons = row["why"]["reasons"]
    assert reasons.keys() <= FEATURES.keys()
    assert [*reasons] == sorted(reasons, key=lambda name: -abs(reasons[name]))
    assert max(reasons.values()) > 0


def test_ask_explains_in_an_admins_words(tmp_path: Path) -> None:
    """Below the reply: the first candidate, its nearest phrasing, what it lacks, what speaks for it and against it."""
    question = "食堂的门几点开呀"
    reply = run(tmp_path, "ask", question).stdout
    explained = run(tmp_path, "ask", "--explain", question).stdout
    assert explained.startswith(reply)
    item, phrasing, *others = explained.removeprefix(reply).splitlines()
    assert re.fullmatch(r"最接近的条目：食堂几点开门？（\d+%，够 \d+% 才直接回答）", item)
    assert phrasing == "最像的问法：食堂几点开门"
    (row,) = asked(tmp_path, f"{question}\n", "--explain")
    reasons = row["why"]["reasons"]
    speaking_for = [FEATURES[name] for name, value in reasons.items() if value >= 0.05][:4]
    speaking_against = [FEATURES[name] for name, value in reasons.items() if value <= -0.05][:4]
    assert others == [
        "这一条里没有的字词：呀、堂的、的门、门几、开呀、的",
        f"往上加的：{'；'.join(speaking_for)}",
        f"往下拉的：{'；'.join(speaking_against)}",
    ]


def test_ask_explains_nothing_without_a_candidate(tmp_path: Path) -> None:
    """The reply is all there is."""
    assert run(tmp_path, "ask", "--explain", "？！").stdout == run(tmp_path, "ask", "？！").stdout != ""


def test_ask_logs_only_when_told(tmp_path: Path) -> None:
    """Without ``--log`` there is not even a database."""
    asked(tmp_path, "写首诗送我妈\n")
    assert list(tmp_path.iterdir()) == []
    asked(tmp_path, "写首诗送我妈\n", "--log")
    assert "写首诗送我妈" in run(tmp_path, "missed", "list").stdout


READ_ONLY = {
    "missed": ("missed",),
    "missed list": ("missed", "list"),
    "missed show": ("missed", "show", "1"),
    "missed resolve": ("missed", "resolve", "1"),
    "missed forget": ("missed", "forget", "几点"),
    "missed export": ("missed", "export"),
    "missed report": ("missed", "report", "--html", "report.html"),
    "feedback": ("feedback",),
    "inbox list": ("inbox", "list"),
    "inbox replay": ("inbox", "replay"),
    "evaluate --judged": ("evaluate", "--judged"),
}


@pytest.mark.parametrize("words", READ_ONLY.values(), ids=READ_ONLY.keys())
def test_where_there_is_no_database_none_is_made(tmp_path: Path, words: tuple[str, ...]) -> None:
    """One line says where there is none: whoever is in another folder would take an empty log for theirs."""
    done = run(tmp_path, *words)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert f"{tmp_path}/data/bot.db 那里还没有数据库" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_conversation_that_is_not_logged_makes_no_database(tmp_path: Path) -> None:
    """It goes on all the same, with everything that it needs to remember."""
    done = run(tmp_path, "chat", "--json", given="写首诗送我妈\n/hot\n")
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 2)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_setting_is_one_line_more(tmp_path: Path) -> None:
    """The command does what it does."""
    done = run(tmp_path, "ask", "补办饭卡", CAMPAIGN_BOT_KNOWLEGE="x")
    assert (done.returncode, len(done.stderr.splitlines())) == (0, 1)
    assert "CAMPAIGN_BOT_KNOWLEDGE" in done.stderr


def test_chat_presses_buttons_by_number_and_logs_misses(tmp_path: Path) -> None:
    """A number presses; "none of these" is a miss; the input's end is the end."""
    done = run(tmp_path, "chat", given="开饭安排\n2\n开饭安排\n4\n/help\n")
    assert "早上七点开门。" in done.stdout
    assert "  4. 都不是" in done.stdout
    (row,) = json.loads(run(tmp_path, "missed", "export", "--format", "json").stdout)
    assert (row["question"], row["count"], row["verdict"]) == ("开饭安排", 1, "suggest")


def test_the_log_is_listed_shown_resolved_and_ignored(tmp_path: Path) -> None:
    """The life of a miss by command."""
    run(tmp_path, "ask", "--json", "--log", given="种土豆\n种土豆\n夸夸我妹\n")
    listed = run(tmp_path, "missed", "list").stdout
    assert "种土豆" in listed
    assert "夸夸我妹" in listed
    assert "2 次" in run(tmp_path, "missed", "show", "1").stdout
    assert "种土豆" in run(tmp_path, "missed", "resolve", "1").stdout
    assert "夸夸我妹" in run(tmp_path, "missed", "ignore", "2").stdout
    assert "没有记下的问题" in run(tmp_path, "missed", "list").stdout
    assert "处理过" in run(tmp_path, "missed", "list", "--all").stdout
    assert run(tmp_path, "missed", "show", "9").returncode == 2
    assert "没有记下的问题" in run(tmp_path, "missed").stdout


def test_several_misses_are_settled_at_once(tmp_path: Path) -> None:
    """All of them, or none if one of them is not there."""
    run(tmp_path, "ask", "--json", "--log", given="种土豆\n夸夸我妹\n外星人来过没有\n今年有几个闰月\n")
    assert run(tmp_path, "missed", "ignore", "1", "99").returncode == 2
    assert "种土豆" in run(tmp_path, "missed", "list").stdout
    ignored = run(tmp_path, "missed", "ignore", "1", "2", "1").stdout
    assert ignored.splitlines() == ["已标为忽略：种土豆", "已标为忽略：夸夸我妹"]
    assert run(tmp_path, "missed", "resolve", "3", "4").stdout.count("已标为处理好") == 2
    assert "没有记下的问题" in run(tmp_path, "missed", "list").stdout
    assert run(tmp_path, "missed", "delete", "1", "3").stdout.count("已彻底删掉") == 2
    left = run(tmp_path, "missed", "list", "--all").stdout
    assert ("种土豆" in left, "夸夸我妹" in left, "外星人" in left) == (False, True, False)


@pytest.mark.parametrize("start", "=+-@")
def test_the_export_opens_in_a_spreadsheet_and_runs_nothing(tmp_path: Path, start: str) -> None:
    """A byte order mark, and no cell that is a formula."""
    run(tmp_path, "ask", "--json", "--log", given=f"{start}写诗(1,2)\n")
    text = run(tmp_path, "missed", "export").stdout
    assert text.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert list(row) == [
        "id", "question", "count", "first_asked", "last_asked", "state", "verdict", "item", "score",
    ]  # fmt: skip
    assert row["question"] == f"'{start}写诗(1,2)"


def test_check_prints_coverage(tmp_path: Path) -> None:
    """Which items each paragraph has."""
    done = run(tmp_path, "check")
    assert done.returncode == 0
    assert "2（第二条）：closing、card" in done.stdout


def test_check_prints_every_fault(tmp_path: Path) -> None:
    """Exit code 1, a line a fault."""
    (tmp_path / "k").mkdir()
    (tmp_path / "k" / "speech.yaml").write_text("titel: x\nparagraphs: {}\n")
    done = run(tmp_path, "check", "k")
    assert done.returncode == 1
    assert "speech.yaml:1: " in done.stdout
    assert len(done.stdout.splitlines()) == 3


def execute(folder: Path, *words: str) -> "subprocess.Popen[bytes]":
    """The command as a process of its own, with pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        env=environment(),
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_the_process_is_the_command(tmp_path: Path) -> None:
    """``python -m bot`` gives its own exit code, and what belongs there to each stream."""
    with execute(tmp_path, "ask", "--json") as process:
        stdout, stderr = process.communicate("补办饭卡\n".encode())
    assert (process.returncode, stderr) == (0, b"")
    assert json.loads(stdout)["items"] == ["card"]
    with execute(tmp_path, "nonsense") as process:
        stdout, stderr = process.communicate()
    assert (process.returncode, stdout, len(stderr.splitlines())) == (2, b"", 1)


WRONG_USE = {
    "an unknown option": ("ask", "--nonsense"),
    "an unknown command": ("nonsense",),
    "no question": ("ask",),
    "a question and --json": ("ask", "--json", "几点"),
    "a broken folder": ("ask", "几点", "--knowledge", "/nonexistent"),
    "a broken folder for chat": ("chat", "--knowledge", "/nonexistent"),
    "no number": ("missed", "show", "x"),
}


@pytest.mark.parametrize("words", WRONG_USE.values(), ids=WRONG_USE.keys())
def test_wrong_use_is_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Exit code 2, one line on standard error, no box, no traceback."""
    done = run(tmp_path, *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_a_dot_env_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    """Settings come from both."""
    (tmp_path / ".env").write_text("CAMPAIGN_BOT_KNOWLEDGE=/nonexistent\nCAMPAIGN_BOT_ADMINS=1, 2\n")
    assert run(tmp_path, "ask", "补办饭卡").returncode == 0


BAD_SETTINGS = {
    "a .env that is not UTF-8": ("你=1\n".encode("gb18030"), "UTF-8"),
    "a malformed id": (b"CAMPAIGN_BOT_ADMINS=1,x2\n", "CAMPAIGN_BOT_ADMINS"),
    "a URL without its scheme": (b"CAMPAIGN_BOT_API_URL=127.0.0.1:1\n", "CAMPAIGN_BOT_API_URL"),
}


@pytest.mark.parametrize(("env", "expected"), BAD_SETTINGS.values(), ids=BAD_SETTINGS.keys())
def test_a_malformed_setting_is_one_line(tmp_path: Path, env: bytes, expected: str) -> None:
    """It names the setting, never its value."""
    (tmp_path / ".env").write_bytes(env)
    done = run(tmp_path, "ask", "补办饭卡")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert expected in done.stderr


def test_a_secret_is_in_no_message(tmp_path: Path) -> None:
    """Neither the token nor a password, whatever else is wrong."""
    canary = "123456789:AAcanarycanarycanarycanarycanary"
    settings = {"CAMPAIGN_BOT_TOKEN": canary, "CAMPAIGN_BOT_DATABASE_URL": "postgresql://me:canary@127.0.0.1/x"}
    assert "canary" not in refusal(environment(**settings), tmp_path)
    for words in (("missed", "list"), ("run", "--help")):
        done = run(tmp_path, *words, **settings)
        assert "canary" not in done.stdout + done.stderr
    assert "canary" not in repr(Settings(token=canary, database_url="sqlite:///canary.db"))


def test_misses_that_ask_the_same_are_one_row(tmp_path: Path) -> None:
    """Ranked, with the nearest items."""
    asked(tmp_path, "外星人来过没有\n外星人来过没有\n外星人来过没有呀\n写首诗送我妈\n", "--log")
    listed = run(tmp_path, "missed").stdout
    assert listed.index("外星人来过没有") < listed.index("写首诗送我妈")
    assert "外星人来过没有呀" not in listed
    assert "closing 0.0" in listed


def test_a_question_is_forgotten_wherever_it_is_kept(tmp_path: Path) -> None:
    """As its words say, in whatever width; once it is gone that is said."""
    asked(tmp_path, "外星人来过没有\n", "--log")
    assert "彻底删掉" in run(tmp_path, "missed", "forget", "外星人来过没有？").stdout
    assert run(tmp_path, "missed", "forget", "外星人来过没有？").returncode == 2
    assert "没有记下的问题" in run(tmp_path, "missed", "list", "--all").stdout


def test_times_that_people_read_are_of_their_zone(tmp_path: Path) -> None:
    """What programs read is UTC; a zone that is none is one line."""
    asked(tmp_path, "外星人来过没有\n", "--log")
    (row,) = json.loads(run(tmp_path, "missed", "export", "--format", "json").stdout)
    in_shanghai = f"{datetime.fromisoformat(row['last_asked']).astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}"
    zone = {"CAMPAIGN_BOT_TIME_ZONE": "Asia/Shanghai"}
    for words in (("show", "1"), ("list",)):
        assert run(tmp_path, "missed", *words, **zone).stdout.count(in_shanghai) == 2
    assert run(tmp_path, "missed", "export", **zone).stdout.count("+00:00") == 2
    done = run(tmp_path, "missed", "list", CAMPAIGN_BOT_TIME_ZONE="北京")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "CAMPAIGN_BOT_TIME_ZONE (an IANA name such as Asia/Shanghai)" in line


def test_tables_are_in_words_and_exports_as_programs_know_them(tmp_path: Path) -> None:
    """The same row: its state and its verdict."""
    asked(tmp_path, "外星人来过没有\n", "--log")
    shown = run(tmp_path, "missed", "show", "1").stdout
    assert "状态：待处理\n当时的判断：没答上\n" in shown
    (row,) = json.loads(run(tmp_path, "missed", "export", "--format", "json").stdout)
    assert (row["state"], row["verdict"]) == ("open", "unknown")


def test_each_state_and_verdict_has_its_words() -> None:
    """And no words are left over."""
    assert (set(MISSED_STATES), set(MISSED_VERDICTS)) == (set(State), set(VerdictKind))


def test_a_report_is_one_page(tmp_path: Path) -> None:
    """That loads nothing; where it can't be written that is said."""
    asked(tmp_path, "外星人来过没有\n", "--log")
    page = tmp_path / "report.html"
    assert run(tmp_path, "missed", "report", "--html", str(page)).returncode == 0
    html = page.read_text(encoding="utf-8")
    assert "外星人来过没有" in html
    assert html.count('class="bar"') > 1
    assert re.findall(r'(?:src|href)="(?!data:)', html) == []
    assert len(html.encode()) < 300_000
    assert run(tmp_path, "missed", "report", "--html", str(tmp_path / "none" / "x.html")).returncode == 2


LOST_PROPERTY = """\
topic: 失物
items:
  - id: umbrella
    question: 捡到雨伞交给谁？
    phrasings:
      - 雨伞捡到了怎么办
      - 谁收捡到的雨伞
    answer: 交给门卫。
    source: ["1"]
"""


def test_a_change_is_checked_against_another_state(tmp_path: Path) -> None:
    """A folder or a revision; exit code 1 when a question loses its answer; what is neither is one line."""
    whole, old, new = tmp_path / "whole", tmp_path / "old", tmp_path / "new"
    for folder in (whole, old, new):
        shutil.copytree(CANTEEN, folder)
        (folder / "lost.yaml").write_text(LOST_PROPERTY, encoding="utf-8")
    git = ["git", "-C", str(old), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], check=True)
    assert run(tmp_path, "check", str(new), "--against", str(old)).returncode == 0
    for folder in (old, new):
        (folder / "lost.yaml").unlink()
    by_folder = run(tmp_path, "check", str(new), "--against", str(whole))
    by_revision = run(tmp_path, "check", str(old), "--against", "HEAD")
    for lost in (by_folder, by_revision):
        assert (lost.returncode, lost.stderr) == (1, "")
        assert "❌ 丢了原来的答案" in lost.stdout
        assert "－ 条目没了" in lost.stdout
    assert by_folder.stdout.splitlines()[1:] == by_revision.stdout.splitlines()[1:]
    wrong = run(tmp_path, "check", str(old), "--against", "nonsense")
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)
