"""One question after the other, without a conversation."""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.app import App
from bot.cli.chat import show
from bot.cli.terminal import KnowledgeOption, build, print_json
from bot.conversation.member_replies import MemberReplies
from bot.conversation.records import miss_of
from bot.conversation.reply import Reply, plain_text
from bot.errors import UsageError
from bot.items import Kind
from bot.matching import Answer, Candidate, Settled, Verdict, reasons
from bot.store.records import Records
from bot.texts import command_line as texts

_TERMS = 8
"""Terms that an explanation names."""
_REASONS = 4
"""Reasons for and against that an explanation names."""
_TELLING = 0.05
"""A reason that changes the logit by less is not named."""


def ask(
    words: Annotated[list[str] | None, typer.Argument(metavar="问题...", help=texts.HELP_WORDS)] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help=texts.HELP_JSON)] = False,
    explain: Annotated[bool, typer.Option("--explain", help=texts.HELP_EXPLAIN)] = False,
    log: Annotated[bool, typer.Option("--log", help=texts.HELP_LOG)] = False,
    knowledge: KnowledgeOption = None,
) -> None:
    """Print what a member would read."""
    if as_json == bool(words):
        raise UsageError(texts.ASK_USAGE)
    with build(knowledge) as bot:
        if words:
            verdict, reply = _asked(bot, " ".join(words), log=log)
            show(reply, Console(highlight=False))
            if explain:
                _explain(verdict, bot.snapshot.confidence.answer)
            return
        for line in sys.stdin:
            question = line.removesuffix("\n")
            verdict, reply = _asked(bot, question, log=log)
            row = _as_json(question, verdict, reply)
            print_json(row | ({"why": _why(verdict)} if explain else {}))


def _reasons(verdict: Verdict) -> Mapping[str, float]:
    """What decided for the best candidate and against it, if it was compared."""
    return reasons(verdict.why.features) if verdict.why.features else {}


def _why(verdict: Verdict) -> dict[str, Any]:
    """The key ``why`` of a line of ``ask --json --explain``."""
    row = asdict(verdict.why)
    del row["features"]
    return row | {"reasons": _reasons(verdict)}


def _explain(verdict: Verdict, answer: float) -> None:
    """Print what decided for the best candidate, in an admin's words."""
    if not verdict.candidates:
        return
    best, why, decided = verdict.candidates[0], verdict.why, _reasons(verdict)
    print(texts.EXPLAIN_ITEM.format(question=best.item.question, score=best.score, answer=answer))
    if why.phrasing:
        print(texts.EXPLAIN_PHRASING.format(phrasing=why.phrasing))
    if why.unexplained:
        print(texts.EXPLAIN_MISSING.format(terms="、".join(why.unexplained[:_TERMS])))
    for text, sign in ((texts.EXPLAIN_FOR, 1), (texts.EXPLAIN_AGAINST, -1)):
        named = [texts.FEATURES[name] for name, value in decided.items() if sign * value >= _TELLING][:_REASONS]
        if named:
            print(text.format(reasons="；".join(named)))


def _asked(bot: App, question: str, *, log: bool) -> tuple[Verdict, Reply]:
    """A question's verdict and reply; with ``log``, a miss is in the log then."""
    verdict = bot.snapshot.matcher.match(question)
    miss = miss_of(question, verdict) if log else None
    noted = miss is not None and bot.usage.has_capacity(Records(misses=(miss,)))
    if noted and miss:
        bot.misses.record(miss)
    replies = MemberReplies(bot.snapshot.base, bot.settings.retention_days, clock=bot.clock)
    return verdict, replies.verdict(verdict, question, noted=noted)


def _as_json(question: str, verdict: Verdict, reply: Reply) -> dict[str, Any]:
    """A line of ``ask --json``."""
    items = [chosen.item for chosen in verdict.chosen] if isinstance(verdict, Settled) else []
    return {
        "question": question,
        "verdict": verdict.kind,
        "items": [item.id for item in items],
        "score": round(verdict.score, 4),
        "answer": "\n\n".join(item.answer for item in items if item.kind is Kind.ANSWER)
        if isinstance(verdict, Answer)
        else None,
        "sources": list(dict.fromkeys(source for item in items for source in item.source)),
        "reply": plain_text(reply.text),
        "suggestions": [
            _candidate(suggestion) | {"question": suggestion.item.question, "answer": suggestion.item.answer}
            for suggestion in verdict.suggestions[:3]
        ],
        "candidates": list(map(_candidate, verdict.candidates)),
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {"item": candidate.item.id, "score": round(candidate.score, 4)}
