"""Where an edit goes, how it is written, what it leaves alone, and when it is refused."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import EditRefusedError, Refusal
from bot.items import Item, Kind
from bot.knowledge.edit import (
    AddItem,
    AddSource,
    ByHandError,
    Change,
    ChangeTexts,
    ChangeWords,
    DeleteItem,
    Edit,
    SetPlace,
    SetText,
    _page,
    edit_of,
    file_edits,
    reverted,
)
from bot.knowledge.load import Tree
from bot.knowledge.models import ItemEntry, ItemFile, SpeechFile
from tests.conftest import SHIPPED

ASKED = ChangeTexts("open", "phrasings", ("新问法",))
ANSWERED = SetText("open", "answer", "八点。", "七点。")
LONGER = SetText("open", "answer", "工作日八点；\n\n周末九点。", "七点。")
CARD = AddItem(Item("card", "食堂", "饭卡丢了？", "去窗口。", phrasings=("补卡", "卡: 丢了"), source=("1.10",)))
HELLO = AddItem(Item("hello", "食堂", "你好", "你好！\n问吧。", Kind.SMALL_TALK))
NOTICE = AddSource("notice", "某某通知")
FORGOTTEN = ChangeTexts("open", "phrasings", removed=("旧问法", "旧问法二"))
CITED = ChangeTexts("open", "source", ("2",), ("1",))
UNLIKE = ChangeTexts("open", "negatives", ("几点关门",))
SHORTER = SetText("open", "short", "七点", "早上七点")
UNSHORT = SetText("open", "short", "", "早上七点")
RENAMED = SetText("open", "question", "几点开？", "几点开门？")
GOES = DeleteItem("open", Item("open", "食堂", "几点开门？", "七点。"))

# In a text, «old→new» is what an edit replaces and by what; all else stays.
PHRASINGS = {
    "below the last one": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    phrasings:
      - 早上几点开
«→      - 新问法
»    answer: 七点。
""",
    "above the comments that follow": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    phrasings:  # 常问的
      # 早上
      - 早上几点开  # 很多人问
«→      - 新问法
»      # 中午

    # 回答
    answer: 七点。
""",
    "below one in quotes": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    phrasings:
      - "早上: 几点"  # 注
«→      - 新问法
»    answer: 七点。
""",
    "below one on two lines": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    phrasings:
      - 早上
        几点
