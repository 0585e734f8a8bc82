"""What differs between two texts."""

import pytest

from bot.conversation.text_diff import text_diff

DIFFS = {
    "nothing": ("一。\n二。", "一。\n二。", "一。\n二。"),
    "a piece of a line": ("带证。", "带证，交十元。", "－ 带证。\n＋ 带证<u>，交十元</u>。"),
    "a piece that gives way": ("七点开门。", "六点开门。", "－ <s>七</s>点开门。\n＋ <u>六</u>点开门。"),
    "a line of several": ("一。\n二。\n三。", "一。\n三。", "一。\n－ <s>二。</s>\n三。"),
    "all of it": ("早上七点。", "请到窗口", "－ <s>早上七点。</s>\n＋ <u>请到窗口</u>"),
    "a text where there was none": ("", "一\n二", "＋ <u>一</u>\n＋ <u>二</u>"),
    "what looks like HTML": ("<b>", "<b>&", "－ &lt;b&gt;\n＋ &lt;b&gt;<u>&amp;</u>"),
}


@pytest.mark.parametrize(("before", "after", "shown"), DIFFS.values(), ids=DIFFS.keys())
def test_what_differs_is_marked(before: str, after: str, shown: str) -> None:
    """Lines that are the same stand once."""
    assert text_diff(before, after) == shown
