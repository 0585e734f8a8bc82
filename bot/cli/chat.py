"""The dialogue in a terminal: a line is a message, a number or a button's own words press it."""

import contextlib
import itertools
import sys
from collections.abc import Iterator

from rich.console import Console

from bot.conversation.members import Dialogue, Keeps, Speaker
from bot.conversation.replies import Reply
from bot.store.usage import UsageLog
from bot.texts import command_line as command_line_texts


class Chat:
    """One conversation over standard input and output."""

    def __init__(self, dialogue: Dialogue, usage: UsageLog, keeps: Keeps, console: Console) -> None:
        self._dialogue = dialogue
        self._usage = usage
        self._speaker = Speaker(chat=0, member=0, keeps=keeps, reachable=False)
        self._console = console

    def run(self) -> None:
        """Talk until the input ends. In a pipe nothing but the replies is printed.

        Raises:
            StoreError: a miss could not be recorded.
        """
        interactive = sys.stdin.isatty()
        if interactive:
            with contextlib.suppress(ImportError):
                import readline  # noqa: F401, PLC0415 - arrow keys work in the prompt where there is readline
        reply, question = Reply(""), ""
        if interactive:
            reply = self._dialogue.say("/start", self._speaker).reply or reply
            self._show(reply)
            self._console.print(command_line_texts.CHAT_HINT, style="dim")
        for line in _lines(self._console if interactive else None):
            if interactive and line.strip().lower() in command_line_texts.CHAT_QUIT:
                break
            number = int(line) if line.isascii() and line.isdigit() and len(line) < 4 else 0  # noqa: PLR2004
            labels = [button.label for button in reply.buttons]
            number = labels.index(line) + 1 if line in labels else number
            if 1 <= number <= len(reply.buttons):
                turn = self._dialogue.press(reply.buttons[number - 1].action, question, self._speaker)
            else:
                turn, question = self._dialogue.say(line, self._speaker), line
            reply = turn.reply or reply
            self._usage.record(turn.records)
            if turn.notice:
                self._console.print(turn.notice, style="green")
            self._show(reply)
        if interactive:
            self._console.print(command_line_texts.CHAT_BYE)

    def _show(self, reply: Reply) -> None:
        show(reply, self._console)


def show(reply: Reply, console: Console) -> None:
    """Print a reply with its buttons numbered.

    On a terminal long lines wrap by the width of their characters; in a pipe they stay whole.
    """
    numbers = itertools.count(1)
    rows = ("  " + "   ".join(f"{next(numbers)}. {button.label}" for button in row) for row in reply.rows)
    for line, style in ((reply.text, None), *((row, "cyan") for row in rows)):
        console.print(line, style=style, markup=False, highlight=False, emoji=False, soft_wrap=not console.is_terminal)
    console.print()


def _lines(console: Console | None) -> Iterator[str]:
    while True:
        try:
            line = console.input(command_line_texts.CHAT_PROMPT) if console else sys.stdin.readline()
        except (EOFError, KeyboardInterrupt):
            return
        if not console and not line:
            return
        yield line.strip()