«→      - 新问法
»    answer: 七点。
""",
    "below a block scalar, above the blank line below it": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    phrasings:
      # 早上
      - 早上几点开
      - |-
        几点
«→      - 新问法
»
    answer: 七点。
""",
    "in a list that is not indented": """\
topic: 食堂
items:
- id: open
  question: 几点开门？
  phrasings:
  - 早上几点开
«→  - 新问法
»  answer: 七点。
""",
    "to the item that is meant, whatever the order of its keys": """\
topic: 食堂
items:
  - id: close
    question: 几点关门？
    phrasings:
      - 晚上几点关
    answer: 七点。

  - phrasings:
      - 早上几点开
«→      - 新问法
»    question: 几点开门？
    answer: 七点。
    id: open

  - id: card
    question: 饭卡丢了？
    answer: 七点。
""",
    "in a file that ends without a line end": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: 七点。
    phrasings:
      - 早上几点开«→
      - 新问法»""",
    "with a new key below the question": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？  # 按钮
«→    phrasings:
      - 新问法
»    # 回答
    answer: 七点。
""",
    "with a new key below a question in a block scalar": """\
topic: 食堂
items:
  - question: |-
      几点开门？
«→    phrasings:
      - 新问法
»
    id: open
    answer: 七点。
""",
    "with a new key below a question in a block scalar at the end": """\
topic: 食堂
items:
  - id: open
    answer: 七点。
    question: |-
      几点开门？
«→    phrasings:
      - 新问法
»""",
    "where keys have quotes": """\
"topic": 食堂
"items":
  - "id": "open"
    "question": "几点开门？"
    'phrasings':
      - '几点'
«→      - 新问法
»    "answer": "七点。"
""",
}
PHRASINGS |= {
    "in brackets, where the others stay as they are written": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    «phrasings: [早上几点开, "几点, 开" ]→phrasings: [早上几点开, "几点, 开", "新问法"]»  # 早
    answer: 七点。
""",
    "in empty brackets": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    «phrasings: []→phrasings: [新问法]»
    answer: 七点。
""",
}
NO_PHRASINGS = {
    "a line": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    phrasings:
      - 早上几点开
«      - 旧问法
→»      # 中午
      - 几点
    answer: 七点。
""",
    "several lines, and what is between stays": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    phrasings:
«      - "旧问法"
      - 几点  # 注
      - |-
        旧问法二
→      - 几点  # 注
»    answer: 七点。
""",
    "all, with the key": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
«    phrasings:
      - 旧问法
      - 旧问法二
→»    # 回答
    answer: 七点。
""",
    "in brackets": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    «phrasings: [旧问法, '几点',
      旧问法二 ]→phrasings: ['几点']»
    answer: 七点。
""",
}
SOURCES = {
    "in brackets": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: 七点。
    «source: ["1", "1.2" ]→source: ["1.2", "2"]»  # 注
""",
    "in lines": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    source:
«      - "1"
      - '3'
→      - '3'
      - "2"
»    answer: 七点。
""",
    "of which none stays": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    source:
«      - "1"
→      - "2"
»    answer: 七点。
""",
}
NEGATIVES = {
    "below the phrasings": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    phrasings:
      - 早上几点开
«→    negatives:
      - 几点关门
»    answer: 七点。
""",
    "below another": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: 七点。
    negatives:
      - 不开门
«→      - 几点关门
»""",
}
SHORTS = {
    "below all": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: |-
      七点。
    source: ["1"]
«→    short: 七点
»""",
    "in place of another": """\
topic: 食堂
items:
  - id: open
    «short: 早上七点→short: 七点»
    question: 几点开门？
    answer: 七点。
""",
}
NO_SHORTS = {
    "with its line": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: 七点。
«    short: "早上七点"
→»  # 完
""",
    "of several lines": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
«    short: >-
      早上七点
→»
    answer: 七点。
""",
}
QUESTIONS = {
    "plain": """\
topic: 食堂
items:
  - id: open
    «question: 几点开门？→question: 几点开？»  # 按钮
    answer: 七点。
""",
}
GONE = {
    "with the blank line above": """\
topic: 食堂
items:
  - id: first
    question: 一？
    answer: 一。
«
  - id: open
    question: 几点开门？
    answer: 七点。
→»
  - id: last
    question: 三？
    answer: 三。
""",
    "with the blank line below, of the first": """\
topic: 食堂
items:
«  - id: open
    question: 几点开门？
    answer: |-
      七点。

→»  - id: last
    question: 三？
    answer: 三。
""",
    "below a comment, which stays": """\
topic: 食堂
items:
  - id: first
    question: 一？
    answer: 一。

  # 早上
«  - {id: open, question: 几点开门？, answer: 七点。}
→»  # 完
""",
    "at the end of a file without a line end": """\
items:
- id: first
  question: 一？
  answer: 一。
«- answer: 七点。
  id: open
  question: 几点开门？
→»topic: 食堂""",
}
ANSWERS = {
    "plain": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: «七点。→八点。»
    source: ["1"]
""",
    "plain, before a comment": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: «七点。→八点。»  # 夏天
""",
    "in quotes": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: «"七\\
      点。"→八点。»
""",
    "in quotes, before a comment, which would seem to cut it": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: «'七点。'→"八点。"»  # 夏天
""",
    "in a block scalar, which stays one": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: |-  # 夏天
        «七点。→八点。»

    # 出处
    source: ["1"]
""",
    "in a folded scalar": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: >
      «七点。→八点。»


  - id: close
    question: 几点关门？
    answer: 七点。
""",
    "on a line of its own": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer:  # 夏天
      «七点。→八点。»
""",
    "at the end of a file without a line end": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: |
      «七点。→八点。»""",
    "though a phrasing and another item say the same": """\
topic: 食堂
items:
  - id: close
    question: 几点关门？
    answer: 七点。
  - id: open
    question: 几点开门？
    phrasings: [七点。, 八点。]
    answer: «七点。→八点。»
""",
}
LONGER_ANSWERS = {
    "after a plain one": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: «七点。→|-
      工作日八点；

      周末九点。»
    source: ["1"]
""",
    "in a block scalar, as deep as it was": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: |-  # 夏天
        «七点。→工作日八点；

        周末九点。»

    source: ["1"]
""",
    "after a folded scalar": """\
topic: 食堂
items:
- id: open
  question: 几点开门？
  answer: «>
    七点。→|-
    工作日八点；

    周末九点。»

- id: close
  question: 几点关门？
  answer: 七点。
""",
    "in quotes before a comment, which a block scalar would swallow": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: «七点。→"工作日八点；\\n\\n周末九点。"»  # 夏天
""",
}
ITEMS = {
    "below the last one": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: 七点。
«→  - id: card
    question: 饭卡丢了？
    phrasings:
      - 补卡
      - "卡: 丢了"
    answer: 去窗口。
    source: ["1.10"]
»""",
    "below a blank line where items have one between them, below the comments at the end": """\
topic: 食堂
items:
- id: open
  question: 几点开门？
  answer: 七点。

# 晚上
- id: close
  question: 几点关门？
  answer: |-
    七点。
# 完
«→
- id: card
  question: 饭卡丢了？
  phrasings:
    - 补卡
    - "卡: 丢了"
  answer: 去窗口。
  source: ["1.10"]
»""",
    "in a file that ends without a line end": """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    answer: |
      七点。«→
  - id: card
    question: 饭卡丢了？
    phrasings:
      - 补卡
      - "卡: 丢了"
    answer: 去窗口。
    source: ["1.10"]»""",
    "below the last one if the topic comes last": """\
items:
  # 早上
  - id: open
    question: 几点开门？
    answer: 七点。

  - id: close
    question: 几点关门？
    answer: 七点。
«→
  - id: card
    question: 饭卡丢了？
    phrasings:
      - 补卡
      - "卡: 丢了"
    answer: 去窗口。
    source: ["1.10"]
»topic: 食堂
""",
}
OTHERS = {
    "below the comments at the end": """\
title: 食堂须知
paragraphs:
  "1": 第一条
# 别的文件：
# others:
«→others:
  notice: 某某通知
»""",
    "at the end of a file without a line end": """\
title: 食堂须知
paragraphs: {"1": 第一条}«→
others:
  notice: 某某通知»""",
    "below the last one": """\
title: 食堂须知
others:
    rules: 规定  # 旧的
«→    notice: 某某通知
»
paragraphs:
  "1": 第一条
""",
    "below a block scalar": """\
title: 食堂须知
paragraphs:
  "1": 第一条
others:
  rules: >-
    规定
«→  notice: 某某通知
»""",
    "above the mark that ends a document": """\
---
title: 食堂须知
paragraphs: {"1": 第一条}
«→others:
  notice: 某某通知
»...
""",
}
IN_BRACKETS = {
    "a phrasing in brackets over several lines": (
        ASKED,
        """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    phrasings: [
      早上几点开,  # 早
      几点开,
    ]
    answer: 七点。
""",
    ),
    "a phrasing with a new key in braces": (
        ASKED,
        """\
topic: 食堂
items:
  - {id: open, question: 几点开门？, answer: 七点。}  # 注
""",
    ),
    "a phrasing in braces": (
        ASKED,
        """\
topic: 食堂
items:
  - {id: open, question: 几点开门？, phrasings: ['几点'], answer: 七点。}
""",
    ),
    "an answer in braces": (
        ANSWERED,
        """\
topic: 食堂
items:
  - {answer: 七点。, id: open, question: 几点开门？}
""",
    ),
    "a longer answer in quotes between braces": (
        LONGER,
        """\
topic: 食堂
items:
  - {id: open, question: 几点开门？, answer: 七点。}
""",
    ),
    "an item in brackets": (
        CARD,
        """\
topic: 食堂
items: [
  {id: open, question: 几点开门？, answer: 七点。},  # 完
]
""",
    ),
    "an item in empty brackets": (
        CARD,
        """\
topic: 食堂
items: []
""",
    ),
    "another document in braces": (
        NOTICE,
        """\
title: 食堂须知
paragraphs: {"1": 第一条}
others: {rules: 规定 }
""",
    ),
    "another document in empty braces": (
        NOTICE,
        """\
title: 食堂须知
paragraphs: {"1": 第一条}
others: {}
""",
    ),
    "another document in a file in braces": (
        NOTICE,
        """\
{title: 食堂须知, paragraphs: {"1": 第一条}}
""",
    ),
}
GROUP = ChangeWords("开饭", ("开伙", "yes"), ("放饭",))
GROUPS = {
    "of a group in brackets": """\
synonyms:
  # 吃
  - «[开饭, 供饭, 放饭]→[开饭, 供饭, 开伙, "yes"]»  # 完
  - [开门, 开放]
""",
    "of a group in lines": """\
synonyms:
  - - 开饭
    - 供饭
«    - 放饭
→    - 开伙
    - "yes"
»  - [开门, 开放]
""",
}
NEW_GROUP = ChangeWords("几点", ("啥时候", "多久"))
NEW_GROUPS = {
    "below the others": """\
synonyms:
  - [开饭, 放饭]  # 完
«→  - [几点, 啥时候, 多久]
»""",
    "in an empty list": """\
# 注
«synonyms: []→synonyms:
  - [几点, 啥时候, 多久]»
""",
}
NO_GROUP = ChangeWords("开饭", removed=("放饭",))
NO_GROUPS = {
    "beside others": """\
synonyms:
  - [几点, 啥时候]
«  - [开饭, 放饭]
→»  # 开门
  - [开门, 开放]
""",
    "the only one": """\
«synonyms:
  - [开饭, 放饭]→synonyms: []»
""",
}
FRAME_WORDS = ChangeWords("", ("请教", "yes"), ("请问",))
FRAME_LISTS = {
    "in lines": """\
frames:
  # 客气
«  - 请问
  - 想问
→  - 想问
  - 请教
  - "yes"
»""",
    "in brackets": """\
«frames: [请问, 想问]→frames: [想问, 请教, "yes"]»
""",
}
NO_FRAMES = ChangeWords("", removed=("请问", "想问"))
NO_FRAME_LISTS = {
    "in lines": """\
«frames:
  - 请问
  - 想问→frames: []»
""",
}
TITLE = SetPlace("", "食堂新须知", "食堂须知")
TITLES = {
    "in a line": """\
«title: 食堂须知→title: 食堂新须知»  # 注
paragraphs:
  "title": 食堂须知
""",
}
PLACE = SetPlace("1.10", "第一条: 新", "第一条")
NAMES_OF_PLACES = {
    "of a paragraph": """\
title: 食堂须知
paragraphs:
  "1": 第一条
  «"1.10": 第一条→"1.10": "第一条: 新"»
""",
    "of another document": """\
title: 食堂须知
paragraphs: {"1": 第一条}
others:
  «'1.10': '第一条'→'1.10': "第一条: 新"»
""",
}
PARAGRAPH = AddSource("1.2", "第二条", "paragraphs")
PARAGRAPHS = {
    "below the others": """\
title: 食堂须知
paragraphs:
  "1": 第一条
«→  "1.2": 第二条
»others:
  rules: 规定
""",
}
PLACES = [
    pytest.param(change, marked, id=f"{type(change).__name__}: {case}")
    for change, cases in (
        (ASKED, PHRASINGS),
        (ANSWERED, ANSWERS),
        (LONGER, LONGER_ANSWERS),
        (CARD, ITEMS),
        (NOTICE, OTHERS),
        (FORGOTTEN, NO_PHRASINGS),
        (CITED, SOURCES),
        (UNLIKE, NEGATIVES),
        (SHORTER, SHORTS),
        (UNSHORT, NO_SHORTS),
        (RENAMED, QUESTIONS),
        (GOES, GONE),
        (GROUP, GROUPS),
        (NEW_GROUP, NEW_GROUPS),
        (NO_GROUP, NO_GROUPS),
        (FRAME_WORDS, FRAME_LISTS),
        (NO_FRAMES, NO_FRAME_LISTS),
        (TITLE, TITLES),
        (PLACE, NAMES_OF_PLACES),
        (PARAGRAPH, PARAGRAPHS),
    )
    for case, marked in cases.items()
]

