"""The list of misses, where a conversation over HTTP would show no more."""

import re
from datetime import timedelta

import pytest

from bot.conversation.callbacks import (
    AdminAction,
    AdminCallback,
    AskBulkAct,
    BulkAct,
    ConfirmBulkAct,
    ListAction,
    MissListCallback,
    UndoBulkAct,
    unpack,
)
from bot.conversation.forms import Admin
from bot.conversation.reply import Reply
from bot.items import VerdictKind
from bot.store.records import Feedback, MissFilter, Opinion, Records, State, Subscription
from bot.texts import admins as texts
from tests.admin_setup import ADMIN, AdminSetup
from tests.clocks import Clock
from tests.conftest import SHIPPED

OTHER = Admin(6, 6)


def labels(shown: Reply) -> list[str]:
    return [button.label for button in shown.buttons]


def test_146_misses_are_ignored_with_three_taps(admin_setup: AdminSetup) -> None:
    """One command; a fourth tap takes it back."""
    for number in range(146):
        admin_setup.miss(f"第{number}颗星星叫什么{chr(0x4E00 + number)}{chr(0x5E00 + number)}{chr(0x6E00 + number)}")
    shown = admin_setup.say("/missed")
    count = len(admin_setup.clusters.ranked(999))
    assert f"一共 {count} 个，下面是第 1–10 个" in shown.text
    for label in (texts.BUTTON_TICK_ALL, texts.BUTTONS_BULK["i"], texts.BUTTONS_BULK["i"]):
        shown = admin_setup.press(shown, label.format(count=count))
    assert set(admin_setup.states().values()) == {State.IGNORED}
    assert len(admin_setup.states()) == 146
    admin_setup.press(shown, texts.BUTTON_UNDO)
    assert set(admin_setup.states().values()) == {State.OPEN}


def test_pages_keep_their_ticks(admin_setup: AdminSetup) -> None:
    """And a tick leaves its page where it is."""
    for character in "甲乙丙丁戊己庚辛壬癸子丑":
        admin_setup.miss(character * 5)
    shown = admin_setup.press(admin_setup.say("/missed"), "☐ 2")
    second = admin_setup.press(shown, texts.BUTTON_PAGE_ON)
    assert "第 11–12 个" in second.text
    second = admin_setup.press(second, "☐ 12")
    assert "☑️ 12. 甲甲甲甲甲" in second.text
    assert "🙈 不管这 2 个" in labels(second)
    assert "☑️ 2. 子子子子子" in admin_setup.press(second, texts.BUTTON_PAGE_BACK).text
    admin_setup.start()
    assert "🙈 不管这 2 个" in labels(admin_setup.press(second, texts.BUTTON_PAGE_BACK))


def test_the_nearest_item_is_added_with_one_tap(admin_setup: AdminSetup) -> None:
    """Where somebody waits, with two: they would be told of an answer of which the list shows the beginning alone."""
    admin_setup.miss("饭卡被狗吃了")
    admin_setup.miss("饭卡被猫叼走了")
    admin_setup.miss("写首诗送我妈")
    shown = admin_setup.say("/missed")
    assert re.search(r"最接近「饭卡丢了怎么补？」（像 \d+%）：到窗口补办", shown.text)
    admin_setup.usage.record(Records(subscriptions=(Subscription("饭卡被猫叼走了", 1, b"a"),)))
    read = admin_setup.press(shown, "➕ 2 饭卡丢了怎么补？")
    assert read.text.startswith(texts.TIE_WAITING.format(count=1))
    assert "带上工作证就行" in read.text
    assert set(admin_setup.states().values()) == {State.OPEN}
    admin_setup.press(read, texts.BUTTON_CANCEL)
    added = admin_setup.press(shown, "➕ 3 饭卡丢了怎么补？")
    assert "加了问法：饭卡被狗吃了" in added.text
    assert "写首诗送我妈" in admin_setup.press(added, texts.BUTTON_LIST).text


