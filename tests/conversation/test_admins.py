"""What admins say and press, where a conversation over HTTP would show no more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.conversation import cards, item_cards
from bot.conversation.callbacks import AdminAction, AdminCallback, ItemList, unpack
from bot.conversation.forms import Admin, Form, Task
from bot.conversation.item_cards import ItemUse
from bot.conversation.records import rejected_miss
from bot.conversation.reply import Button, Reply, short_key
from bot.errors import EditRefusedError, Refusal
from bot.evaluation.impact import Effect, Impact, Outcome
from bot.items import Kind, VerdictKind
from bot.knowledge.edit import Change, ChangeTexts, MoveItem
from bot.matching import Candidate
from bot.store.clusters import EVERY_OPEN
from bot.store.miss_table import MissTable
from bot.store.records import ActionKind, Answered, Opinion, Records, State, Subscription
from bot.texts import admins as admins_texts
from tests.admin_setup import ADMIN, AdminSetup
from tests.clocks import Clock
from tests.conftest import SHIPPED

OTHER = Admin(6, 6)
OLD_BUTTONS = {
    "of a card that is gone": ("x:n:99", admins_texts.CARD_DELETED),
    "of an item that is gone": ("x:a:gone", admins_texts.ITEM_GONE),
    "of a phrasing for an item that is gone": ("x:p:1:00000000", admins_texts.ITEM_GONE),
    "of an action that is gone": ("x:u:99", admins_texts.REFUSALS[Refusal.UNDO_GONE]),
    "of an action that was no edit": ("x:g:1", admins_texts.REFUSALS[Refusal.UNDO_GONE]),
    "of a draft that is gone": (f"x:s:done:{ADMIN.id}", admins_texts.DRAFT_GONE),
    "to confirm what is gone": (f"x:c:{ADMIN.id}:00000000", admins_texts.DRAFT_GONE),
    "of another admin's draft": ("x:s:done:6", admins_texts.NOT_YOURS),
    "to give up another admin's draft": ("x:x:6", admins_texts.NOT_YOURS),
    "a number that is none": ("x:m:x", admins_texts.DRAFT_GONE),
    "a number of another script": ("x:m:٣", admins_texts.DRAFT_GONE),
    "a number without end": (f"x:u:{'9' * 50}", admins_texts.DRAFT_GONE),
    "a judgement that is none": ("x:j:00000000:z:1", admins_texts.DRAFT_GONE),
    "rubbish": ("x:", admins_texts.DRAFT_GONE),
}


@pytest.mark.parametrize(("action", "text"), OLD_BUTTONS.values(), ids=OLD_BUTTONS.keys())
def test_an_old_or_forged_button_says_that_it_is_one(admin_setup: AdminSetup, action: str, text: str) -> None:
    """And nothing is done; what is out of date only passes by, and the message stays."""
    admin_setup.miss("塑料片被狗吃了")
    admin_setup.clustering.cluster_new()
    admin_setup.history.record(5, ActionKind.IGNORE, "1")
    turn = admin_setup.turn_pressed(unpack(action))
    assert (turn.reply.text if turn.reply else turn.notice) == text
    assert admin_setup.states() == {"塑料片被狗吃了": State.OPEN}


def gone(admin_setup: AdminSetup, admin: Admin = OTHER) -> Reply:
    """What a button of the first card leads to, which somebody has handled meanwhile."""
    turn = admin_setup.turn_pressed(AdminCallback(AdminAction.WRITE_ITEM, 1), admin)
    assert turn.reply
    assert turn.notice == admins_texts.CARD_GONE
    return turn.reply


def test_of_two_admins_on_one_card_the_later_one_is_told(admin_setup: AdminSetup) -> None:
    """It is handled once; the card says by whom, and takes it back, where it was."""
    admin_setup.names[ADMIN.id] = "王芳"
    admin_setup.miss("饭卡被狗吃了")
    shown = admin_setup.say("/missed")
    admin_setup.press(shown, "加到 1：饭卡丢了怎么补？")
    files = admin_setup.file("items.yaml")
    assert "，你给「饭卡丢了怎么补？」加了问法" in gone(admin_setup, ADMIN).text
    told = gone(admin_setup)
    state = admins_texts.MISS_LED.format(state=admins_texts.MISS_STATES["verified"], question="饭卡丢了怎么补？")
    head, line, _, done = told.text.splitlines()
    assert (head, line) == (admins_texts.CARD_GONE, f"· 饭卡被狗吃了（{state}）")
    assert done.endswith("，王芳给「饭卡丢了怎么补？」加了问法「饭卡被狗吃了」")
    assert admin_setup.file("items.yaml") == files
    admin_setup.press(told, admins_texts.BUTTON_UNDO, OTHER)
    assert admin_setup.states() == {"饭卡被狗吃了": State.OPEN}


def ignore_all(admin_setup: AdminSetup) -> None:
    """All open misses are ignored at once."""
    table = MissTable(admin_setup.database)
    table.act(EVERY_OPEN, None, ActionKind.IGNORE_MANY, table.chosen(EVERY_OPEN, None).digest, ADMIN.id)


GONE = {
    "ignored": (lambda setup: setup.press(setup.say("/missed"), admins_texts.BUTTON_IGNORE), "不管「饭卡被狗吃了」了"),
    "ignored with others": (ignore_all, "一次不管 1 组问题"),
    "handled on the command line": (
        lambda setup: (
            setup.misses.set_state([1], State.HANDLED),
            setup.history.record(None, ActionKind.RESOLVE_MISS, "1"),
        ),
        "有人在机器人的电脑上把「饭卡被狗吃了」标为处理好",
    ),
    "answered since an editor's change": (
        lambda setup: setup.misses.set_state([1], State.VERIFIED),
        admins_texts.CARD_BY_NOBODY,
    ),
    "deleted": (lambda setup: setup.misses.forget("饭卡被狗吃了"), admins_texts.CARD_DELETED),
}


@pytest.mark.parametrize(("handle", "said"), GONE.values(), ids=GONE.keys())
def test_a_card_that_was_handled_says_what_became_of_it(
    admin_setup: AdminSetup, handle: Callable[[AdminSetup], object], said: str
) -> None:
    """Whoever or whatever did it; and leads on."""
    admin_setup.miss("饭卡被狗吃了")
    admin_setup.clustering.cluster_new()
    handle(admin_setup)
    told = gone(admin_setup)
    assert said in told.text
    assert admin_setup.press(told, admins_texts.BUTTON_NEXT).text == admins_texts.CARD_NONE


@pytest.mark.parametrize(
    "change",
    [ChangeTexts("card", "phrasings", removed=("补办饭卡",)), MoveItem("card", "补办")],
    ids=("beside", "moved"),
)
def test_who_changes_the_item_later_is_not_said_to_have_handled_the_card(
    admin_setup: AdminSetup, change: Change
) -> None:
    """Such an edit holds the question too, and taking it back would change nothing of the card."""
    admin_setup.names[ADMIN.id] = "王芳"
    admin_setup.miss("饭卡被狗吃了")
    admin_setup.press(admin_setup.say("/missed"), "加到 1：饭卡丢了怎么补？")
    admin_setup.edits.apply(admin_setup.edits.plan(change), OTHER.id)
    assert gone(admin_setup).text.endswith("，王芳给「饭卡丢了怎么补？」加了问法「饭卡被狗吃了」")


def test_what_was_ignored_for_a_while_is_not_said_to_be_ignored(admin_setup: AdminSetup) -> None:
    """An editor's change has answered it since."""
    admin_setup.miss("饭卡被狗吃了")
    admin_setup.press(
        admin_setup.press(admin_setup.say("/missed"), admins_texts.BUTTON_IGNORE), admins_texts.BUTTON_CARE
    )
    admin_setup.misses.set_state([1], State.VERIFIED)
    assert gone(admin_setup).text.endswith(admins_texts.CARD_BY_NOBODY)


