"""What admins read and press when an answer has changed and members want to be told."""

from dataclasses import replace

from markupsafe import Markup

from bot.conversation.callbacks import AdminAction, AdminCallback, SkipCorrection, TellCorrection
from bot.conversation.forms import AdminTurn
from bot.conversation.member_replies import excerpts
from bot.conversation.reply import Button, Reply, Rows, plain_text, row, short_key
from bot.curation.corrections import Correction, Corrections
from bot.texts import admins as texts
from bot.texts.members import CORRECTED


def notice(correction: Correction) -> Reply:
    """Whether to tell of a change that an editor made."""
    changed = texts.CORRECTION_CHANGED.format(question=correction.item.question)
    return Reply(f"{changed}\n{_offer(correction)}", _offer_rows(correction, 0))


def offering(turn: AdminTurn, correction: Correction | None, action: int) -> AdminTurn:
    """The turn after an edit, with this number, which also asks whether to tell of it, if there is anybody to tell."""
    if correction is None or turn.reply is None:
        return turn
    text = f"{turn.reply.text}\n\n{_offer(correction)}"
    return replace(turn, reply=Reply(text, (*_offer_rows(correction, action), *turn.reply.rows)))


def decided(callback: TellCorrection | SkipCorrection, corrections: Corrections) -> AdminTurn:
    """The turn after an admin has decided. What was shown may be told; what has changed since is shown anew."""
    correction = corrections.offer(callback.item)
    rows = _afterwards(callback.action)
    if correction is None:
        return AdminTurn(Reply(texts.CORRECTION_GONE, rows))
    if short_key(correction.item.answer) != callback.answer:
        return AdminTurn(Reply(notice(correction).text, (*_offer_rows(correction, callback.action), *rows)))
    if isinstance(callback, SkipCorrection):
        corrections.skip(callback.item)
        return AdminTurn(Reply(texts.CORRECTION_SKIPPED, rows))
    told = texts.CORRECTION_TOLD.format(count=corrections.approve(callback.item))
    return AdminTurn(Reply(f"{told}\n\n{_message(correction)}", rows))


def _offer(correction: Correction) -> str:
    return texts.CORRECTION_OFFER.format(count=correction.count, message=_message(correction))


def _message(correction: Correction) -> str:
    """What the members read, but for the way to the whole answer."""
    before, after = excerpts(correction.before, correction.item.answer)
    return plain_text(Markup(CORRECTED).format(question=correction.item.question, before=before, after=after))  # noqa: S704 - our own text; values are escaped


def _offer_rows(correction: Correction, action: int) -> Rows:
    about = (correction.item.id, short_key(correction.item.answer), action)
    return row(Button(texts.BUTTON_TELL, TellCorrection(*about)), Button(texts.BUTTON_SKIP, SkipCorrection(*about)))


def _afterwards(action: int) -> Rows:
    undo = Button(texts.BUTTON_UNDO, AdminCallback(AdminAction.UNDO, action)) if action else None
    return row(undo, Button(texts.BUTTON_TO_CARDS, AdminCallback(AdminAction.SHOW_CARD, 0)))
