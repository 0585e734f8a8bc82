"""What is mistyped is one fault: it names the line, the very character, and how to type it."""

import pytest

from bot.errors import KnowledgeError
from bot.knowledge import load, read
from tests.conftest import CANTEEN

SOUND = """\
topic: 食堂
items:
  - id: breakfast
    question: 早饭几点？
    phrasings:
      - 早饭时间
      - 几点吃早饭
    answer: 七点。
    source: ["1"]
  - id: lunch
    question: 午饭几点？
    answer: |
      十二点：
      　　－ 周末也是
      — 节日除外
    source: ["1"]
"""
WIDE, NO_BREAK = "\u3000", "\u00a0"
ENTRIES = "      - 早饭时间\n      - 几点吃早饭\n"

# What is replaced in the sound file by what; the line of the fault, and what it names.
INDENTATION = {
    "full-width spaces": ("    answer", f"{WIDE * 2}answer", 8, "U+3000"),
    "as many full-width spaces": ("    answer", f"{WIDE * 4}answer", 8, "U+3000"),
    "spaces of both kinds": ("    answer", f"  {WIDE}answer", 8, "U+3000"),
    "no-break spaces": ("    answer", f"{NO_BREAK * 4}answer", 8, "U+00A0"),
    "one no-break space": ("    answer", f"   {NO_BREAK}answer", 8, "U+00A0"),
    "one no-break space too much": ("    answer", f"    {NO_BREAK}answer", 8, "U+00A0"),
    "a space without width": ("    answer", "\u200b    answer", 8, "U+200B"),
    "full-width spaces before each entry": (ENTRIES, ENTRIES.replace("      ", WIDE * 3), 6, "U+3000"),
    "a tab": ("    answer", "\tanswer", 8, "U+0009"),
    "tabs": ("    answer", "\t\tanswer", 8, "U+0009"),
    "tabs before each entry": (ENTRIES, ENTRIES.replace("      ", "\t"), 6, "U+0009"),
    "a full-width space before an item": ("  - id: breakfast", f"{WIDE}- id: breakfast", 3, "U+3000"),
    "a text that is not indented enough": ("      　　－ 周末也是", f"{WIDE * 6}周末也是", 14, "U+3000"),
}
DASHES = {
    "full-width dashes": (ENTRIES, ENTRIES.replace("-", "－"), 6, "「－」"),
    "full-width dashes without a space": (ENTRIES, ENTRIES.replace("- ", "－"), 6, "「－」"),
    "one of several": ("- 几点", "— 几点", 7, "「—」"),
    "a Chinese dash": ("- 几点", "—— 几点", 7, "「—」"),
    "the dash of an item": ("- id: breakfast", "－ id: breakfast", 3, "「－」"),
    "bullets": (ENTRIES, ENTRIES.replace("-", "•"), 6, "「•」"),
    "no space behind it": ("- 几点", "-几点", 7, "“-”后面少了一个空格"),
    "no space behind an item's": ("- id: breakfast", "-id: breakfast", 3, "“-”后面少了一个空格"),
    "a full-width space behind it": ("- 几点", f"-{WIDE}几点", 7, "U+3000"),
    "a tab behind it": ("- id: breakfast", "-\tid: breakfast", 3, "U+0009"),
}
COMMENTS = {
    "at the top": ("items:", "＃ 说明\nitems:", 2, "「＃」"),
    "between items": ("  - id: lunch", "  ＃ 说明\n  - id: lunch", 10, "「＃」"),
    "between keys": ("    answer: 七", "    ＃说明\n    answer: 七", 8, "「＃」"),
    "which would become text": ("七点。", "七点。\n      ＃ 说明", 9, "「＃」"),
}
COLONS = {
    "a full-width colon": ("answer: 七", "answer：七", 8, "「：」"),
    "a full-width colon and a space": ("answer: 七", "answer： 七", 8, "「：」"),
    "of the first key": ("id: b", "id：b", 3, "「：」"),
    "of all keys": (
        "- id: breakfast\n    question: 早饭几点？\n    phrasings:",
        "- id：breakfast\n    question：早饭几点？\n    phrasings：",
        3,
        "「：」",
    ),
    "of the topic": ("topic: ", "topic：", 1, "「：」"),
    "of the items": ("items:", "items：", 2, "「：」"),
    "of a list": ("phrasings:", "phrasings：", 5, "「：」"),
    "which would become text": ("七点。\n    source: ", "七点。\n      source： ", 9, "「：」"),
    "a semicolon": ("answer: 七", "answer；七", 8, "「；」"),
    "no space behind it": ("answer: 七", "answer:七", 8, "“:”后面少了一个空格"),
    "no space behind the first": ("id: b", "id:b", 3, "“:”后面少了一个空格"),
    "no space before a list": ("source: [", "source:[", 9, "“:”后面少了一个空格"),
    "a full-width space behind it": ("answer: 七", f"answer:{WIDE}七", 8, "U+3000"),
    "in an answer": ("七点。", "电话: 123", 8, "“: ”"),
    "at the end of an answer": ("七点。", "包括:", 8, "“: ”"),
    "on a further line of an answer": ("七点。", "七点。\n      电话: 123", 9, "“: ”"),
    "in an answer below its key": ("answer: 七点。", "answer:\n      电话: 123", 9, "“: ”"),
    "behind a quotation": ("- 几点吃早饭", "- “早饭”几点: 急", 7, "“: ”"),
    "in a phrasing": ("- 几点吃早饭", "- 电话: 123", 7, "“: ”"),
    "in a phrasing in English": ("- 几点吃早饭", "- QQ: 123", 7, "“: ”"),
}
LISTS = {
    "a full-width comma": ('["1"]', '["1"，"2"]', 9, "「，」"),
    "a full-width comma between bare ids": ('["1"]', "[1，2]", 9, "「，」"),
    "an enumeration comma": ('["1"]', "[1、2]", 9, "「、」"),
    "full-width brackets": ('["1"]', '［"1"］', 9, "「［」"),
    "Chinese brackets": ('["1"]', "【1】", 9, "「【」"),
    "one full-width bracket": ('["1"]', '["1"］', 9, "「］」"),
    "Chinese quotation marks": ('["1"]', "[“1”]", 9, "「“」"),
    "a bracket that is left open": ('["1"]', '["1"', 9, "「[」"),
    "a related id": ('source: ["1"]', 'source: ["1"]\n    related: [opening，closing]', 10, "「，」"),
}
QUOTES = {
    "Chinese ones around a colon": ("七点。", "“电话: 七”", 8, "「“」"),
    "one of each": ("七点。", '"七点。”', 8, "「”」"),
    "around a key": ("answer", "“answer”", 8, "「“」"),
    "around an id": ("breakfast", "“breakfast”", 3, "「“」"),
    "left open": ("七点。", '"七点。', 8, '「"」'),
    "a single one left open": ("七点。", "'七点。", 8, "「'」"),
    "within others": ("七点。", '"他说"好"。"', 8, '「"」'),
    "around the first words": ("七点。", '"饭卡"怎么补', 8, '「"」'),
}
SIGNS = {
    "a byte order mark in a text": ("七", "\ufeff七", 8, "U+FEFF"),
    "a byte order mark before a line": ("    answer", "\ufeff    answer", 8, "U+FEFF"),
    "two byte order marks": ("topic", "\ufeff\ufefftopic", 1, "U+FEFF"),
    "a control character": ("七", "七\x0b", 8, "U+000B"),
    "another control character": ("七", "七\x0c", 8, "U+000C"),
    "no character": ("七", "七\uffff", 8, "U+FFFF"),
    "two documents": ("  - id: lunch", "---\n  - id: lunch", 10, "---"),
    "a document that has ended": ("  - id: lunch", "...\n  - id: lunch", 11, "..."),
    "an anchor": ("七点。", "&a 七点。", 8, "「&」"),
    "an anchor of a list": ("phrasings:", "phrasings: &a", 5, "「&」"),
    "an alias": ("七点。", "*a", 8, "「*」"),
    "an alias of a mapping": ("    answer: 七", "    <<: *a\n    answer: 七", 8, "「*」"),
    "emphasis": ("七点。", "**重要**", 8, "「*」"),
    "a tag": ("七点。", "!!str 七点。", 8, "「!」"),
    "a tag of one's own": ("七点。", "!重要 七点。", 8, "「!」"),
    "a mention": ("七点。", "@小王", 8, "「@」"),
    "a percentage": ("七点。", "%50", 8, "「%」"),
    "a backtick": ("七点。", "`七点`", 8, "「`」"),
    "brackets around the first words": ("七点。", "[重要]七点", 8, "「[」"),
    "braces around the first words": ("七点。", "{姓名}好", 8, "「{」"),
    "a greater-than sign": ("七点。", ">七点", 8, "「>」"),
    "a full-width key": ("answer", "ａｎｓｗｅｒ", 8, "「ａ」"),
}
LAYOUT = {
    "an item too far to the left": ("  - id: lunch", " - id: lunch", 10, "现在是 1 个；请改成 2 个，和第 3 行一样"),
    "an item too far to the right": ("  - id: lunch", "    - id: lunch", 10, "请改成 2 个，和第 3 行一样"),
    "an item at the edge": ("  - id: lunch", "- id: lunch", 10, "请改成 2 个，和第 3 行一样"),
    "a key too far to the left": ("    answer: 七", "   answer: 七", 8, "现在是 3 个；请改成 4 个，和第 5 行一样"),
    "a key too far to the right": ("    answer: 七", "      answer: 七", 8, "请改成 4 个"),
    "a key at the edge": ("    answer: 七", "answer: 七", 8, "请改成 4 个"),
    "a key above its list": ("    phrasings:", "phrasings:", 5, "请改成 4 个"),
    "the key behind an id": ("    question: 早", "   question: 早", 4, "请改成 4 个"),
    "an entry too far to the left": ("      - 几点", "     - 几点", 7, "请改成 6 个，和第 6 行一样"),
    "an entry too far to the right": ("      - 几点", "        - 几点", 7, "请改成 6 个，和第 6 行一样"),
    "an entry at the edge": ("      - 几点", "- 几点", 7, "请改成 6 个，和第 6 行一样"),
    "an entry before the others": ("      - 早饭时间", "    - 早饭时间", 7, "请改成 4 个，和第 6 行一样"),
    "a text at its key": ("      — 节日", "    节日", 15, "请改成 6 个，和第 14 行一样"),
    "a text at the edge": ("      — 节日", "节日", 15, "请改成 6 个，和第 14 行一样"),
    "the items": ("items:", "  items:", 2, "请改成 0 个，和第 1 行一样"),
    "an item without its dash": ("  - id: lunch", "    id: lunch", 10, "少了“- ”"),
    "an entry without its dash": ("      - 几点", "      几点", 7, "少了“- ”"),
    "a first entry without its dash": ("      - 早饭时间", "      早饭时间", 6, "少了“- ”"),
    "a number for a dash": ("- 几点", "2. 几点", 7, "「2.」"),
    "a Chinese number for a dash": ("- 几点", "2、几点", 7, "「2、」"),
    "a plus for a dash": ("- 几点", "+ 几点", 7, "「+」"),
    "a dash before a text": ("answer: 七点。", "answer: - 七点。", 8, "「-」"),
    "no colon": ("answer: 七", "answer 七", 8, "“answer”后面少了英文冒号"),
    "no colon before a list": ("phrasings:", "phrasings", 5, "“phrasings”后面少了英文冒号"),
    "an arrow for a colon": ("answer: 七", "answer -> 七", 8, "“answer”后面少了英文冒号"),
    "a Chinese key for a date": ("answer: 七点。", "answer: 七点。\n    有效期：2026-12-31", 9, "“有效期”不是键名"),
    "a date's colon": ("answer: 七点。", "answer: 七点。\n    valid_until：2026-12-31", 9, "「：」"),
    "a Chinese key": ("answer: 七", "回答：七", 8, "“回答”不是键名"),
    "a comment as in a program": ("    answer: 七", "    // 说明\n    answer: 七", 8, "「/」"),
    "two versions": ("    answer: 七", "<<<<<<< HEAD\n    answer: 六\n=======\n    answer: 七", 8, "合并文件"),
    "a fence": ("topic", "```yaml\ntopic", 1, "复制粘贴"),
    "a backslash": ("七点。", r'"C:\食堂"', 8, "反斜杠"),
}
TYPOS = {
    f"{group}: {name}": typo
    for group, typos in {
        "indentation": INDENTATION,
        "dashes": DASHES,
        "comments": COMMENTS,
        "colons": COLONS,
        "lists": LISTS,
        "quotation marks": QUOTES,
        "signs": SIGNS,
        "layout": LAYOUT,
    }.items()
    for name, typo in typos.items()
}
IN_SPEECH = {
    "a full-width colon": ('"1": ', '"1"：', 3, "「：」"),
    "no space": ('"1": ', '"1":', 3, "“:”后面少了一个空格"),
    "Chinese quotation marks": ('"1": ', "“1”: ", 3, "「“」"),
    "both": ('"1": ', "“1”：", 3, "「“」"),
}