PASTED: dict[Change, str] = {
    ASKED: "      - 新问法\n",
    ANSWERED: "    answer: 八点。\n",
    LONGER: "    answer: |-\n      工作日八点；\n\n      周末九点。\n",
    CARD: """\
  - id: card
    question: 饭卡丢了？
    phrasings:
      - 补卡
      - "卡: 丢了"
    answer: 去窗口。
    source: ["1.10"]
""",
    NOTICE: "others:\n  notice: 某某通知\n",
    GROUP: '  - [开饭, 开伙, "yes"]\n',
    FRAME_WORDS: '  - 请教\n  - "yes"\n',
    TITLE: "title: 食堂新须知\n",
    PLACE: '  "1.10": "第一条: 新"\n',
    PARAGRAPH: 'paragraphs:\n  "1.2": 第二条\n',
}
"""What an admin can paste, in the style of the shipped files."""

OPEN = """\
topic: 食堂
items:
  - id: open
    question: 几点开门？
    phrasings:
      - 早上几点开
    answer: 七点。
"""
WORDS_FILE = "synonyms:\n  - [开饭, 放饭]\n"
SPEECH = 'title: 食堂须知\nparagraphs:\n  "1": 第一条\nothers:\n  rules: 规定\n'
ASKED_NO_MORE = ChangeTexts("open", "phrasings", removed=("早上几点开",))
GONE_WITH_PHRASING = DeleteItem("open", Item("open", "食堂", "几点开门？", "七点。", phrasings=("早上几点开",)))
HELLO_WRITTEN = "  - id: hello\n    question: 你好\n    answer: 你好\n"
REFUSED = {
    "no such item": (OPEN, ChangeTexts("close", "phrasings", ("新问法",))),
    "no such item to answer": (OPEN, SetText("close", "answer", "八点。", "七点。")),
    "a phrasing that it has": (OPEN, ChangeTexts("open", "phrasings", ("新问法", "早上几点开"))),
    "one phrasing twice": (OPEN, ChangeTexts("open", "phrasings", ("新问法", "新问法 "))),
    "no phrasing": (OPEN, ChangeTexts("open", "phrasings", ())),
    "a blank phrasing": (OPEN, ChangeTexts("open", "phrasings", (" ",))),
    "another answer than expected": (OPEN, SetText("open", "answer", "八点。", "六点。")),
    "an answer that is too long": (OPEN, SetText("open", "answer", "八" * 601, "七点。")),
    "an id that an item has": (OPEN, AddItem(replace(CARD.item, id="open"))),
    "an id that a paragraph has": (SPEECH, AddSource("1", "通知")),
    "an id that another document has": (SPEECH, AddSource("rules", "通知")),
    "a place that there is not": (SPEECH, SetPlace("9", "第九条", "")),
    "a place with another name than expected": (SPEECH, SetPlace("1", "第九条", "第二条")),
    "a part of the file": (SPEECH, SetPlace("paragraphs", "第九条", "")),
    "a word that a group has": (WORDS_FILE, ChangeWords("开饭", ("放饭",))),
    "a word that a group has not": (WORDS_FILE, ChangeWords("开饭", removed=("开伙",))),
    "a group with nothing in it": (WORDS_FILE, ChangeWords("几点")),
    "frames for synonyms": (WORDS_FILE, ChangeWords("", ("请问",))),
    "a comment on a word that goes": ("frames:\n  - 请问  # 客气\n  - 想问\n", ChangeWords("", removed=("请问",))),
    "half a character": (OPEN, ChangeTexts("open", "phrasings", ("\ud83d",))),
    "an item for the speech": (SPEECH, CARD),
    "another document for a file of items": (OPEN, NOTICE),
    "a file that is not YAML": (OPEN.replace("topic: ", "topic："), ASKED),
    "a file with an unknown key": (OPEN + "    anwser: 八点。\n", ASKED),
    "an alias": (OPEN.replace("七点。", "&a 七点。") + "    keywords: [*a]\n", ASKED),
    "a comment that would be lost": (OPEN.replace("七点。", ">  # 夏天\n      七点。"), LONGER),
    "a comment on a phrasing that goes": (OPEN.replace("几点开\n", "几点开  # 早\n"), ASKED_NO_MORE),
    "a comment in an item that goes": (OPEN.replace("七点。", "七点。  # 夏天") + HELLO_WRITTEN, GONE_WITH_PHRASING),
    "a comment in a file that goes": ("# 早\n" + OPEN, GONE_WITH_PHRASING),
    "a phrasing that it does not have": (OPEN, ChangeTexts("open", "phrasings", removed=("几点",))),
    "an item that is another": (OPEN, GOES),
    "a question that goes": (OPEN, SetText("open", "question", "", "几点开门？")),
    "a comment after a tag": (OPEN.replace("七点。", "!!str  # 夏天\n      七点。"), ANSWERED),
}

