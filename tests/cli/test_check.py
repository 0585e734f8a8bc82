"""What ``check`` says besides faults."""

from pathlib import Path

import pytest

from bot.cli.check import check, in_words
from bot.evaluation.advice import (
    AnyAdvice,
    ConfusedItems,
    FewPhrasings,
    MergedKeywords,
    RedundantPhrasings,
    SharedForm,
)
from tests.conftest import CANTEEN

WORDS = {
    "只有 3 种问法": FewPhrasings(("a",), 3),
    "“补卡”和“补卡呀”几乎一样": RedundantPhrasings(("a",), "补卡", "补卡呀"),
    "都有“开饭安排”这种问法": SharedForm(("a", "b"), "开饭安排"),
    "当成了一个词（主题、主线）": MergedKeywords(("a", "b"), ("主题", "主线")),
    "抽查中 4 次，例如“饭卡丢了”": ConfusedItems(("a", "b"), 4, "饭卡丢了"),
}


@pytest.mark.parametrize(("words", "advice"), WORDS.items())
def test_each_kind_of_advice_has_its_words(words: str, advice: AnyAdvice) -> None:
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
