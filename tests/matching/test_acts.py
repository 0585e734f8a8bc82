"""What a message does besides asking is told by its words, and nothing that asks is taken for it."""

import json

import pytest

from bot.items import Item, Kind
from bot.knowledge import Knowledge
from bot.matching import Act
from bot.matching.acts import Acts, act_of
from tests.conftest import ROOT

ACTS = Acts()
SAID = {
    "太谢谢您啦！！": Act.THANKS,
    "辛苦了哈": Act.THANKS,
    "🙏🙏": Act.THANKS,
    "Thanks!": Act.THANKS,
    "謝謝你們": Act.THANKS,
    "嗯嗯，知道啦": Act.OK,
    "哦哦好的呢": Act.OK,
    "各位老师好呀": Act.GREETING,
    "在不在呀": Act.ARE_YOU_THERE,
    "那我先走了，拜拜": Act.BYE,
    "你也太厉害了吧": Act.PRAISE,
    "👍👍👍": Act.PRAISE,
    "❤️": Act.PRAISE,
    "讲得很清楚": Act.PRAISE,
    "哈哈哈哈笑死我了": Act.LAUGHING,
    "不好意思啊打错字了": Act.APOLOGY,
    "你这答非所问啊": Act.COMPLAINT,
    "说了等于没说": Act.COMPLAINT,
    "👎": Act.COMPLAINT,
    "你真笨": Act.INSULT,
    "你真棒": Act.PRAISE,
    "你咋这么蠢呢": Act.INSULT,
    "什么破玩意儿": Act.INSULT,
    "烦死了": Act.EMOTION,
    "😭": Act.EMOTION,
    "您是哪位呀": Act.WHO_ARE_YOU,
    "你不会是机器人吧": Act.HUMAN_OR_BOT,
    "您是真人还是电脑呀": Act.HUMAN_OR_BOT,
    "你这机器人还挺好用": Act.PRAISE,
    "你净说些没用的": Act.COMPLAINT,
    "在吗[微笑]": Act.ARE_YOU_THERE,
    "讲个笑话呗": Act.ENTERTAIN,
    "你会唱歌吗": Act.ENTERTAIN,
    "给大家来段绕口令": Act.ENTERTAIN,
    "我今天心情好差": Act.EMOTION,
    "你觉得局长讲得好不好": Act.OPINION,
    "你觉得五个好是哪五个": None,
    "你是不是机器人啊": Act.HUMAN_OR_BOT,
    "我想问一下哈": Act.OPENING,
    "帮我写一份承诺书吧": Act.ENTERTAIN,
    "帮我写下五个好是哪五个": None,
    "行吧，听着还是套话": Act.COMPLAINT,
    "还不是叫我们多干活，垃圾机器人": Act.INSULT,
    "你答得真快，比小李强多了": Act.PRAISE,
    "不摆龙门阵，你是真人不": Act.HUMAN_OR_BOT,
    "真棒，几号开会": None,
    "我是新来的": Act.OPENING,
    "我是局里退休的老张，想问问这次活动": Act.OPENING,
    "我是问几号开会": None,
    "我是新来的要做什么": None,
    "算了不问了": Act.NEVER_MIND,
    "要得，晓得了": Act.OK,
    "一个都不对": Act.NONE_OF_THESE,
    "": None,
    "？？": None,
    "谢谢的英文怎么说": None,
    "领导班子好": None,
    "群众反映好": None,
    "五个好": None,
    "垃圾分类怎么搞": None,
    "怎么才算优秀": None,
    "好的党组织什么样": None,
    "不好意思，几号开会": None,
}


@pytest.mark.parametrize(("text", "act"), SAID.items())
def test_what_a_message_does(text: str, act: Act | None) -> None:
    """The whole message counts; particles, degrees and repetitions do not."""
    assert ACTS.act(text) is act


PEELED = {
    "好的谢谢，那五个好呢": "那五个好呢",
    "谢谢你，几号开会": "几号开会",
    "你好请问几号开会": "请问几号开会",
    "几号开会？谢谢啦！": "几号开会？",
    "不对，我问的是哪天": "哪天",
    "领导班子好，指的什么": "领导班子好，指的什么",
    "又好又快，是说什么": "又好又快，是说什么",
    "谢谢，辛苦了": "谢谢，辛苦了",
    "几号开会": "几号开会",
    "wugehao ne": "wugehao",
    "我是退休的，要参加吗": "我是退休的，要参加吗",
}


@pytest.mark.parametrize(("text", "question"), PEELED.items())
def test_courtesies_around_a_question_are_taken_off(text: str, question: str) -> None:
    """What is left is what was asked."""
    assert ACTS.peeled(text) == question


def test_nothing_that_asks_is_taken_for_an_act(shipped: Knowledge) -> None:
    """No question about the speech, covered or nearly, and no phrasing of an answer or a refusal."""
    acts = Acts(shipped.base.items)
    with (ROOT / "tests" / "data" / "questions.jsonl").open(encoding="utf-8") as lines:
        asked = [row["q"] for row in map(json.loads, lines) if row["kind"] in {"in", "near"}]
    asked += [text for item in shipped.base.items if item.kind is not Kind.SMALL_TALK for text in item.all_phrasings()]
    assert [text for text in asked if acts.act(text)] == []


def test_an_item_adds_to_its_act() -> None:
    """By its id; its phrasings are matched as a whole, after particles are taken off."""
    item = Item("chat-thanks", "寒暄", "劳驾您嘞", "不谢", Kind.SMALL_TALK, ("给您磕一个",))
    acts = Acts([item])
    assert acts.act("给您磕一个啦") is Act.THANKS
    assert ACTS.act("给您磕一个啦") is None
    assert acts.items == {Act.THANKS: item}


def test_only_small_talk_with_a_known_name_is_an_act() -> None:
    """Whatever asks something about the bot stays a question."""
    assert act_of(Item("chat-bye", "寒暄", "再见", "再见", Kind.SMALL_TALK)) is Act.BYE
    assert act_of(Item("chat-help", "寒暄", "怎么用", "打字", Kind.SMALL_TALK)) is None
    assert act_of(Item("chat-bye", "寒暄", "再见", "再见", source=("1",))) is None
