"""YAML text as plain values of text, each with its line: no number, date or boolean is ever made of what was typed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from bot.errors import Fault
from bot.texts import knowledge as knowledge_texts

Value = str | list["Value"] | dict[str, "Value"]
Path = tuple[str | int, ...]

_IDENTIFIER = re.compile(r"[a-z0-9.-]+")
_LIKELY = (
    (re.compile("^ *\t"), knowledge_texts.TAB),
    (re.compile(r"^[ -]*\w+："), knowledge_texts.FULL_WIDTH_COLON),
    (re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"), knowledge_texts.CONTROL_CHARACTER),
)
"""What is wrong with a line that YAML can't read, where it can be told by looking."""


@dataclass(slots=True)
class Tree:
    """A file's content. ``lines`` maps the path of each value to its line; a key of a mapping has its own line.

    ``node`` is what the value was read from, for those who need to know how it is written.
    """

    value: Value = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    node: yaml.Node | None = None

    def line(self, path: Path) -> int:
        """The line of a value, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _TextLoader(yaml.CSafeLoader):
    """Takes every scalar for text, instead of guessing what else it could be."""

    def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:  # noqa: ARG002
        return str(self.DEFAULT_SCALAR_TAG)


def parse(name: str, text: str) -> Tree:
    """The tree of one file. A fault of YAML's own grammar ends it: it is the only one then, and the value is empty."""
    try:
        node = yaml.compose(text, Loader=_TextLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return _broken(name, text, mark.line if mark else 0)
    except yaml.reader.ReaderError as error:
        # The position counts bytes.
        return _broken(name, text, text.encode()[: error.position].count(b"\n"))
    except RecursionError:
        return _broken(name, text, 0)
    if node is None:
        return Tree(faults=[Fault(name, 1, knowledge_texts.EMPTY_FILE)])
    commented = {number: line for number, line in enumerate(text.split("\n")) if " #" in line}
    tree = Tree(node=node)
    tree.value = _Walk(name, commented, tree).value(node, ())
    return tree


def _broken(name: str, text: str, line: int) -> Tree:
    """The one fault of a file that does not parse. ``line`` counts from 0."""
    lines = text.split("\n")
    # The parser often stops a line after the fault.
    for near in (line, line - 1):
        for pattern, message in _LIKELY:
            if 0 <= near < len(lines) and pattern.search(lines[near]):
                return Tree(faults=[Fault(name, near + 1, message)])
    return Tree(faults=[Fault(name, line + 1, knowledge_texts.NOT_YAML)])


@dataclass(slots=True)
class _Walk:
    name: str
    commented: Mapping[int, str]
    tree: Tree
    seen: set[int] = field(default_factory=set)

    def value(self, node: yaml.Node, path: Path) -> Value:
        line = node.start_mark.line + 1
        self.tree.lines.setdefault(path, line)
        # PyYAML hands out the same node object for an alias as for its anchor.
        if id(node) in self.seen:
            self._fault(line, knowledge_texts.ALIAS)
            # An alias may stand inside what it names: there is no end to following that.
            return str(node.value) if isinstance(node, yaml.ScalarNode) else {}
        self.seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            self._warn_of_comment(node)
            return str(node.value)
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, path))
        return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Value]]:
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(line, knowledge_texts.NOT_TEXT_VALUE.format(key="?"))
                continue
            key = str(key_node.value)
            if key in first:
                self._fault(line, knowledge_texts.DUPLICATE_KEY.format(key=key, line=first[key]))
                continue
            first[key] = line
            self.tree.lines[*path, key] = line
            yield key, self.value(value_node, (*path, key))

    def _warn_of_comment(self, node: yaml.ScalarNode) -> None:
        line = self.commented.get(node.end_mark.line)
        if not line or node.style or _IDENTIFIER.fullmatch(node.value):
            return
        if line[node.end_mark.column :].lstrip(" \t,]}").startswith("#"):
            self.tree.warnings.append(Fault(self.name, node.end_mark.line + 1, knowledge_texts.COMMENT_CUTS_TEXT))

    def _fault(self, line: int, message: str) -> None:
        self.tree.faults.append(Fault(self.name, line, message))
