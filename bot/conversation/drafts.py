"""What admins are told of a form that they have not finished, and what they can press to go on, back, or without it."""

from collections.abc import Iterable
from dataclasses import replace

from markupsafe import Markup

from bot.conversation.callbacks import (
    AdminAction,
    AdminCallback,
    Callback,
    FormAction,
    FormCallback,
    ListAction,
    MissListCallback,
    ShowItem,
)
from bot.conversation.forms import Field, Form, Standing
from bot.conversation.reply import Button, Reply, Rows, paragraphs, row
from bot.items import KnowledgeBase
from bot.texts import admins as texts

_SHOWN = 60
"""Characters of a text that are shown to be told by."""
_IN_LINES = 3
"""Buttons in a row."""
_TOO_LATE = {
    Standing.DONE: texts.AFTER_DONE,
    Standing.DROPPED: texts.AFTER_DROPPED,
    Standing.ERASED: texts.AFTER_ERASED,
}
"""What is said of a text that comes after the end of a form."""


def kept(reply: Reply, form: Form, base: KnowledgeBase, owner: int) -> Reply:
    """A reply about something else, which says that the form is kept."""
    reminder = reminding(form, base, owner)
    return Reply(paragraphs(reply.text, reminder.text), (*reply.rows, *reminder.rows))


def reminding(form: Form, base: KnowledgeBase, owner: int) -> Reply:
    """That the form is kept."""
    return Reply(texts.KEPT.format(draft=_name(form, base)), _go_on_or_drop(owner))


def which_draft(form: Form, base: KnowledgeBase, owner: int) -> Reply:
    """Whether to go on with the form, or to begin what is wanted in its place."""
    resume = Button(texts.BUTTON_RESUME, FormCallback(FormAction.RESUME, owner))
    begin = Button(texts.BUTTON_BEGIN_WANTED, FormCallback(FormAction.BEGIN_WANTED, owner))
    return Reply(texts.WHICH_DRAFT.format(draft=_name(form, base)), row(resume, begin))


def dropped(form: Form, owner: int) -> Reply:
    """That the form was given up, which can be taken back; and the way back to what it was about."""
    about: Callback | None = None
    if len(form.led) > 1:
        about, label = MissListCallback(ListAction.SHOW, form.list_id), texts.BUTTON_LIST
    elif form.led:
        about, label = AdminCallback(AdminAction.SHOW_CLUSTER, form.led[0], list_id=form.list_id), texts.BUTTON_TO_MISS
    elif form.item:
        about, label = ShowItem(form.item), texts.BUTTON_TO_ITEM
    return Reply(texts.CANCELLED, (*_take_up(owner), *(row(Button(label, about)) if about else ())))


def resting(form: Form, base: KnowledgeBase, fields: Iterable[Field], owner: int) -> Reply:
    """Whether the text that is held is for one of these fields, since the form was put aside before."""
    text = texts.PUT_ASIDE.format(draft=_name(form, base), text=_short(form.held))
    return Reply(text, (*_fill_rows(form, fields, owner), *_go_on_or_drop(owner)))


def too_late(standing: Standing, owner: int) -> Reply:
    """That a text came after the end of a form, and was kept nowhere."""
    return Reply(_TOO_LATE[standing], _take_up(owner) if standing is Standing.DROPPED else ())


def which_field(form: Form, text: str, fields: Iterable[Field], owner: int) -> Reply:
    """Which of these fields of a form a text is for."""
    neither = Button(texts.BUTTON_NONE_OF_FIELDS, FormCallback(FormAction.RESUME, owner))
    return Reply(texts.WHICH_FIELD.format(text=_short(text)), (*_fill_rows(form, fields, owner), *row(neither)))


def back_rows(form: Form, owner: int) -> Rows:
    """The ways back to the fields that are filled in."""
    buttons = [
        Button(texts.BUTTON_BACK_TO.format(field=_called(form, field)), FormCallback(FormAction.GO_BACK, owner, field))
        for field in form.filled_in
    ]
    if form.changing or form.names_document:
        buttons.append(Button(texts.BUTTON_LEAVE, FormCallback(FormAction.GO_BACK, owner)))
    return _in_lines(buttons)


def written(form: Form) -> Markup:
    """What stands in the field that is being changed, to be copied; nothing where none is."""
    if form.changing is None or form.names_document:
        return Markup("")
    value = getattr(form, form.changing)
    text = "\n".join(value) if isinstance(value, tuple) else value
    return Markup(texts.NOW_WRITTEN).format(text=text)  # noqa: S704 - the text is escaped


def numbered(reply: Reply, form: Form) -> Reply:
    """The reply, with buttons that know the form by its number."""
    rows = tuple(tuple(_numbered(button, form.number) for button in buttons) for buttons in reply.rows)
    return replace(reply, rows=rows)


def _numbered(button: Button, number: int) -> Button:
    callback = button.callback
    return replace(button, callback=replace(callback, number=number)) if isinstance(callback, FormCallback) else button


def _go_on_or_drop(owner: int) -> Rows:
    return row(
        Button(texts.BUTTON_RESUME, FormCallback(FormAction.RESUME, owner)),
        Button(texts.BUTTON_DROP, FormCallback(FormAction.CANCEL, owner)),
    )


def _take_up(owner: int) -> Rows:
    return row(Button(texts.BUTTON_TAKE_UP, FormCallback(FormAction.RESUME, owner)))


def _fill_rows(form: Form, fields: Iterable[Field], owner: int) -> Rows:
    return _in_lines(
        [
            Button(texts.BUTTON_FILL.format(field=_called(form, field)), FormCallback(FormAction.FILL, owner, field))
            for field in fields
        ]
    )


def _called(form: Form, field: Field) -> str:
    """What a field of a form is called."""
    own = texts.PHRASINGS_OF_TASKS.get(form.task) if field is Field.PHRASINGS else None
    return own or texts.FIELDS[field]


def _in_lines(buttons: list[Button]) -> Rows:
    return tuple(tuple(buttons[start : start + _IN_LINES]) for start in range(0, len(buttons), _IN_LINES))


def _name(form: Form, base: KnowledgeBase) -> str:
    item = base.by_id.get(form.item)
    question = form.question or (item.question if item else form.item)
    return texts.DRAFTS[form.task].format(question=question) if question else texts.DRAFTS_NAMELESS[form.task]


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