EXOTIC = {
    "tags": """\
!!map
topic: !!str 食堂
items: !!seq
  - !!map
    id: open
    question: !!str 几点？
    phrasings: !!seq
      - 早上
    answer: !!str 七点。
""",
    "an anchor": OPEN.replace("七点。", "&a 七点。").replace("phrasings:", "phrasings: &b"),
    "a comment after an anchor": OPEN.replace("七点。", "&a # 夏天\n      七点。"),
    "keys with question marks": OPEN.replace("answer: 七点。", "? answer\n    : 七点。").replace(
        "phrasings:", "? phrasings\n    :"
    ),
    "kept line ends": OPEN.replace("七点。", "|+\n      七点。\n\n"),
    "indentation that is told": OPEN.replace("七点。", "|4-\n          七点。"),
    "line ends of old": OPEN.replace("\n", "\r"),
    "a literal of old": OPEN.replace("七点。", "|-\n      七点。").replace("\n", "\r"),
    "a literal of old after a comment": OPEN.replace("七点。", "|- # 夏天\n      七点。").replace("\n", "\r"),
    "line ends of Unicode": OPEN.replace("早上几点开", "早上 # 早\u2028    # 晚"),
    "tabs": OPEN.replace(": ", ":\t").replace("- 早上", "-\t早上"),
    "two documents": OPEN + "---\n" + OPEN,
    "marks of a document": "%YAML 1.1\n--- # 头\n" + OPEN + "... # 尾\n# 完",
    "one line": "{topic: 食堂, items: [{id: open, question: 几点？, answer: 七点。}]}",
    "a topic that could swallow an item": """\
items:
  - {id: open, question: 几点开门？, answer: 七点。}
topic: |-
  食堂
""",
    "an empty list": "topic: 食堂\nitems: []\n",
    "nothing": "",
}
REMARKS = ("# 夏天", "# 早", "# 晚", "# 头", "# 尾", "# 完")

# A text, as it is written in a list of its own lines, and in the lists between brackets that a new item has.
SPELT = [
    ("几点开", "几点开", "几点开"),
    ("是", "是", "是"),
    ("😀好", "😀好", "😀好"),
    ("-5度开吗", "-5度开吗", "-5度开吗"),
    ("开门,关门", "开门,关门", '"开门,关门"'),
    ("开门?", "开门?", '"开门?"'),
    ("[急]几点", '"[急]几点"', '"[急]几点"'),
    ("时间: 几点", '"时间: 几点"', '"时间: 几点"'),
    ("时间:", '"时间:"', '"时间:"'),
    ("几点 #1", '"几点 #1"', '"几点 #1"'),
    ("😀: 好", '"😀: 好"', '"😀: 好"'),
    ("- 几点", '"- 几点"', '"- 几点"'),
    ("@食堂", '"@食堂"', '"@食堂"'),
    ('"食堂"', r'"\"食堂\""', r'"\"食堂\""'),
    (r"C:\食堂: ", r'"C:\\食堂:"', r'"C:\\食堂:"'),
    ("1.10", '"1.10"', '"1.10"'),
    ("yes", '"yes"', '"yes"'),
    ("~", '"~"', '"~"'),
    ("2010-05-31", '"2010-05-31"', '"2010-05-31"'),
    ("几点\u2028开", r'"几点\u2028开"', r'"几点\u2028开"'),
    ("几点\n开", r'"几点\n开"', r'"几点\n开"'),
    ("几点\x7f开\x00", r'"几点\u007f开\u0000"', r'"几点\u007f开\u0000"'),
]

# Of the text after a change, what an editor has replaced since, and by what.
SINCE = {
    "another phrasing below": (ASKED, "新问法\n", "新问法\n      - 几点开\n"),
    "another phrasing above": (ASKED, "早上几点开\n", "早上几点开\n      - 几点开\n"),
    "a comment on the phrasing above": (ASKED, "早上几点开", "早上几点开  # 早"),
    "the same phrasing in another item": (
        ASKED,
        "items:\n",
        "items:\n  - id: x\n    question: 问\n    phrasings:\n      - 新问法\n    answer: 答\n",
    ),
    "another answer": (ASKED, "七点。", "九点。"),
    "another question": (ANSWERED, "几点开门？", "几点开？"),
    "a source": (ANSWERED, "八点。\n", '八点。\n    source: ["1"]\n'),
    "another item": (HELLO, "items:\n", "items:\n  - id: x\n    question: 问\n    answer: 答\n"),
    "another item below": (HELLO, "问吧。\n", "问吧。\n\n  - id: x\n    question: 问\n    answer: 答\n"),
    "another topic": (HELLO, "食堂", "食堂二"),
}
TOUCHED = {
    "the phrasing": (ASKED, "新问法", "新的问法"),
    "the rest of its line": (ASKED, "新问法", "新问法  # 新"),
    "its place": (ASKED, "      - 新问法\n", ""),
    "its copy": (ASKED, "      - 新问法\n", "      - 新问法\n      - 新问法\n"),
    "its item": (ASKED, "id: open", "id: opening"),
    "the answer": (ANSWERED, "八点。", "八点半。"),
    "the line below the answer": (ANSWERED, "八点。\n", "八点。\n      周末九点。\n"),
    "a key of the item": (HELLO, "question: 你好", "question: 您好"),
    "a key below the item": (HELLO, "问吧。\n", "问吧。\n    keywords: [好]\n"),
    "the file, which does not load": (HELLO, "topic:", "topic："),
}


