"""What admins are told of the knowledge folder, in words."""

from collections.abc import Sequence
from typing import assert_never

from bot.conversation.callbacks import RedoEdit
from bot.conversation.cards import history_row, impact_lines
from bot.conversation.reply import Button, Reply
from bot.curation import notices
from bot.errors import Fault
from bot.items import Kind, KnowledgeBase
from bot.texts import admins as texts

_FAULTS = 10
"""So many faults are shown."""


def render(notice: notices.Notice) -> Reply:  # noqa: PLR0911 - one return a notice
    """What admins read of a notice, and press."""
    match notice:
        case notices.Reloaded(base):
            return Reply(_reloaded(base))
        case notices.Unchanged():
            return Reply(texts.RELOADED_SAME)
        case notices.KnowledgeFaulty(faults):
            return Reply(_faulty(faults))
        case notices.KnowledgeFixed():
            return Reply(texts.RELOAD_MENDED)
        case notices.MissesClosed(count):
            return Reply(texts.FOLLOWED.format(count=count))
        case notices.AnswersLost(impact, base):
            return Reply("\n".join((texts.RELOAD_LOSES, *impact_lines(impact, base))))
        case notices.EditsOverwritten(actions, base):
            edits = "\n".join(history_row(action, base) for action in actions)
            rows = tuple((Button(texts.BUTTON_AGAIN, RedoEdit(action.id)),) for action in actions)
            return Reply(texts.RELOAD_OVERWRITES.format(edits=edits), rows)
        case _:
            assert_never(notice)


def _reloaded(base: KnowledgeBase) -> str:
    kinds = [item.kind for item in base.items]
    return texts.RELOADED.format(
        answers=kinds.count(Kind.ANSWER),
        not_covered=kinds.count(Kind.NOT_COVERED),
        phrasings=sum(len(item.all_phrasings()) for item in base.items),
    )


def _faulty(faults: Sequence[Fault]) -> str:
    lines = [str(fault) for fault in faults[:_FAULTS]]
    if len(faults) > _FAULTS:
        lines.append(texts.RELOAD_MORE.format(count=len(faults) - _FAULTS))
    return texts.RELOAD_FAULTY.format(count=len(faults), faults="\n".join(lines))
