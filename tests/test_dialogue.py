"""What a member says and presses, to what a member reads."""

import pytest

from bot import catalogue
from bot.dialogue import Dialogue, Turn
from bot.faq import Faq
from bot.knowledge import Knowledge
from bot.matching import QUESTION_LIMIT, Index, Matcher
from bot.replies import Button, Replies, Reply
from bot.store.interface import Miss

TOPICS = (Button("食堂", "t:0"),)
OPENING, CLOSING, CARD = (
    Button("食堂几点开门？", "a:opening"),
    Button("食堂几点关门？", "a:closing"),
    Button("饭卡丢了怎么补？", "a:card"),
)
SAID = {
    "a question": ("食堂几点开门", Reply("早上七点开门。\n\n出处：第一条")),
    "a compound question": (
        "食堂几点开门?食堂几点关门?",
        Reply("早上七点开门。\n\n出处：第一条\n\n晚上八点关门。\n\n出处：第二条"),
    ),
    "an unclear one": (
        "开饭安排",
        Reply(catalogue.SUGGESTIONS, (CLOSING, OPENING, CARD, Button(catalogue.NONE_OF_THESE, "none"))),
    ),
    "small talk": ("你好", Reply("你好！")),
    "an unknown one": ("写首诗送我妈", Reply(catalogue.UNKNOWN.format(noted=catalogue.NOTED), TOPICS)),
    "blank": (" ", Reply(catalogue.BLANK.format(example="食堂几点开门？"))),
    "/start": ("/start", Reply(catalogue.WELCOME.format(title="食堂须知"), TOPICS)),
    "/start with a payload": ("/start x", Reply(catalogue.WELCOME.format(title="食堂须知"), TOPICS)),
    "/help to this bot": ("/help@campaign_faq_bot", Reply(catalogue.HELP)),
    "/privacy": ("/privacy", Reply(catalogue.PRIVACY.format(days=180))),
    "an unknown command": ("/nonsense", Reply(catalogue.UNKNOWN_COMMAND)),
    "a stroke that is no command": ("/补办饭卡", Reply("到窗口补办：\n带上工作证就行。\n\n出处：第一条；第二条")),
}
PRESSED = {
    "an item": ("a:opening", Reply("早上七点开门。\n\n出处：第一条")),
    "a topic": ("t:0", Reply(catalogue.TOPIC.format(topic="食堂"), (OPENING, CLOSING, CARD))),
    "none of these": ("none", Reply(catalogue.REJECTED)),
    "an item that is gone": ("a:gone", Reply(catalogue.GONE)),
    "a topic that is gone": ("t:7", Reply(catalogue.GONE, TOPICS)),
    "rubbish": ("x", Reply(catalogue.GONE)),
}


@pytest.fixture
def dialogue(canteen: Knowledge) -> Dialogue:
    return Dialogue(Faq(Matcher(Index.build(canteen.base))), Replies(canteen.base, days=180))


def kept(_miss: Miss) -> bool:
    return True


def refused(_miss: Miss) -> bool:
    return False


@pytest.mark.parametrize(("text", "expected"), SAID.values(), ids=SAID.keys())
def test_what_is_said(dialogue: Dialogue, text: str, expected: Reply) -> None:
    """Every verdict and every command has its reply."""
    assert dialogue.say(text, kept).reply == expected


@pytest.mark.parametrize(("action", "expected"), PRESSED.values(), ids=PRESSED.keys())
def test_what_is_pressed(dialogue: Dialogue, action: str, expected: Reply) -> None:
    """Every button has its reply, also one that should not exist."""
    assert dialogue.press(action, "开饭安排", kept).reply == expected


def test_what_the_speech_does_not_say_is_said_honestly(dialogue: Dialogue) -> None:
    """The honest line comes first, then what the speech does say."""
    reply = dialogue.say("一份午饭多少钱", kept).reply
    assert reply.text == catalogue.NOT_COVERED_NEAREST.format(answer="须知里没有说饭菜的价钱。")
    assert set(reply.buttons) <= {OPENING, CLOSING, CARD}


def missed(turn: Turn) -> str | None:
    return turn.miss.question if turn.miss else None


def test_what_is_missed_is_said(dialogue: Dialogue) -> None:
    """An unknown question, one that the text does not answer, and the one that rejected buttons stood under."""
    assert missed(dialogue.say("写首诗送我妈", kept)) == "写首诗送我妈"
    assert missed(dialogue.say("一份午饭多少钱", kept)) == "一份午饭多少钱"
    assert missed(dialogue.press("none", "开饭安排", kept)) == "开饭安排"
    assert missed(dialogue.press("none", "", kept)) is None
    assert missed(dialogue.say("补办饭卡", kept)) is None
    assert missed(dialogue.say(" ", kept)) is None


def test_what_is_not_kept_is_not_promised(dialogue: Dialogue) -> None:
    """A log that takes no more, or is not kept at all, changes the words."""
    for turn in (dialogue.say("写首诗送我妈", refused), dialogue.press("none", "开饭安排", refused)):
        assert turn.miss is None
        assert "记下" not in turn.reply.text


def test_a_long_message_is_cut_with_a_note(dialogue: Dialogue) -> None:
    """Whoever writes more than is looked at is told."""
    reply = dialogue.say("补办饭卡。" + "水" * 100_000, kept).reply
    assert reply.text.endswith(catalogue.CUT.format(limit=QUESTION_LIMIT))