def test_what_is_ignored_is_not_said_to_be_answered_by_an_editor(admin_setup: AdminSetup) -> None:
    """Who ignored it may have been so long ago that it is no longer kept."""
    admin_setup.miss("饭卡被狗吃了")
    admin_setup.say("/missed")
    admin_setup.misses.set_state([1], State.IGNORED)
    assert gone(admin_setup).text.splitlines()[1:] == [f"· 饭卡被狗吃了（{admins_texts.MISS_STATES['ignored']}）"]


def test_a_complaint_that_got_another_answer_says_who_wrote_it(admin_setup: AdminSetup) -> None:
    """The edit holds another answer, and not the question."""
    admin_setup.miss("补办饭卡", VerdictKind.ANSWER, "card")
    admin_setup.press(admin_setup.say("/missed"), admins_texts.BUTTON_ANSWER)
    admin_setup.press(admin_setup.say("带上照片去后勤。"), admins_texts.BUTTON_FINE)
    assert admin_setup.states() == {"补办饭卡": State.VERIFIED}
    assert gone(admin_setup).text.endswith("，另一位管理员改了「饭卡丢了怎么补？」的回答")


def test_where_the_folder_can_not_be_written_the_card_shows_what_to_paste(
    admin_setup: AdminSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kind of edit; nothing counts as done."""

    def refuse(*_: object) -> None:
        raise EditRefusedError(Refusal.FOLDER_READ_ONLY, file="items.yaml", reason="Permission denied")

    monkeypatch.setattr("bot.curation.edits.replace", refuse)
    admin_setup.miss("饭卡被狗吃了")
    pasted = admin_setup.press(admin_setup.say("/missed"), "加到 1：饭卡丢了怎么补？").text
    assert "我没有写 items.yaml 的权限" in pasted
    assert pasted.endswith("items.yaml，在「card」那一条的 phrasings 下面加上：\n      - 饭卡被狗吃了")
    admin_setup.press(admin_setup.say("/item card"), admins_texts.BUTTON_ANSWER)
    pasted = admin_setup.press(admin_setup.say("到窗口：带证。"), admins_texts.BUTTON_FINE).text
    assert pasted.endswith("items.yaml，把「card」那一条的 answer 换成：\n    answer: 到窗口：带证。")
    admin_setup.press(
        admin_setup.press(admin_setup.say("/missed"), admins_texts.BUTTON_NOT_COVERED), admins_texts.BUTTON_OWN
    )
    pasted = admin_setup.press(admin_setup.say("须知里没有说。"), admins_texts.BUTTON_FINE).text
    assert "  - id: nc-fan-ka-bei-gou-chi-le\n" in pasted
    assert "    kind: not-covered\n" in pasted
    assert admin_setup.states() == {"饭卡被狗吃了": State.OPEN}


def test_where_a_file_is_written_in_another_style_the_card_shows_what_to_paste(admin_setup: AdminSetup) -> None:
    """A list in brackets with a comment in it is left to its author; the miss stays open."""
    commented = " [\n      卡不见了找谁,  # 常问\n      补办饭卡]\n"
    admin_setup.write("items.yaml", "\n      - 卡不见了找谁\n      - 补办饭卡\n", commented)
    admin_setup.edits.take_over()
    files = admin_setup.file("items.yaml")
    admin_setup.miss("饭卡被狗吃了")
    assert admin_setup.press(admin_setup.say("/missed"), "加到 1：饭卡丢了怎么补？").text == (
        "items.yaml 的写法比较特别，我怕改坏，所以没有动它。请用编辑器改。\n"
        "请用编辑器自己改，保存以后马上生效：\n\n"
        "items.yaml，在「card」那一条的 phrasings 下面加上：\n"
        "      - 饭卡被狗吃了"
    )
    assert admin_setup.states() == {"饭卡被狗吃了": State.OPEN}
    assert admin_setup.file("items.yaml") == files


def test_every_refusal_has_its_words() -> None:
    """And no words are left over."""
    assert set(admins_texts.REFUSALS) == set(Refusal)


UNFIT = {
    "long": ("塑" * 61, admins_texts.WHY_LONG),
    "with something masked": ("塑料片13812345678被狗吃了", admins_texts.WHY_MASKED),
}


@pytest.mark.parametrize(("text", "why"), UNFIT.values(), ids=UNFIT.keys())
def test_a_question_that_is_no_phrasing_is_reworded(admin_setup: AdminSetup, text: str, why: str) -> None:
    """Before it is added, or becomes a button."""
    miss = rejected_miss(text, admin_setup.current.snapshot.matcher.match(text))
    assert miss
    admin_setup.misses.record(miss)
    admin_setup.say("/missed")
    button = Button("card", AdminCallback(AdminAction.ADD_TO_ITEM, 1, short_key("card")))
    asked = admin_setup.press(Reply("", ((button,),)), "card")
    assert asked.text.startswith(f"{why}，不好直接当问法")
    assert admin_setup.say("找13812345678").text == admins_texts.HAS_NUMBER
    assert (
        "加了问法" in admin_setup.press(admin_setup.say("塑料片没了\n塑料片被狗叼走了"), admins_texts.BUTTON_FINE).text
    )
    assert admin_setup.current.snapshot.base.by_id["card"].phrasings[-2:] == ("塑料片没了", "塑料片被狗叼走了")


def test_times_are_those_of_the_clock(admin_setup: AdminSetup) -> None:
    """When a question was asked last, and when something was done: it is tomorrow in Shanghai already."""
    admin_setup.clock.zone = ZoneInfo("Asia/Shanghai")
    admin_setup.clock.now = datetime(2026, 5, 31, 16, 30, tzinfo=UTC)
    admin_setup.miss("外星人来过没有")
    admin_setup.history.record(5, ActionKind.RELOAD, "")
    assert "最近一次 6月1日" in admin_setup.say("/missed").text
    admin_setup.clock.now = datetime(2026, 6, 1, 16, 30, tzinfo=UTC)
    assert "昨天 00:30" in admin_setup.say("/history").text


def test_every_card_fits_telegram(clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Callback data in 64 bytes, texts in 4,096 UTF-16 units, at most 100 buttons, over the shipped knowledge."""
    admin_setup = AdminSetup(SHIPPED, tmp_path_factory.mktemp("shipped"), clock)
    base = admin_setup.current.snapshot.base
    for number in range(12):
        admin_setup.miss(f"{'问' * 480}{number}")
    admin_setup.miss("补", VerdictKind.ANSWER, max(base.by_id, key=len))
    admin_setup.usage.record(Records(answered=(Answered("问" * 500, "问", max(base.by_id, key=len), 0.4),)))
    admin_setup.clustering.cluster_new()
    (cluster,) = admin_setup.clusters.top(1)
    full = Form(task=Task.ITEM, question="问", answer="答" * 600, sources=tuple(base.places), document="文" * 60)
    longest = sorted(base.items, key=lambda item: -len(item.answer) - len(item.question))[:3]
    near = [Candidate(item, 0.5) for item in longest]
    used = ItemUse(10**6, ["问" * 200] * 5, dict.fromkeys(Opinion, 999))
    effects = tuple(Effect("问" * 500, outcome, longest[0].id, longest[1].id) for outcome in Outcome for _ in range(9))
    views = [
        cards.card(cluster, 5, cards.COUNTED, near, longest, clock),
        admin_setup.wrong_answers.card(cluster, 5, cards.COUNTED, longest[0], near),
        admin_setup.wrong_answers.card(replace(cluster, questions=cluster.questions[:1]), 5, 9, longest[0], near),
        cards.not_covered(cluster, longest),
        Reply(
            admins_texts.ASK_SOURCES.format(answer=full.answer, done=admins_texts.BUTTON_DONE)
            + item_cards.citations(base),
            cards.form_rows(full, base, 10**12),
        ),
        Reply(admins_texts.ASK_TOPIC, cards.form_rows(full.but(sources_chosen=True), base, 10**12)),
        cards.item_choices(base.items[:6]),
        cards.judge_card(Answered("问" * 500, "问", longest[0].id, 0.4), longest[0], 10),
        Reply("\n".join(cards.impact_lines(Impact(effects, 1500, 9000), base))),
        *(item_cards.item_card(item, admin_setup.current.snapshot, used) for item in base.items),
        *(
            item_cards.item_list(item, which, 0, admin_setup.current.snapshot)
            for item in base.items
            for which in ItemList
        ),
        *(Reply("-", item_cards.way_rows(item, base)) for item in longest),
        *(admin_setup.say(text) for text in ("/missed", "/history", "/digest")),
    ]
    for view in views:
        assert len(view.text.encode("utf-16-le")) // 2 <= 4096
        assert len(view.buttons) <= 100
        assert all(1 <= len(button.callback.pack().encode()) <= 64 and button.label for button in view.buttons)
    assert Kind.ANSWER in {item.kind for item in longest}
    assert len({short_key(item.id) for item in base.items}) == len(base.items)
    assert len({short_key(place) for place in base.places}) == len(base.places)
    admin_setup.close()


def test_what_is_handled_once_more_finds_the_draft_that_it_found_before(admin_setup: AdminSetup) -> None:
    """A kill before the reply was sent: the same message is the same step."""
    admin_setup.say("/new")
    for _ in range(2):
        turn = admin_setup.turn_said("有没有夜宵？")
        assert turn
        assert turn.reply
        assert "标准问法：有没有夜宵？" in turn.reply.text
    admin_setup.keep(turn)
    assert "这段话出自哪里" in admin_setup.say("没有夜宵。").text


def test_an_edit_that_is_handled_once_more_is_made_once(admin_setup: AdminSetup) -> None:
    """And can still be undone."""
    admin_setup.miss("塑料片被狗吃了")
    shown = admin_setup.say("/missed")
    admin_setup.turn_pressed(shown.buttons[0].callback)
    admin_setup.misses.set_state([1], State.OPEN)
    again = admin_setup.press(shown, shown.buttons[0].label)
    assert "本来就是这样" in again.text
    assert admin_setup.file("items.yaml").count("塑料片被狗吃了") == 1
    admin_setup.press(again, admins_texts.BUTTON_UNDO)
    assert "塑料片被狗吃了" not in admin_setup.file("items.yaml")


BOUNDS = {
    "a question": ("/new", ["问" * 61], "标准问法太长了：有 61 个字"),
    "an answer": ("/new", ["问？", "答" * 601], "太长了：有 601 个字，最多 600 个"),
    "a phrasing": ("/item card", ["问" * 61], "这种问法太长了"),
    "too many phrasings": ("/item card", ["\n".join(f"问{n}" for n in range(21))], "一次最多加 20 种问法"),
}


@pytest.mark.parametrize(("command", "said", "told"), BOUNDS.values(), ids=BOUNDS.keys())
def test_what_is_too_long_is_asked_for_again(admin_setup: AdminSetup, command: str, said: list[str], told: str) -> None:
    """The step stays the same."""
    shown = admin_setup.say(command)
    if shown.buttons and command != "/new":
        admin_setup.press(shown, admins_texts.BUTTON_WORDS)
    texts = [admin_setup.say(text).text for text in said]
    assert told in texts[-1]
    assert told not in admin_setup.say("卡没了").text


def test_names_are_bounded_too(admin_setup: AdminSetup) -> None:
    """Of a topic and of a document: both stand on buttons."""
    admin_setup.say("/new")
    admin_setup.say("有没有夜宵？")
    shown = admin_setup.say("没有夜宵。")
    admin_setup.press(shown, admins_texts.BUTTON_OTHER)
    assert "最多 60 个" in admin_setup.say("文" * 61).text
    shown = admin_setup.say("供餐通知")
    admin_setup.press(shown, admins_texts.BUTTON_DONE)
    assert "最多 30 个" in admin_setup.say("题" * 31).text


def test_nothing_that_was_typed_is_live_before_it_was_looked_at(admin_setup: AdminSetup) -> None:
    """Whatever was typed by mistake; a new topic too."""
    files = admin_setup.file("items.yaml")
    admin_setup.press(admin_setup.say("/item card"), admins_texts.BUTTON_ANSWER)
    assert "改答：\n——\n食堂几点开门\n——" in admin_setup.say("食堂几点开门").text
    admin_setup.say("/cancel")
    admin_setup.press(admin_setup.say("/item card"), admins_texts.BUTTON_WORDS)
    assert "· 卡没了" in admin_setup.say("卡没了").text
    admin_setup.say("/cancel")
    admin_setup.say("/new")
    admin_setup.say("有没有夜宵？")
    shown = admin_setup.press(admin_setup.say("没有夜宵。"), "第一条")
    shown = admin_setup.press(shown, admins_texts.BUTTON_DONE)
    admin_setup.press(shown, admins_texts.BUTTON_BACK_TO.format(field="话题"))
    shown = admin_setup.say("夜宵")
    assert "话题：夜宵" in shown.text
    assert "出处：第一条" in shown.text
    assert admin_setup.file("items.yaml") == files
    assert "新写了" in admin_setup.press(shown, admins_texts.BUTTON_FINE).text


def test_a_phrasing_that_is_answered_elsewhere_is_a_loss(admin_setup: AdminSetup) -> None:
    """Also if nobody has asked it lately."""
    admin_setup.press(admin_setup.say("/item closing"), admins_texts.BUTTON_WORDS)
    shown = admin_setup.say("早上什么时候能进去吃啊")
    assert "🔄 换了答案 1 个" in shown.text
    assert "食堂几点开门？ → 食堂几点关门？" in shown.text
    assert shown.buttons[0].label == admins_texts.BUTTON_CONFIRM


def test_a_question_that_there_is_is_found_at_once(admin_setup: AdminSetup) -> None:
    """With the way to its item, and without the draft being lost."""
    admin_setup.say("/new")
    taken = admin_setup.say("补办饭卡！")
    assert "已经是「饭卡丢了怎么补？」的问法了" in taken.text
    shown = admin_setup.press(taken, "饭卡丢了怎么补？")
    assert "饭卡丢了怎么补？（card）" in shown.text
    admin_setup.press(shown, admins_texts.BUTTON_RESUME)
    assert "标准问法：停车" in admin_setup.say("停车").text


def test_what_was_ignored_can_be_cared_for_again(admin_setup: AdminSetup) -> None:
    """From the history."""
    admin_setup.miss("塑料片被狗吃了")
    assert admin_setup.press(admin_setup.say("/missed"), admins_texts.BUTTON_IGNORE).text == admins_texts.CARD_NONE
    opened = admin_setup.press(admin_setup.say("/history"), "1")
    shown = admin_setup.press(opened, admins_texts.HISTORY_UNIGNORE)
    assert "塑料片被狗吃了" in shown.text


def test_after_a_card_comes_the_one_that_stands_in_its_place(admin_setup: AdminSetup) -> None:
    """Nobody is thrown back to the first one."""
    for times, text in ((3, "外星人来过没有"), (2, "饭卡被狗吃了"), (1, "写首诗送我妈")):
        for _ in range(times):
            admin_setup.miss(text)
    first = admin_setup.press(admin_setup.say("/missed"), admins_texts.BUTTON_OPEN.format(number=1))
    second = admin_setup.press(first, admins_texts.CARD_NEXT)
    done = admin_setup.press(second, "加到 1：饭卡丢了怎么补？")
    assert "写首诗送我妈" in admin_setup.press(done, admins_texts.BUTTON_NEXT).text


TIED = {
    "its answer stands on the card": ("加到 1：饭卡丢了怎么补？", False, ()),
    "its answer stands on the card, and somebody waits": ("加到 1：饭卡丢了怎么补？", True, ()),
    "another one": ("加到 2：食堂几点开门？", False, (admins_texts.TIE_FAR.partition("{")[0],)),
    "another one, and somebody waits": ("加到 2：食堂几点开门？", True, (admins_texts.TIE_WAITING.format(count=1),)),
}


@pytest.mark.parametrize(("button", "is_awaited", "reasons"), TIED.values(), ids=TIED.keys())
def test_an_answer_is_read_before_a_question_is_led_to_it(
    admin_setup: AdminSetup, button: str, reasons: tuple[str, ...], *, is_awaited: bool
) -> None:
    """On the card, or on the way."""
    question = "饭卡掉进食堂水沟里了"
    admin_setup.miss(question)
    if is_awaited:
        admin_setup.usage.record(Records(subscriptions=(Subscription(question, 7, b""),)))
    answer = next(item.answer for item in admin_setup.current.snapshot.base.items if button.endswith(item.question))
    card = admin_setup.say("/missed")
    shown = admin_setup.press(card, button)
    assert (answer in card.text) is not bool(reasons)
    if reasons:
        assert answer in shown.text
        assert all(reason in shown.text for reason in reasons)
        assert admin_setup.states() == {question: State.OPEN}
        shown = admin_setup.press(shown, admins_texts.BUTTON_FINE)
    assert shown.text.startswith("改好了")
    assert admin_setup.states() == {question: State.VERIFIED}


def test_an_item_may_have_the_words_already(admin_setup: AdminSetup) -> None:
    """Nothing is edited, but whoever waits is told its answer."""
    admin_setup.miss("补办饭卡")
    admin_setup.usage.record(Records(subscriptions=(Subscription("补办饭卡", 7, b""),)))
    card = admin_setup.say("/missed")
    assert "带上工作证" in card.text
    assert "本来就是这样" in admin_setup.press(card, "加到 1：饭卡丢了怎么补？").text
    assert admin_setup.states() == {"补办饭卡": State.VERIFIED}


def test_an_admins_help_has_the_admins_commands(admin_setup: AdminSetup) -> None:
    """Besides the members' own."""
    text = admin_setup.say("/help").text
    assert "/missed" in text
    assert "/topics" in text


@pytest.mark.parametrize("act", ["加到 1：食堂几点关门？", admins_texts.BUTTON_NEW])
def test_a_phrasing_goes_from_the_item_that_was_wrong_for_it(admin_setup: AdminSetup, act: str) -> None:
    """To another one, or to a new one; and back with an undo."""
    admin_setup.miss("补办饭卡", VerdictKind.ANSWER, "card")
    before = admin_setup.file("items.yaml")
    shown = admin_setup.press(admin_setup.say("/missed"), act)
    if act == admins_texts.BUTTON_NEW:
        shown = admin_setup.say("到二楼补办。")
        for label in ("第一条", admins_texts.BUTTON_DONE, admins_texts.BUTTON_FINE):
            shown = admin_setup.press(shown, label)
    assert admins_texts.TAKEN_FROM.format(question="饭卡丢了怎么补？") in shown.text
    assert admin_setup.states() == {"补办饭卡": State.VERIFIED}
    admin_setup.press(shown, admins_texts.BUTTON_UNDO)
    assert admin_setup.file("items.yaml") == before
    assert admin_setup.states() == {"补办饭卡": State.OPEN}


def test_an_items_question_goes_to_no_other(admin_setup: AdminSetup) -> None:
    """An admin reads what can be done instead; nobody writes an item only to be refused."""
    admin_setup.miss("饭卡丢了怎么补", VerdictKind.ANSWER, "card")
    shown = admin_setup.say("/missed")
    label = next(one.label for one in shown.buttons if one.label.startswith("加到"))
    (callback,) = (button.callback for button in shown.buttons if button.label == label)
    turn = admin_setup.turn_pressed(callback)
    assert turn.reply is None
    assert "就是「饭卡丢了怎么补？」这一条的标准问法，挪不走" in turn.notice
    assert admins_texts.WHY_TAKEN in admin_setup.press(shown, admins_texts.BUTTON_NEW).text


def test_an_undo_pressed_late_leaves_a_later_answer_its_complaints(admin_setup: AdminSetup) -> None:
    """They were about what it replaced."""
    admin_setup.miss("补办饭卡", VerdictKind.ANSWER, "card")

    def answered(answer: str) -> Reply:
        admin_setup.press(admin_setup.say("/missed"), admins_texts.BUTTON_ANSWER)
        return admin_setup.press(admin_setup.say(answer), admins_texts.BUTTON_FINE)

    first = answered("先到窗口。")
    assert admin_setup.states() == {"补办饭卡": State.VERIFIED}
    admin_setup.press(first, admins_texts.BUTTON_UNDO)
    assert admin_setup.states() == {"补办饭卡": State.OPEN}
    answered("到窗口，带照片。")
    admin_setup.press(first, admins_texts.BUTTON_UNDO)
    assert admin_setup.states() == {"补办饭卡": State.VERIFIED}
