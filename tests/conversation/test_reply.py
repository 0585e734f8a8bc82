"""A reply as plain text and as HTML: whatever a text holds, it is read as it was meant."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from bot.conversation.callbacks import Origin
from bot.conversation.member_replies import MemberReplies
from bot.conversation.reply import paragraphs, plain_text
from bot.items import Item, Kind, KnowledgeBase
from bot.texts import members as texts
from bot.texts.languages import Language
from tests.clocks import Clock
from tests.telegram_html import visible

HOSTILE = {
    "less than": "1 < 2 <3",
    "an ampersand": "A&B & C&",
    "quotes": "\"双\"'单'",
    "marks that turn the direction": "\u202e倒\u200f过来\u202c",
    "emoji": "👨‍👩‍👧🇨🇳",
    "tags that are not balanced": "<b>粗</i><blockquote>",
    "an end tag of a template's": "甲</blockquote></b>乙",
    "entities": "&lt;b&gt; &amp;amp; &#60; &nosuch;",
    "a replacement field": "{answer} {0} {} %s",
    "lines": "甲\n乙\n\n丙",
    "the longest": "<" * 4096,
}
PLAIN = {
    "plain text stays as it is": ("1 < 2 &lt; <b>", "1 < 2 &lt; <b>"),
    "HTML loses its tags": (Markup("<b>问</b>\n\n<blockquote expandable>答\n案</blockquote>"), "问\n\n答\n案"),
    "what is escaped is read": (Markup("<b>{}</b>").format("<i>&amp;"), "<i>&amp;"),
    "paragraphs of both": (paragraphs("1 < 2", Markup("<b>甲</b>")), "1 < 2\n\n甲"),
}


@pytest.mark.parametrize(("text", "expected"), PLAIN.values(), ids=PLAIN.keys())
def test_plain_text(text: str, expected: str) -> None:
    """What a terminal prints, and what is seen on Telegram."""
    assert plain_text(text) == expected
    assert visible(str(escape(text))) == expected


def shown(text: str) -> list[tuple[str, str]]:
    """Replies whose words all come from this text, each with what is meant to be read."""
    item = Item("one", text, text, text, source=("1", "2", "3"))
    replies = MemberReplies(KnowledgeBase(text, (item,), dict.fromkeys("123", text)), 180)
    answer = f"{text}\n\n出处：{text}；{text}等"
    opened = f"{text}\n\n{answer}"
    return [
        (replies.items([item], Origin.DIRECT).text, answer),
        (replies.items([item], Origin.TOPIC).text, opened),
        (replies.items([item, item], Origin.DIRECT).text, f"{answer}\n\n{answer}"),
        (replies.shared(item), opened),
        (replies.read_as(text, replies.plain("{x}", x=text)).text, f"你问的是：{text}\n\n{text}"),
        (replies.text(texts.UNKNOWN_PART, part=text), f"“{text}”这一问我还答不上来。"),
    ]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_read_as_it_was_meant(text: str) -> None:
    """As HTML and as plain text."""
    for found, meant in shown(text):
        assert visible(str(escape(found))) == meant
        assert plain_text(found) == meant


@given(st.text(st.sampled_from("<>&;\"'/b#lt x0\n{}甲😀\u202e"), max_size=400))
def test_any_text_is_read_as_it_was_meant(text: str) -> None:
    """Whatever it is made of."""
    test_a_hostile_text_is_read_as_it_was_meant(text)


def looks(answer: str, source: str = "1") -> str:
    """An answer's HTML."""
    item = Item("one", "话题", "问？", answer, source=tuple(source))
    places = {"1": "第一条", "2": "第二条", "3": "第三条"}
    return MemberReplies(KnowledgeBase("须知", (item,), places), 180).items([item], Origin.DIRECT).text


@pytest.mark.parametrize(
    ("zone", "is_past"), [("UTC", False), ("Asia/Shanghai", True)], ids=["still its last day", "the day after, there"]
)
def test_an_answer_past_its_day_says_so(clock: Clock, zone: str, is_past: bool) -> None:  # noqa: FBT001
    """By the date where people are; wherever it stands, and in each part of it that stands alone."""
    clock.now, clock.zone = datetime(2026, 5, 31, 17, tzinfo=UTC), ZoneInfo(zone)
    item = Item("one", "话题", "“甲”有哪几条？", "两条：\n1. 乙；\n2. 丙。", source=("1",), valid_until="2026-05-31")
    replies = MemberReplies(KnowledgeBase("须知", (item,), {"1": "第一条"}), 180, clock=clock)
    said = texts.EXPIRED.format(until=date(2026, 5, 31))
    ways = (
        replies.items([item], Origin.DIRECT).text,
        replies.items([item], Origin.TOPIC).text,
        replies.shared(item),
        replies.parts(item, {1: "丙"}).text,
        replies.with_expiry(replies.plain("{short}", short="乙和丙。"), [item]).text,
    )
    assert [plain_text(text).count(said) for text in ways] == [is_past] * len(ways)


def test_a_refusal_may_be_past_its_day_too(clock: Clock) -> None:
    """The speech may not be all that there is any more; each reader is told in their language."""
    item = Item("one", "话题", "问？", "没有说。", Kind.NOT_COVERED, valid_until="2026-05-30")
    base = KnowledgeBase("须知", (item,))
    simplified, traditional, english = (
        MemberReplies(base, 180, language, clock=clock).items([item], Origin.DIRECT).text for language in Language
    )
    assert simplified == f"没有说。\n\n{texts.EXPIRED.format(until=date(2026, 5, 30))}"
    assert "這條只管到2026年5月30日" in traditional
    assert "this held until 2026-05-30" in english


def test_places_are_quoted_two_at_most() -> None:
    """Which tells if there are more."""
    assert looks("答。", "12") == "答。\n\n<blockquote>出处：第一条；第二条</blockquote>"
    assert looks("答。", "123") == "答。\n\n<blockquote>出处：第一条；第二条等</blockquote>"


def test_only_a_long_list_is_folded() -> None:
    """All but its first line; what has one line alone says nothing in the first of several."""
    short, one_line = "三条：\n一、甲；\n二、乙。", "长" * 300
    assert looks(short, "") == short
    assert looks(one_line, "") == one_line
    assert looks(f"三条：\n一、甲；\n{one_line}", "") == (
        f"三条：\n<blockquote expandable>一、甲；\n{one_line}</blockquote>"
    )
