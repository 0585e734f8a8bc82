"""What the tests take for Telegram's HTML."""

import pytest

from tests.telegram_html import CantParseError, visible

READ = {
    "plain text": ("甲\n乙", "甲\n乙"),
    "tags": ("<b>问</b>\n\n<blockquote expandable>答\n案</blockquote>", "问\n\n答\n案"),
    "one in another": ("<blockquote>出处：<b>甲</b></blockquote>", "出处：甲"),
    "entities": ("&lt;b&gt; &amp;lt; &quot;&#34;&#39;&#x27;", "<b> &lt; \"\"''"),
}
REFUSED = {
    "a tag that Telegram has not": "<p>甲</p>",
    "a tag that is not closed": "<b>甲",
    "a tag that was not opened": "甲</b>",
    "tags that cross": "<b><i>甲</b></i>",
    "a quotation in a quotation": "<blockquote><blockquote>甲</blockquote></blockquote>",
    "an attribute of another tag": "<b expandable>甲</b>",
    "a bare <": "1 < 2",
    "a bare >": "1 > 2",
    "a bare &": "a & b",
    "an entity that Telegram has not": "甲&nbsp;乙",
    "a number that is no character": "&#0;",
}


@pytest.mark.parametrize(("html", "text"), READ.values(), ids=READ.keys())
def test_what_is_seen(html: str, text: str) -> None:
    """Without tags, with the characters that entities stand for."""
    assert visible(html) == text


@pytest.mark.parametrize("html", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(html: str) -> None:
    """Everything that is not surely right."""
    with pytest.raises(CantParseError):
        visible(html)
