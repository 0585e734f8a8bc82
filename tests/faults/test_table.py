"""What is broken, how, for how long, and what must hold: a row a fault."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.conversation.reply import Reply
from bot.inbox.updates import Place
from bot.store.records import Records, State
from bot.telegram.deliveries import Address
from bot.telegram.profile import publish_profile
from tests.fake_bot_api import Failure
from tests.faults.world import Fault, NoConnection, Slow, World, world

HTML_502 = Failure(502, text="<html>Bad Gateway</html>")
HTML_504 = Failure(504, text="")
LOST = Failure(accepted=True)
SEND = ("sendmessage",)
EDIT = ("editmessagetext",)
MIGRATED = Failure(400, {"parameters": {"migrate_to_chat_id": -10077}})
DECORATIONS = {"reply_parameters", "reply_markup", "parse_mode", "link_preview_options", "message_thread_id"}
"""What a message has besides its text."""
PROXY_503 = NoConnection(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")


# --- what is done meanwhile ---------------------------------------------------------------------------------------


async def members_ask(there: World) -> None:
    """Two in one chat, shortly one after the other, and one in another chat."""
    await there.ask("写首诗送我妈")
    await there.ask("写首诗送我爸", chat=8)
    await there.until(1)
    await there.ask("写首诗送我姐")


async def a_member_asks_in_a_topic(there: World) -> None:
    """Of a forum."""
    await there.ask("/ask 写首诗送我妈", chat=-1007, is_topic_message=True, message_thread_id=5)


async def the_profile_is_published(there: World) -> None:
    """As at each start, until its last part is set."""
    await publish_profile(there.bot, "动员讲话", [5], -1005)


async def a_subscriber_is_told(there: World) -> None:
    """And a second one of the same group."""
    for member, text in ((7, "卡不见了找谁"), (8, "补办饭卡")):
        there.setup.miss(text)
        address = Address(chat=-77, message=3, thread=None, language="SIMPLIFIED")
        subscription = there.notifier.subscription(text, member, address)
        there.setup.usage.record(Records(subscriptions=(subscription,)))
    for row in there.setup.misses.rows(list(State)):
        there.setup.misses.set_state([row.id], State.VERIFIED)
    there.setup.lifecycle.settle(there.setup.current.snapshot)
    there.setup.clock.now += timedelta(minutes=1)
    await there.notifier.tell()


async def an_answer_is_edited(there: World) -> None:
    """One that nobody finds any more in its group."""
    await there.messages.edit(Place(-77), 3, Reply("改好了"), None)


TOPIC = a_member_asks_in_a_topic


# --- what must hold -----------------------------------------------------------------------------------------------

Check = Callable[[World], None]


def answered(within_s: float) -> Check:
    """Every question has an answer, within so many seconds."""

    def check(there: World) -> None:
        for question in there.asked:
            first, *_ = there.answers_to(question)
            assert first.at - question.at <= within_s, question

    return check


def repeated(at_most: int) -> Check:
    """So many answers are repetitions."""
    return lambda there: _at_most(sum(max(0, len(there.answers_to(asked)) - 1) for asked in there.asked), at_most)


def _at_most(count: int, bound: int) -> None:
    assert 0 <= count <= bound


def in_order(there: World) -> None:
    """Each chat's answers come in the order of its questions."""
    for chat in {question.chat for question in there.asked}:
        answers = [answer.question for answer in there.api.answers if answer.chat == chat]
        assert answers == sorted(answers, key=lambda message: message or 0)


def given_up(count: int) -> Check:
    """So many questions are dead letters."""

    def check(there: World) -> None:
        assert len(there.dead_letters()) == count

    return check


def chat_goes_on(after_s: float, within_s: float) -> Check:
    """Of the chat in which two questions were asked, the second is answered in this time after it was asked."""

    def check(there: World) -> None:
        _, _, second = there.asked
        (answer,) = there.answers_to(second)
        assert after_s <= answer.at - second.at <= within_s

    return check


def others_are_answered_at_once(there: World) -> None:
    """The other chat notices nothing."""
    _, other, _ = there.asked
    (answer,) = there.answers_to(other)
    assert answer.at - other.at < 5


def calls(method: str, *, at_most: int) -> Check:
    """So often a method is called."""
    return lambda there: _at_most(sum(called == method for called, _ in there.api.called), at_most)


def nothing_is_sent_before(second: float) -> Check:
    """In the trouble ``getMe`` alone is called, besides the calls that met it first."""

    def check(there: World) -> None:
        assert {method for method, at in there.api.called if 5 < at < second} <= {"getme"}

    return check


def answer_lacks(*parameters: str) -> Check:
    """The only answer came without these parameters, and with all others."""

    def check(there: World) -> None:
        (answer,) = there.api.answers
        assert DECORATIONS.difference(answer.fields) == set(parameters)
        assert "已经记下了" in answer.text

    return check


