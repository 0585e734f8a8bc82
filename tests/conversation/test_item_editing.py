"""What is pressed on an item's card, and what comes of it."""

import pytest

from bot.conversation import item_cards
from bot.conversation.callbacks import ChangeItem, ItemAction, ItemList, ShowItemList, WriteField, unpack
from bot.conversation.reply import short_key
from bot.evaluation.impact import ReplayedQuestion
from bot.items import Item
from bot.knowledge.edit import ChangeTexts
from bot.store.records import Answered, Feedback, Opinion, Records, State
from bot.texts import admins as admins_texts
from tests.admin_setup import ADMIN, AdminSetup

LONGEST_ID = "a" * 40


@pytest.mark.parametrize(
    "callback",
    [
        *(ChangeItem(LONGEST_ID, action, short_key("x"), "0" * 8) for action in ItemAction),
        *(ShowItemList(LONGEST_ID, which, 99) for which in ItemList),
        *(WriteField(LONGEST_ID, action) for action in ItemAction),
    ],
    ids=repr,
)
def test_a_button_of_the_longest_id_fits_telegram(callback: ChangeItem | ShowItemList | WriteField) -> None:
    """And comes back as it was."""
    assert len(callback.pack()) <= 64
    assert unpack(callback.pack()) == callback


def test_a_hundred_phrasings_are_shown_in_pages(admin_setup: AdminSetup) -> None:
    """The last page has the rest; a phrasing is taken out by what it says, wherever it stands by then."""
    many = tuple(f"饭卡的问题{'甲乙丙丁'[n % 4]}{n}" for n in range(98))
    admin_setup.edits.apply(admin_setup.edits.plan(ChangeTexts("card", "phrasings", many)), ADMIN.id)
    shown = admin_setup.press(admin_setup.say("/item card"), "📋 100 种问法")
    assert shown.text.splitlines()[1:] == ["1. 卡不见了找谁", "2. 补办饭卡", *(f"{n + 3}. {many[n]}" for n in range(6))]
    page = shown
    for _ in range(12):
        page = admin_setup.press(page, admins_texts.CARD_NEXT_PAGE)
    assert [button.label for button in page.buttons][:5] == ["🗑 97", "🗑 98", "🗑 99", "🗑 100", "◀️ 上一页"]
    admin_setup.press(shown, "🗑 1")
    admin_setup.press(page, "🗑 100")
    left = admin_setup.current.snapshot.base.by_id["card"].phrasings
    assert left == ("补办饭卡", *many[:-1])
    notice = admin_setup.turn_pressed(page.rows[0][3].callback)
    assert (notice.reply, notice.notice) == (None, admins_texts.ITEM_LIST_CHANGED)


def test_the_card_tells_how_the_item_was_used(admin_setup: AdminSetup) -> None:
    """What it answered lately, without who asked, and what was said of it; what was not meant is no opinion of it."""
    admin_setup.usage.record(
        Records(
            feedback=(
                Feedback("补卡", "补卡", "card", Opinion.HELPFUL),
                Feedback("补卡", "补卡", "card", Opinion.OUTDATED),
                Feedback("月饼", "月饼", "card", Opinion.NOT_MEANT),
            ),
            shown=("card", "card"),
            answered=(Answered("补办饭卡呀", "补办饭卡呀", "card", 0.9), Answered("几点开", "几点开", "opening", 0.9)),
        )
    )
    text = admin_setup.say("/item card").text
    assert "最近 30 天给会员看过 2 次。" in text
    assert "会员说：有用 1 次，过时了 1 次" in text
    assert text.endswith("最近用它回答过：\n· 补办饭卡呀")


def test_an_item_is_found_by_a_part_of_its_words(admin_setup: AdminSetup) -> None:
    """Also by one that no question would be answered for; the only one is opened."""
    assert admin_setup.say("/item 开饭").buttons[0].label == "食堂几点开门？"
    assert admin_setup.say("/item 补办").text.startswith("饭卡丢了怎么补？（card）")
    assert admin_setup.say("/item").text == admins_texts.ITEM_USAGE


def test_what_was_led_to_a_deleted_item_is_open_again(admin_setup: AdminSetup) -> None:
    """It has no answer any more."""
    admin_setup.miss("饭卡被狗吃了")
    admin_setup.press(admin_setup.say("/missed"), "加到 1：饭卡丢了怎么补？")
    assert admin_setup.states() == {"饭卡被狗吃了": State.VERIFIED}
    asked = admin_setup.press(admin_setup.say("/item card"), admins_texts.BUTTON_DELETE_ITEM)
    assert "整条删掉：饭卡丢了怎么补？" in asked.text
    assert "丢了原来的答案" not in asked.text
    assert "card" in admin_setup.current.snapshot.base.by_id
    done = admin_setup.press(asked, admins_texts.BUTTON_DELETE_THIS)
    assert admin_setup.states() == {"饭卡被狗吃了": State.OPEN}
    admin_setup.press(done, admins_texts.BUTTON_UNDO)
    assert "card" in admin_setup.current.snapshot.base.by_id


def test_what_costs_another_question_its_answer_is_shown_before(admin_setup: AdminSetup) -> None:
    """It takes a second press; before that nothing is changed."""
    change = ChangeTexts("card", "phrasings", ("塑料片被狗吃了",))
    admin_setup.edits.apply(admin_setup.edits.plan(change), ADMIN.id)
    admin_setup.known = [ReplayedQuestion("塑料片被狗吃了", "card")]
    files = admin_setup.file("items.yaml")
    shown = admin_setup.press(admin_setup.press(admin_setup.say("/item card"), "📋 3 种问法"), "🗑 3")
    assert shown.text.startswith(admins_texts.IMPACT_TRY)
    assert admin_setup.file("items.yaml") == files
    assert "去掉了问法：塑料片被狗吃了" in admin_setup.press(shown, admins_texts.BUTTON_CONFIRM).text


def test_what_is_offered_as_related_is_added_with_a_tap(admin_setup: AdminSetup) -> None:
    """What was taken out is offered again."""
    shown = admin_setup.press(admin_setup.say("/item card"), admins_texts.BUTTON_RELATED)
    shown = admin_setup.press(shown, "＋ 食堂几点关门？")
    assert "改了「饭卡丢了怎么补？」的相关问题：加上 食堂几点关门？" in shown.text
    shown = admin_setup.press(shown, "🗑 1")
    assert admin_setup.current.snapshot.base.by_id["card"].related == ("closing",)
    assert "＋ 食堂几点开门？" in [button.label for button in shown.buttons]


def test_a_button_of_an_item_that_is_gone_says_so(admin_setup: AdminSetup) -> None:
    """The message stays as it is."""
    turn = admin_setup.turn_pressed(ChangeItem("gone", ItemAction.DELETE))
    assert (turn.reply, turn.notice) == (None, admins_texts.ITEM_GONE)


def test_ready_ways_come_from_the_question_and_then_from_the_phrasings(admin_setup: AdminSetup) -> None:
    """Five at most, none of which is somebody's phrasing already."""
    base = admin_setup.current.snapshot.base
    item = Item("x", "食堂", "停车", "六点。", phrasings=("停车场几点开门", "食堂几点开门"))
    ways = item_cards.ready_ways(item, base)
    assert ways[0] == "停车场几点钟开门"
    assert len(ways) == 5
    assert item_cards.ready_ways(base.by_id["chat-hello"], base) == []
