"""Commands as people type them, and the payloads of links."""

import pytest

from bot.conversation.commands import INLINE_START, carried, carried_question, question_in, start_payload

SIXTEEN = "一二三四五六七八九十一二三四五六"
ROUND_TRIPS = {
    "one Chinese word": ("五带头", "五带头"),
    "16 characters": (SIXTEEN, SIXTEEN),
    "17 characters": (f"{SIXTEEN}七", SIXTEEN),
    "ASCII": ("wudaitou shi na wuge?", "wudaitou shi na wuge?"),
    "49 letters": ("a" * 49, "a" * 48),
    "a character across the limit": ("a" * 47 + "五", "a" * 47),
    "emoji": ("👍", "👍"),
    "an emoji of several characters": ("🧑\u200d🚀", "🧑\u200d🚀"),
    "12 emoji and one more": ("🙏" * 13, "🙏" * 12),
    "lines and spaces": (" 五带头\n  是哪五个 ", "五带头 是哪五个"),
    "a space at the limit": ("a" * 47 + " b", "a" * 47),
    "half a pair of surrogates": ("五\ud83d带", "五带"),
    "traditional characters": ("五帶頭", "五帶頭"),
}


@pytest.mark.parametrize(("question", "read"), ROUND_TRIPS.values(), ids=ROUND_TRIPS.keys())
def test_a_question_travels_in_a_link(question: str, read: str) -> None:
    """As far as 64 characters of A-Z, a-z, 0-9, _ and - carry it; buttons below its reply find it in the message."""
    payload = start_payload(question)
    assert payload.replace("-", "").replace("_", "").isalnum()
    assert payload.isascii()
    assert 1 <= len(payload) <= 64
    assert carried(question) == carried_question(payload) == question_in(f"/start {payload}") == read


@pytest.mark.parametrize("blank", ["", " ", "\n", "\u3000"])
def test_a_blank_question_has_a_payload_of_its_own(blank: str) -> None:
    """Telegram wants at least one character."""
    assert start_payload(blank) == INLINE_START


JUNK = [
    *("", INLINE_START, "wechat", "true", "opening", "gone-since", "startapp", "QR", "a", "_", "-", "%%%", "五带头"),
    *("5LqU5bim5aS0=", "5LqU5bim5aS0 ", "5LqU5bim5aS", "AAAA", "CgoK", "7Z-_7b-_", "_____w", "YSAgYg", "IGE"),
]


@pytest.mark.parametrize("payload", JUNK)
def test_what_nobody_has_packed_is_no_question(payload: str) -> None:
    """A word, an item's id, half a character, control characters, another way to write the same."""
    assert carried_question(payload) == ""


ASKED = {
    "a question": ("补办饭卡", "补办饭卡"),
    "/ask": ("/ask 补办饭卡", "补办饭卡"),
    "a link's question": ("/start@campaign_faq_bot 5LqU5bim5aS0", "五带头"),
    "a link's word": ("/start wechat", ""),
    "another command": ("/help 补办饭卡", ""),
    "a stroke": ("/补办饭卡", "/补办饭卡"),
}


@pytest.mark.parametrize(("text", "question"), ASKED.values(), ids=ASKED.keys())
def test_what_a_message_asks(text: str, question: str) -> None:
    """However it is put."""
    assert question_in(text) == question
