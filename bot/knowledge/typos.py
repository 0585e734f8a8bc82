"""Tells what is mistyped in a YAML file that can't be read, or that does not say what it should.

Where a line looks mistyped, that is the cause if the file gets better with the line typed right: that is tried.
"""

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from itertools import islice

from bot.errors import Fault
from bot.knowledge.models import FramesFile, ItemEntry, ItemFile, SpeechFile, SynonymsFile
from bot.texts import knowledge as knowledge_texts

LINE_END = re.compile(r"\r\n|\r|\n")
"""What ends a line: as YAML 1.2 has it, and as editors count."""

_SPACES = "\u00a0\u00ad\u1680\u2000-\u200f\u202f\u205f\u2060\u3000"
"""Characters that look like a space, or like nothing, and that YAML takes for text."""
_DASHES = "－—–―‐‑‒−﹣ー─•·●○◦▪・＊＋"
_COLONS = "：﹕∶︰；;＝="
_ASCII: Mapping[str, str] = {
    **dict.fromkeys("“”„‟＂«»「」『』", '"'),
    **dict.fromkeys("‘’‛＇", "'"),
    **dict.fromkeys("，、；﹐", ","),
    **dict.fromkeys("［【〔", "["),
    **dict.fromkeys("］】〕", "]"),
    **dict.fromkeys("｛", "{"),
    **dict.fromkeys("｝", "}"),
    **dict.fromkeys("：﹕∶︰", ":"),
    **dict.fromkeys("。．", "."),
    **dict.fromkeys("－—–―‐‑‒−﹣", "-"),
}
"""What stands on a Chinese keyboard in the place of YAML's own signs."""
_QUOTES = "".join(character for character, sign in _ASCII.items() if sign in "\"'")
_NAMES = {"\t": "制表符", "\u3000": "全角空格", "\u00a0": "不换行空格"}
_KEYS = frozenset(
    key for model in (ItemFile, ItemEntry, SpeechFile, SynonymsFile, FramesFile) for key in model.model_fields
)
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_LINE = re.compile(
    rf"(?P<indent>[ \t{_SPACES}]*)"
    rf"(?P<dashes>(?:(?:-(?!-)|([{_DASHES}])\3*|\*(?=[ {_SPACES}]))[ \t{_SPACES}]*)*)"
    rf"(?:(?P<key>[{_QUOTES}\"']?[A-Za-z0-9_.\-０-９Ａ-Ｚａ-ｚ．＿]+?[{_QUOTES}\"']?)"
    rf"[ {_SPACES}]*(?P<colon>[:{_COLONS}])(?P<gap>[ \t{_SPACES}]*))?"
    r"(?P<value>.*)",
    re.DOTALL,
)
_DASH = re.compile(rf"(-|[{_DASHES}*]+)([ \t{_SPACES}]*)")
_BLOCK = re.compile(r"( *(?:- +)*)([^\s:：]+[:：] +)?[|>][-+0-9]*[ \t]*(?:#.*)?")
"""A line below which a block of text begins."""
_BLOCK_START = re.compile(r"( *)(?:- +)*")
_WIDTHS = (1, 2, 4, 8, 0)
"""So many spaces may be meant by another character."""
_TRIALS = 40
_STEPS = (0, -1, 1, -2)
"""Where, from the line of a fault on, a line may be indented wrongly."""
_STRAY = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: .*)?|\s*```.*")
"""What git leaves in a file of which there were two versions, and what stands around a text copied from a chat."""
_KEY_ALONE = re.compile(rf"( *(?:- +)*)({'|'.join(_KEYS)})(?: *(?:->|=>|→) *| +(?![:：])|$)(.*)")
_ENTRY = re.compile(r"( *)(?:\+|\(?\d+[.、)）](?!\d)|[（(]\d+[）)]) *(?=\S)")
_CHINESE_KEY = re.compile(
    r" *(?:- +)*(主题|条目|编号|类型|问题|问法|反例|关键词|答案|回答|来源|出处|相关|标题|段落"
    r"|有效期至?|有效至|复查日期|复查|负责人) *[:：]"
)
_ENTRY_START = re.compile(" *- ")
_DATE = re.compile(r"(?<!\d)(\d{4})\D{0,2}(\d{1,2})\D{0,2}(\d{1,2})(?!\d)", re.ASCII)
"""A year, a month and a day in this order, however they are parted."""
_LIST_SIGNS = re.compile("[，、；]")


def date_as_meant(typed: str) -> str:
    """The date that somebody meant who typed it in another way, as YYYY-MM-DD; an example where none is found."""
    plain = unicodedata.normalize("NFKC", typed)
    found = _DATE.search(plain)
    with suppress(ValueError):
        if found:
            return date(*map(int, found.groups())).isoformat()
    return "2026-12-31"


def find_unreadable(text: str) -> tuple[int, str] | None:
    """The line of the first character that no YAML file may hold, and what to tell of it; None if there is none."""
    found = _UNREADABLE.search(text)
    if not found:
        return None
    line = len(LINE_END.split(text[: found.start()]))
    return line, knowledge_texts.CONTROL_CHARACTER.format(character=_named(found[0]))


def find_typo(
    text: str, faults: Sequence[Fault], read: Callable[[str], Sequence[Fault]], *, parses: bool
) -> tuple[int, str] | None:
    """The line of what is mistyped in a file with these faults, and what to tell of it; None if nothing is found.

    ``read`` gives the faults of another text in the place of the file's; both come in the order of their lines. A file
    that does not parse, and has only one fault for that, is better when another line is the first at fault.
    """
    pieces = re.split(f"({LINE_END.pattern})", text)
    structure = _structure(pieces[::2])
    lines = [fault.line for fault in faults]
    nearest = sorted(structure, key=lambda number: min(abs(number - line) for line in lines))
    if not parses and (foreign := _find_foreign(structure, lines[0])):
        return foreign
    signs = (found for number in nearest for found in _corrections(structure, number))
    for number, message, left in _tried(pieces, islice(signs, _TRIALS), read):
        if set(left) < set(faults) or (not parses and left[0].line > lines[0]):
            return number, message
    return _find_layout(pieces, faults, read, parses=parses) or _find_likely(structure, lines[0])


def _find_foreign(structure: Mapping[int, str], at: int) -> tuple[int, str] | None:
    """The line that other programs have left, or whose key is in Chinese, of a file with a fault at a line."""
    for number, line in structure.items():
        if _STRAY.fullmatch(line):
            return number, knowledge_texts.STRAY_LINE
    if key := _CHINESE_KEY.match(structure.get(at, "")):
        known = "、".join(ItemEntry.model_fields)
        return at, knowledge_texts.CHINESE_KEY.format(key=key[1], known=known)
    return None


def _find_layout(
    pieces: Sequence[str], faults: Sequence[Fault], read: Callable[[str], Sequence[Fault]], *, parses: bool
) -> tuple[int, str] | None:
    """The line that is not where it should be: with it there the file has the fewest faults."""
    lines, at = pieces[::2], faults[0].line
    if not parses and faults[0].message != knowledge_texts.NOT_YAML:
        return None
    near = dict.fromkeys((*(at + step for step in _STEPS), *_around(lines, at)))
    written = [number for number in near if 0 < number <= len(lines) and lines[number - 1].strip()]
    layouts = (found for number in written for found in _layouts(lines, number))
    best = None
    fewest = (not parses, len(faults))
    for number, message, left in _tried(pieces, islice(layouts, _TRIALS), read):
        is_unreadable = any(fault.message == knowledge_texts.NOT_YAML for fault in left)
        if is_unreadable and left[0].line <= at:
            continue
        if (is_unreadable, len(left)) < fewest or (best is None and not parses):
            best, fewest = (number, message), (is_unreadable, len(left))
        if not left:
            break
    return best


def _find_likely(structure: Mapping[int, str], at: int) -> tuple[int, str] | None:
    """What looks mistyped on the line of the first fault or the one before, though typing it right is not enough."""
    for number in (at, at - 1):
        if message := _typed(structure.get(number, ""))[1]:
            return number, message
    return None


def _tried(
    pieces: Sequence[str],
    corrections: Iterable[tuple[Mapping[int, str], int, str]],
    read: Callable[[str], Sequence[Fault]],
) -> Iterator[tuple[int, str, Sequence[Fault]]]:
    """Where each correction is made, what to tell of it, and the faults that the text has with it."""
    for corrected, number, message in corrections:
        better = list(pieces)
        for place, line in corrected.items():
            better[2 * place - 2] = line
        yield number, message, read("".join(better))


def mistyped_line(line: str) -> str | None:
    """What to tell of a further line of a text that begins as a comment or a key would, but for a Chinese sign.

    So is one that begins as an entry of a list.
    """
    if _ENTRY_START.match(line):
        return knowledge_texts.DASH_NOT_ALIGNED
    found, message = _LINE.fullmatch(line), _typed(line)[1]
    is_key = found is not None and found["key"] in _KEYS and found["colon"] not in (":", "=")
    return message if is_key or line.strip().startswith("＃") else None


def doubtful_value(text: str, *, in_brackets: bool) -> str | None:
    """What to tell of a text without quotes that may have been meant otherwise; None if there is no doubt."""
    if in_brackets and (found := _LIST_SIGNS.search(text)):
        return knowledge_texts.COMMA_IN_LIST.format(character=_named(found[0]))
    if text[:2].rstrip() in {"｜", "＞"}:
        return knowledge_texts.BLOCK_SIGN.format(character=_named(text[0]), better="|" if text[0] == "｜" else ">")
    return None


def mistyped_id(text: str) -> str | None:
    """What to tell of an id that holds a sign of a Chinese keyboard; None if it holds none."""
    for character in text:
        better = _ASCII.get(character) or unicodedata.normalize("NFKC", character)
        if not character.isascii() and better.isascii():
            return knowledge_texts.MISTYPED_ID.format(text=text, character=_named(character), better=better)
    return None


def _named(character: str) -> str:
    """A character as it can be told: by its code if it can't be seen."""
    name = _NAMES.get(character, "" if character.isprintable() and not character.isspace() else "看不见的字符")
    return f"{name}（U+{ord(character):04X}）" if name else f"「{character}」"


def _structure(lines: Sequence[str]) -> Mapping[int, str]:
    """The lines that are neither blank, nor comments, nor in a block of text, by their numbers."""
    structure: dict[int, str] = {}
    block: int | None = None
    for number, line in enumerate(lines, 1):
        column = len(line) - len(line.lstrip(" "))
        if not line.strip() or (block is not None and column > block):
            continue
        found = _BLOCK.fullmatch(line)
        # The text is indented further than its key, or than the last dash before it.
        block = (len(found[1]) if found[2] else column) if found else None
        if line[column] != "#":
            structure[number] = line
    return structure


def _corrections(structure: Mapping[int, str], number: int) -> Iterator[tuple[Mapping[int, str], int, str]]:
    """What a line may have been meant to be, and its neighbours that are mistyped too; where and what to tell of it."""
    line = structure[number]
    if message := _typed(line)[1]:
        numbers = list(structure)
        first = last = numbers.index(number)
        while first > 0 and _typed(structure[numbers[first - 1]])[1]:
            first -= 1
        while last + 1 < len(numbers) and _typed(structure[numbers[last + 1]])[1]:
            last += 1
        run = numbers[first : last + 1]
        widths = _WIDTHS if any(_is_indented_wrong(structure[place]) for place in run) else _WIDTHS[:1]
        for width in widths:
            corrected = {place: _typed(structure[place], width)[0] for place in run}
            yield corrected, run[0], _typed(structure[run[0]])[1]
        if _is_indented_wrong(line):
            # As far as another line near it.
            for other in numbers[max(0, first - 3) : first]:
                found = _LINE.fullmatch(structure[other])
                indent = found["indent"] + " " * len(found["dashes"]) if found else ""
                yield {number: indent + _typed(line, 0)[0].lstrip(" ")}, number, message
    for corrected_line, sign_message in _with_other_signs(line):
        yield {number: corrected_line}, number, sign_message
    line = _typed(line)[0]
    for corrected_line, value_message in _with_other_values(line):
        if corrected_line != line:
            yield {number: corrected_line}, number, value_message


def _around(lines: Sequence[str], number: int) -> Iterator[int]:
    """The lines beside this one, and those before it that are nearer and nearer to the edge."""
    nearest = sys.maxsize
    for other in range(number - 1, 0, -1):
        column = len(lines[other - 1]) - len(lines[other - 1].lstrip(" "))
        if lines[other - 1].strip() and (column < nearest or other == number - 1):
            nearest = column
            yield other
    if number < len(lines) and lines[number].strip():
        yield number + 1


def _layouts(lines: Sequence[str], number: int) -> Iterator[tuple[Mapping[int, str], int, str]]:
    """A line as an entry of a list, and as far from the edge as its neighbours; where and what to tell of it."""
    line = lines[number - 1]
    text = line.lstrip(" ")
    now = len(line) - len(text)
    columns: dict[int, int] = {}
    for other in _around(lines, number):
        found = _BLOCK_START.match(lines[other - 1])
        if found:
            columns.setdefault(len(found[1]), other)
            # What belongs to it stands behind its dashes, or deeper.
            columns.setdefault(found.end(), 0)
            columns.setdefault(found.end() + 2, 0)
    key = text.partition(":")[0].rstrip()
    if key == "id" or not (text.startswith("- ") or key in _KEYS):
        entry = knowledge_texts.DASH_MISSING
        for column in dict.fromkeys((now, max(now - 2, 0))):
            yield {number: f"{' ' * column}- {text}"}, number, entry
    for column, other in sorted(columns.items(), key=lambda found: abs(found[0] - now)):
        if column != now:
            like = knowledge_texts.INDENTATION_LIKE.format(line=other) if other else ""
            message = knowledge_texts.INDENTATION.format(now=now, better=column, like=like)
            yield {number: " " * column + text}, number, message


def _is_indented_wrong(line: str) -> bool:
    found = _LINE.fullmatch(line)
    return found is not None and found["indent"].strip(" ") != ""


def _typed(line: str, width: int = 1) -> tuple[str, str]:
    """A line with YAML's own signs around its value, and what to tell of the first that was another; "" if none was.

    ``width``: how many spaces stand for another character in the indentation.
    """
    found = _LINE.fullmatch(line)
    if not found:
        return line, ""
    indent, value, told = found["indent"], found["value"], list[str]()
    if wrong := indent.replace(" ", ""):
        message = knowledge_texts.TAB if wrong[0] == "\t" else knowledge_texts.MISTYPED_INDENTATION
        told.append(message.format(character=_named(wrong[0])))
        indent = "".join(" " * (1 if space == " " else width) for space in indent)
    if value.startswith(("＃", "//")) and not found["key"]:
        told.append(knowledge_texts.MISTYPED_HASH.format(character=_named(value[0])))
        value = "#" + value[1:]
    dashes, of_dashes = _typed_dashes(found["dashes"], is_last=not (found["key"] or value))
    key, of_key = _typed_key(found)
    told += filter(None, (of_dashes, of_key))
    return f"{indent}{dashes}{key}{value}", told[0] if told else ""


def _typed_dashes(dashes: str, *, is_last: bool) -> tuple[str, str]:
    """What opens entries of lists, with YAML's own signs, and what to tell of it; ``is_last`` on its line."""
    typed, message = "", ""
    for number, (mark, gap) in enumerate(_DASH.findall(dashes)):
        wrong = gap.replace(" ", "")
        if mark != "-":
            found = knowledge_texts.MISTYPED_DASH.format(character=_named(mark[0]))
        elif wrong:
            found = knowledge_texts.MISTYPED_SPACE.format(character=_named(wrong[0]))
        else:
            found = "" if gap or (is_last and number + 1 == len(dashes.strip())) else knowledge_texts.DASH_WITHOUT_SPACE
        typed += "- " if found else mark + gap
        message = message or found
    return typed, message


def _typed_key(found: re.Match[str]) -> tuple[str, str]:
    """A line's key and colon with YAML's own signs, and what to tell of them."""
    key, colon, gap = found["key"] or "", found["colon"] or "", found["gap"] or ""
    plain = "".join(_ASCII.get(character, unicodedata.normalize("NFKC", character)) for character in key)
    wrong = gap.replace(" ", "").replace("\t", "")
    if plain != key:
        message = knowledge_texts.MISTYPED_KEY.format(
            character=_named(next(sign for sign in key if not sign.isascii()))
        )
    elif colon not in ("", ":") and (plain.strip("\"'") in _KEYS or colon not in ";="):
        message = knowledge_texts.FULL_WIDTH_COLON.format(character=_named(colon))
    elif wrong:
        message = knowledge_texts.MISTYPED_SPACE.format(character=_named(wrong[0]))
    elif colon == ":" and not gap and found["value"]:
        message = knowledge_texts.COLON_WITHOUT_SPACE
    else:
        return f"{key}{found.string[found.end('key') : found.start('value')]}" if key else "", ""
    return f"{plain}: ", message


def _with_other_signs(line: str) -> Iterator[tuple[str, str]]:
    """The line with the colon that its key lacks, or as an entry of a list, and what to tell of it then."""
    if found := _KEY_ALONE.fullmatch(line):
        yield f"{found[1]}{found[2]}: {found[3]}", knowledge_texts.COLON_MISSING.format(key=found[2])
    if found := _ENTRY.match(line):
        mark = f"「{found[0].strip()}」"
        yield f"{found[1]}- {line[found.end() :]}", knowledge_texts.MISTYPED_DASH.format(character=mark)


def _with_other_values(line: str) -> Iterator[tuple[str, str]]:
    """The line with other values, as they may have been meant, and what to tell of it then."""
    found = _LINE.fullmatch(line)
    value = found["value"].strip() if found else ""
    if not found or not value:
        return
    start = line[: found.start("value")]
    if found["key"] and found["key"] not in _KEYS:
        text = line[found.start("key") :]
        yield line[: found.start("key")] + _quoted(text), knowledge_texts.COLON_IN_TEXT
    first, last = value[0], value[-1]
    if first in "\"'" or (first in _QUOTES and _ASCII.get(last, last) in "\"'"):
        text, message = _unquoted(value)
        yield start + _quoted(text), message
    elif _ASCII.get(first, first) in "[{":
        plain = "".join(_ASCII.get(character, character) for character in value)
        wrong = next((character for character in value if character in _ASCII), first)
        message = knowledge_texts.MISTYPED_IN_LIST.format(character=_named(wrong), better=_ASCII.get(wrong, ""))
        yield start + plain, message
        if plain[-1] not in "]}":
            unclosed = knowledge_texts.UNCLOSED_BRACKET.format(character=_named(first))
            yield start + plain + ("]" if plain[0] == "[" else "}"), unclosed if plain == value else message
    if first in "[{" and last in "]}":
        return
    if first in "@`%&*!|>{}[],?#" or value.startswith("- "):
        yield start + _quoted(value), knowledge_texts.RESERVED_START.format(character=_named(first))
    if ": " in value or last == ":":
        yield start + re.sub(":( |$)", "：", value), knowledge_texts.COLON_IN_TEXT
        yield start + _quoted(value), knowledge_texts.COLON_IN_TEXT


def _unquoted(value: str) -> tuple[str, str]:
    """What stands in quotation marks of any kind, and what to tell of these."""
    first, last = value[0], value[-1]
    inner = value[1:-1] if _ASCII.get(last, last) in "\"'" and len(value) > 1 else value[1:]
    if wrong := next((character for character in (first, last) if character in _QUOTES), ""):
        return inner, knowledge_texts.MISTYPED_QUOTE.format(character=_named(wrong))
    if value.count(first) == 1:
        return inner, knowledge_texts.UNCLOSED_QUOTE.format(character=_named(first))
    if first == last == '"' and "\\" in value:
        return inner, knowledge_texts.BACKSLASH
    return inner, knowledge_texts.QUOTE_WITHIN.format(character=_named(first))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
