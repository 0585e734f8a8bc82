"""What a member says and presses, to what a member reads."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import escape

from bot.conversation.callbacks import Callback, OpenItems, Origin, unpack
from bot.conversation.commands import Command, start_payload
from bot.conversation.context import Context, ConversationMemory
from bot.conversation.member_replies import MemberReplies
from bot.conversation.members import MemberConversation, Speaker, Turn
from bot.conversation.parts import parts_of
from bot.conversation.reply import Button, Reply, Rows, plain_text, short_key
from bot.items import Item, Kind, VerdictKind
from bot.knowledge import Knowledge, read
from bot.matching import QUESTION_LIMIT, ConfidenceModel
from bot.snapshot import Snapshot
from bot.store.database import Database
from bot.store.misses import MissLog
from bot.store.records import Opinion, Records, State
from bot.store.usage import UsageLog
from bot.texts import members as members_texts
from bot.texts.languages import Language
from tests.conftest import CANTEEN, SHIPPED, SHIPPED_CONFIDENCE
from tests.new_database import put_new_database
from tests.telegram_html import visible


def button(label: str, data: str) -> Button:
    """A button as Telegram carries it."""
    callback = unpack(data)
    assert callback, data
    return Button(label, callback)


def items(origin: str, *ids: str) -> Rows:
    """Buttons that open items."""
    questions = {"opening": "食堂几点开门？", "closing": "食堂几点关门？", "card": "饭卡丢了怎么补？"}
    return tuple((button(questions[one], f"a:{origin}:{one}"),) for one in ids)


def thumbs(origin: str, ids: str) -> Rows:
    """The row under an answer."""
    return ((button("👍", f"u:{origin}:{ids}"), button("👎", f"d:{origin}:{ids}")),)


def back(action: str) -> Rows:
    """The row that leads back."""
    return ((button(members_texts.BACK, action),),)


def faults(origin: str) -> tuple[Button, ...]:
    """The row that asks what is wrong with an answer."""
    return (
        button(members_texts.FAULT_WRONG, f"f:w:{origin}:opening"),
        button(members_texts.FAULT_INCOMPLETE, f"f:i:{origin}:opening"),
        button(members_texts.FAULT_OUTDATED, f"f:o:{origin}:opening"),
    )


def follow(origin: str) -> Rows:
    return ((button(members_texts.FOLLOW, f"c:{origin}:opening"),),)


KEY = short_key("食堂")
TOPICS: Rows = ((button("食堂", f"t:{KEY}:0"),),)
TELL_ME: Rows = ((button(members_texts.TELL_ME, "w"),),)
ALL_TOPICS: Rows = ((button(members_texts.ALL_TOPICS, "topics:0"),),)
OPENING = "早上七点开门。\n\n<blockquote>出处：第一条</blockquote>"
OPENED = f"<b>食堂几点开门？</b>\n\n{OPENING}"
CARD = "到窗口补办：\n带上工作证就行。\n\n<blockquote>出处：第一条；第二条</blockquote>"
WELCOME = Reply(members_texts.WELCOME.format(title="食堂须知"), items("s", "opening", "closing", "card") + ALL_TOPICS)
SUGGESTIONS = Reply(members_texts.SUGGESTIONS, (*items("q", "closing", "opening", "card"), (button("都不是", "none"),)))
SAID = {
    "a question": ("食堂几点开门", Reply(OPENING, thumbs("d", "opening"))),
    "one with related items": ("补办饭卡", Reply(CARD, items("r", "opening") + thumbs("d", "card"))),
    "a compound question": (
        "食堂几点开门?食堂几点关门?",
        Reply(
            f"{OPENING}\n\n晚上八点关门。\n\n<blockquote>出处：第二条</blockquote>",
            thumbs("d", f"{short_key('opening')}+{short_key('closing')}"),
        ),
    ),
    "an unclear one": ("开饭安排", SUGGESTIONS),
    "small talk": ("你好", Reply("你好！")),
    "an unknown one": (
        "写首诗送我妈",
        Reply(members_texts.UNKNOWN.format(noted=members_texts.NOTED), TELL_ME + ALL_TOPICS),
    ),
    "blank": (" ", Reply(members_texts.BLANK.format(example="食堂几点开门？"))),
    "/start": ("/start", WELCOME),
    "/start with an item": ("/start opening", Reply(OPENED, thumbs("t", "opening") + back(f"t:{KEY}:0"))),
    "/start with rubbish": ("/start <b>x:y", WELCOME),
    "/start with an item that there never was": ("/start never-there", WELCOME),
    "/start with small talk": ("/start chat-hello", WELCOME),
    "/start with what another program made of it": ("/start@campaign_faq_bot true", WELCOME),
    "/start from inline mode, where nothing was typed": ("/start inline", WELCOME),
    "/start with a question": (
        f"/start {start_payload('食堂几点开门')}",
        Reply(f"你问的是：<b>食堂几点开门</b>\n\n{OPENING}", thumbs("d", "opening")),
    ),
    "/start with thanks": (
        f"/start {start_payload('谢谢')}",
        Reply(f"你问的是：<b>谢谢</b>\n\n{members_texts.ACTS['thanks']}"),
    ),
    "/topics": ("/topics", Reply(members_texts.TOPICS, TOPICS)),
    "/hot, when nothing was asked": ("/hot", Reply(members_texts.HOT_NONE, TOPICS)),
    "/help to this bot": ("/help@campaign_faq_bot", Reply(members_texts.HELP)),
    "/privacy": ("/privacy", Reply(members_texts.PRIVACY.format(days=180))),
    "/forget": ("/forget", Reply(members_texts.FORGOTTEN)),
    "/whoami": ("/whoami", Reply(members_texts.WHOAMI.format(id=7))),
    "/ask": ("/ask@campaign_faq_bot 食堂几点开门", Reply(OPENING, thumbs("d", "opening"))),
    "/ask and a new line": ("/ask\n食堂几点开门", Reply(OPENING, thumbs("d", "opening"))),
    "/ask and a wide space": ("/ask\u3000食堂几点开门", Reply(OPENING, thumbs("d", "opening"))),
    "/ask and nothing between": ("/ask食堂几点开门", Reply(OPENING, thumbs("d", "opening"))),
    "marks": ("？。！", Reply(members_texts.BLANK.format(example="食堂几点开门？"))),
    "emoji": ("👍😀", Reply(members_texts.ACTS["praise"])),
    "/ask without a question": ("/ask", Reply(members_texts.BLANK.format(example="食堂几点开门？"))),
    "an unknown command": ("/nonsense", Reply(members_texts.UNKNOWN_COMMAND)),
    "an admin's command by someone else": ("/missed", Reply(members_texts.UNKNOWN_COMMAND)),
    "a stroke that is no command": ("/补办饭卡", Reply(CARD, items("r", "opening") + thumbs("d", "card"))),
}
GONE = Reply(members_texts.GONE, TOPICS)
PRESSED = {
    "an item under a question": ("a:q:opening", Reply(OPENED, thumbs("q", "opening") + back("b:q"))),
    "an item of a topic": ("a:t:opening", Reply(OPENED, thumbs("t", "opening") + back(f"t:{KEY}:0"))),
    "an example of the welcome": ("a:s:opening", Reply(OPENED, thumbs("s", "opening") + back("b:s"))),
    "one under an answer": ("a:r:opening", Reply(OPENED, thumbs("r", "opening"))),
    "a thumb up under it": ("u:r:opening", Reply(OPENED, follow("r"))),
    "a thumb up for what answers the question": ("u:d:opening", Reply(OPENING, follow("d"))),
    "a thumb down for it": (
        "d:d:opening",
        Reply(OPENING, (faults("d"), *back("v:d:opening"))),
    ),
    "the way back from it": ("v:d:opening", Reply(OPENING, thumbs("d", "opening"))),
    "back to the question": ("b:q", SUGGESTIONS),
    "back to what else there is, where nothing is known": ("b:m", Reply(members_texts.QUESTION_GONE)),
    "back to no list": ("b:d", GONE),
    "back to the welcome": ("b:s", WELCOME),
    "a topic": (
        f"t:{KEY}:0",
        Reply(
            members_texts.TOPIC.format(topic="食堂"),
            (*items("t", "opening", "closing", "card"), (button(members_texts.ALL_TOPICS, "topics:0"),)),
        ),
    ),
    "a page beyond the last": ("topics:99", Reply(members_texts.TOPICS, TOPICS)),
    "none of these": ("none", Reply(members_texts.REJECTED, TELL_ME + ALL_TOPICS)),
    "to be told": ("w", Reply(members_texts.PROMISED, ALL_TOPICS)),
    "a thumb up": ("u:q:opening", Reply(OPENED, back("b:q") + follow("q"))),
    "to be told of a change": (
        "c:q:opening",
        Reply(f"{OPENED}\n\n{members_texts.FOLLOWED}", back("b:q")),
    ),
    "to be told of a change of what is gone": ("c:q:gone", GONE),
    "seen before": ("v:q:opening", Reply(OPENED, thumbs("q", "opening") + back("b:q"))),
    "a thumb down": ("d:q:opening", Reply(OPENED, (faults("q"), *back("v:q:opening")))),
    "what is wrong": ("f:o:q:opening", Reply(OPENED, back("b:q") + follow("q"))),
    "one item of two is gone": ("a:q:00000000+opening", Reply(OPENED, thumbs("q", "opening") + back("b:q"))),
    "an item that is gone": ("a:q:gone", GONE),
    "a topic that is gone": ("t:00000000:0", GONE),
    "no page": ("topics:-1", GONE),
    "a page of another script": ("topics:٣", GONE),
    "an origin that there is not": ("a:x:opening", GONE),
    "a fault that there is not": ("f:x:q:opening", GONE),
    "an older button": ("a:opening", GONE),
    "rubbish": ("x", GONE),
    "nothing": ("", GONE),
}


@pytest.fixture
def usage(tmp_path: Path) -> Iterator[UsageLog]:
    with Database.open(put_new_database(tmp_path / "bot.db")) as database:
        yield UsageLog(database, MissLog(database, 100), 100)


class Dialogue:
    """A conversation over one snapshot, typed and pressed as Telegram brings it; what is said fits in, unless told."""

    def __init__(self, snapshot: Snapshot, usage: UsageLog) -> None:
        self.snapshot = snapshot
        self._conversation = MemberConversation(usage, 180)

    def say(self, text: str, speaker: Speaker, *, fits: bool = True) -> Turn:
        bounded = replace(speaker, has_capacity=lambda _: fits)
        return self._conversation.say(text, Command.parse(text), bounded, self.snapshot)

    def press(self, data: str | Callback, question: str, speaker: Speaker, *, fits: bool = True) -> Turn:
        callback = unpack(data) if isinstance(data, str) else data
        bounded = replace(speaker, has_capacity=lambda _: fits)
        return self._conversation.press(callback, question, bounded, self.snapshot)

    def inline(self, query: str) -> list[Item]:
        return list(self._conversation.inline(query, self.snapshot))


@pytest.fixture(scope="module")
def canteen_snapshot() -> Snapshot:
    return Snapshot.of(read(CANTEEN), "canteen", ConfidenceModel())


@pytest.fixture(scope="module")
def shipped_snapshot() -> Snapshot:
    return Snapshot.of(read(SHIPPED), "knowledge", SHIPPED_CONFIDENCE)


@pytest.fixture
def dialogue(canteen_snapshot: Snapshot, usage: UsageLog) -> Dialogue:
    return Dialogue(canteen_snapshot, usage)


def speaker(*, chat: int = 7, language: Language = Language.SIMPLIFIED) -> Speaker:
    return Speaker(chat, 7, language)


def reply(turn: Turn) -> Reply:
    assert turn.reply
    return turn.reply


@pytest.mark.parametrize(("text", "expected"), SAID.values(), ids=SAID.keys())
def test_what_is_said(dialogue: Dialogue, text: str, expected: Reply) -> None:
    """Every verdict and every command has its reply."""
    assert dialogue.say(text, speaker()).reply == expected


@pytest.mark.parametrize(("action", "expected"), PRESSED.values(), ids=PRESSED.keys())
def test_what_is_pressed(dialogue: Dialogue, action: str, expected: Reply) -> None:
    """Every button has its reply, also one that should not exist."""
    assert dialogue.press(action, "开饭安排", speaker()).reply == expected


def test_what_the_speech_does_not_say_is_said_honestly(dialogue: Dialogue) -> None:
    """The honest line comes first, then what the speech does say."""
    nearest = reply(dialogue.say("一份午饭多少钱", speaker()))
    assert nearest.text.startswith("须知里没有说饭菜的价钱。")
    assert nearest.rows[-1] == (button("👎", "d:d:nc-price"), button("都不是", "none"))
    assert set(nearest.rows[:-1]) <= set(items("r", "opening", "closing", "card"))


def missed(turn: Turn) -> list[str]:
    return [miss.question for miss in turn.records.misses]


def test_what_is_missed_is_said(dialogue: Dialogue) -> None:
    """An unknown question, one that the text does not answer, and the one that rejected buttons stood under."""
    assert missed(dialogue.say("写首诗送我妈", speaker())) == ["写首诗送我妈"]
    assert missed(dialogue.say("一份午饭多少钱", speaker())) == ["一份午饭多少钱"]
    assert missed(dialogue.press("none", "开饭安排", speaker())) == ["开饭安排"]
    assert missed(dialogue.press("none", "", speaker())) == []
    assert missed(dialogue.say("补办饭卡", speaker())) == []
    assert missed(dialogue.say(" ", speaker())) == []


def test_what_is_not_kept_is_not_promised(dialogue: Dialogue) -> None:
    """A log that takes no more changes the words."""
    for turn in (
        dialogue.say("写首诗送我妈", speaker(), fits=False),
        dialogue.press("none", "开饭安排", speaker(), fits=False),
    ):
        assert (turn.records.misses, turn.records.feedback) == ((), ())
        assert "记下" not in reply(turn).text
    turn = dialogue.press("f:w:q:opening", "开饭安排", speaker(), fits=False)
    assert turn.records == Records()
    assert "记下" not in turn.notice


OPINIONS = {
    "helpful": ("u:q:opening", "开饭 安排", [("开饭 安排", "opening", Opinion.HELPFUL)]),
    "wrong": ("f:w:q:card", "补办饭卡 13812345678", [("补办饭卡 ［电话］", "card", Opinion.WRONG)]),
    "incomplete, of two answers": (
        f"f:i:q:{short_key('opening')}+{short_key('closing')}",
        "食堂几点开门?食堂几点关门?",
        [("食堂几点开门?食堂几点关门?", one, Opinion.INCOMPLETE) for one in ("opening", "closing")],
    ),
    "outdated, without a question": ("f:o:t:opening", "", [("食堂几点开门？", "opening", Opinion.OUTDATED)]),
    "not meant: every pair that was shown": (
        "none",
        "开饭安排",
        [("开饭安排", one, Opinion.NOT_MEANT) for one in ("closing", "opening", "card")],
    ),
    "of an item that the question did not lead to": (
        "u:q:opening",
        "写首诗送我妈",
        [("食堂几点开门？", "opening", Opinion.HELPFUL)],
    ),
    "only asked what is wrong": ("d:q:opening", "问", []),
}


@pytest.mark.parametrize(("action", "question", "expected"), OPINIONS.values(), ids=OPINIONS.keys())
def test_an_opinion_is_kept_with_question_and_item(
    dialogue: Dialogue, action: str, question: str, expected: list[tuple[str, str, Opinion]]
) -> None:
    """Masked like a miss."""
    feedback = dialogue.press(action, question, speaker()).records.feedback
    assert [(one.question, one.item, one.opinion) for one in feedback] == expected


def test_what_is_asked_most_is_hot(dialogue: Dialogue, usage: UsageLog) -> None:
    """Answers that were given and items that were opened; the way back leads to the list."""
    for turn in (
        dialogue.say("补办饭卡", speaker()),
        dialogue.press("a:t:opening", "", speaker()),
        dialogue.say("饭卡丢了怎么补", speaker()),
        dialogue.say("开饭安排", speaker()),
    ):
        usage.record(turn.records)
    hot = Reply(members_texts.HOT, items("h", "card", "opening"))
    assert dialogue.say("/hot", speaker()).reply == hot
    assert reply(dialogue.press("a:h:opening", "", speaker())).rows[-1:] == back("b:h")
    assert dialogue.press("b:h", "", speaker()).reply == hot
    assert [item.id for item in dialogue.inline("")] == ["card", "opening"]


def test_the_welcome_shows_what_is_asked_most(shipped_snapshot: Snapshot, usage: UsageLog) -> None:
    """Then the first question of each topic, in their order: four different ones, and answers alone."""
    dialogue = Dialogue(shipped_snapshot, usage)
    topics = list(shipped_snapshot.base.topics.values())

    def examples() -> list[str]:
        *rows, last = reply(dialogue.say("/start", speaker())).rows
        assert last == ALL_TOPICS[0]
        return [button.callback.items[0] for (button,) in rows if isinstance(button.callback, OpenItems)]

    assert examples() == [items[0].id for items in topics[:4]]
    refusal = next(item.id for item in shipped_snapshot.base.items if item.kind is Kind.NOT_COVERED)
    second = topics[-1][1].id
    usage.record(Records(shown=(refusal, second)))
    assert examples() == [second, topics[-1][0].id, topics[0][0].id, topics[1][0].id]


def test_topics_stand_in_the_order_of_what_is_looked_for(shipped_snapshot: Snapshot, usage: UsageLog) -> None:
    """Those alike in the order of the files."""
    dialogue = Dialogue(shipped_snapshot, usage)
    topics = list(shipped_snapshot.base.topics)

    def listed() -> list[str]:
        return [button.label for button in reply(dialogue.say("/topics", speaker())).buttons]

    assert listed() == topics
    last, third = (shipped_snapshot.base.topics[topics[place]][0].id for place in (-1, 2))
    for item in (third, last, third):
        usage.record(Records(shown=(item,)))
    assert listed() == [topics[2], topics[-1], *topics[:2], *topics[3:-1]]


def test_topics_fit_their_buttons(shipped: Knowledge) -> None:
    """On a phone a button shows some fourteen characters."""
    assert [topic for topic in shipped.base.topics if len(topic) > 14] == []


def test_a_link_to_an_item_that_is_gone_says_so(dialogue: Dialogue, usage: UsageLog) -> None:
    """It was shown, so there was one."""
    usage.record(Records(shown=("gone-since",)))
    assert dialogue.say("/start gone-since", speaker()).reply == GONE


def test_a_question_in_a_link_leans_on_nothing(shipped_snapshot: Snapshot, usage: UsageLog) -> None:
    """It was typed in another chat; what is missed of it is what was read, and what follows leans on it."""
    dialogue = Dialogue(shipped_snapshot, usage)
    dialogue.say("“五带头”是哪五个", speaker())
    turn = dialogue.say(f"/start {start_payload('第三个呢')}", speaker())
    assert (turn.items, reply(turn).text.count("你问的是：")) == ((), 1)
    cut = dialogue.say(f"/start {start_payload('火星上一共有几个人在种土豆，哪一年去的')}", speaker())
    assert missed(cut) == ["火星上一共有几个人在种土豆，哪一"]
    dialogue.say(f"/start {start_payload('五带头')}", speaker())
    assert "带头服务群众" in reply(dialogue.say("第三个呢", speaker())).text


HELD = {
    "a term": ("五带头", "五带头", ["five-leads", "five-leads-for-whom"]),
    "a name": ("吾金", "吾金", ["who-is-wujin"]),
    "a term in pinyin": ("wudaitou", "五带头", ["five-leads"]),
    "a term that is asked for": ("请问五带头", "五带头", ["five-leads", "five-leads-for-whom"]),
}


@pytest.mark.parametrize(("query", "term", "first"), HELD.values(), ids=HELD.keys())
def test_a_term_finds_what_holds_it_inline(
    shipped_snapshot: Snapshot, usage: UsageLog, query: str, term: str, first: list[str]
) -> None:
    """The item that it is asked of first; ten answers at most, and none that does not hold it."""
    found = Dialogue(shipped_snapshot, usage).inline(query)
    assert [item.id for item in found][: len(first)] == first
    assert len(found) <= 10
    for item in found:
        assert item.kind is Kind.ANSWER
        assert any(term in text for text in (*item.all_phrasings(), *item.keywords, item.answer)), item.id


FOLLOW_UPS = {
    "an ordinal": (["“五带头”是哪五个", "第三个呢"], "带头服务群众"),
    "another ordinal after it": (["“五带头”是哪五个", "第三个呢", "那第四个呢"], "带头遵纪守法"),
    "an ordinal in place of one that was typed": (["五带头第三个是什么", "第五个"], "带头弘扬正气"),
    "the same about something else": (["县委是哪天开的会", "那中央呢"], "4月6日"),
    "who was just named": (["吾金是谁", "他的电话是多少"], "吾金副局长的电话"),
    "after a pressed button": (["a:t:five-leads", "第三个呢"], "带头服务群众"),
}


@pytest.mark.parametrize(("said", "expected"), FOLLOW_UPS.values(), ids=FOLLOW_UPS.keys())
def test_a_follow_up_is_understood(shipped_snapshot: Snapshot, usage: UsageLog, said: list[str], expected: str) -> None:
    """By what was talked about just now, in the same chat."""
    dialogue = Dialogue(shipped_snapshot, usage)

    def last(chat: int, texts: list[str]) -> str:
        turns = [
            dialogue.press(t, "", speaker(chat=chat)) if ":" in t else dialogue.say(t, speaker(chat=chat))
            for t in texts
        ]
        return reply(turns[-1]).text

    assert expected in last(7, said)
    assert expected not in last(8, said[-1:])


def test_odd_messages_cost_no_more_than_others(shipped_snapshot: Snapshot, usage: UsageLog) -> None:
    """Nothing that is repeated sends a pattern round in circles, and odd digits are no numbers."""
    dialogue = Dialogue(shipped_snapshot, usage)
    for text in (
        "我想问" * 60 + "x",
        "是什么来着" * 60 + "x",
        "的那个" * 80 + "x",
        "换" * 4000,
        "⑳" * 2500,
        "❶",
        "0",
        "呢",
    ):
        dialogue.say("五带头是哪五个", speaker())
        assert "第 0 条" not in reply(dialogue.say(text, speaker())).text
        dialogue.say("早上", speaker())
        assert dialogue.say(text, speaker()).reply


def test_talk_among_others_leans_on_nothing(shipped_snapshot: Snapshot, usage: UsageLog) -> None:
    """In a group only a complete question is answered where the bot is not addressed."""
    dialogue = Dialogue(shipped_snapshot, usage)
    passing = Speaker(7, 7, addresses_bot=False)
    dialogue.say("五带头是哪五个", speaker())
    for text in ("第三个", "哪天", "谁", "谢谢", "太长了", "都不是", "1"):
        assert dialogue.say(text, passing).reply is None, text
    assert dialogue.say("“五个好”指的是哪五个好？", passing).reply


def test_a_fragment_after_a_list_narrows_it(shipped_snapshot: Snapshot, usage: UsageLog) -> None:
    """It asks, and the word before it says about what."""
    dialogue = Dialogue(shipped_snapshot, usage)
    dialogue.say("开会", speaker())
    narrowed = dialogue.say("哪天", speaker())
    assert narrowed.verdict is VerdictKind.SUGGEST
    assert narrowed.reply
    assert any(option.label == "县委动员部署大会是哪天开的？" for option in narrowed.reply.buttons)


def test_the_last_one_of_the_list_that_an_answer_is_a_part_of(shipped_snapshot: Snapshot, usage: UsageLog) -> None:
    """Parts are counted by 条; the questions under an answer are not meant."""
    dialogue = Dialogue(shipped_snapshot, usage)
    dialogue.say("“工作机制好”包括哪些内容？", speaker())
    assert dialogue.say("最后一条", speaker()).items == ("good-reputation",)


FOLLOWED = {
    "a place in pinyin": (("五带头是哪五个", "di er ge"), ("five-leads",)),
    "all of a list": (("开展活动有哪几条意义", "三条都给我"), ("three-reasons",)),
    "a place that has an item of its own": (("开展活动有哪几条意义", "第三个展开说说"), ("masses-reason",)),
    "who said it, where nobody had said": (("四个走在前列是哪四个", "哪个提出来的"), ("four-fronts",)),
    "a complete double question": (
        ("五带头是哪五个", "这次讲话是谁讲的，什么时候讲的"),
        ("speaker", "nc-meeting-date"),
    ),
}


@pytest.mark.parametrize(("said", "items"), FOLLOWED.values(), ids=FOLLOWED.keys())
def test_what_follows(said: list[str], items: tuple[str, ...], shipped_snapshot: Snapshot, usage: UsageLog) -> None:
    """It leans on what was said, if it does not say everything itself."""
    dialogue = Dialogue(shipped_snapshot, usage)
    assert [dialogue.say(text, speaker()).items for text in said][-1] == items


def test_who_points_at_nothing_is_asked(shipped_snapshot: Snapshot, usage: UsageLog) -> None:
    """就是那个 is no agreement."""
    turn = Dialogue(shipped_snapshot, usage).say("就是那个", speaker())
    assert reply(turn) == Reply(members_texts.INCOMPLETE)


@pytest.mark.parametrize("correction", ["不是五带头，是五个好", "是五个好不是五带头"])
def test_a_correction_is_read_by_what_was_meant(correction: str, shipped_snapshot: Snapshot, usage: UsageLog) -> None:
    """Not by what was not."""
    dialogue = Dialogue(shipped_snapshot, usage)
    dialogue.say("五带头是哪五个", speaker())
    assert dialogue.say(correction, speaker()).items == ("five-goods",)


def test_none_of_these_is_noted_only_where_it_is_offered(shipped_snapshot: Snapshot, usage: UsageLog) -> None:
    """Once; and under a refusal too."""
    dialogue = Dialogue(shipped_snapshot, usage)
    dialogue.say("五带头是哪五个", speaker())
    dialogue.say("还有吗", speaker())
    assert missed(dialogue.say("都不是", speaker())) == []
    dialogue.say("局长叫什么名字", speaker())
    assert missed(dialogue.say("都不是", speaker())) == ["局长叫什么名字"]
    assert missed(dialogue.say("都不是", speaker())) == []


def test_what_is_left_open_is_a_miss(shipped_snapshot: Snapshot, usage: UsageLog) -> None:
    """Beside the part that is answered."""
    turn = Dialogue(shipped_snapshot, usage).say("五带头是哪五个，火星上有几个人", speaker())
    assert turn.items == ("five-leads",)
    assert missed(turn) == ["火星上有几个人"]


def test_a_list_of_topics_can_be_chosen_from(shipped_snapshot: Snapshot, usage: UsageLog) -> None:
    """By number, like every list."""
    dialogue = Dialogue(shipped_snapshot, usage)
    topic = reply(dialogue.say("/topics", speaker())).buttons[1].label
    assert topic in reply(dialogue.say("2", speaker())).text


def test_the_way_back_under_a_follow_up_leads_to_its_answer(shipped_snapshot: Snapshot, usage: UsageLog) -> None:
    """Whatever was opened meanwhile; and an opinion is on the question as it was understood."""
    dialogue = Dialogue(shipped_snapshot, usage)
    dialogue.say("“五带头”是哪五个", speaker())
    good = reply(dialogue.say("那五个好呢", speaker()))
    assert "领导班子好" in good.text
    dialogue.press("a:q:person-in-charge", "那五个好呢", speaker())
    assert "领导班子好" in reply(dialogue.press("b:q", "那五个好呢", speaker())).text
    liked = dialogue.press(good.rows[-1][0].callback, "那五个好呢", speaker()).records.feedback
    assert [opinion.question for opinion in liked] != ["那五个好呢"]


def test_what_was_talked_about_is_forgotten_after_five_minutes() -> None:
    """Fragments after one; and it is kept in memory only."""
    now = [0.0]
    memory = ConversationMemory(lambda: now[-1])
    context = Context("补办饭卡", ("card",), fragments=("饭卡",))
    memory.put_context((7, 7), context)
    now.append(59)
    assert (memory.context((7, 7)), memory.context((7, 8))) == (context, Context())
    now.append(299)
    assert memory.context((7, 7)) == replace(context, fragments=())
    now.append(301)
    assert memory.context((7, 7)) == Context()


def test_where_no_reply_is_due_only_a_sure_one_comes(dialogue: Dialogue) -> None:
    """And nothing is kept of the rest."""
    passing = Speaker(-7, 7, addresses_bot=False)
    for text in ("写首诗送我妈", "开饭安排"):
        assert dialogue.say(text, passing) == Turn(None)
    assert dialogue.say("补办饭卡", passing).reply
    assert dialogue.say("一份午饭多少钱", passing).reply


def test_who_wishes_to_be_told_is_known_by_the_miss(dialogue: Dialogue) -> None:
    """As it was recorded; who can't be reached is offered nothing."""
    unknown = dialogue.say("写首诗送我妈13812345678", speaker())
    told = dialogue.press("w", "写首诗送我妈13812345678", speaker())
    assert told.subscribe_to == unknown.records.misses[0].key
    assert told.notice == members_texts.PROMISE
    assert dialogue.press("w", "开饭安排", speaker()).subscribe_to == "开饭安排"
    assert dialogue.press("w", "", speaker()).subscribe_to == ""
    terminal = Speaker(7, 7, reachable=False)
    assert reply(dialogue.say("写首诗送我妈", terminal)).rows == ALL_TOPICS
    assert reply(dialogue.press("none", "开饭安排", terminal)).rows == ALL_TOPICS
    assert dialogue.press("w", "写首诗送我妈", terminal).subscribe_to == ""


