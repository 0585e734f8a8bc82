"""The one place that builds the objects and wires them."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from bot.config import Settings
from bot.dialogue import Dialogue
from bot.faq import Faq
from bot.knowledge import Knowledge, load
from bot.matching import Gate, Index, Matcher, cached_gate
from bot.matching.selftest import Track
from bot.replies import Replies
from bot.store.interface import Miss, MissedLog


class App:
    """The parts that commands need, each built when it is first asked for, so that ``ask`` opens no database."""

    def __init__(self, settings: Settings, folder: Path | None = None, track: Track = lambda work, _: work) -> None:
        self.settings = settings
        self.track = track
        self.folder = folder or settings.knowledge_folder()

    @cached_property
    def knowledge(self) -> Knowledge:
        """The knowledge base.

        Raises:
            KnowledgeError: it has faults.
        """
        return load(self.folder)

    @cached_property
    def missed(self) -> MissedLog:
        """The log of missed questions.

        Raises:
            StoreError: it can't be opened.
        """
        from bot.store.sql import SqlStore  # noqa: PLC0415 - the database's libraries cost `ask` half its start

        return SqlStore.open(self.settings.database_url)

    @cached_property
    def matcher(self) -> Matcher:
        """The matcher over the knowledge base, calibrated on it."""
        return Matcher(self.index, self.gate)

    @cached_property
    def index(self) -> Index:
        """The index of the knowledge base."""
        return Index.build(self.knowledge.base)

    @cached_property
    def gate(self) -> Gate:
        """The thresholds, calibrated on the knowledge base."""
        return cached_gate(self.index, self.knowledge.base, self.settings.cache, self.track)

    def faq(self, *, log: bool) -> Faq:
        """The service that answers; with ``log``, misses are kept."""
        return Faq(self.matcher, self.missed.record if log else _forget)

    def replies(self, *, log: bool) -> Replies:
        """What puts verdicts into words; with ``log``, it says that misses are kept."""
        return Replies(self.knowledge.base, noted=log)

    def dialogue(self) -> Dialogue:
        """The dialogue of members; misses are kept."""
        return Dialogue(self.faq(log=True), self.replies(log=True))

    def run(self, ready: Callable[[], None]) -> None:
        """Serve Telegram until a signal ends it. ``ready`` is called when everything is built.

        Raises:
            SettingsError: no token, or none that Telegram could have given.
        """
        token = self.settings.required_token()
        dialogue = self.dialogue()
        from bot.handlers.members import build_application  # noqa: PLC0415 - Telegram's library is for `run` alone
        from bot.intake.polling import serve  # noqa: PLC0415 - as above

        application = build_application(token, self.settings.api_url, dialogue)
        ready()
        serve(application)


def _forget(miss: Miss) -> None:
    """``ask`` without ``--log`` keeps nothing."""
