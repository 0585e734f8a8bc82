"""A form is open until its edit is made or it is given up, whatever an admin, time or others do meanwhile."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.conversation.callbacks import AdminAction, AdminCallback, FormAction, FormCallback
from bot.conversation.forms import Admin, Field, Form, Standing, Task
from bot.conversation.reply import Reply, plain_text
from bot.text import normalise
from bot.texts import admins as texts
from tests.admin_setup import ADMIN, AdminSetup

OTHER = Admin(6, 6)
MISSED = "饭卡被狗吃了"
ANSWER = "到窗口补办，带照片。"
QUESTION = "火星上有没有水怪"
"""Which the canteen's rules know nothing of."""


def labels(shown: Reply) -> list[str]:
    """What can be pressed."""
    return [button.label for button in shown.buttons]


def writing_item(setup: AdminSetup) -> Reply:
    """A new item as far as its sources."""
    setup.say("/new")
    setup.say("有没有夜宵？")
    return setup.say("没有夜宵。")


def written_item(setup: AdminSetup) -> Reply:
    """A new item that waits to be confirmed."""
    shown = setup.press(writing_item(setup), "第一条")
    return setup.press(shown, texts.BUTTON_DONE)


def writing_answer(setup: AdminSetup) -> Reply:
    """Another answer of an item, of which nothing is typed."""
    return setup.press(setup.say("/item card"), texts.BUTTON_ANSWER)


MEANWHILE: dict[str, Callable[[AdminSetup], Reply]] = {
    "help": lambda setup: setup.say("/help"),
    "the history": lambda setup: setup.say("/history"),
    "the digest": lambda setup: setup.say("/digest"),
    "a card": lambda setup: setup.say("/missed"),
    "another card": lambda setup: setup.keep(setup.turn_pressed(AdminCallback(AdminAction.SHOW_CARD, 0))),
    "an item": lambda setup: setup.say("/item opening"),
    "an edit with one tap": lambda setup: setup.press(setup.say("/missed"), "加到 1：饭卡丢了怎么补？"),
    "an ignored card": lambda setup: setup.press(setup.say("/missed"), texts.BUTTON_IGNORE),
    "a member's command": lambda setup: setup.keep(setup.conversation.reminded(ADMIN, setup.form())),
}


@pytest.mark.parametrize("act", MEANWHILE.values(), ids=MEANWHILE.keys())
def test_what_is_opened_meanwhile_keeps_the_form(admin_setup: AdminSetup, act: Callable[[AdminSetup], Reply]) -> None:
    """And says so, with the way back; after a restart too."""
    admin_setup.miss(MISSED)
    writing_item(admin_setup)
    shown = act(admin_setup)
    assert "新条目「有没有夜宵？」还没写完" in shown.text
    assert labels(shown)[-2:] == [texts.BUTTON_RESUME, texts.BUTTON_DROP]
    admin_setup.start()
    assert "没有夜宵。" in admin_setup.press(shown, texts.BUTTON_RESUME).text


def test_what_is_dropped_can_be_taken_up_again(admin_setup: AdminSetup) -> None:
    """By its button, as long as nothing else was begun; its other buttons say that it is gone."""
    writing_item(admin_setup)
    shown = admin_setup.say("/help")
    dropped = admin_setup.press(shown, texts.BUTTON_DROP)
    assert dropped.text == texts.CANCELLED
    assert admin_setup.say("/cancel").text == texts.NOTHING_TO_CANCEL
    turn = admin_setup.turn_pressed(FormCallback(FormAction.SOURCES_CHOSEN, ADMIN.id))
    assert (turn.reply, turn.notice) == (None, texts.DRAFT_GONE)
    assert "没有夜宵。" in admin_setup.press(dropped, texts.BUTTON_TAKE_UP).text
    dropped = admin_setup.say("/cancel")
    writing_answer(admin_setup)
    turn = admin_setup.turn_pressed(dropped.buttons[0].callback)
    assert (turn.reply, turn.notice) == (None, texts.DRAFT_GONE)