def test_what_is_kept_of_a_question(dialogue: Dialogue) -> None:
    """What it was answered with, masked; and the day's count of its verdict. Of a blank one nothing."""
    answered = dialogue.say("补办饭卡 13812345678", speaker()).records
    assert [(one.question, one.item) for one in answered.answered] == [("补办饭卡 ［电话］", "card")]
    verdicts = [
        dialogue.say(text, speaker()).records.verdicts for text in ("补办饭卡", "开饭安排", "种土豆", "你好", " ")
    ]
    assert verdicts == [("answer",), ("suggest",), ("unknown",), ("small-talk",), ()]
    assert dialogue.say("开饭安排", speaker()).records.answered == ()


def test_a_thumb_down_is_a_miss_of_its_item(dialogue: Dialogue) -> None:
    """Admins get to see it like any other."""
    (miss,) = dialogue.press("f:w:q:card", "补办饭卡", speaker()).records.misses
    assert (miss.question, miss.verdict, miss.item, miss.state) == ("补办饭卡", "answer", "card", State.OPEN)
    assert dialogue.press("u:q:card", "补办饭卡", speaker()).records.misses == ()


def follows(turn: Turn) -> list[str]:
    return [button.callback.pack() for button in reply(turn).buttons if button.label == members_texts.FOLLOW]


