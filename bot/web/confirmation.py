"""The page between a form and an edit: what the change would do, or why it can't be made. What was written stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from bot.conversation import cards
from bot.curation.edits import Plan
from bot.store.records import ActionKind
from bot.texts.page import items as texts
from bot.web.item_changes import text_of
from bot.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Subject:
    """What a form changes, in words, and the path of its page. ``is_gone``: it is not there any more."""

    words: str
    path: str
    is_gone: bool = False


def is_confirmed(visit: Visit, plan: Plan) -> bool:
    """Whether an admin has seen what the change does as it is now planned."""
    return text_of(visit.form, "digest") == plan.digest


def asked(visit: Visit, subject: Subject, plan: Plan, waiting: int, theirs: str | None = None) -> Response:
    """Whether a change is to be made: what it does, and what somebody else has written meanwhile.

    ``waiting``: how many members would be told of an answer.
    """
    present = "" if theirs is None else theirs
    return visit.page(
        "item-change.html",
        title=texts.CHANGE_TITLE,
        subject=subject,
        refusal="",
        theirs=theirs,
        preview=cards.preview(plan),
        impact=list(cards.impact_lines(plan.impact, plan.after.base)),
        has_loss=plan.impact.has_loss,
        is_deletion=plan.kind is ActionKind.ITEM_DELETED,
        waiting=waiting,
        digest=plan.digest,
        seen=text_of(visit.form, "seen") if theirs is None else present,
        **_kept(visit),
    )


def refused(visit: Visit, subject: Subject, why: str) -> Response:
    """Why nothing was changed, with what was written, so that it can be tried again."""
    return visit.page(
        "item-change.html",
        title=texts.REFUSED_TITLE,
        subject=subject,
        refusal=why,
        theirs=None,
        preview="",
        impact=[],
        has_loss=False,
        is_deletion=False,
        waiting=0,
        digest="",
        seen=text_of(visit.form, "seen"),
        **_kept(visit),
    )


def _kept(visit: Visit) -> Mapping[str, Any]:
    """What the form holds. A text that is written can be changed once more; other fields are kept as they are."""
    is_written = text_of(visit.form, "act") in {"set", "add"} and "text" in visit.form
    others = {"digest", "seen", *(["text"] if is_written else [])}
    hidden = [(key, value) for key, value in visit.form.multi_items() if key not in others and isinstance(value, str)]
    return {"hidden": hidden, "is_written": is_written, "text": text_of(visit.form, "text")}