def halves(marked: str) -> tuple[str, str]:
    """The text before the edit, and the one after."""
    return re.sub("«(.*?)→.*?»", r"\1", marked, flags=re.DOTALL), re.sub("«.*?→(.*?)»", r"\1", marked, flags=re.DOTALL)


def made(text: str, change: Change) -> Edit:
    """The edit of a file with this text."""
    return edit_of(change, "a.yaml", text.encode())


def after(text: str, change: Change) -> str:
    """The text with a change."""
    return (made(text, change).applied(text.encode()) or b"").decode()


def _fitting(change: Change, text: str) -> Change:
    """The change as it is planned for a file: it takes away only what there is."""
    match change:
        case ChangeTexts(removed=removed):
            return replace(change, removed=tuple(gone for gone in removed if re.search(rf"{gone}(?!二)", text)))
        case SetText(_, "short", before=before):
            return replace(change, before=before if before in text else "")
        case _:
            return change


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(("change", "marked"), PLACES)
def test_an_edit_goes_to_its_place_and_nothing_else_changes(change: Change, marked: str, newline: str) -> None:
    """Whatever line ends the file has; and it is taken back by where it stands, or by what it is."""
    before, edited = (text.encode() for text in halves(marked.replace("\n", newline)))
    edit = edit_of(_fitting(change, before.decode()), "a.yaml", before)
    assert edit.applied(before) == edited
    assert edit.reverted(edited) == before
    if edit.inserted:
        assert replace(edit, start=edit.start + 1).reverted(edited) == before


def test_a_byte_order_mark_stays() -> None:
    """Of a file that an editor of Windows saved."""
    data = b"\xef\xbb\xbf" + OPEN.encode()
    edit = edit_of(ASKED, "a.yaml", data)
    assert edit.applied(data) == b"\xef\xbb\xbf" + after(OPEN, ASKED).encode()
    assert edit.reverted(edit.applied(data)) == data


def test_several_phrasings_are_one_edit() -> None:
    """In the order in which they are given, without white space at their ends."""
    edited = after(OPEN, ChangeTexts("open", "phrasings", (" 几点开", "开门: 几点\n")))
    assert edited == OPEN.replace("早上几点开\n", '早上几点开\n      - 几点开\n      - "开门: 几点"\n')


@pytest.mark.parametrize(("text", "change"), REFUSED.values(), ids=REFUSED.keys())
def test_what_can_not_be_done_safely_is_refused(text: str, change: Change) -> None:
    """Nothing is written then."""
    with pytest.raises(ByHandError) as refused:
        made(text, change)
    assert (refused.value.refusal, refused.value.details) == (Refusal.EDIT_UNSAFE, {"file": "a.yaml"})


@pytest.mark.parametrize(("change", "text"), IN_BRACKETS.values(), ids=IN_BRACKETS.keys())
def test_what_would_go_between_brackets_is_refused_with_what_to_paste(change: Change, text: str) -> None:
    """No author of knowledge writes so; an admin who does sees the lines."""
    assert not Tree("", text).faults
    with pytest.raises(ByHandError) as refused:
        made(text, change)
    assert [edit.to_paste() for edit in refused.value.edits] == [PASTED[change]]


@pytest.mark.parametrize("text", EXOTIC.values(), ids=EXOTIC.keys())
@pytest.mark.parametrize("change", [ASKED, ANSWERED, LONGER, CARD, HELLO], ids=repr)
def test_what_is_rarely_written_is_refused_or_edited_but_never_damaged(text: str, change: Change) -> None:
    """With a slow and obvious look at what the file says before and after."""
    try:
        edited = after(text, change)
    except ByHandError:
        return
    assert facts(edited) == told(facts(text), change)
    assert [text.count(comment) for comment in REMARKS] == [edited.count(comment) for comment in REMARKS]


@pytest.mark.parametrize(("text", "block", "flow"), SPELT, ids=[row[1] for row in SPELT])
def test_a_text_is_plain_where_every_reader_of_yaml_takes_it_for_that_text(text: str, block: str, flow: str) -> None:
    """Else it stands in double quotes, and an emoji stays one."""
    edit = made(OPEN, ChangeTexts("open", "phrasings", (text,)))
    assert edit.inserted == edit.to_paste() == f"      - {block}\n"
    item = AddItem(replace(CARD.item, keywords=(text, "是")))
    assert f"    keywords: [{flow}, 是]\n" in made(OPEN, item).inserted
    answered = SetText("open", "answer", text.strip(), "七点。")
    assert facts(after(OPEN, answered)) == told(facts(OPEN), answered)


def test_a_new_item_is_written_with_its_negatives() -> None:
    """A line each, as phrasings."""
    item = AddItem(replace(CARD.item, negatives=("饭卡没钱了", "卡: 坏了")))
    assert '    negatives:\n      - 饭卡没钱了\n      - "卡: 坏了"\n    answer:' in made(OPEN, item).inserted


def test_an_item_keeps_its_dates_and_its_owner() -> None:
    """A date is text wherever the file is read."""
    item = AddItem(replace(CARD.item, valid_until="2026-12-31", review_by="2026-06-30", owner="王主任"))
    written = after(OPEN, item)
    assert 'valid_until: "2026-12-31"\n    review_by: "2026-06-30"\n    owner: 王主任\n' in written
    assert facts(written) == told(facts(OPEN), item)


@pytest.mark.parametrize("change", [ASKED, ANSWERED, LONGER, CARD, HELLO], ids=repr)
def test_negatives_stay_as_they_are_written(change: Change) -> None:
    """Whatever else is edited."""
    negatives = "    negatives:  # 别用这一条\n      - 食堂几点关门\n"
    text = OPEN.replace("    answer: 七点。", negatives + "    answer: 七点。")
    assert negatives in text
    edited = after(text, change)
    assert negatives in edited
    assert facts(edited) == told(facts(text), change)


@pytest.mark.parametrize(("change", "old", "new"), SINCE.values(), ids=SINCE.keys())
def test_an_edit_is_taken_back_though_the_text_changed_elsewhere(change: Change, old: str, new: str) -> None:
    """Just that edit: what an editor wrote since stays."""
    edit = made(OPEN, change)
    text = after(OPEN, change).replace(old, new)
    above, _, below = text.rpartition(edit.inserted)
    assert edit.reverted(text.encode()) == (above + edit.removed + below).encode()


