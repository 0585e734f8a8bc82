"""Questions in the terminal."""

import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.app import App
from bot.cli.chat import Chat, show
from bot.cli.terminal import KnowledgeOption, build, print_json, settle
from bot.conversation.replies import Reply
from bot.errors import UsageError
from bot.matching import Answer, Candidate, Settled, Verdict
from bot.texts import command_line as command_line_texts


def chat(knowledge: KnowledgeOption = None) -> None:
    """Talk with the bot in the terminal."""
    with build(knowledge) as bot:
        conversation = Chat(bot.dialogue, bot.usage, bot.has_capacity, Console(highlight=False))
        settle()
        conversation.run()


def ask(
    words: Annotated[list[str] | None, typer.Argument(metavar="问题...", help=command_line_texts.HELP_WORDS)] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help=command_line_texts.HELP_JSON)] = False,
    explain: Annotated[bool, typer.Option("--explain", help=command_line_texts.HELP_EXPLAIN)] = False,
    log: Annotated[bool, typer.Option("--log", help=command_line_texts.HELP_LOG)] = False,
    knowledge: KnowledgeOption = None,
) -> None:
    """Print what a member would read."""
    if as_json == bool(words):
        raise UsageError(command_line_texts.ASK_USAGE)
    with build(knowledge) as bot:
        if words:
            question = " ".join(words)
            verdict, reply = _asked(bot, question, log=log)
            show(reply, Console(highlight=False))
            if explain:
                print_json(asdict(verdict.why))
            return
        settle()
        for line in sys.stdin:
            question = line.removesuffix("\n")
            verdict, reply = _asked(bot, question, log=log)
            row = _as_json(question, verdict, reply)
            print_json(row | ({"why": asdict(verdict.why)} if explain else {}))


def _asked(bot: App, question: str, *, log: bool) -> tuple[Verdict, Reply]:
    """A question's verdict and reply; with ``log``, a miss is in the log then."""
    asked = bot.snapshot.faq.ask(question)
    noted = log and asked.miss is not None and bot.missed.has_capacity(asked.miss)
    if noted and asked.miss:
        bot.missed.record(asked.miss)
    return asked.verdict, bot.replies.verdict(asked.verdict, question, noted=noted)


def _as_json(question: str, verdict: Verdict, reply: Reply) -> dict[str, Any]:
    """A line of ``ask --json``."""
    match verdict:
        case Settled(chosen=chosen):
            items = [candidate.item for candidate in chosen]
        case _:
            items = []
    return {
        "question": question,
        "verdict": verdict.kind,
        "items": [item.id for item in items],
        "score": round(verdict.score, 4),
        "answer": "\n\n".join(item.answer for item in items) if isinstance(verdict, Answer) else None,
        "sources": list(dict.fromkeys(source for item in items for source in item.source)),
        "reply": reply.text,
        "suggestions": [_candidate(one) | _offered(one) for one in verdict.suggestions],
        "candidates": [_candidate(one) for one in verdict.candidates],
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {"item": candidate.item.id, "score": round(candidate.score, 4)}


def _offered(candidate: Candidate) -> dict[str, Any]:
    return {"question": candidate.item.question, "answer": candidate.item.answer}