def test_nothing_is_proposed_at_0_percent(admin_setup: AdminSetup) -> None:
    """Nor what members said they did not mean; in the list and on the card."""
    admin_setup.miss("塑料片被狗吃了")
    proposed = [label for label in labels(admin_setup.say("/missed")) if label.startswith("加到")]
    assert proposed == ["加到 1：食堂几点开门？"]
    admin_setup.miss("饭卡被狗吃了")
    admin_setup.usage.record(Records(feedback=(Feedback("饭卡被狗吃了", "饭卡被狗吃了", "card", Opinion.NOT_MEANT),)))
    assert "饭卡丢了怎么补？" not in admin_setup.say("/missed").text


def test_cards_of_a_list_stay_within_its_search(admin_setup: AdminSetup) -> None:
    """Also after an act, and back in the list; a single one is shown at once."""
    for text in ("外星人来过没有", "写首诗送我妈", "写首歌送我爸", "写首曲子"):
        admin_setup.miss(text)
    card = admin_setup.press(admin_setup.say("/missed 写首"), texts.BUTTON_OPEN.format(number=2))
    assert card.text.startswith("第 2/3 张")
    assert "带“写首”的" in card.text
    assert "第 3/3 张" in admin_setup.press(card, texts.CARD_NEXT).text
    after = admin_setup.press(card, texts.BUTTON_IGNORE)
    assert after.text.startswith("第 2/2 张")
    asked = admin_setup.press(after, texts.BUTTON_DELETE)
    assert admin_setup.press(asked, "⬅️ 返回").text == after.text
    after = admin_setup.press(asked, texts.BUTTON_DELETE_ALL)
    assert after.text.startswith("第 1/1 张")
    assert "一共 1 个" in admin_setup.press(card, texts.BUTTON_LIST).text
    assert admin_setup.say("/missed 写首").text == after.text


def test_what_is_written_from_a_card_of_a_list_leads_back_to_it(admin_setup: AdminSetup) -> None:
    """The next card is the list's."""
    for text in ("外星人来过没有", "写首诗送我妈", "写首歌送我爸"):
        admin_setup.miss(text)
    card = admin_setup.press(admin_setup.say("/missed 写首"), texts.BUTTON_OPEN.format(number=1))
    shown = admin_setup.press(admin_setup.press(card, texts.BUTTON_NOT_COVERED), texts.BUTTON_DEFAULT)
    assert "第 1/1 张" in admin_setup.press(shown, texts.BUTTON_NEXT).text


def test_a_tick_on_what_is_gone_says_so(admin_setup: AdminSetup) -> None:
    """Another admin was faster; the list is shown as it is now."""
    admin_setup.miss("写首诗送我妈")
    admin_setup.miss("外星人来过没有")
    shown = admin_setup.say("/missed")
    admin_setup.clusters.ignore(2)
    (tick,) = (button.callback for button in shown.buttons if button.label == "☐ 1")
    turn = admin_setup.turn_pressed(tick)
    assert turn.notice == texts.LIST_MOVED
    assert turn.reply
    assert "外星人" not in turn.reply.text
    assert "🙈 不管这 1 个" not in labels(turn.reply)


def test_what_changed_before_it_was_confirmed_is_asked_again(admin_setup: AdminSetup) -> None:
    """With the number as it is now; pressed twice it is done once."""
    for text in ("写首诗送我妈", "外星人来过没有", "今年有几个闰月"):
        admin_setup.miss(text)
    shown = admin_setup.press(admin_setup.say("/missed"), texts.BUTTON_TICK_ALL.format(count=3))
    asked = admin_setup.press(shown, texts.BUTTONS_BULK["i"].format(count=3))
    admin_setup.clusters.ignore(1)
    again = admin_setup.press(asked, texts.BUTTONS_BULK["i"].format(count=3))
    assert again.text.startswith(texts.LIST_CHANGED)
    assert "写首诗送我妈" not in again.text
    admin_setup.press(again, texts.BUTTONS_BULK["i"].format(count=2))
    (confirm,) = (button.callback for button in again.buttons if isinstance(button.callback, ConfirmBulkAct))
    assert admin_setup.turn_pressed(confirm).notice == texts.LIST_DONE
    assert len(admin_setup.history.latest(9)) == 1