def called_at(method: str, *seconds: float) -> Check:
    """When a method was called, give or take a second."""
    return lambda there: _equal([at for called, at in there.api.called if called == method], list(seconds))


def _equal(found: list[float], expected: list[float]) -> None:
    assert found == pytest.approx(expected, abs=1)


def told_in(chat: int, times: int) -> Check:
    """So many messages came into this chat, none elsewhere, and nobody waits any more."""

    def check(there: World) -> None:
        assert [answer.chat for answer in there.api.answers] == [chat] * times
        assert there.setup.subscriptions.addresses() == []

    return check


# --- the rows -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What is broken, what is done meanwhile, and what must hold in the end."""

    broken: Sequence[Fault]
    holds: Sequence[Check]
    does: Callable[[World], Coroutine[Any, Any, None]] = members_ask


EXACTLY_ONCE = (in_order, repeated(0), given_up(0))


def first_question(fields: object) -> bool:
    """The fake API numbers messages from 1000 on, updates between them."""
    return isinstance(fields, dict) and fields.get("reply_parameters", {}).get("message_id") == 1000


def refusal(parameter: str, description: str) -> Fault:
    """A server that refuses a parameter."""
    return Fault(Failure(400, {"description": f"Bad Request: {description}"}), SEND, only=lambda f: parameter in f)


