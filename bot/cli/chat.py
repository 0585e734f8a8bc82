"""The conversation in a terminal: a line is a message, a number or a button's own words press it."""

import contextlib
import itertools
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from bot.app import App
from bot.cli.terminal import KnowledgeOption, build, build_keeping_nothing, print_json
from bot.conversation.commands import Command
from bot.conversation.members import Speaker, Turn
from bot.conversation.reply import Button, Reply, plain_text
from bot.texts import command_line as texts

_RESET = "/reset"


def chat(
    *,
    as_json: Annotated[bool, typer.Option("--json", help=texts.HELP_CHAT_JSON)] = False,
    log: Annotated[bool, typer.Option("--log", help=texts.HELP_LOG)] = False,
    knowledge: KnowledgeOption = None,
) -> None:
    """Talk with the bot in the terminal."""
    make = build_keeping_nothing if as_json and not log else build
    with make(knowledge) as bot:
        if as_json:
            converse(bot, log=log)
        else:
            Terminal(bot).run()


def converse(bot: App, *, log: bool) -> None:
    """Whole conversations: a line of standard input is a message, answered by a line of JSON.

    A line ``/reset`` begins another chat. With ``log`` misses are recorded.
    """
    speaker = Speaker(chat=0, member=0, reachable=False, has_capacity=bot.usage.has_capacity)
    for line in sys.stdin:
        said = line.removesuffix("\n")
        if said == _RESET:
            speaker = replace(speaker, chat=speaker.chat + 1)
            continue
        command = Command.parse(said)
        turn = bot.conversation.say(said, command, speaker, bot.snapshot)
        if log:
            bot.usage.record(turn.records)
        print_json(
            {
                "say": said,
                "reply": plain_text(turn.reply.text) if turn.reply else "",
                "buttons": [button.label for button in turn.reply.buttons] if turn.reply else [],
                "verdict": "command" if command and command.name != "ask" else turn.verdict,
                "items": turn.items,
                "logged": bool(turn.records.misses),
            }
        )


class Terminal:
    """One conversation over standard input and output."""

    def __init__(self, bot: App) -> None:
        self._conversation = bot.conversation
        self._snapshot = bot.snapshot
        self._usage = bot.usage
        self._speaker = Speaker(chat=0, member=0, reachable=False, has_capacity=bot.usage.has_capacity)
        self._console = Console(highlight=False)
        self._shown = Reply("")
        self._question = ""

    def run(self) -> None:
        """Talk until the input ends. In a pipe nothing but the replies is printed.

        Raises:
            StoreError: a miss could not be recorded.
        """
        interactive = sys.stdin.isatty()
        if interactive:
            with contextlib.suppress(ImportError):
                import readline  # noqa: F401, PLC0415 - arrow keys work in the prompt where there is readline
            self._show(self._turn("/start"))
            self._console.print(texts.CHAT_HINT, style="dim")
        for line in _lines(self._console if interactive else None):
            if interactive and line.strip().lower() in texts.CHAT_QUIT:
                break
            turn = self._turn(line)
            self._usage.record(turn.records)
            self._show(turn)
        if interactive:
            self._console.print(texts.CHAT_BYE)

    def _turn(self, line: str) -> Turn:
        if button := self._pressed(line):
            return self._conversation.press(button.callback, self._question, self._speaker, self._snapshot)
        self._question = line
        return self._conversation.say(line, Command.parse(line), self._speaker, self._snapshot)

    def _pressed(self, line: str) -> Button | None:
        """The button that a line presses: by its own words, or by its number, counted from 1."""
        buttons = self._shown.buttons
        by_number = {str(number): button for number, button in enumerate(buttons, start=1)}
        by_label = {button.label: button for button in reversed(buttons)}
        return by_label.get(line) or by_number.get(line.lstrip("0"))

    def _show(self, turn: Turn) -> None:
        self._shown = turn.reply or self._shown
        if turn.notice:
            self._console.print(turn.notice, style="green")
        show(self._shown, self._console)


def show(reply: Reply, console: Console) -> None:
    """Print a reply with its buttons numbered.

    On a terminal long lines wrap by the width of their characters; in a pipe they stay whole.
    """
    numbers = itertools.count(1)
    rows = ("  " + "   ".join(f"{next(numbers)}. {button.label}" for button in row) for row in reply.rows)
    for line, style in ((plain_text(reply.text), None), *((row, "cyan") for row in rows)):
        console.print(line, style=style, markup=False, highlight=False, emoji=False, soft_wrap=not console.is_terminal)
    console.print()


def _lines(console: Console | None) -> Iterator[str]:
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        for line in iter(lambda: console.input(texts.CHAT_PROMPT), None) if console else sys.stdin:
            yield line.strip()
