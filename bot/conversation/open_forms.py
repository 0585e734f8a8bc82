"""A form through all that an admin does besides: it is open until its edit is made, or it is given up."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.conversation import cards, drafts
from bot.conversation.callbacks import FormAction, FormCallback
from bot.conversation.editing import Editing, fitting
from bot.conversation.forms import Admin, AdminTurn, Form, Standing, Task, UnfitInputError
from bot.conversation.reply import Reply, paragraphs
from bot.errors import EditRefusedError
from bot.knowledge.edit import ByHandError
from bot.matching import Unknown
from bot.snapshot import CurrentSnapshot
from bot.texts import admins as texts

_NUMBERS = 10**6
_NEW = Form(task=Task.ITEM)


@dataclass(frozen=True, slots=True)
class OpenForms:
    """The turns of an admin who has a form, which is given as it was kept; None for none.

    Its methods raise as those of ``Editing``.
    """

    current: CurrentSnapshot
    editing: Editing

    def typed(self, text: str, admin: Admin, form: Form | None) -> AdminTurn:
        """The turn after a text; without a reply where it is a member's question.

        Of a text that comes when a form was put aside, or that has no answer and comes when one has ended, the admin
        is told once that it was kept nowhere; what comes then is a member's question.
        """
        if form is None or form.standing is Standing.OVER or (form.held and form.standing is not Standing.WRITTEN):
            return AdminTurn(None, form)
        match form.standing:
            case Standing.WRITTEN:
                try:
                    turn = _ended(form, self.editing.typed(form, text, admin))
                except UnfitInputError as error:
                    turn = AdminTurn(Reply(str(error)), form)
            case Standing.RESTING:
                turn = self._resting(form.but(held=text), admin)
            case _ if not isinstance(self.current.snapshot.matcher.match(text), Unknown):
                turn = AdminTurn(None, form)
            case Standing.DROPPED:
                turn = AdminTurn(drafts.too_late(form.standing, admin.id), form.but(held=text))
            case _:
                turn = AdminTurn(drafts.too_late(form.standing, admin.id), _over(form))
        return _numbered(turn)

    def beside(self, form: Form | None, turn: AdminTurn, action: str, admin: Admin) -> AdminTurn:
        """The turn of an admin who did something else than filling in the form, which is put aside if it is open.

        ``action``: what the admin did, as a command or callback data. If it begins a form while another is open, the
        admin is asked which it is to be; if it is about the same, that one goes on.
        """
        if form is None or not form.is_open:
            if form and form.standing is Standing.ERASED and turn.reply:
                told = replace(turn.reply, text=paragraphs(turn.reply.text, texts.DRAFT_ERASED))
                return _numbered(replace(turn, reply=told, form=turn.form or _over(form)))
            return _numbered(turn if turn.form else replace(turn, form=form))
        if turn.form and turn.form.subject == form.subject != _NEW.subject:
            return _numbered(self.editing.advance(_written(form), admin))
        if turn.form:
            asked = drafts.which_draft(form, self.current.snapshot.base, admin.id)
            return _numbered(AdminTurn(asked, _put_aside(form).but(wanted=action)))
        if turn.reply is None:
            return replace(turn, form=form)
        reply = drafts.kept(turn.reply, form, self.current.snapshot.base, admin.id)
        return _numbered(replace(turn, reply=reply, form=_put_aside(form)))

    def edited(self, admin: Admin, form: Form | None) -> Reply:
        """What is said when a message was changed that was taken already."""
        reply = Reply(texts.EDITED_TOO_LATE)
        if form is None or not form.is_open:
            return reply
        return drafts.numbered(drafts.kept(reply, form, self.current.snapshot.base, admin.id), form)

    def cancelled(self, admin: Admin, form: Form | None) -> AdminTurn:
        """The turn of an admin who gives the form up."""
        if form is None or not form.is_open:
            return self.beside(form, AdminTurn(Reply(texts.NOTHING_TO_CANCEL)), "", admin)
        dropped = form.but(standing=Standing.DROPPED, held="", wanted="")
        return _numbered(AdminTurn(drafts.dropped(form, admin.id), dropped))

    def reminded(self, admin: Admin, form: Form) -> AdminTurn:
        """The turn of an admin who turned to what members can do while writing a form."""
        return _numbered(AdminTurn(drafts.reminding(form, self.current.snapshot.base, admin.id), _put_aside(form)))

    def pressed(
        self, callback: FormCallback, admin: Admin, form: Form | None, carry_out: Callable[[str, Admin], AdminTurn]
    ) -> AdminTurn:
        """The turn after a button of a form. ``carry_out`` begins what was wanted in its place."""
        if callback.owner != admin.id:
            raise UnfitInputError(texts.NOT_YOURS)
        if form and form.standing is Standing.ERASED:
            raise UnfitInputError(texts.DRAFT_ERASED)
        is_over = form is None or not (form.is_open or form.standing is Standing.DROPPED)
        if is_over and callback.action is FormAction.CANCEL:
            return AdminTurn(Reply(texts.CANCELLED), form)
        is_meant = form is not None and callback.number in {0, form.number}
        if form is None or is_over or not is_meant:
            raise UnfitInputError(texts.DRAFT_GONE)
        if callback.action is FormAction.CANCEL and form.is_open:
            return self.cancelled(admin, form)
        if callback.action is FormAction.BEGIN_WANTED and form.wanted:
            turn = carry_out(form.wanted, admin)
            return _numbered(turn) if turn.form else self.beside(form, turn, "", admin)
        return _numbered(_ended(form, self._filled_in(form, callback, admin)))

    def _filled_in(self, form: Form, callback: FormCallback, admin: Admin) -> AdminTurn:
        match callback.action:
            case FormAction.RESUME:
                return self.editing.advance(_written(form), admin)
            case _ if not form.is_open:
                raise UnfitInputError(texts.DRAFT_GONE)
            case FormAction.FILL:
                return self.editing.fill_held(form.but(standing=Standing.WRITTEN), callback.chosen, admin)
            case FormAction.GO_BACK:
                return self.editing.go_back(_written(form), callback.chosen, admin)
        try:
            return self.editing.pressed(_written(form), callback, admin)
        except EditRefusedError as error:
            refused = cards.refusal(error)
            if isinstance(error, ByHandError):
                return AdminTurn(refused)
            return AdminTurn(drafts.kept(refused, form, self.current.snapshot.base, admin.id), form)

    def _resting(self, form: Form, admin: Admin) -> AdminTurn:
        """The turn after a text that is held, since it came when the form was put aside."""
        try:
            fields = fitting(form, form.held)
        except UnfitInputError:
            fields = []
        return AdminTurn(drafts.resting(form, self.current.snapshot.base, fields, admin.id), form)


def _put_aside(form: Form) -> Form:
    """The form as one that does not take what is typed."""
    return form.but(standing=Standing.RESTING, held="", wanted="")


def _written(form: Form) -> Form:
    """The form as one that is being written, whatever was asked about it."""
    return form.but(standing=Standing.WRITTEN, held="", wanted="")


def _ended(form: Form, turn: AdminTurn) -> AdminTurn:
    """A turn of this form, of which nothing is kept but that it is done, if the turn has ended it."""
    return turn if turn.form else replace(turn, form=Form(task=form.task, number=form.number, standing=Standing.DONE))


def _over(form: Form) -> Form:
    """What is left of a form once the admin was told that it has ended."""
    return Form(task=form.task, standing=Standing.OVER)


def _numbered(turn: AdminTurn) -> AdminTurn:
    """The turn with a form that has a number, by which its buttons know it."""
    if turn.form is None or turn.reply is None:
        return turn
    form = turn.form if turn.form.number else turn.form.but(number=1 + secrets.randbelow(_NUMBERS))
    return replace(turn, reply=drafts.numbered(turn.reply, form), form=form)