ROWS = {
    # Sending fails, Telegram can be reached.
    "sendMessage answers 502 for 45 s": Row([Fault(Failure(502), SEND, until=45)], [answered(110), *EXACTLY_ONCE]),
    "sendMessage answers 500 for an hour": Row(
        [Fault(Failure(500), SEND, until=3600)], [answered(3700), *EXACTLY_ONCE]
    ),
    "one message gets 500 for ever": Row(
        [Fault(Failure(500), SEND, only=first_question)],
        [given_up(1), others_are_answered_at_once, chat_goes_on(600, 665), repeated(0)],
    ),
    "something in between answers 502 to one message": Row(
        [Fault(HTML_502, SEND, only=first_question)],
        [given_up(1), others_are_answered_at_once, chat_goes_on(15, 60), calls("sendmessage", at_most=5)],
    ),
    "one chat gets 500 for ever": Row(
        [Fault(Failure(500), SEND, only=lambda fields: fields["chat_id"] == 7)],
        [given_up(2), others_are_answered_at_once],
    ),
    "a response is cut, though the message was accepted": Row(
        [Fault(Failure(200, text='{"ok": true, "res', accepted=True), SEND, only=first_question, times=1)],
        [answered(21), repeated(1), given_up(0), in_order],
    ),
    "200 says that it is not ok": Row(
        [Fault(Failure(200), SEND, until=300)],
        [answered(365), *EXACTLY_ONCE],
    ),
    "the token is refused for one call": Row(
        [Fault(Failure(401), SEND, only=first_question, times=1)], [answered(5), *EXACTLY_ONCE]
    ),
    "a server refuses the bare text": Row(
        [Fault(Failure(413), SEND, only=lambda fields: fields["chat_id"] == 7)],
        [given_up(2), others_are_answered_at_once, calls("sendmessage", at_most=11)],
    ),
    "getMe fails for ten minutes, and one call at first": Row(
        [Fault(Failure(500), SEND, times=1), Fault(Failure(401), ("getme",), until=600)],
        [answered(670), *EXACTLY_ONCE],
    ),
    "getMe has to wait": Row(
        [Fault(Failure(500), SEND, until=100), Fault(Failure(429, {"parameters": {"retry_after": 50}}), ("getme",))],
        [answered(165), *EXACTLY_ONCE],
    ),
    "a response is lost, though the message was accepted": Row(
        [Fault(LOST, SEND, only=first_question, times=1)], [answered(20), repeated(1), given_up(0), in_order]
    ),
    "two responses are lost in a row": Row(
        [Fault(LOST, SEND, only=first_question, times=2)],
        [answered(20), repeated(2), given_up(0), chat_goes_on(15, 60)],
    ),
    "429 for two minutes": Row(
        [Fault(Failure(429, {"parameters": {"retry_after": 120}}), SEND, only=first_question, times=1)],
        [answered(125), others_are_answered_at_once, *EXACTLY_ONCE],
    ),
    # Telegram can't be reached.
    "everything gets 502 in HTML for 5 minutes": Row(
        [Fault(HTML_502, until=300)], [answered(370), nothing_is_sent_before(300), *EXACTLY_ONCE]
    ),
    "everything gets an empty 504 for 3 hours": Row(
        [Fault(HTML_504, until=3 * 3600)], [answered(10870), *EXACTLY_ONCE]
    ),
    "everything gets 502 for a night": Row(
        [Fault(Failure(502), until=8 * 3600)], [answered(28900), nothing_is_sent_before(28800), *EXACTLY_ONCE]
    ),
    "connections break for two minutes": Row([Fault(Failure(), until=120)], [answered(190), *EXACTLY_ONCE]),
    "the token is refused for ten minutes": Row([Fault(Failure(401), until=600)], [answered(670), *EXACTLY_ONCE]),
    # A proxy.
    "the proxy answers 503 to CONNECT for 15 s": Row([Fault(PROXY_503, until=15)], [answered(35), *EXACTLY_ONCE]),
    "the proxy wants a password for a minute": Row(
        [Fault(NoConnection(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), until=60)],
        [answered(125), *EXACTLY_ONCE],
    ),
    "the proxy answers nonsense for a minute": Row(
        [Fault(NoConnection(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), until=60)], [answered(125), *EXACTLY_ONCE]
    ),
    "the proxy answers for Telegram": Row(
        [Fault(NoConnection(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n"), until=60)],
        [answered(125), *EXACTLY_ONCE],
    ),
    "the proxy breaks connections for an hour": Row(
        [Fault(NoConnection(b""), until=3600)], [answered(3670), *EXACTLY_ONCE]
    ),
    # Telegram is slow.
    "each response takes 55 s": Row([Fault(Slow(55))], [given_up(0), repeated(0), in_order]),
    "each response takes over a minute, for three minutes": Row(
        [Fault(Slow(100), until=180)], [given_up(0), repeated(3), in_order]
    ),
    # One part of a call, or one method, is refused.
    "a server that knows no reply_parameters": Row(
        [refusal("reply_parameters", "unknown field")],
        [answer_lacks("link_preview_options", "reply_parameters")],
        TOPIC,
    ),
    "the question was deleted": Row(
        [refusal("reply_parameters", "message to be replied not found")], [answer_lacks("reply_parameters")], TOPIC
    ),
    "the topic is closed": Row(
        [refusal("message_thread_id", "TOPIC_CLOSED")], [answer_lacks("message_thread_id")], TOPIC
    ),
    "the topic is gone": Row(
        [refusal("message_thread_id", "message thread not found")], [answer_lacks("message_thread_id")], TOPIC
    ),
    "the group is closed": Row(
        [Fault(Failure(400, {"description": "Bad Request: CHAT_WRITE_FORBIDDEN"}), SEND)],
        [given_up(0), calls("sendmessage", at_most=1)],
        TOPIC,
    ),
    "every topic is closed": Row(
        [Fault(Failure(400, {"description": "Bad Request: TOPIC_CLOSED"}), SEND)],
        [given_up(0), calls("sendmessage", at_most=2)],
        TOPIC,
    ),
    "HTML is refused": Row(
        [refusal("parse_mode", "can't parse entities: unsupported start tag")], [answer_lacks("parse_mode")], TOPIC
    ),
    "buttons are refused": Row([refusal("reply_markup", "BUTTON_TYPE_INVALID")], [answer_lacks("reply_markup")], TOPIC),
    "everything but the text is refused": Row(
        [refusal(parameter, "no") for parameter in DECORATIONS],
        [answer_lacks(*DECORATIONS), calls("sendmessage", at_most=len(DECORATIONS) + 1)],
        TOPIC,
    ),
    "the chat is gone": Row(
        [Fault(Failure(400, {"description": "Bad Request: chat not found"}), SEND)],
        [given_up(0), calls("sendmessage", at_most=1)],
        TOPIC,
    ),
    "setMyDescription gets 429 for 70,000 s": Row(
        [Fault(Failure(429, {"parameters": {"retry_after": 70000}}), ("setmydescription",), times=1)],
        [called_at("setmycommands", 0, 0, 0, 0), called_at("setmydescription", 0, 0, 70000)],
        the_profile_is_published,
    ),
    "a server that knows no setMyCommands": Row(
        [Fault(Failure(404), ("setmycommands",))],
        [called_at("setmycommands", 0, 0, 0, 0), called_at("setmyshortdescription", 0, 0)],
        the_profile_is_published,
    ),
    "an answer is edited in a group that has become a supergroup": Row(
        [Fault(MIGRATED, EDIT, only=lambda fields: fields["chat_id"] == -77)],
        [told_in(-10077, times=1)],
        an_answer_is_edited,
    ),
    "a server that can't edit": Row([Fault(Failure(404), EDIT)], [told_in(-77, times=1)], an_answer_is_edited),
    "buttons are refused in an edit": Row(
        [Fault(Failure(400, {"description": "Bad Request: BUTTON_TYPE_INVALID"}), EDIT)],
        [told_in(-77, times=1)],
        an_answer_is_edited,
    ),
    "the group has become a supergroup": Row(
        [Fault(MIGRATED, SEND, only=lambda fields: fields["chat_id"] == -77)],
        [told_in(-10077, times=2), calls("sendmessage", at_most=4)],
        a_subscriber_is_told,
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
async def test_what_is_broken_and_what_holds(row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the row says."""
    async with world(row.broken, tmp_path, monkeypatch) as there:
        await there.run(row.does(there))
        for check in row.holds:
            check(there)