REFUSED = {
    "a list of another admin": (MissListCallback(ListAction.TICK, 1, 0, 1), OTHER, texts.LIST_NOT_YOURS),
    "what another admin ticked": (ConfirmBulkAct(BulkAct.DELETE, 1, "0"), OTHER, texts.LIST_NOT_YOURS),
    "a list that there is not": (MissListCallback(ListAction.SHOW, 9), ADMIN, texts.LIST_OLD),
    "nothing ticked": (AskBulkAct(BulkAct.IGNORE, 1), ADMIN, texts.NOTHING_TICKED),
    "an undo of what is no bulk action": (UndoBulkAct(9), ADMIN, texts.BULK_GONE),
    "a confirmation of what is a form": (ConfirmBulkAct(BulkAct.ADD, 1, "0"), ADMIN, texts.DRAFT_GONE),
    "nothing ticked for an item": (AskBulkAct(BulkAct.ADD, 1), ADMIN, texts.NOTHING_TICKED),
    "what another admin ticked, for an item": (AskBulkAct(BulkAct.NOT_COVERED, 1), OTHER, texts.LIST_NOT_YOURS),
    "a filter that there is not": (unpack("x:lf:1:x"), ADMIN, texts.DRAFT_GONE),
}


@pytest.mark.parametrize(("callback", "admin", "notice"), REFUSED.values(), ids=REFUSED.keys())
def test_what_a_button_can_not_do_passes_by(
    admin_setup: AdminSetup, callback: MissListCallback, admin: Admin, notice: str
) -> None:
    """And the message stays."""
    admin_setup.miss("写首诗送我妈")
    admin_setup.miss("外星人来过没有")
    admin_setup.say("/missed")
    turn = admin_setup.turn_pressed(callback, admin)
    assert (turn.reply, turn.notice) == (None, notice)


def test_a_list_of_yesterday_says_that_it_is_one(admin_setup: AdminSetup, clock: Clock) -> None:
    """Its cards are those of all misses then."""
    admin_setup.miss("写首诗送我妈")
    admin_setup.miss("外星人来过没有")
    shown = admin_setup.say("/missed")
    card = admin_setup.press(shown, texts.BUTTON_OPEN.format(number=1))
    clock.now += timedelta(days=1, seconds=1)
    turn = admin_setup.turn_pressed(shown.buttons[0].callback)
    assert (turn.reply, turn.notice) == (None, texts.LIST_OLD)
    assert "第 2/2 张" in admin_setup.press(card, texts.CARD_NEXT).text


def test_deleting_many_says_until_when_it_can_be_undone(admin_setup: AdminSetup, clock: Clock) -> None:
    """After that it says that it is too late, and the history offers it no more."""
    admin_setup.miss("写首诗送我妈")
    admin_setup.miss("外星人来过没有")
    shown = admin_setup.press(admin_setup.say("/missed"), texts.BUTTON_TICK_ALL.format(count=2))
    asked = admin_setup.press(shown, texts.BUTTONS_BULK["d"].format(count=2))
    assert "10 分钟内还可以撤销" in asked.text
    done = admin_setup.press(asked, texts.BUTTONS_BULK["d"].format(count=2))
    opened = admin_setup.press(admin_setup.say("/history"), "1")
    assert "外星人来过没有" in opened.text
    assert texts.BUTTON_UNDO in {button.label for button in opened.buttons}
    clock.now += timedelta(minutes=10)
    admin_setup.misses.delete_marked()
    (undo,) = (button.callback for button in done.buttons if button.label == texts.BUTTON_UNDO)
    assert admin_setup.turn_pressed(undo).notice == texts.BULK_GONE
    opened = admin_setup.press(admin_setup.say("/history"), "1")
    assert "外星人来过没有" not in opened.text
    assert [button.label for button in opened.buttons] == [texts.HISTORY_BACK]
    assert admin_setup.states() == {}


