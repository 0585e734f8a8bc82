"""The card of an answer that was not good."""

import pytest

from bot.conversation.reply import Reply
from bot.conversation.wrong_answers import reached
from bot.items import VerdictKind
from bot.masking import loggable
from bot.snapshot import CONFIDENCE
from bot.store.records import Answered, Feedback, Opinion, Records, State, Subscription
from bot.texts import admins as texts
from tests.admin_setup import AdminSetup

WRONG = "饭卡丢了怎么补钱"
"""The engine takes it for a question about the card."""


def thumb_down(admin_setup: AdminSetup) -> Reply:
    admin_setup.usage.record(Records(feedback=(Feedback(WRONG, WRONG, "card", Opinion.WRONG),)))
    admin_setup.miss(WRONG, VerdictKind.ANSWER, "card")
    return admin_setup.say("/missed")


def judged_wrong(admin_setup: AdminSetup) -> Reply:
    admin_setup.usage.record(Records(answered=(Answered(WRONG, WRONG, "card", 0.8, CONFIDENCE),)))
    asked = admin_setup.press(admin_setup.say("/digest"), texts.BUTTON_JUDGE)
    return admin_setup.press(asked, texts.BUTTON_WRONG)


def labels(shown: Reply) -> list[str]:
    return [button.label for button in shown.buttons]


def test_a_thumb_down_and_a_judgement_open_the_same_card(admin_setup: AdminSetup) -> None:
    """It says the question, the answer, and what can be done; the wrong item is not among those to choose."""
    judged = judged_wrong(admin_setup)
    assert labels(judged)[-1] == texts.BUTTON_JUDGE_DONE
    shown = thumb_down(admin_setup)
    assert labels(shown) == labels(judged)[:-1]
    for card in (judged, shown):
        assert f"「{WRONG}」" in card.text
        assert "带上工作证就行" in card.text
        assert "饭卡丢了怎么补？（像" not in card.text
        assert {
            texts.BUTTON_FIND,
            texts.BUTTON_ANSWER,
            texts.BUTTON_NEVER,
            texts.BUTTON_NOT_COVERED,
            texts.BUTTON_NEW,
        } <= {*labels(card)}


def test_the_question_is_led_to_the_item_that_is_found(admin_setup: AdminSetup) -> None:
    """Whose answer is read first, since it is far; an undo brings the complaint back."""
    shown = thumb_down(admin_setup)
    found = admin_setup.press(admin_setup.press(shown, texts.BUTTON_FIND), texts.BUTTON_CANCEL)
    assert found.text == texts.CANCELLED
    admin_setup.press(admin_setup.say("/missed"), texts.BUTTON_FIND)
    chosen = admin_setup.press(admin_setup.say("开门"), "食堂几点开门？")
    assert "早上七点开门" in chosen.text
    done = admin_setup.press(chosen, texts.BUTTON_FINE)
    assert f"给「食堂几点开门？」加了问法：{WRONG}" in done.text
    assert admin_setup.states() == {WRONG: State.VERIFIED}
    admin_setup.press(done, texts.BUTTON_UNDO)
    assert admin_setup.states() == {WRONG: State.OPEN}


def test_a_judged_answer_waits_among_the_misses(admin_setup: AdminSetup) -> None:
    """Whoever goes on judging loses nothing."""
    admin_setup.press(judged_wrong(admin_setup), texts.BUTTON_JUDGE_DONE)
    assert f"「{WRONG}」" in admin_setup.say("/missed").text


def test_each_of_several_questions_is_seen_to_by_itself(admin_setup: AdminSetup) -> None:
    """One answer was shown for two questions, which mean different items."""
    thumb_down(admin_setup)
    admin_setup.miss("卡不见了找谁赔", VerdictKind.ANSWER, "card")
    both = admin_setup.say("/missed")
    assert texts.CARD_WHICH_COMPLAINT in both.text
    assert labels(both) == ["1", "2", texts.BUTTON_ANSWER, texts.BUTTON_IGNORE, texts.BUTTON_DELETE]
    number = next(line for line in both.text.splitlines() if WRONG in line).partition(".")[0]
    one = admin_setup.press(both, number)
    assert f"「{WRONG}」" in one.text
    assert "卡不见了找谁赔" not in one.text
    admin_setup.press(admin_setup.press(one, texts.BUTTON_NOT_COVERED), texts.BUTTON_DEFAULT)
    assert admin_setup.states() == {WRONG: State.NOT_COVERED, "卡不见了找谁赔": State.OPEN}


def test_a_new_answer_closes_what_was_said_against_the_old_one(admin_setup: AdminSetup) -> None:
    """All of it, on whichever card it stands."""
    thumb_down(admin_setup)
    admin_setup.miss("卡不见了找谁赔", VerdictKind.ANSWER, "card")
    admin_setup.press(admin_setup.press(admin_setup.say("/missed"), "1"), texts.BUTTON_ANSWER)
    before = admin_setup.current.snapshot
    admin_setup.press(admin_setup.say("到窗口补办，卡里的钱不丢。"), texts.BUTTON_FINE)
    admin_setup.lifecycle.follow(before, admin_setup.current.snapshot)
    assert {*admin_setup.states().values()} == {State.VERIFIED}


