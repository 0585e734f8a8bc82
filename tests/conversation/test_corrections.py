"""An admin who changes an answer is asked whether to tell those who want to know."""

import pytest

from bot.conversation import corrections
from bot.conversation.member_replies import excerpts
from bot.conversation.reply import Reply
from bot.store.records import Records
from bot.texts import admins as texts
from tests.admin_setup import AdminSetup

NEW = "到窗口补办，带上照片。"
LONG = "甲乙丙丁戊己庚辛壬癸" * 8
EXCERPTS = {
    "short": ("七点。", "六点。", ("七点。", "六点。")),
    "on several lines": ("两条：\n一、甲", "两条：\n一、乙", ("两条： 一、甲", "两条： 一、乙")),
    "long, with the change at the start": (f"子{LONG}", f"丑{LONG}", (f"子{LONG[:79]}…", f"丑{LONG[:79]}…")),
    "long, with the change at the end": (
        f"{LONG}子",
        f"{LONG}丑寅",
        (f"…{LONG[-15:]}子", f"…{LONG[-15:]}丑寅"),
    ),
    "more at the end": (LONG, f"{LONG}子", (f"…{LONG[-15:]}", f"…{LONG[-15:]}子")),
}


@pytest.mark.parametrize(("before", "after", "shown"), EXCERPTS.values(), ids=EXCERPTS.keys())
def test_the_change_is_in_what_is_shown(before: str, after: str, shown: tuple[str, str]) -> None:
    """On one line each, however long the answers are."""
    assert excerpts(before, after) == shown


def follow(setup: AdminSetup, *members: int) -> None:
    item = setup.current.snapshot.base.by_id["card"]
    some = tuple(setup.corrections.subscription(item, member, f"chat {member}") for member in members)
    setup.usage.record(Records(answer_subscriptions=some))


def changed(setup: AdminSetup, answer: str = NEW) -> Reply:
    """An admin gives the item another answer."""
    setup.press(setup.say("/item card"), texts.BUTTON_ANSWER)
    return setup.press(setup.say(answer), texts.BUTTON_FINE)


def due(setup: AdminSetup) -> list[str]:
    return [found.address for found in setup.corrections.due()]


OFFER = texts.CORRECTION_OFFER.partition("要告诉")[0].format(count=3)


def test_one_tap_tells_them(admin_setup: AdminSetup) -> None:
    """What they read is on the screen before; the edit can still be undone."""
    follow(admin_setup, 1, 2, 3)
    shown = changed(admin_setup)
    assert OFFER in shown.text
    assert "原来：到窗口补办： 带上工作证就行。\n现在：到窗口补办，带上照片。" in shown.text
    assert [button.label for button in shown.rows[0]] == [texts.BUTTON_TELL, texts.BUTTON_SKIP]
    assert due(admin_setup) == []
    told = admin_setup.press(shown, texts.BUTTON_TELL)
    assert due(admin_setup) == ["chat 1", "chat 2", "chat 3"]
    admin_setup.press(told, texts.BUTTON_UNDO)
    assert due(admin_setup) == []


def test_one_tap_tells_nobody(admin_setup: AdminSetup) -> None:
    """They are asked about again after the next change."""
    follow(admin_setup, 1, 2, 3)
    left = admin_setup.press(changed(admin_setup), texts.BUTTON_SKIP)
    assert left.text == texts.CORRECTION_SKIPPED
    assert due(admin_setup) == []
    assert OFFER in changed(admin_setup, "到窗口补办，带上照片和十元。").text


@pytest.mark.parametrize(
    "answer", ["到窗口补办，带上工作证，就行！", NEW], ids=["the same in other signs", "no subscriber"]
)
def test_without_anybody_to_tell_nothing_is_asked(admin_setup: AdminSetup, answer: str) -> None:
    """Where nobody wants to know, or nothing has changed in substance."""
    if answer != NEW:
        follow(admin_setup, 1)
    shown = changed(admin_setup, answer)
    assert [button.label for button in shown.buttons] == [texts.BUTTON_UNDO, texts.BUTTON_TO_ITEM]


def test_a_button_tells_only_what_stood_above_it(admin_setup: AdminSetup) -> None:
    """What has changed since is shown first; what is told or undone already needs nothing."""
    follow(admin_setup, 1, 2, 3)
    early = changed(admin_setup)
    late = changed(admin_setup, "到二楼补办。")
    again = admin_setup.press(early, texts.BUTTON_TELL)
    assert "现在：到二楼补办。" in again.text
    assert due(admin_setup) == []
    admin_setup.press(late, texts.BUTTON_TELL)
    assert len(due(admin_setup)) == 3
    admin_setup.corrections.subscriptions.drop([1, 2, 3])
    assert admin_setup.press(late, texts.BUTTON_TELL).text == texts.CORRECTION_GONE


def test_a_tap_that_is_handled_once_more_says_the_same(admin_setup: AdminSetup) -> None:
    """As after a kill."""
    follow(admin_setup, 1)
    shown = changed(admin_setup)
    assert admin_setup.press(shown, texts.BUTTON_TELL) == admin_setup.press(shown, texts.BUTTON_TELL)
    assert due(admin_setup) == ["chat 1"]


def test_what_an_undo_changes_is_offered_too(admin_setup: AdminSetup) -> None:
    """To whoever has subscribed to the answer that was taken back."""
    shown = changed(admin_setup)
    follow(admin_setup, 1, 2, 3)
    assert OFFER in admin_setup.press(shown, texts.BUTTON_UNDO).text


def test_an_editors_change_is_offered_in_a_notice(admin_setup: AdminSetup) -> None:
    """With the same buttons."""
    follow(admin_setup, 1, 2, 3)
    admin_setup.write("items.yaml", "到窗口补办", "到二楼补办")
    admin_setup.edits.take_over()
    (found,) = admin_setup.corrections.offer_new()
    notice = corrections.notice(found)
    assert notice.text.startswith("「饭卡丢了怎么补？」的回答变了。\n🔔 有 3 位会员")
    admin_setup.press(notice, texts.BUTTON_TELL)
    assert len(due(admin_setup)) == 3
