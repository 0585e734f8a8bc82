"""YAML text as plain values of text, each with its line: no number, date or boolean is ever made of what was typed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from bot.errors import Fault
from bot.texts import knowledge as knowledge_texts

Value = str | list["Value"] | dict[str, "Value"]
Path = tuple[str | int, ...]

_IDENTIFIER = re.compile(r"[a-z0-9.-]+")
_COMMENT = re.compile(r"[ \t,\]}]*#")
"""What follows a text that a comment cuts short, on its line."""
_LIKELY = (
    (re.compile("^ *\t"), knowledge_texts.TAB),
    (re.compile(r"^[ -]*\w+："), knowledge_texts.FULL_WIDTH_COLON),
    (re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"), knowledge_texts.CONTROL_CHARACTER),
)
"""What is wrong with a line that YAML can't read, where it can be told by looking."""


class _TextLoader(yaml.CSafeLoader):
    """Takes every scalar for text, instead of guessing what else it could be."""

    def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:  # noqa: ARG002
        return str(self.DEFAULT_SCALAR_TAG)


@dataclass(slots=True)
class Tree:
    """The content of one file, by its name and text; a fault of YAML's own grammar is the only one, without a value.

    ``lines`` maps the path of each value to its line; a key of a mapping has its own line. ``node`` is what the value
    was read from, for those who need to know how it is written.
    """

    name: str
    text: str
    value: Value = field(init=False, default_factory=dict)
    lines: dict[Path, int] = field(init=False, default_factory=dict)
    faults: list[Fault] = field(init=False, default_factory=list)
    warnings: list[Fault] = field(init=False, default_factory=list)
    node: yaml.Node | None = field(init=False, default=None)
    _seen: set[int] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        try:
            self.node = yaml.compose(self.text, Loader=_TextLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            return self._break(mark.line if mark else 0)
        except yaml.reader.ReaderError as error:
            # The position counts bytes.
            return self._break(self.text.encode()[: error.position].count(b"\n"))
        except RecursionError:
            return self._break(0)
        if self.node is None:
            return self._fault(1, knowledge_texts.EMPTY_FILE)
        self.value = self._read(self.node, ())
        return None

    def line(self, path: Path) -> int:
        """The line of a value, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def _break(self, line: int) -> None:
        """Note the one fault of a file that does not parse. ``line`` counts from 0."""
        lines = self.text.split("\n")
        # The parser often stops a line after the fault.
        for near in (line, line - 1):
            for pattern, message in _LIKELY:
                if 0 <= near < len(lines) and pattern.search(lines[near]):
                    return self._fault(near + 1, message)
        return self._fault(line + 1, knowledge_texts.NOT_YAML)

    def _read(self, node: yaml.Node, path: Path) -> Value:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        # PyYAML hands out the same node object for an alias as for its anchor.
        if id(node) in self._seen:
            self._fault(line, knowledge_texts.ALIAS)
            # An alias may stand inside what it names: there is no end to following that.
            return str(node.value) if isinstance(node, yaml.ScalarNode) else {}
        self._seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            is_words = not node.style and not _IDENTIFIER.fullmatch(node.value)
            if is_words and _COMMENT.match(self.text, node.end_mark.index):
                self.warnings.append(Fault(self.name, node.end_mark.line + 1, knowledge_texts.COMMENT_CUTS_TEXT))
            return str(node.value)
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, path))
        return [self._read(child, (*path, index)) for index, child in enumerate(node.value)]

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Value]]:
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(line, knowledge_texts.NOT_TEXT_VALUE.format(key="?"))
                continue
            key = str(key_node.value)
            if (*path, key) in self.lines:
                first = self.lines[*path, key]
                self._fault(line, knowledge_texts.DUPLICATE_KEY.format(key=key, line=first))
                continue
            self.lines[*path, key] = line
            yield key, self._read(value_node, (*path, key))

    def _fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(self.name, line, message))