def test_an_answer_that_will_change_offers_to_tell_of_it_at_once(usage: UsageLog, canteen_snapshot: Snapshot) -> None:
    """However it is opened; where others would read along, or nobody can be told, it is not offered at all."""
    old, dated = "answer: 早上", "review_by: 2999-12-31\n    answer: 早上"
    files = {name: data.decode().replace(old, dated).encode() for name, data in canteen_snapshot.files.items()}
    dialogue = Dialogue(Snapshot.of(files, "canteen", ConfidenceModel()), usage)
    ways: list[Callable[[Speaker], Turn]] = [
        lambda speaker: dialogue.say("食堂几点开门", speaker),
        lambda speaker: dialogue.press("a:q:opening", "开饭安排", speaker),
        lambda speaker: dialogue.press("v:d:opening", "食堂几点开门", speaker),
        lambda speaker: dialogue.press("u:d:opening", "食堂几点开门", speaker),
    ]
    offered = [follows(way(speaker())) for way in ways]
    assert offered == [["c:d:opening"], ["c:q:opening"], ["c:d:opening"], ["c:d:opening"]]
    for nobody in (speaker(chat=-100), replace(speaker(), reachable=False)):
        assert [follows(way(nobody)) for way in ways] == [[], [], [], []]
        assert dialogue.press("c:d:opening", "食堂几点开门", nobody).follows == ()
    assert follows(dialogue.say("补办饭卡", speaker())) == []