def faults_with(name: str, text: str) -> list[tuple[str, int, str]]:
    """What is told of the canteen's rules with this file."""
    with pytest.raises(KnowledgeError) as caught:
        load(dict(sorted({**read(CANTEEN), name: text.encode()}.items())), "")
    return [(fault.file, fault.line, fault.message) for fault in caught.value.faults]


def test_the_file_is_sound_before() -> None:
    """Also with what would be mistyped outside a text."""
    load({**read(CANTEEN), "bad.yaml": SOUND.encode()}, "")


@pytest.mark.parametrize(("old", "new", "line", "named"), TYPOS.values(), ids=TYPOS.keys())
def test_what_is_mistyped_is_one_fault(old: str, new: str, line: int, named: str) -> None:
    """It says what is wrong and then, behind a semicolon, how to fix it."""
    assert old in SOUND
    ((file, at, message),) = faults_with("bad.yaml", SOUND.replace(old, new, 1))
    assert (file, at) == ("bad.yaml", line)
    assert named in message
    assert all(message.partition("；"))


@pytest.mark.parametrize(("old", "new", "line", "named"), IN_SPEECH.values(), ids=IN_SPEECH.keys())
def test_what_is_mistyped_in_the_ids_of_paragraphs_is_one_fault(old: str, new: str, line: int, named: str) -> None:
    """The items that cite them are at no fault."""
    ((file, at, message),) = faults_with("speech.yaml", (CANTEEN / "speech.yaml").read_text().replace(old, new, 1))
    assert (file, at) == ("speech.yaml", line)
    assert named in message


