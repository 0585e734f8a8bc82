"""What an admin has filled in on an item's page, as the change that is wanted."""

from starlette.datastructures import FormData

from bot.conversation.editing import filled
from bot.conversation.forms import Field, Form, Task, UnfitInputError
from bot.items import Item, KnowledgeBase
from bot.knowledge.edit import Change, ChangeTexts, DeleteItem, SetText
from bot.masking import is_masked
from bot.text import is_blank, normalise
from bot.texts import admins
from bot.texts.page import items as texts

TEXTS = ("answer", "question", "short", "owner", "valid_until", "review_by", "topic")
"""The fields of an item that have one text."""
_WRITTEN = {
    "answer": (Task.ANSWER, Field.ANSWER),
    "question": (Task.QUESTION, Field.QUESTION),
    "topic": (Task.TOPIC, Field.TOPIC),
    "phrasings": (Task.PHRASING, Field.PHRASINGS),
    "negatives": (Task.NEGATIVES, Field.PHRASINGS),
}
"""What the chat has forms for too: the same limits hold."""
_LISTS = ("phrasings", "negatives", "keywords", "related")


def text_of(form: FormData, name: str) -> str:
    """A field of a posted form, with plain line ends; empty if it is not there, or a file."""
    value = form.get(name)
    return "\n".join(value.splitlines()).strip() if isinstance(value, str) else ""


def wanted(  # noqa: PLR0911 - one return a way to change an item
    form: FormData, item: Item, base: KnowledgeBase
) -> Change:
    """The change that a form asks for: ``act`` and ``field`` say which, ``text`` what is written.

    Raises:
        UnfitInputError: it can't be taken.
    """
    field, text = text_of(form, "field"), text_of(form, "text")
    match text_of(form, "act"), field:
        case (("set" | "add"), _) if field in _WRITTEN:
            if is_blank(text):
                raise UnfitInputError(texts.NOTHING_WRITTEN)
            task, awaited = _WRITTEN[field]
            return filled(Form(task=task, item=item.id, changing=awaited), text).change()
        case "set", "source":
            return _sources(form, item, base)
        case "set", _ if field in TEXTS:
            return SetText(item.id, field, _within(field, text))
        case "add", "keywords":
            keywords = tuple(_within(field, " ".join(line.split())) for line in text.splitlines() if not is_blank(line))
            if not keywords:
                raise UnfitInputError(texts.NOTHING_WRITTEN)
            return ChangeTexts(item.id, field, keywords)
        case "add", "related":
            return ChangeTexts(item.id, field, (_related(text, item, base),))
        case "remove", _ if field in _LISTS:
            return ChangeTexts(item.id, field, removed=(text,))
        case "delete", _:
            return DeleteItem(item.id)
        case _:
            raise UnfitInputError(admins.DRAFT_GONE)


def _within(field: str, text: str) -> str:
    """A text that is no longer than its field may be, and holds nobody's number."""
    if is_masked(text):
        raise UnfitInputError(admins.HAS_NUMBER)
    limit, too_long = texts.LIMITS.get(field, (len(text), ""))
    if len(text) > limit:
        raise UnfitInputError(too_long.format(text=f"{text[:limit]}…", limit=limit, length=len(text)))
    return text


def _related(text: str, item: Item, base: KnowledgeBase) -> str:
    """The id of the item that is named by its id or one of its questions."""
    other = base.by_id.get(text.lower()) or base.by_phrasing.get(normalise(text))
    if other is None:
        raise UnfitInputError(texts.NO_SUCH_ITEM.format(text=text))
    if other is item:
        raise UnfitInputError(texts.ITEM_ITSELF)
    return other.id


def _sources(form: FormData, item: Item, base: KnowledgeBase) -> Change:
    """What was ticked and what no longer is, by what the page showed: what others have changed since stays so."""
    chosen = tuple(source for source in base.places if source in form.getlist("source"))
    cited = tuple(source for source in base.places if source in form.getlist("cited"))
    named = Form(task=Task.SOURCES, item=item.id, sources=chosen, cited=cited)
    document = text_of(form, "document")
    if document:
        named = filled(named.but(names_document=True), document)
    change = named.change()
    if isinstance(change, ChangeTexts) and not (change.added or {*item.source} - {*change.removed}):
        raise UnfitInputError(admins.NEEDS_SOURCE)
    return change