@pytest.mark.parametrize(("change", "old", "new"), TOUCHED.values(), ids=TOUCHED.keys())
def test_an_edit_that_was_edited_is_not_taken_back(change: Change, old: str, new: str) -> None:
    """It would take an editor's words with it."""
    text = after(OPEN, change).replace(old, new)
    with pytest.raises(EditRefusedError) as refused:
        made(OPEN, change).reverted(text.encode())
    assert (refused.value.refusal, refused.value.details) == (Refusal.UNDO_ENTANGLED, {"file": "a.yaml"})


def test_an_item_without_a_file_makes_one() -> None:
    """In the style of the shipped files; it goes with the file, or alone if others have added to it."""
    edit = edit_of(HELLO, "a.yaml", None)
    assert edit.to_paste() == edit.inserted == (edit.applied(None) or b"").decode()
    assert edit.inserted == (
        "# yaml-language-server: $schema=schema.json\n"
        "topic: 食堂\n"
        "items:\n"
        "  - id: hello\n"
        "    kind: small-talk\n"
        "    question: 你好\n"
        "    answer: |-\n"
        "      你好！\n"
        "      问吧。\n"
    )
    assert edit.reverted(edit.applied(None)) is None
    more = after(edit.inserted, CARD)
    kept = edit.reverted(more.encode())
    assert kept
    assert facts(kept.decode()) == told({"": {"topic": "食堂"}}, CARD)


@pytest.mark.parametrize("change", [ASKED, CARD], ids=repr)
def test_what_is_pasted_is_the_change(change: Change) -> None:
    """An item, which may follow the last one; a phrasing, which may follow another."""
    above, below = ("早上几点开\n", "    answer") if change is ASKED else (OPEN, "")
    pasted = OPEN.replace(above + below, above + made(OPEN, change).to_paste() + below)
    assert facts(pasted) == told(facts(OPEN), change)


def test_the_last_item_goes_with_its_file() -> None:
    """It comes back byte by byte; and in a file of others, if somebody has made one since."""
    head = b"\xef\xbb\xbf# yaml-language-server: $schema=schema.json\r\n"
    data = head + OPEN.replace("\n", "\r\n").encode()
    edit = edit_of(GONE_WITH_PHRASING, "a.yaml", data)
    assert edit.removes_file
    assert edit.applied(data) is None
    assert edit.reverted(None) == data
    since = edit.reverted((OPEN.partition("  - id")[0] + HELLO_WRITTEN).encode())
    assert since
    assert facts(since.decode())["open"] == facts(OPEN)["open"]


@pytest.mark.parametrize(
    ("change", "deleted"),
    [
        (ASKED_NO_MORE, "      - 早上几点开\n"),
        (replace(UNSHORT, field="answer"), "    answer: 早上七点\n"),
        (GONE_WITH_PHRASING, "  - id: open\n    question: 几点开门？\n"),
    ],
    ids=repr,
)
def test_what_goes_is_told_for_whoever_deletes_it_by_hand(change: Change, deleted: str) -> None:
    """Nothing is to be pasted then."""
    with pytest.raises(ByHandError) as refused:
        made("{topic: 食堂, items: []}", change)
    assert [(edit.to_delete(), edit.to_paste()) for edit in refused.value.edits] == [(deleted, "")]


def test_a_phrasing_comes_back_though_its_list_is_gone() -> None:
    """Where it would be written now."""
    edit = made(OPEN, ASKED_NO_MORE)
    text = OPEN.replace("    phrasings:\n      - 早上几点开\n", '    source: ["1"]\n')
    undone = edit.reverted(text.encode())
    assert undone
    assert facts(undone.decode()) == told(facts(text), ChangeTexts("open", "phrasings", ("早上几点开",)))


SHIPPED_ITEMS = sorted(path for path in SHIPPED.glob("*.yaml") if "\nitems:" in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SHIPPED_ITEMS, ids=lambda path: path.name)
def test_every_shipped_file_takes_every_edit(path: Path) -> None:
    """Of its first, middle and last item, each kind of edit of one of them in turn."""
    text = path.read_text(encoding="utf-8")
    items = ItemFile.model_validate(Tree(path.name, text).value).items
    by_item: list[list[Change]] = [
        [
            ChangeTexts(item.id, "phrasings", ("新: 问法", "新问法"), item.phrasings[1:3]),
            SetText(item.id, "answer", "新: 回答\n第二行", item.answer),
            SetText(item.id, "short", "短", item.short),
            *(ChangeTexts(item.id, key, ("new",), getattr(item, key)) for key in ("source", "related", "negatives")),
            DeleteItem(item.id, _item(text, item.id)),
            *([ChangeTexts(item.id, "source", removed=item.source)] if item.source else []),
        ]
        for item in (items[0], items[len(items) // 2], items[-1])
    ]
    kinds = zip(*by_item, strict=False)
    for change in (CARD, HELLO, *(of_kind[number % 3] for number, of_kind in enumerate(kinds))):
        assert facts(after(text, change)) == told(facts(text), change)


def test_the_shipped_speech_takes_another_document() -> None:
    """Below the comment that tells how."""
    text = (SHIPPED / "speech.yaml").read_text(encoding="utf-8")
    edited = after(text, NOTICE)
    assert SpeechFile.model_validate(Tree("speech.yaml", edited).value).others == {"notice": "某某通知"}
    assert edited == text + "others:\n  notice: 某某通知\n"


# --- any file, any edits ----------------------------------------------------------------------------------------------

Facts = Mapping[str, Mapping[str, object]]


def facts(text: str) -> Facts:
    """What a file says, by item; in what order the texts of a list are said is not told."""
    tree = Tree("", text)
    assert not tree.faults
    file = ItemFile.model_validate(tree.value)
    assert len({item.id for item in file.items}) == len(file.items)
    return {"": {"topic": file.topic}, **{item.id: _facts(item) for item in file.items}}


def _facts(item: Item | ItemEntry) -> Mapping[str, object]:
    said = {key: getattr(item, key) for key in ItemEntry.model_fields}
    return {key: sorted(value) if isinstance(value, tuple) else value for key, value in said.items()}


def told(said: Facts, change: Change) -> Facts:
    """What a file says after a change."""
    match change:
        case AddItem(item):
            assert item.id not in said
            return {**said, item.id: _facts(item)}
        case DeleteItem(item_id, item):
            assert item
            assert said[item_id] == _facts(item)
            return {key: value for key, value in said.items() if key != item_id}
        case SetText(item_id, key, text, before):
            assert said[item_id][key] == before
            return {**said, item_id: {**said[item_id], key: text}}
        case ChangeTexts(item_id, key, added, removed):
            texts = said[item_id][key]
            assert isinstance(texts, list | tuple)
            assert {*removed} <= {*texts}
            left = [*(text for text in texts if text not in removed), *added]
            return {**said, item_id: {**said[item_id], key: sorted(left)}}
        case _:
            raise TypeError(change)


def notes(text: str) -> list[str]:
    """The numbered comments that the tests write."""
    return sorted(re.findall("# 注[0-9]+", text))


SAFE = ("早上几点开", "几点开门，几点关门？", "是", "食堂😀", "开-门")
WORDS = st.sampled_from(
    (*SAFE, "时间: 几点", "几点 #1", "- 几点", "@食堂", "1.10", "'几点'", '"几点"', "[急], 几点?", "yes")
)
PRINTED = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]), max_size=8)
TEXTS = st.one_of(WORDS, st.text(st.characters(codec="utf-8"), max_size=8).map(str.strip).filter(bool))
ANSWERS_OF_LINES = st.lists(WORDS | PRINTED, min_size=1, max_size=3).map("\n".join).map(str.strip).filter(bool)