def test_what_refers_to_an_item_in_a_faulty_file_is_at_no_fault() -> None:
    """The item may be there once the file is read."""
    text = (CANTEEN / "items.yaml").read_text()
    other = SOUND.replace('["1"]', '["1"]\n    related: [opening]', 1)
    with pytest.raises(KnowledgeError) as caught:
        load({**read(CANTEEN), "items.yaml": text.replace("id: ", "id：", 1).encode(), "more.yaml": other.encode()}, "")
    assert [fault.file for fault in caught.value.faults] == ["items.yaml"]


ENDS = {"\\n": "\n", "\\r\\n": "\r\n", "\\r": "\r"}
NO_ENDS = {"U+2028": "\u2028", "U+2029": "\u2029", "U+0085": "\x85"}
STYLES = {"plain": "七{}点", "quoted": '"七{}点"', "literal": "|\n      七{}点", "folded": ">\n      七{}点"}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
@pytest.mark.parametrize("other", NO_ENDS.values(), ids=NO_ENDS.keys())
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
def test_a_line_is_what_an_editor_counts(style: str, other: str, end: str) -> None:
    """Other separators are characters of a text, and no fault."""
    text = SOUND.replace("七点。", style.format(other), 1)
    lines = text.split("\n").index("    question: 午饭几点？") + 1
    knowledge = load({**read(CANTEEN), "bad.yaml": text.replace("\n", end).encode()}, "")
    assert knowledge.base.by_id["breakfast"].answer == f"七{other}点"
    assert knowledge.locations["lunch"].line == lines - 1
    faulty = text.replace("    question: 午", "    qestion: 午").replace("\n", end)
    assert {line for _, line, _ in faults_with("bad.yaml", faulty)} == {lines - 1, lines}
    unreadable = text.replace("午饭几点", "午饭\x07几点").replace("\n", end)
    assert [line for _, line, _ in faults_with("bad.yaml", unreadable)] == [lines]