def test_who_wants_to_be_told_of_a_change_is_promised_that(dialogue: Dialogue) -> None:
    """Of all answers of the reply; nothing is a miss of it."""
    turn = dialogue.press(f"c:d:{short_key('opening')}+{short_key('closing')}", "", speaker())
    assert [item.id for item in turn.follows] == ["opening", "closing"]
    assert turn.notice == members_texts.FOLLOW_PROMISE
    assert turn.records == Records()


INLINE = {
    "a sure question": ("食堂几点开门", ["opening"]),
    "an unclear one": ("开饭安排", ["closing", "opening"]),
    "off topic": ("写首诗送我妈", []),
    "256 characters of anything": ("🧑\u200d🚀<a&b>%s{}" * 18, []),
    "what the text does not say": ("一份午饭多少钱", []),
}


@pytest.mark.parametrize(("query", "first"), INLINE.values(), ids=INLINE.keys())
def test_inline_results(dialogue: Dialogue, query: str, first: list[str]) -> None:
    """The best items first; never one that is no answer."""
    found = [item.id for item in dialogue.inline(query)]
    assert found[: len(first)] == first
    assert set(found) <= {"opening", "closing", "card"}
    assert len(set(found)) == len(found)


def test_languages(dialogue: Dialogue) -> None:
    """Traditional characters in everything, English in the interface alone."""
    traditional = reply(dialogue.say("补办饭卡", speaker(language=Language.TRADITIONAL)))
    assert traditional.text == "到窗口補辦：\n帶上工作證就行。\n\n<blockquote>出處：第一條；第二條</blockquote>"
    assert traditional.buttons[0].label == "食堂幾點開門？"
    english = reply(dialogue.say("补办饭卡", speaker(language=Language.ENGLISH)))
    assert english.text == "到窗口补办：\n带上工作证就行。\n\n<blockquote>Source: 第一条；第二条</blockquote>"
    assert "記下" in dialogue.press("u:q:opening", "", speaker(language=Language.TRADITIONAL)).notice