@dataclass
class Author:
    """Writes a file as one of many people might; with ``brackets`` also where edits go."""

    draw: st.DrawFn
    brackets: bool
    lines: list[str] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=count)

    def chance(self) -> bool:
        return self.draw(st.integers(0, 3)) == 3

    def note(self) -> str:
        return f"  # 注{next(self.numbers)}" if self.chance() else ""

    def line(self, text: str, column: int) -> None:
        if self.chance():
            self.lines += [""] * self.draw(st.integers(0, 1))
            self.lines.append(" " * self.draw(st.integers(0, column)) + f"# 注{next(self.numbers)}")
        self.lines.append(" " * column + text)

    def inline(self, text: str, safe: tuple[str, ...]) -> str:
        double = '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        single = [] if "\n" in text else ["'" + text.replace("'", "''") + "'"]
        return self.draw(st.sampled_from([*([text] if text in safe else []), *single, double]))

    def in_brackets(self, texts: list[str]) -> str:
        return "[" + ", ".join(self.inline(text, SAFE[:1]) for text in texts) + "]"

    def value(self, key: str, text: str, column: int) -> None:
        style = self.draw(st.sampled_from(["inline", "inline", "|-", "|", "|+", *([">-"] if "\n" not in text else [])]))
        if style == "inline":
            return self.line(f"{key} {self.inline(text, SAFE)}{self.note()}", column)
        self.line(f"{key} {style}{self.note() if style != '>-' else ''}", column)
        depth = " " * (column + self.draw(st.sampled_from([2, 4])))
        self.lines += [depth + line if line else "" for line in text.split("\n")]
        return None

    def phrasings(self, texts: list[str], column: int) -> None:
        if self.brackets and (self.chance() or not texts):
            return self.line(f"phrasings: {self.in_brackets(texts)}{self.note()}", column)
        self.line(f"phrasings:{self.note()}", column)
        column += self.draw(st.sampled_from([0, 2]))
        for text in texts:
            self.value("-", text, column)
        return None

    def item(self, item_id: str, column: int) -> None:
        question, answer = self.draw(WORDS), "\n".join(self.draw(st.lists(WORDS, min_size=1, max_size=2)))
        phrasings = self.draw(st.lists(WORDS, max_size=3, unique=True))
        start = len(self.lines)
        if self.brackets and self.chance():
            said = [f"id: {item_id}", f"question: {self.inline(question, SAFE[:1])}"]
            said += [f"answer: {self.inline(answer, SAFE[:1])}"]
            said += [f"phrasings: {self.in_brackets(phrasings)}"] if phrasings else []
            return self.line(f"- {{{', '.join(self.draw(st.permutations(said)))}}}{self.note()}", column)
        for key in self.draw(st.permutations(["id", "question", "answer", "phrasings", "keywords"])):
            match key:
                case "id":
                    self.line(f"id: {item_id}{self.note()}", column + 2)
                case "question":
                    self.value("question:", question, column + 2)
                case "answer":
                    self.value("answer:", answer, column + 2)
                case "phrasings" if phrasings or (self.brackets and self.chance()):
                    self.phrasings(phrasings, column + 2)
                case "keywords" if self.chance():
                    self.line(f"keywords: {self.in_brackets(['开'])}{self.note()}", column + 2)
        first = next(
            n for n in range(start, len(self.lines)) if self.lines[n].strip() and "#" not in self.lines[n][: column + 3]
        )
        self.lines[first] = " " * column + "- " + self.lines[first][column + 2 :]
        self.lines += [""] * self.draw(st.integers(0, 1))
        return None

    def file(self) -> str:
        topic_first = self.draw(st.booleans())
        if topic_first:
            self.value("topic:", "食堂", 0)
        self.line(f"items:{self.note()}", 0)
        column = self.draw(st.sampled_from([0, 2]))
        for item_id in ("a", "b", "c")[: self.draw(st.integers(1, 3))]:
            self.item(item_id, column)
        if not topic_first:
            self.value("topic:", "食堂", 0)
        self.lines += [self.note().lstrip()] * self.draw(st.integers(0, 1))
        newline = self.draw(st.sampled_from(["\n", "\r\n"]))
        return newline.join(self.lines) + self.draw(st.sampled_from(["", newline]))


@st.composite
def files(draw: st.DrawFn, *, brackets: bool) -> str:
    """The text of a file of items that loads."""
    return Author(draw, brackets).file()


@st.composite
def changes(draw: st.DrawFn, text: str, number: int) -> Change:
    """A change that a file can take."""
    said = facts(text)
    item = draw(st.sampled_from(sorted(said.keys() - {""})))
    answer, phrasings = said[item]["answer"], said[item]["phrasings"]
    assert isinstance(answer, str)
    assert isinstance(phrasings, list)
    new = draw(st.lists(TEXTS, min_size=1, max_size=2, unique=True))
    added = tuple(phrasing for phrasing in new if phrasing not in phrasings) or (f"问法{number}",)
    new_item = Item(f"new-{number}", "食堂", new[0], draw(ANSWERS_OF_LINES), phrasings=tuple(new), keywords=tuple(new))
    another = draw(ANSWERS_OF_LINES.filter(lambda text: text != answer))
    short, question = said[item]["short"], said[item]["question"]
    assert isinstance(short, str)
    assert isinstance(question, str)
    possible: list[Change] = [
        ChangeTexts(item, "phrasings", added),
        SetText(item, "answer", another, answer),
        AddItem(new_item),
        SetText(item, "short", f"短{number}", short),
        SetText(item, "question", f"问{number}", question),
        ChangeTexts(item, "negatives", (f"非{number}",)),
        ChangeTexts(item, "related", (f"other-{number}",)),
        DeleteItem(item, _item(text, item)),
    ]
    possible += [SetText(item, "short", "", short)] if short else []
    if phrasings:
        gone = tuple(draw(st.lists(st.sampled_from(phrasings), min_size=1, unique=True)))
        possible += [ChangeTexts(item, "phrasings", (), gone), ChangeTexts(item, "phrasings", (f"问法{number}",), gone)]
    return draw(st.sampled_from(possible))