def test_what_is_not_utf8_is_found_on_its_line() -> None:
    """Whatever ends lines."""
    data = SOUND.replace("\n", "\r").encode().replace("午".encode(), "午".encode("gbk"))
    with pytest.raises(KnowledgeError) as caught:
        load({**read(CANTEEN), "bad.yaml": data}, "")
    assert [fault.line for fault in caught.value.faults] == [11]


def test_of_many_one_is_told() -> None:
    """Only so many corrections are tried, and one fault a file is enough."""
    head, items = SOUND[: SOUND.index("  - id")], SOUND[SOUND.index("  - id") :].replace("七点。", "电话: 七点。")
    many = "".join(items.replace("breakfast", f"b{n}").replace("lunch", f"l{n}") for n in range(100))
    assert [line for _, line, _ in faults_with("bad.yaml", head + many)] == [8]


DOUBTFUL = {
    "several in one": ("    phrasings:\n" + ENTRIES, "    phrasings: [早饭时间，几点吃早饭]\n", 5, "「，」"),
    "an enumeration": ("    answer: 七", "    keywords: [早饭、早餐]\n    answer: 七", 8, "「、」"),
    "a full-width sign of a text": ("七点。", "｜\n      七点。", 8, "「｜」"),
}


@pytest.mark.parametrize(("old", "new", "line", "named"), DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_what_may_be_meant_otherwise_is_pointed_out(old: str, new: str, line: int, named: str) -> None:
    """It refuses nothing."""
    knowledge = load({**read(CANTEEN), "bad.yaml": SOUND.replace(old, new, 1).encode()}, "")
    ((file, at, message),) = [(found.file, found.line, found.message) for found in knowledge.warnings]
    assert (file, at) == ("bad.yaml", line)
    assert named in message
