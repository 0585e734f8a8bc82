"""One turn of the conversation, whatever carries it: Telegram and the terminal speak the same dialogue."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.faq import Faq
from bot.replies import ITEM_ACTION, NONE_ACTION, TOPIC_ACTION, Replies, Reply
from bot.store.interface import Miss

Keeps = Callable[[Miss], bool]
"""Whether a miss may be kept: it is asked before the reply says that it is."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a member reads, and the miss that is to be kept when it was read."""

    reply: Reply
    miss: Miss | None = None


class Dialogue:
    """What a member says, to what a member reads."""

    def __init__(self, faq: Faq, replies: Replies) -> None:
        self._faq = faq
        self._replies = replies

    def say(self, text: str, keeps: Keeps) -> Turn:
        """The turn after a typed message, a command or a question. ``/start@bot`` is ``/start``."""
        if text.startswith("/") and text[1:2].isascii() and text[1:2].isalpha():
            return Turn(self._command(text[1:].split(maxsplit=1)[0].partition("@")[0].lower()))
        asked = self._faq.ask(text)
        miss = asked.miss if asked.miss and keeps(asked.miss) else None
        return Turn(self._replies.verdict(asked.verdict, text, noted=miss is not None), miss)

    def press(self, action: str, question: str, keeps: Keeps) -> Turn:
        """The turn after a pressed button. ``question``: what was asked where it stands, empty if that is not known."""
        if action == NONE_ACTION:
            rejected = self._faq.reject(question)
            miss = rejected if rejected and keeps(rejected) else None
            return Turn(self._replies.rejected(found=rejected is not None, noted=miss is not None), miss)
        return Turn(self._open(action))

    def _open(self, action: str) -> Reply:
        if action.startswith(ITEM_ACTION):
            return self._replies.item(action.removeprefix(ITEM_ACTION))
        number = action.removeprefix(TOPIC_ACTION)
        if action.startswith(TOPIC_ACTION) and number.isascii() and number.isdigit() and len(number) < 4:  # noqa: PLR2004
            return self._replies.topic(int(number))
        return self._replies.gone()

    def not_text(self) -> Reply:
        """The reply to what holds no text."""
        return self._replies.not_text()

    def flooded(self) -> Reply:
        """The reply to whoever sends too fast."""
        return self._replies.flooded()

    def failed(self) -> Reply:
        """The reply when the bot itself failed."""
        return self._replies.failed()

    def _command(self, name: str) -> Reply:
        match name:
            case "start":
                return self._replies.welcome()
            case "help":
                return self._replies.help()
            case "privacy":
                return self._replies.privacy()
            case _:
                return self._replies.unknown_command()