@pytest.mark.parametrize("button", [texts.BUTTON_NOT_COVERED, None], ids=["refusals", "items"])
def test_what_members_did_not_mean_is_not_proposed(admin_setup: AdminSetup, button: str | None) -> None:
    """Neither as an item nor as a refusal; the card says what they rejected."""
    rejected = "nc-price" if button else "card"
    admin_setup.miss("补办饭卡要多少钱")
    admin_setup.usage.record(
        Records(feedback=(Feedback("补办饭卡要多少钱", "补办饭卡要多少钱", rejected, Opinion.NOT_MEANT),))
    )
    shown = admin_setup.say("/missed")
    if button:
        shown = admin_setup.press(shown, button)
    question = admin_setup.current.snapshot.base.by_id[rejected].question
    assert not any(question in label for label in labels(shown))


def test_a_question_never_gets_the_item_again(admin_setup: AdminSetup) -> None:
    """With one tap, which an undo takes back; what it gets now is said."""
    done = admin_setup.press(thumb_down(admin_setup), texts.BUTTON_NEVER)
    assert "以后这样问，不再答这一条" in done.text
    assert admin_setup.current.snapshot.base.by_id["card"].negatives == (WRONG,)
    assert admin_setup.states() == {WRONG: State.HANDLED}
    before = admin_setup.current.snapshot
    admin_setup.edits.undo(admin_setup.history.edits(1)[0].id, 5)
    # The misses are asked again before the undo has come to its end.
    assert admin_setup.lifecycle.follow(before, admin_setup.current.snapshot) == []
    admin_setup.press(done, texts.BUTTON_UNDO)
    assert "negatives" not in admin_setup.file("items.yaml")
    assert admin_setup.states() == {WRONG: State.OPEN}


def test_an_undo_opens_what_it_is_about_alone(admin_setup: AdminSetup) -> None:
    """Another question that was kept from the same item stays kept from it."""
    thumb_down(admin_setup)
    admin_setup.press(admin_setup.say("/missed"), texts.BUTTON_NEVER)
    admin_setup.miss("卡不见了找谁赔", VerdictKind.ANSWER, "card")
    done = admin_setup.press(admin_setup.say("/missed"), texts.BUTTON_NEVER)
    admin_setup.press(done, texts.BUTTON_UNDO)
    assert admin_setup.states() == {WRONG: State.HANDLED, "卡不见了找谁赔": State.OPEN}


NOW = {
    "an answer": ("食堂几点开门", "会答「食堂几点开门？」"),
    "a refusal": ("盒饭收费标准", "会答「一份午饭多少钱？」"),
    "suggestions": ("补办饭卡几点开始", "会列出「饭卡丢了怎么补？"),
    "nothing": ("外星人来过没有", "会说答不上来"),
}


@pytest.mark.parametrize(("question", "said"), NOW.values(), ids=NOW.keys())
def test_what_a_question_gets_now_is_said(admin_setup: AdminSetup, question: str, said: str) -> None:
    """Whatever it is."""
    assert said in reached(question, admin_setup.current.snapshot)


@pytest.mark.parametrize("question", ["补" * 61, "饭卡13812345678丢了怎么补"], ids=["long", "masked"])
def test_what_is_no_negative_stays_on_its_card(admin_setup: AdminSetup, question: str) -> None:
    """It says why."""
    text = loggable(question)
    admin_setup.miss(text, VerdictKind.ANSWER, "card")
    shown = admin_setup.say("/missed")
    (never,) = (button.callback for button in shown.buttons if button.label == texts.BUTTON_NEVER)
    turn = admin_setup.turn_pressed(never)
    assert turn.reply is None
    assert "没法记成" in turn.notice
    assert admin_setup.states() == {text: State.OPEN}


def test_a_search_that_is_put_aside_has_a_name(admin_setup: AdminSetup) -> None:
    """It is about no item yet."""
    admin_setup.press(thumb_down(admin_setup), texts.BUTTON_FIND)
    assert texts.DRAFTS_NAMELESS["phrasing"] in admin_setup.say("/history").text


def test_who_waits_for_another_answer_can_be_replied_to(admin_setup: AdminSetup) -> None:
    """From this card too; and a refusal that a search found is looked at before they are told of it."""
    admin_setup.miss(WRONG)
    address = admin_setup.encryption.encrypt("{}")
    admin_setup.usage.record(Records(subscriptions=(Subscription(WRONG, 77, address),)))
    shown = thumb_down(admin_setup)
    assert texts.BUTTON_NOTE in labels(shown)
    admin_setup.press(shown, texts.BUTTON_FIND)
    preview = admin_setup.press(admin_setup.say("一份午饭多少钱"), "一份午饭多少钱？")
    assert "须知里没有说饭菜的价钱" in preview.text
    assert texts.BUTTON_FINE in labels(preview)