def test_who_begins_another_form_is_asked_which(admin_setup: AdminSetup) -> None:
    """Both ways, by a command and by a button; the one that was open is never lost unasked."""
    writing_item(admin_setup)
    for begin in (writing_answer, lambda setup: setup.say("/new")):
        asked = begin(admin_setup)
        assert asked.text == "新条目「有没有夜宵？」还没写完。先接着写它，还是不要它、做刚才点的？"
        assert "没有夜宵。" in admin_setup.press(asked, texts.BUTTON_RESUME).text
    asked = writing_answer(admin_setup)
    assert "现在的回答" in admin_setup.press(asked, texts.BUTTON_BEGIN_WANTED).text
    assert "改答" in admin_setup.say(ANSWER).text


def test_what_was_wanted_and_is_gone_costs_nothing(admin_setup: AdminSetup) -> None:
    """The form that was open is kept."""
    admin_setup.miss(MISSED)
    card = admin_setup.say("/missed")
    writing_item(admin_setup)
    asked = admin_setup.press(card, texts.BUTTON_NEW)
    admin_setup.press(card, texts.BUTTON_IGNORE, OTHER)
    (begin,) = (button.callback for button in asked.buttons if button.label == texts.BUTTON_BEGIN_WANTED)
    turn = admin_setup.turn_pressed(begin)
    assert turn.notice == texts.CARD_GONE
    assert "没有夜宵。" in admin_setup.press(admin_setup.keep(turn), texts.BUTTON_RESUME).text


def test_the_same_form_goes_on(admin_setup: AdminSetup) -> None:
    """Who presses the same button again is where they were."""
    writing_answer(admin_setup)
    preview = admin_setup.say(ANSWER)
    assert writing_answer(admin_setup).text == preview.text


def test_an_old_button_does_nothing_to_another_form(admin_setup: AdminSetup) -> None:
    """Not even to give it up."""
    old = writing_item(admin_setup)
    admin_setup.say("/cancel")
    writing_answer(admin_setup)
    for label in (texts.BUTTON_CANCEL, "第一条"):
        (callback,) = (button.callback for button in old.buttons if button.label == label)
        turn = admin_setup.turn_pressed(callback)
        assert (turn.reply, turn.notice) == (None, texts.DRAFT_GONE)
    assert "改答" in admin_setup.say(ANSWER).text


def test_every_step_can_be_gone_back_to_from_the_preview(admin_setup: AdminSetup) -> None:
    """Each with what was written, to be copied; the other fields stay."""
    shown = written_item(admin_setup)
    for field, typed in (("标准问法", "有没有宵夜？"), ("回答", "没有宵夜。"), ("话题", "宵夜")):
        back = admin_setup.press(shown, texts.BUTTON_BACK_TO.format(field=field))
        assert "<pre>" in back.text
        assert admin_setup.press(back, texts.BUTTON_LEAVE).text == shown.text
        admin_setup.press(shown, texts.BUTTON_BACK_TO.format(field=field))
        shown = admin_setup.say(typed)
        assert typed in shown.text
    shown = admin_setup.press(shown, texts.BUTTON_BACK_TO.format(field="出处"))
    shown = admin_setup.press(admin_setup.press(shown, "第二条"), texts.BUTTON_DONE)
    assert "新写一条：有没有宵夜？\n——\n没有宵夜。\n——\n出处：第一条；第二条\n话题：宵夜" in shown.text
    assert "新写了「有没有宵夜？」" in admin_setup.press(shown, texts.BUTTON_FINE).text


def test_every_step_can_be_gone_back_to_from_each_step(admin_setup: AdminSetup) -> None:
    """To what was filled in before it."""
    admin_setup.say("/new")
    shown = admin_setup.say("有没有夜宵？")
    back = admin_setup.press(shown, texts.BUTTON_BACK_TO.format(field="标准问法"))
    assert plain_text(back.text).endswith("：\n有没有夜宵？")
    assert "标准问法：有没有宵夜？" in admin_setup.say("有没有宵夜？").text
    shown = admin_setup.press(admin_setup.say("没有宵夜。"), texts.BUTTON_BACK_TO.format(field="回答"))
    shown = admin_setup.press(admin_setup.say("没有。"), "第一条")
    shown = admin_setup.press(shown, texts.BUTTON_DONE)
    steps = ("标准问法", "回答", "出处", "话题")
    assert labels(shown)[-4:] == [texts.BUTTON_BACK_TO.format(field=field) for field in steps]
    shown = admin_setup.press(shown, texts.BUTTON_BACK_TO.format(field="出处"))
    assert texts.CHOSEN_MARK.format(label="第一条") in labels(shown)
    named = admin_setup.press(shown, texts.BUTTON_OTHER)
    assert "没有。" in admin_setup.press(named, texts.BUTTON_LEAVE).text