OPENED_UNDER = {
    "a list under a question": ("a:q:opening", True),
    "a list that was asked for": ("a:m:opening", True),
    "an answer": ("a:r:opening", False),
}


@pytest.mark.parametrize(("action", "replaces"), OPENED_UNDER.values(), ids=OPENED_UNDER.keys())
def test_an_answer_takes_the_place_of_a_list_alone(dialogue: Dialogue, action: str, *, replaces: bool) -> None:
    """Under an answer it is another message."""
    assert dialogue.press(action, "开饭安排", speaker()).replaces is replaces


def test_small_talk_is_english_for_who_reads_english(shipped_snapshot: Snapshot) -> None:
    """Of the shipped items too, whose own texts are for who reads Chinese."""
    small_talk = [item for item in shipped_snapshot.base.items if item.kind is Kind.SMALL_TALK]
    assert {item.id for item in small_talk} >= members_texts.ABOUT_THE_BOT.keys()
    for item in small_talk:
        verdict = shipped_snapshot.matcher.match(item.question)
        chinese, english = (
            MemberReplies(shipped_snapshot.base, 180, language).verdict(verdict, item.question, noted=False).text
            for language in (Language.SIMPLIFIED, Language.ENGLISH)
        )
        assert chinese == item.answer
        assert not re.search("[\u4e00-\u9fff]", english.replace(shipped_snapshot.base.title, "")), item.id


