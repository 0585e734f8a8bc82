"""What admins did, in the chat and on the page, and the way to take it back."""

from starlette.responses import Response

from bot.conversation import cards
from bot.conversation.reply import plain_text
from bot.errors import EditRefusedError
from bot.texts.page import history as texts
from bot.web import edits, item_page
from bot.web.visit import NotFoundError, Page, Visit, number

_A_PAGE = 30


def _show(visit: Visit) -> Response:
    services = visit.services
    first = visit.number("start")
    actions = services.history.latest(_A_PAGE + 1, first)
    undoable = services.bulk.undoable([action.id for action in actions])
    return visit.page(
        "history.html",
        entries=[item_page.entry(visit, action, undoable) for action in actions[:_A_PAGE]],
        items=services.current.snapshot.base.by_id,
        refusal="",
        newer=max(0, first - _A_PAGE) if first else None,
        older=first + _A_PAGE if len(actions) > _A_PAGE else None,
    )


def _undo(visit: Visit) -> Response:
    """Take an action back: an edit, or what was done to many misses at once."""
    action = number(visit.place["action"])
    if not action:
        raise NotFoundError
    if visit.services.bulk.undoable([action]):
        undone = visit.services.bulk.undo(action, visit.admin)
        return visit.redirect("/history", done="misses-undo-gone" if undone is None else "misses-undone")
    try:
        made = edits.undo(visit.services, action, visit.admin)
    except EditRefusedError as error:
        return visit.page(
            "history.html", entries=[], items={}, refusal=plain_text(cards.refusal(error).text), newer=None, older=None
        )
    return item_page.after(visit, made, "undone")


PAGE = Page(path="/history", label=texts.LABEL, shows={"/history": _show}, does={"/history/{action}/undo": _undo})