def _item(text: str, item_id: str) -> Item:
    file = ItemFile.model_validate(Tree("", text).value)
    (entry,) = (entry for entry in file.items if entry.id == item_id)
    return Item(**entry.model_dump() | {"topic": file.topic, "kind": Kind(entry.kind)})


@st.composite
def edited(draw: st.DrawFn, text: str, number: int) -> str:
    """What an editor makes of a text: a comment or a phrasing on a line of its own, where there is a place for it."""
    lines = text.splitlines(keepends=True)
    at = draw(st.integers(1, len(lines)))
    above = lines[at - 1]
    newline = "\r\n" if "\r\n" in text else "\n"
    dash = re.match(" *- (?!id|question|answer|phrasings|keywords|[{|>])", above)
    own = f"{dash.group()}编者{number}" if dash and draw(st.booleans()) else f"# 注{1000 + number}"
    after = "".join([*lines[: at - 1], above.rstrip("\r\n") + newline, own + newline, *lines[at:]])
    tree = Tree("", after)
    if tree.faults or (own.startswith("#") and tree.value != Tree("", text).value):
        return text
    return after


def _takes_away(change: Change) -> bool:
    match change:
        case ChangeTexts(removed=removed):
            return bool(removed)
        case SetText(text=text):
            return not text
        case _:
            return isinstance(change, DeleteItem)


@settings(deadline=None, max_examples=150)
@given(st.data(), st.booleans())
def test_edits_of_a_bot_and_of_an_editor_go_together(data: st.DataObject, brackets: bool) -> None:  # noqa: FBT001
    """In files of any style: what was said stays said, comments stay, and an edit is taken back alone or not at all.

    Only where brackets, or a comment on what goes, may be in the way an edit may be refused.
    """
    text = data.draw(files(brackets=brackets))
    edits: list[Edit] = []
    for number in range(data.draw(st.integers(1, 4))):
        change = data.draw(changes(text, number))
        try:
            edits.append(made(text, change))
        except ByHandError:
            is_commented = _takes_away(change) and notes(text)
            assert brackets or is_commented
            continue
        if edits[-1].removes_file:
            assert edits[-1].reverted(None) == text.encode()
            assert not notes(text)
            edits.pop()
            continue
        edited_text = (edits[-1].applied(text.encode()) or b"").decode()
        assert facts(edited_text) == told(facts(text), change)
        assert notes(edited_text) == notes(text)
        assert "# 注" not in str(facts(edited_text))
        assert edits[-1].reverted(edited_text.encode()) == text.encode()
        text = data.draw(edited(edited_text, number))
    try:
        edit = data.draw(st.sampled_from(edits or [made(OPEN, ASKED)]))
        undone = (edit.reverted(text.encode()) or b"").decode()
    except EditRefusedError:
        return
    assert told(facts(undone), edit.change) == facts(text)
    assert notes(undone) == notes(text)


@settings(deadline=None, max_examples=100)
@given(st.data(), st.booleans())
def test_several_edits_at_once_say_what_they_say_one_by_one(data: st.DataObject, brackets: bool) -> None:  # noqa: FBT001
    """Each can be applied after the one before; all of them together are taken back to the byte; comments stay."""
    text = first = data.draw(files(brackets=brackets))
    wanted: list[Change] = []
    for number in range(data.draw(st.integers(2, 6))):
        change = data.draw(changes(text, number))
        with suppress(ByHandError):
            edit = made(text, change)
            if not edit.removes_file:
                wanted.append(change)
                text = (edit.applied(text.encode()) or b"").decode()
    if not wanted:
        return
    edits, result = file_edits(wanted, "a.yaml", first.encode())
    assert result
    assert facts(result.decode()) == facts(text)
    assert notes(result.decode()) == notes(first)
    assert edits[-1].change == wanted[-1]
    assert sorted(map(repr, wanted)) == sorted(repr(edit.change) for edit in edits)
    after: bytes | None = first.encode()
    for edit in edits:
        after = edit.applied(after)
    assert after == result
    assert reverted(edits, result) == first.encode()


def test_an_item_that_takes_the_place_of_the_only_one_and_grows_is_taken_back() -> None:
    """Between the two the file holds no item, which no single edit may leave behind."""
    first = b"topic: t\n# why\nitems:\n- id: a\n  question: q\n  answer: x\n  source: ['1']"
    only = Item("a", "t", "q", "x", source=("1",))
    new = Item("b", "t", "q", "y", source=("1",))
    grown = (ChangeTexts("b", "phrasings", ("one",)), ChangeTexts("b", "phrasings", ("two",)))
    edits, result = file_edits([AddItem(new), DeleteItem("a", only), *grown], "a.yaml", first)
    assert result
    assert "- id: a" not in result.decode()
    assert reverted(edits, result) == first


def test_many_changes_cost_few_readings_of_their_file() -> None:
    """Each is a part of a second for a long file; one change that is refused costs no more than a few."""
    names = [f"open-{number}" for number in range(64)]
    entry = OPEN.partition("items:\n")[2]
    data = ("topic: 食堂\nitems:\n" + "".join(entry.replace("open", name) for name in names)).encode()
    wanted = [change for name in names for change in (replace(ASKED, item=name), replace(ANSWERED, item=name))]
    for some, most in ((wanted, 6), ([*wanted[:20], replace(GOES, item="nobody"), *wanted[20:]], 24)):
        _page.cache_clear()
        with suppress(ByHandError):
            edits, result = file_edits(some, "a.yaml", data)
            assert reverted(edits, result) == data
        assert _page.cache_info().misses <= most


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_damaged_file_is_not_damaged_further(data: st.DataObject) -> None:
    """Whatever a slip of the hand makes of it, an edit adds what it says, or is refused."""
    text = data.draw(files(brackets=True))
    change = data.draw(changes(text, 0))
    at = data.draw(st.integers(0, len(text)))
    slip = data.draw(
        st.sampled_from([*"!&*|>?:-#[]{},'\"\t\n\r %@\u2028", "  ", "!!str ", "&a ", "? ", " #", "- ", ""])
    )
    text = text[:at] + slip + text[at + data.draw(st.integers(0, 2)) :]
    try:
        edit = made(text, change)
    except ByHandError:
        return
    if edit.removes_file:
        return
    edited_text = (edit.applied(text.encode()) or b"").decode()
    assert facts(edited_text) == told(facts(text), change)
    assert notes(edited_text) == notes(text)
    assert notes(str(facts(edited_text))) == notes(str(facts(text)))