def test_a_text_at_the_preview_corrects(admin_setup: AdminSetup) -> None:
    """The one field that it can be for, or the one that the admin names; a text that fits none says why."""
    writing_answer(admin_setup)
    admin_setup.say("先到窗口。")
    assert ANSWER in admin_setup.say(ANSWER).text
    admin_setup.say("/cancel")
    written_item(admin_setup)
    asked = admin_setup.say("没有夜宵，周六也没有。")
    assert labels(asked) == ["这是标准问法", "这是回答", "这是话题", texts.BUTTON_NONE_OF_FIELDS]
    assert "——\n没有夜宵。\n——" in admin_setup.press(asked, texts.BUTTON_NONE_OF_FIELDS).text
    asked = admin_setup.say("没有夜宵，周六也没有。")
    assert "——\n没有夜宵，周六也没有。\n——" in admin_setup.press(asked, "这是回答").text
    assert "——\n" + "没有" * 40 in admin_setup.say("没有" * 40).text
    assert "太长了" in admin_setup.say("没" * 601).text


def test_a_text_where_a_button_is_awaited_is_asked_about(admin_setup: AdminSetup) -> None:
    """It may be a document's name, a correction, or a question; in no case it is taken for a member's."""
    writing_item(admin_setup)
    asked = admin_setup.say("供餐通知")
    assert labels(asked) == ["这是标准问法", "这是回答", "这是文件名", texts.BUTTON_NONE_OF_FIELDS]
    assert texts.CHOSEN_MARK.format(label="供餐通知") in labels(admin_setup.press(asked, "这是文件名"))
    turn = admin_setup.turn_pressed(FormCallback(FormAction.FILL, ADMIN.id, Field.ANSWER))
    assert (turn.reply, turn.notice) == (None, texts.DRAFT_GONE)


def test_the_old_answer_can_be_copied(admin_setup: AdminSetup) -> None:
    """It is shown as a block of code, whatever it holds."""
    admin_setup.write("items.yaml", "到窗口补办", "<b>到</b>窗口补办")
    admin_setup.edits.take_over()
    assert "<pre>&lt;b&gt;到&lt;/b&gt;窗口补办" in writing_answer(admin_setup).text


UNMEANT: dict[str, Callable[[AdminSetup], object]] = {
    "put aside": lambda setup: setup.say("/help"),
    "an hour old": lambda setup: setattr(setup.clock, "now", setup.clock.now + timedelta(minutes=61)),
    "weeks old": lambda setup: setattr(setup.clock, "now", setup.clock.now + timedelta(days=20)),
    "asked which": writing_answer,
}


@pytest.mark.parametrize("act", UNMEANT.values(), ids=UNMEANT.keys())
def test_a_text_that_may_not_be_for_the_form_is_asked_about_once(
    admin_setup: AdminSetup, act: Callable[[AdminSetup], object]
) -> None:
    """It is kept, to be filled in with a tap; what comes then is a question."""
    admin_setup.say("/new")
    admin_setup.say("有没有夜宵？")
    act(admin_setup)
    asked = admin_setup.say("没有夜宵。")
    assert "没有写进去，也没有记成会员的问题" in asked.text
    assert labels(asked) == ["这是标准问法", "这是回答", texts.BUTTON_RESUME, texts.BUTTON_DROP]
    assert admin_setup.turn_said(QUESTION) is None
    assert "回答：\n没有夜宵。" in admin_setup.press(asked, "这是回答").text


def test_an_item_that_is_looked_for_is_a_field_too(admin_setup: AdminSetup) -> None:
    """A text that may be its words, or a correction of what was found, is asked about."""
    for text in (MISSED, "卡被狗叼走了"):
        admin_setup.miss(text)
    admin_setup.say("/missed")
    editing, clusters = admin_setup.conversation.editing, admin_setup.clusters
    ticked = [clusters.cluster(number) for number in clusters.ranked(9)]
    admin_setup.keep(editing.add_many(ticked, 0, ADMIN))
    admin_setup.say("/help")
    asked = admin_setup.say("饭卡")
    found = admin_setup.press(asked, "这是条目")
    preview = admin_setup.press(found, "饭卡丢了怎么补？")
    assert "给「饭卡丢了怎么补？」加上" in preview.text
    found = admin_setup.press(admin_setup.say("关门"), "这是条目")
    assert "给「食堂几点关门？」加上" in admin_setup.press(found, "食堂几点关门？").text


