"""YAML text as plain values of text, each with its line: no number, date or boolean is ever made of what was typed."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from bot import catalogue
from bot.errors import Fault

Value = str | list["Value"] | dict[str, "Value"]
Path = tuple[str | int, ...]


@dataclass(slots=True)
class Tree:
    """A file's content. ``lines`` maps the path of each value to its line; a key of a mapping has its own line."""

    value: Value
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of a value, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(name: str, text: str) -> Tree:
    """The tree of one file. A fault of YAML's own grammar ends it: it is the only one then, and the value is empty."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return _broken(name, mark.line + 1 if mark else 1, error.problem or "")
    except yaml.reader.ReaderError as error:
        return _broken(name, text.count("\n", 0, error.position) + 1, error.reason)
    except RecursionError:
        return _broken(name, 1, "too deep")
    if node is None:
        return Tree({}, faults=[Fault(name, 1, catalogue.EMPTY_FILE)])
    tree = Tree({})
    _Walk(name, text.split("\n"), tree).start(node)
    return tree


def _broken(name: str, line: int, reason: str) -> Tree:
    return Tree({}, faults=[Fault(name, line, catalogue.NOT_YAML.format(reason=reason))])


class _Walk:
    def __init__(self, name: str, source: list[str], tree: Tree) -> None:
        self._name = name
        self._source = source
        self._tree = tree
        self._seen: set[int] = set()

    def start(self, node: yaml.Node) -> None:
        self._tree.value = self._value(node, ())

    def _value(self, node: yaml.Node, path: Path) -> Value:
        line = node.start_mark.line + 1
        self._tree.lines.setdefault(path, line)
        # PyYAML hands out the same node object for an alias as for its anchor.
        if id(node) in self._seen:
            self._fault(line, catalogue.ALIAS)
            return ""
        self._seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            self._warn_of_comment(node)
            return str(node.value)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(child, (*path, index)) for index, child in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, path))
        raise TypeError(node)

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Value]]:
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(line, catalogue.NOT_TEXT_VALUE.format(key="?"))
                continue
            key = str(key_node.value)
            if key in first:
                self._fault(line, catalogue.DUPLICATE_KEY.format(key=key, line=first[key]))
                continue
            first[key] = line
            self._tree.lines[*path, key] = line
            yield key, self._value(value_node, (*path, key))

    def _warn_of_comment(self, node: yaml.ScalarNode) -> None:
        if node.style is None and node.value and not node.value.isascii():
            rest = self._source[node.end_mark.line][node.end_mark.column :]
            if rest.lstrip(" \t,]}").startswith("#"):
                self._tree.warnings.append(Fault(self._name, node.end_mark.line + 1, catalogue.COMMENT_CUTS_TEXT))

    def _fault(self, line: int, message: str) -> None:
        self._tree.faults.append(Fault(self._name, line, message))