def test_small_talk_of_other_knowledge_stays_as_it_is(dialogue: Dialogue) -> None:
    """There is no English for it."""
    assert reply(dialogue.say("你好", speaker(language=Language.ENGLISH))).text == "你好！"


@pytest.mark.parametrize("language", Language)
def test_the_first_texts_are_short(shipped: Knowledge, language: Language) -> None:
    """Two lines over the examples, five of help."""
    replies = MemberReplies(shipped.base, 180, language)
    assert [len(replies.say(text).splitlines()) for text in (members_texts.WELCOME, members_texts.HELP)] == [2, 5]


def test_a_long_message_is_cut_with_a_note(dialogue: Dialogue) -> None:
    """Whoever writes more than is looked at is told."""
    long = reply(dialogue.say("补办饭卡。" + "水" * 100_000, speaker()))
    assert long.text.endswith(members_texts.CUT.format(limit=QUESTION_LIMIT))


@pytest.mark.parametrize("language", Language)
def test_every_shipped_item_fits_telegram(shipped: Knowledge, language: Language) -> None:
    """Callback data in 64 bytes, texts in 4,096 UTF-16 units, whichever way an item is opened."""
    replies = MemberReplies(shipped.base, 180, language)
    views = [replies.plain(text) for text in (members_texts.HELP, members_texts.PRIVACY)]
    views += [replies.welcome(shipped.base.items), replies.with_topics(members_texts.TOPICS), replies.gone()]
    views += [replies.topic(short_key(topic), page) for topic in shipped.base.topics for page in range(4)]
    for item in shipped.base.items:
        views += [replies.items([item], origin) for origin in Origin]
        views.append(replies.defects([item], Origin.QUESTION))
        assert len(item.id.encode()) <= 64
        views += [Reply(replies.shared(item)), *(replies.parts(item, {0: part}) for part in parts_of(item)[:1])]
    longest = sorted(shipped.base.items, key=lambda item: len(item.id))[-4:]
    views += [replies.items(longest, Origin.QUESTION), replies.defects(longest, Origin.QUESTION)]
    for view in views:
        assert units(plain_text(view.text)) <= 4096
        assert visible(str(escape(view.text))) == plain_text(view.text)
        assert all(1 <= len(button.callback.pack().encode()) <= 64 and button.label for button in view.buttons)
    assert units(replies.say(members_texts.THANKS)) <= 200
    assert units(replies.say(members_texts.FLOODED)) <= 200


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