ENDS: dict[str, tuple[Callable[[AdminSetup], object], str]] = {
    "dropped": (lambda setup: setup.say("/cancel"), texts.AFTER_DROPPED),
    "done": (lambda setup: setup.press(setup.say(ANSWER), texts.BUTTON_FINE), texts.AFTER_DONE),
    "erased": (lambda setup: setup.misses.forget(normalise(MISSED)), texts.AFTER_ERASED),
}


@pytest.mark.parametrize(("end", "told"), ENDS.values(), ids=ENDS.keys())
def test_a_text_after_the_end_of_a_form_is_no_members_question(
    admin_setup: AdminSetup, end: Callable[[AdminSetup], object], told: str
) -> None:
    """The admin is told once, unless it has an answer; what comes then is a question."""
    admin_setup.miss(MISSED)
    admin_setup.press(admin_setup.press(admin_setup.say("/missed"), texts.BUTTON_NOT_COVERED), texts.BUTTON_OWN)
    end(admin_setup)
    assert admin_setup.turn_said("食堂几点开门") is None
    assert admin_setup.say(QUESTION).text == told
    assert admin_setup.turn_said(QUESTION) is None


@pytest.mark.parametrize("admin", [ADMIN, OTHER], ids=["their own", "another admin's"])
def test_a_form_goes_with_the_question_that_is_deleted(admin_setup: AdminSetup, admin: Admin) -> None:
    """Nothing of it is kept but that there was one, and the admin is told once, with what comes next."""
    admin_setup.miss(MISSED)
    admin_setup.press(admin_setup.say("/missed"), texts.BUTTON_NEW)
    asked = admin_setup.press(admin_setup.say("/missed", admin), texts.BUTTON_DELETE, admin)
    shown = admin_setup.press(asked, texts.BUTTON_DELETE_ALL, admin)
    if admin == OTHER:
        assert texts.DRAFT_ERASED not in shown.text
        turn = admin_setup.turn_pressed(FormCallback(FormAction.CANCEL, ADMIN.id))
        assert turn.notice == texts.DRAFT_ERASED
        shown = admin_setup.say("/help")
    assert texts.DRAFT_ERASED in shown.text
    left = admin_setup.form()
    assert left
    assert left == Form(task=Task.ITEM, number=left.number, standing=Standing.OVER)
    assert texts.DRAFT_ERASED not in admin_setup.say("/missed").text


def test_an_hour_after_its_end_nothing_is_left_of_a_form(admin_setup: AdminSetup) -> None:
    """What is typed is a question; a form in another chat is none of it."""
    admin_setup.say("/new")
    assert admin_setup.turn_said(QUESTION, Admin(ADMIN.id, -9000)) is None
    admin_setup.say("/cancel")
    admin_setup.clock.now += timedelta(minutes=61)
    assert admin_setup.turn_said(QUESTION) is None


def test_a_refused_edit_can_be_corrected(admin_setup: AdminSetup) -> None:
    """What was written is not lost, and is changed where it stands."""
    admin_setup.press(admin_setup.say("/item opening"), texts.BUTTON_WORDS)
    refused = admin_setup.say("补办饭卡")
    assert "所以没有改" in refused.text
    back = admin_setup.press(refused, texts.BUTTON_BACK_TO.format(field="问法"))
    assert "<pre>补办饭卡</pre>" in back.text
    assert "加了问法" in admin_setup.press(admin_setup.say("几点能进去"), texts.BUTTON_FINE).text


def test_another_admins_edit_costs_no_form(admin_setup: AdminSetup) -> None:
    """It is shown as it is now; a card that is handled meanwhile is no hindrance."""
    admin_setup.miss(MISSED)
    admin_setup.press(admin_setup.say("/missed"), texts.BUTTON_NEW)
    shown = admin_setup.press(admin_setup.say("塑料片不归我们管。"), "第一条")
    admin_setup.press(admin_setup.say("/missed", OTHER), texts.BUTTON_IGNORE, OTHER)
    shown = admin_setup.press(shown, texts.BUTTON_DONE)
    assert "新写了" in admin_setup.press(shown, texts.BUTTON_FINE).text
