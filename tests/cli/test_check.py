"""What ``check`` says besides faults."""

import shutil
from pathlib import Path

import pytest
import typer

from bot.cli.check import check, in_words
from bot.evaluation.advice import Advice, AdviceKind
from bot.texts import command_line as command_line_texts
from tests.conftest import CANTEEN

WORDS = {
    "只有 3 种问法": Advice(AdviceKind.FEW_PHRASINGS, ("a",), {"count": 3}),
    "“补卡”和“补卡呀”几乎一样": Advice(AdviceKind.REDUNDANT_PHRASINGS, ("a",), {"one": "补卡", "other": "补卡呀"}),
    "都有“开饭安排”这种问法": Advice(AdviceKind.SHARED_FORM, ("a", "b"), {"form": "开饭安排"}),
    "当成了一个词（主题、主线）": Advice(AdviceKind.MERGED_KEYWORDS, ("a", "b"), {"words": ("主题", "主线")}),
    "抽查中 4 次，例如“饭卡丢了”": Advice(AdviceKind.CONFUSED_ITEMS, ("a", "b"), {"count": 4, "example": "饭卡丢了"}),
}


def test_every_kind_of_advice_has_words() -> None:
    """No kind without a text, no text without a kind."""
    assert {advice.kind for advice in WORDS.values()} == {*AdviceKind} == {*command_line_texts.ADVICE}


@pytest.mark.parametrize(("words", "advice"), WORDS.items())
def test_each_kind_of_advice_has_its_words(words: str, advice: Advice) -> None:
    """With everything that it is about."""
    assert words in in_words(advice)


def test_advice_names_items_and_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each piece; none with ``--quick``."""
    monkeypatch.setenv("CAMPAIGN_BOT_CACHE", str(tmp_path))
    check(CANTEEN)
    assert (
        "建议（items.yaml:3 的 opening、items.yaml:10 的 closing）：把同义词换成标准说法以后" in capsys.readouterr().out
    )
    check(CANTEEN, quick=True)
    assert "建议" not in capsys.readouterr().out


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
