"""One turn of the conversation, whatever carries it: Telegram and the terminal speak the same dialogue."""

from bot.faq import Faq
from bot.replies import ITEM_ACTION, NONE_ACTION, TOPIC_ACTION, Replies, Reply


class Dialogue:
    """What a member says, to what a member reads."""

    def __init__(self, faq: Faq, replies: Replies) -> None:
        self._faq = faq
        self._replies = replies

    def say(self, text: str) -> Reply:
        """The reply to a typed message, a command or a question. ``/start@bot`` is ``/start``.

        Raises:
            StoreError: a miss could not be recorded.
        """
        if text.startswith("/") and text[1:2].isascii() and text[1:2].isalpha():
            return self._command(text[1:].split(maxsplit=1)[0].partition("@")[0].lower())
        return self._replies.verdict(self._faq.ask(text), text)

    def press(self, action: str, question: str) -> Reply:
        """The reply to a pressed button. ``question``: what was asked where it stands, empty if that is not known.

        Raises:
            StoreError: a miss could not be recorded.
        """
        if action == NONE_ACTION:
            return self._replies.rejected(recorded=self._faq.reject(question))
        if action.startswith(ITEM_ACTION):
            return self._replies.item(action.removeprefix(ITEM_ACTION))
        number = action.removeprefix(TOPIC_ACTION)
        if action.startswith(TOPIC_ACTION) and number.isascii() and number.isdigit() and len(number) < 4:  # noqa: PLR2004
            return self._replies.topic(int(number))
        return self._replies.gone()

    def not_text(self) -> Reply:
        """The reply to what holds no text."""
        return self._replies.not_text()

    def failed(self) -> Reply:
        """The reply when the bot itself failed."""
        return self._replies.failed()

    def _command(self, name: str) -> Reply:
        match name:
            case "start":
                return self._replies.welcome()
            case "help":
                return self._replies.help()
            case _:
                return self._replies.unknown_command()