def test_many_are_led_to_one_item_as_few_as_an_edit_can_hold(admin_setup: AdminSetup) -> None:
    """Twenty: what it does to other questions is worked out for each."""
    for number in range(21):
        admin_setup.miss(f"{chr(0x4E00 + number) * 4}")
    shown = admin_setup.press(admin_setup.say("/missed"), texts.BUTTON_TICK_ALL.format(count=21))
    (add,) = (button.callback for button in shown.buttons if button.label == texts.BUTTONS_BULK["p"])
    assert "一次最多 20 个，现在勾了 21 个" in admin_setup.turn_pressed(add).notice


def test_what_can_not_be_a_phrasing_is_led_to_the_item_all_the_same(admin_setup: AdminSetup) -> None:
    """And is asked again: it is said how many of them are not answered yet."""
    for text in ("写首诗送我妈", "外" * 70):
        admin_setup.miss(text)
    shown = admin_setup.press(admin_setup.say("/missed"), texts.BUTTON_TICK_ALL.format(count=2))
    admin_setup.press(shown, texts.BUTTONS_BULK["p"])
    admin_setup.usage.record(Records(subscriptions=(Subscription("写首诗送我妈", 1, b"a"),)))
    preview = admin_setup.press(admin_setup.say("card"), "饭卡丢了怎么补？")
    assert "2 个问题一起归到这一条。\n给「饭卡丢了怎么补？」加上" in preview.text
    assert preview.text.startswith(texts.TIE_WAITING.format(count=1))
    done = admin_setup.press(preview, texts.BUTTON_FINE)
    assert "2 个问法，1 个现在已经答得上" in done.text
    assert admin_setup.states() == {"写首诗送我妈": State.VERIFIED, "外" * 70: State.HANDLED}
    admin_setup.press(done, texts.BUTTON_UNDO)
    assert set(admin_setup.states().values()) == {State.OPEN}


def test_every_list_fits_telegram(clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Over the shipped knowledge: 64 bytes of callback data, 4,096 UTF-16 units, at most 100 buttons."""
    admin_setup = AdminSetup(SHIPPED, tmp_path_factory.mktemp("shipped"), clock)
    item = max(admin_setup.current.snapshot.base.items, key=lambda item: len(item.question))
    for number in range(12):
        admin_setup.miss(f"{'😀' * 200}{item.question}{chr(0x4E00 + number) * 40}")
    admin_setup.miss("补", VerdictKind.ANSWER, item.id)
    shown = admin_setup.say("/missed")
    count = len(admin_setup.clusters.ranked(99))
    views = [shown, ticked := admin_setup.press(shown, texts.BUTTON_TICK_ALL.format(count=count))]
    views += [admin_setup.press(ticked, texts.BUTTONS_BULK[act].format(count=count)) for act in "id"]
    for view in views:
        assert len(view.text.encode("utf-16-le")) // 2 <= 4096
        assert len(view.buttons) <= 100
        assert all(1 <= len(button.callback.pack().encode()) <= 64 for button in view.buttons)
    large = 10**12
    packed = (
        MissListCallback(ListAction.TICK, large, large, large),
        ConfirmBulkAct(BulkAct.DELETE, large, "f" * 8),
        AdminCallback(AdminAction.ADD_TO_ITEM, large, "f" * 8, large),
    )
    assert [unpack(callback.pack()) for callback in packed] == list(packed)
    assert all(len(callback.pack()) <= 64 for callback in packed)
    admin_setup.close()


def test_every_filter_has_its_words() -> None:
    """And every act."""
    assert set(MissFilter) == set(texts.MISS_LISTS) == {*texts.MISS_FILTERS, MissFilter.HANDLED}
    asked = set(texts.BULK_ASK)
    assert set(BulkAct) == set(texts.BUTTONS_BULK) == asked | {BulkAct.ADD, BulkAct.NOT_COVERED}
    assert set(texts.BULK_DONE) == set(texts.BULK_WAITING) == asked
