"""A note to those who wait: read before it goes, kept encrypted alone, and made an item with one press."""

from datetime import timedelta

import pytest

from bot.inbox.encryption import Encryption
from bot.store.records import ActionKind, Records, State, Subscription
from bot.texts import admins as texts
from tests.admin_setup import AdminSetup
from tests.fake_bot_api import TOKEN

MISSED = "外星人来过没有"
NOTE = "canary：去年来过一回。"


@pytest.fixture
def awaited(admin_setup: AdminSetup) -> AdminSetup:
    """Somebody waits for the answer to the one miss."""
    admin_setup.miss(MISSED)
    admin_setup.usage.record(Records(subscriptions=(Subscription(MISSED, 7, b""),)))
    return admin_setup


def write(setup: AdminSetup) -> None:
    """The admin is asked for a note."""
    setup.press(setup.say("/missed"), texts.BUTTON_NOTE)


def notes(setup: AdminSetup) -> list[str]:
    """The notes that are to be told."""
    due = setup.subscriptions.due(timedelta())
    return [Encryption(TOKEN).decrypt(subscription.note) for subscription in due if subscription.note]


def test_nobody_is_told_what_was_not_shown(awaited: AdminSetup) -> None:
    """What is typed later takes the place of what was shown, and the button under that is out of date."""
    write(awaited)
    first, second = awaited.say("来过。"), awaited.say(NOTE)
    assert NOTE in second.text
    turn = awaited.turn_pressed(first.buttons[0].callback)
    assert (turn.reply, turn.notice) == (None, texts.DRAFT_GONE)
    assert notes(awaited) == []
    awaited.press(second, texts.BUTTON_SEND)
    assert notes(awaited) == [NOTE]


def test_a_note_is_handed_over_once(awaited: AdminSetup) -> None:
    """When a kill lets it be confirmed again, and when its button is pressed again."""
    write(awaited)
    shown = awaited.say(NOTE)
    awaited.turn_pressed(shown.buttons[0].callback)
    assert awaited.press(shown, texts.BUTTON_SEND).text == texts.NOTE_NOBODY
    assert awaited.turn_pressed(shown.buttons[0].callback).notice == texts.DRAFT_GONE
    assert notes(awaited) == [NOTE]
    assert [action.kind for action in awaited.history.latest(9)] == [ActionKind.NOTE]


def test_its_text_is_readable_nowhere(awaited: AdminSetup) -> None:
    """In the form, with the subscription, in the history: until it is told."""
    write(awaited)
    shown = awaited.say(NOTE)
    awaited.press(shown, texts.BUTTON_SEND)
    written = [file.read_bytes() for file in awaited.path.parent.glob("bot.db*")]
    assert len(written) > 1
    assert not [content for content in written if b"canary" in content]


def test_who_waits_for_several_of_its_questions_is_told_once(awaited: AdminSetup) -> None:
    """Under the last one; whoever waits for another card's, or can't be told, gets nothing."""
    for text, person in (("外星人来过没", 7), ("外星人来过没", 8), ("写首诗送我妈", 9)):
        awaited.miss(text)
        awaited.usage.record(Records(subscriptions=(Subscription(text, person, b""),)))
    awaited.subscriptions.set_readable({3: False})
    awaited.clustering.cluster_new()
    (cluster,) = [found for found in awaited.clusters.top(9) if len(found.questions) == 2]
    assert awaited.subscriptions.put_note(cluster.id, b"note") == 1
    due = awaited.subscriptions.due(timedelta())
    assert [subscription.id for subscription in due if subscription.note] == [2]
    assert len(awaited.subscriptions.addresses()) == 3
    assert awaited.clusters.cluster(cluster.id).waiting == 0


def test_a_note_that_was_put_aside_is_gone_on_with(awaited: AdminSetup) -> None:
    """It is a form like others: kept through a command, and gone back to."""
    write(awaited)
    awaited.say(NOTE)
    kept = awaited.say("/status")
    assert texts.DRAFTS_NAMELESS["note"] in kept.text
    shown = awaited.press(kept, texts.BUTTON_RESUME)
    assert NOTE in shown.text
    again = awaited.press(shown, texts.BUTTON_BACK_TO.format(field=texts.FIELDS["note"]))
    assert NOTE in again.text
    awaited.press(awaited.say("没来过。"), texts.BUTTON_SEND)
    assert notes(awaited) == ["没来过。"]


def test_a_note_outlives_that_its_reader_subscribes_again(awaited: AdminSetup) -> None:
    """It is told where they asked last."""
    write(awaited)
    awaited.press(awaited.say(NOTE), texts.BUTTON_SEND)
    awaited.usage.record(Records(subscriptions=(Subscription(MISSED, 7, b"elsewhere"),)))
    assert notes(awaited) == [NOTE]
    assert [address for _, address, _ in awaited.subscriptions.addresses()] == [b"elsewhere"]


def test_a_note_is_the_answer_of_a_new_item_with_one_press(awaited: AdminSetup) -> None:
    """The miss stays open until then; what is typed after the note went is no note."""
    write(awaited)
    sent = awaited.press(awaited.say(NOTE), texts.BUTTON_SEND)
    assert awaited.states() == {MISSED: State.OPEN}
    assert awaited.turn_said("食堂几点开门") is None
    awaited.say("/status")
    assert NOTE in awaited.press(sent, texts.BUTTON_NOTE_TO_ITEM).text


def test_without_the_note_the_answer_is_asked_for(awaited: AdminSetup) -> None:
    """It went more than an hour ago."""
    write(awaited)
    sent = awaited.press(awaited.say(NOTE), texts.BUTTON_SEND)
    awaited.clock.now += timedelta(hours=1, seconds=1)
    assert "请把回答发给我" in awaited.press(sent, texts.BUTTON_NOTE_TO_ITEM).text


UNFIT = {"empty": (" ", texts.NO_WORDS), "too long": ("字" * 601, "最多 600 个")}


@pytest.mark.parametrize(("text", "why"), UNFIT.values(), ids=UNFIT.keys())
def test_an_unfit_note_is_asked_for_again(awaited: AdminSetup, text: str, why: str) -> None:
    """And the form stays."""
    write(awaited)
    assert why in awaited.say(text).text
    assert NOTE in awaited.say(NOTE).text


def test_there_is_no_note_to_nobody(admin_setup: AdminSetup) -> None:
    """The card has no such button, and an old one says so."""
    admin_setup.miss(MISSED)
    assert texts.BUTTON_NOTE not in [button.label for button in admin_setup.say("/missed").buttons]
