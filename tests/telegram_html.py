"""Telegram's HTML, read more strictly than Telegram does: what is not surely right is refused."""

import re

_TOKEN = re.compile(
    r"(?P<tag><(?P<closing>/?)(?P<name>[a-z]+)(?P<attribute> expandable)?>)"
    r"|&(?P<entity>lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9a-f]{1,6});"
    r"|(?P<text>[^<>&]+)"
)
_TAGS = frozenset({"b", "i", "u", "s", "code", "pre", "blockquote"})
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_EXPANDABLE = "blockquote"


class CantParseError(ValueError):
    """It is not Telegram's HTML; the message says where."""


def visible(html: str) -> str:
    """The text that members see.

    Raises:
        CantParseError: a tag is unknown, unbalanced, nested in itself or has an attribute of another; an entity is
            unknown; or a character stands there that must be escaped.
    """
    seen: list[str] = []
    opened: list[str] = []
    position = 0
    while position < len(html):
        token = _TOKEN.match(html, position)
        if token is None:
            raise CantParseError(f"unsupported character {html[position]!r} at offset {position}")
        if token["tag"]:
            _follow(token, opened)
        elif token["entity"]:
            seen.append(_character(token["entity"]))
        else:
            seen.append(token["text"])
        position = token.end()
    if opened:
        raise CantParseError(f"can't find end tag of {opened[-1]!r}")
    return "".join(seen)


def _follow(token: re.Match[str], opened: list[str]) -> None:
    name = token["name"]
    if name not in _TAGS or (token["attribute"] and (name != _EXPANDABLE or token["closing"])):
        raise CantParseError(f"unsupported tag {token['tag']!r} at offset {token.start()}")
    if not token["closing"]:
        if name in opened:
            raise CantParseError(f"{name!r} in itself at offset {token.start()}")
        opened.append(name)
    elif not opened or opened.pop() != name:
        raise CantParseError(f"unmatched end tag {token['tag']!r} at offset {token.start()}")


def _character(entity: str) -> str:
    if entity in _NAMED:
        return _NAMED[entity]
    number = int(entity[1:].replace("x", "0x"), base=0 if "x" in entity else 10)
    if not 0 < number <= 0x10FFFF or 0xD800 <= number < 0xE000:
        raise CantParseError(f"no such character: {entity}")
    return chr(number)
