"""The lists of words that matching uses: synonyms by their groups, and frames; both can be changed."""

from collections.abc import Sequence

from starlette.responses import Response

from bot.conversation import cards
from bot.conversation.forms import UnfitInputError
from bot.conversation.reply import plain_text
from bot.curation.planning import AlreadyThereError
from bot.curation.planning import words as words_of
from bot.errors import EditRefusedError
from bot.items import KnowledgeBase
from bot.knowledge.edit import ChangeWords
from bot.texts import admins
from bot.texts.page import items as texts
from bot.web import confirmation, edits
from bot.web.item_changes import text_of
from bot.web.visit import NotFoundError, Visit

_A_PAGE = 60
"""Groups of synonyms, or rows of frames."""
_LONGEST = 20
"""Characters of a word."""
_MOST = 50
"""Words that are added at once."""


def show(visit: Visit) -> Response:
    """A list of words, or those of its groups that hold what is looked for."""
    base, name = visit.services.current.snapshot.base, _name(visit)
    searched = visit.query.get("q", "").strip()[:_LONGEST]
    groups: Sequence[Sequence[str]] = base.synonyms if name == "synonyms" else [(frame,) for frame in base.frames]
    found = [group for group in groups if any(searched in word for word in group)]
    last = max(0, len(found) - 1) // _A_PAGE
    page = min(visit.number("page"), last)
    return visit.page(
        "words.html",
        name=name,
        groups=found[page * _A_PAGE : (page + 1) * _A_PAGE],
        count=len(found),
        searched=searched,
        page=page,
        last=last,
        undo=visit.number("undo"),
    )


def change(visit: Visit) -> Response:
    """Make the change that a form asks for; first show what it does, if an answer is lost or waited for."""
    name, services = _name(visit), visit.services
    subject = confirmation.Subject(texts.WORDS_HEADS[name], visit.path)
    try:
        wanted = _wanted(visit, name, services.current.snapshot.base)
        plan = services.edits.plan(wanted)
        waiting = edits.waiting(services, plan)
        if (plan.impact.has_loss or waiting) and not confirmation.is_confirmed(visit, plan):
            return confirmation.asked(visit, subject, plan, waiting)
        made = edits.apply(services, plan, visit.admin)
    except AlreadyThereError:
        return visit.redirect(visit.path, done="same")
    except UnfitInputError as error:
        return confirmation.refused(visit, subject, str(error))
    except EditRefusedError as error:
        return confirmation.refused(visit, subject, plain_text(cards.refusal(error).text))
    # Among hundreds, what was added is shown.
    shown = (wanted.standard or wanted.added[0]) if wanted.added else ""
    return visit.redirect(visit.path, done="edited", undo=made.action, q=text_of(visit.form, "q") or shown)


def _name(visit: Visit) -> str:
    if visit.place["name"] not in texts.WORDS_HEADS:
        raise NotFoundError
    return visit.place["name"]


def _wanted(visit: Visit, name: str, base: KnowledgeBase) -> ChangeWords:
    """The change that a form asks for: ``act`` says which, ``standard`` in which group of synonyms."""
    standard = " ".join(text_of(visit.form, "standard").split())
    written = tuple(filter(None, (" ".join(line.split()) for line in text_of(visit.form, "text").split("\n"))))
    too_long = next((word for word in (standard, *written) if len(word) > _LONGEST), "")
    if too_long:
        raise UnfitInputError(texts.WORD_TOO_LONG.format(text=f"{too_long[:_LONGEST]}…", limit=_LONGEST))
    if (name == "synonyms") != bool(standard):
        raise UnfitInputError(texts.NOTHING_WRITTEN)
    match text_of(visit.form, "act"):
        case "add" if len(written) > _MOST:
            raise UnfitInputError(texts.TOO_MANY_WORDS.format(limit=_MOST))
        case "add" if written:
            return ChangeWords(standard, written)
        case "add":
            raise UnfitInputError(texts.NOTHING_WRITTEN)
        case "remove":
            return ChangeWords(standard, removed=written)
        case "delete" if standard:
            return ChangeWords(standard, removed=tuple(words_of(standard, base)))
        case _:
            raise UnfitInputError(admins.DRAFT_GONE)
