"""What ``check`` says besides faults."""

import shutil
from pathlib import Path

import pytest
import typer

from bot.cli.check import check, in_words
from bot.evaluation.advice import Advice, AdviceKind, Passage
from bot.store.database import Database
from bot.store.misses import MissLog
from bot.store.records import Records
from bot.store.usage import UsageLog
from bot.texts import command_line as command_line_texts
from tests.conftest import CANTEEN

A, B = Passage("a"), Passage("b")
WORDS = {
    "除了标准问法最多只有 2 种问法，很多问题只能给出候选": Advice(
        AdviceKind.THIN_BASE, (A, B), {"median": 2, "enough": 6}
    ),
    "回答少于 6 种，讲话没说的少于 4 种": Advice(AdviceKind.FEW_PHRASINGS, (A, B), {"answer": 6, "refusal": 4}),
    "9 条同类的回答里有 8 条都用“讲话里”开头": Advice(
        AdviceKind.SAME_OPENING, (A, B), {"opening": "讲话里", "count": 8, "total": 9}
    ),
    "有 30 个字，按钮上显示不全；请缩到 24 个字以内": Advice(
        AdviceKind.LONG_QUESTION, (A,), {"length": 30, "most": 24}
    ),
    "“怎么办？”单独放在按钮上": Advice(AdviceKind.NO_SUBJECT, (A,), {"question": "怎么办？"}),
    "“借几天”更像在问后一条（雨伞借几天？）": Advice(
        AdviceKind.STRAY_PHRASING, (A, B), {"phrasing": "借几天", "question": "雨伞借几天？"}
    ),
    "“门神换袍子”里要紧的词": Advice(AdviceKind.FOREIGN_PHRASING, (A,), {"phrasing": "门神换袍子"}),
    "“补卡”和“补卡呀”几乎一样": Advice(AdviceKind.REDUNDANT_PHRASINGS, (A,), {"one": "补卡", "other": "补卡呀"}),
    "都有“开饭安排”这种问法": Advice(AdviceKind.SHARED_FORM, (A, B), {"form": "开饭安排"}),
    "当成了一个词（主题、主线）": Advice(AdviceKind.MERGED_KEYWORDS, (A, B), {"words": ("主题", "主线")}),
    "抽查中 4 次，例如“饭卡丢了”": Advice(AdviceKind.CONFUSED_ITEMS, (A, B), {"count": 4, "example": "饭卡丢了"}),
}


def test_every_kind_of_advice_has_words() -> None:
    """No kind without a text, no text without a kind."""
    assert {advice.kind for advice in WORDS.values()} == {*AdviceKind} == {*command_line_texts.ADVICE}


@pytest.mark.parametrize(("words", "advice"), WORDS.items())
def test_each_kind_of_advice_has_its_words(words: str, advice: Advice) -> None:
    """With everything that it is about."""
    assert words in in_words(advice)


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_BOT_CACHE", str(tmp_path / "cache"))


def test_advice_names_texts_and_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each piece; none with ``--quick``."""
    check(CANTEEN)
    assert (
        "建议（items.yaml:7 的 opening、items.yaml:14 的 closing）：把同义词换成标准说法以后" in capsys.readouterr().out
    )
    check(CANTEEN, quick=True)
    assert "建议" not in capsys.readouterr().out


def test_a_thin_base_is_told_to_begin_with_what_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the log says, if there is one: none is made for this."""
    monkeypatch.setenv("CAMPAIGN_BOT_DATABASE_URL", url := f"sqlite:///{tmp_path}/bot.db")
    thin = "建议（items.yaml:{}）：有一半的回答，除了标准问法最多只有 2 种问法"
    check(CANTEEN)
    places = "3 的 opening、items.yaml:10 的 closing、items.yaml:17 的 card"
    assert thin.format(places) in capsys.readouterr().out
    assert not (tmp_path / "bot.db").exists()
    with Database.open(url) as database:
        UsageLog(database, MissLog(database, 9), 9).record(Records(shown=("card",)))
    check(CANTEEN)
    places = "17 的 card、items.yaml:3 的 opening、items.yaml:10 的 closing"
    assert thin.format(places) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("every", "long_questions", "places", "told"),
    [
        (False, 20, 5, ["还有 16 处）", "还有 1 处；"]),
        (True, 21, 21, []),
    ],
)
def test_a_long_list_is_cut_unless_all_is_wanted(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    every: bool,  # noqa: FBT001 - a table's column
    long_questions: int,
    places: int,
    told: list[str],
) -> None:
    """Both the lines of a kind and the places of a line, with how many are left out."""
    (tmp_path / "speech.yaml").write_text('title: 题\nparagraphs: {"1": 段}\n', encoding="utf-8")
    items = (f'  - {{id: i{n}, question: "{n}{"饭" * 25}", answer: 答, source: ["1"]}}\n' for n in range(21))
    (tmp_path / "items.yaml").write_text(f"topic: 题\nitems:\n{''.join(items)}", encoding="utf-8")
    check(tmp_path, every=every)
    lines = [line for line in capsys.readouterr().out.splitlines() if "建议" in line or "还有" in line]
    (few,) = [line for line in lines if "问法太少" in line]
    assert sum("标准问法有" in line for line in lines) == long_questions
    assert few.count("items.yaml:") == places
    assert [words for words in ("还有 16 处）", "还有 1 处；") if any(words in line for line in lines)] == told


def test_an_answer_past_its_day_is_pointed_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the line of the day; that is no fault."""
    folder = Path(shutil.copytree(CANTEEN, tmp_path / "knowledge"))
    items = folder / "items.yaml"
    text = items.read_text(encoding="utf-8")
    items.write_text(text.replace("answer: 早上", "review_by: 2020-01-31\n    answer: 早上"), encoding="utf-8")
    check(folder, quick=True)
    words = "提醒：items.yaml:8: 「食堂几点开门？」该在2020年1月31日前再看一遍；请看看还对不对，再改日期\n"
    assert words in capsys.readouterr().out


def test_every_file_of_the_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whether it is used, and why not; also where the knowledge has faults, which may come of a wrong name."""
    folder = Path(shutil.copytree(CANTEEN, tmp_path / "knowledge"))
    (folder / "more.yml").write_text("topic: x\n")
    (folder / "README.md").write_text("x")
    check(folder, quick=True)
    printed = capsys.readouterr().out
    assert "提醒：more.yml: 文件名不是以 .yaml 结尾" in printed
    assert "用到的文件：items.yaml（3 条）、not-covered.yaml（2 条）、speech.yaml、synonyms.yaml" in printed
    assert "没用到，也不用管：README.md（不是知识文件）" in printed
    (folder / "speech.yaml").rename(folder / "speech.yml")
    with pytest.raises(typer.Exit):
        check(folder, quick=True)
    assert "提醒：speech.yml: 文件名不是以 .yaml 结尾" in capsys.readouterr().out
