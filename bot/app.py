"""The one place that builds the objects and wires them."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.dialogue import Dialogue
from bot.errors import SettingsError
from bot.faq import Faq
from bot.knowledge import Knowledge, load
from bot.matching import Gate, Index, Matcher, cached_gate
from bot.matching.selftest import Track
from bot.replies import Replies
from bot.store.interface import Feedback, Inbox, Journal, Miss, MissedLog

if TYPE_CHECKING:
    # The database's libraries cost `ask` half its start, Telegram's are for `run` alone.
    from bot.intake.sending import Limits
    from bot.store.database import Database
    from bot.store.journal import SqlJournal
    from bot.store.missed import SqlMissedLog


_LETTERS_A_QUESTION = 10


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
    def database(self) -> "Database":
        """The database.

        Raises:
            StoreError: it can't be opened.
        """
        from bot.store.database import Database  # noqa: PLC0415 - costs too much where it is not needed

        return Database.open(self.settings.database_url)

    @cached_property
    def missed(self) -> MissedLog:
        """The log of missed questions. Raises as ``database`` does."""
        return self._missed

    @cached_property
    def journal(self) -> Journal:
        """What is kept of talks. Raises as ``database`` does."""
        return self._journal

    @cached_property
    def inbox(self) -> Inbox:
        """The inbox. Raises as ``database`` does."""
        from bot.store.inbox import SqlInbox  # noqa: PLC0415 - as above

        return SqlInbox(self.database, self._journal)

    def has_room(self, record: Miss | Feedback) -> bool:
        """Whether the store takes a record. Raises as ``database`` does."""
        return self.missed.has_room(record) if isinstance(record, Miss) else self.journal.has_room(record)

    @cached_property
    def _journal(self) -> "SqlJournal":
        from bot.store.journal import SqlJournal  # noqa: PLC0415 - as above

        return SqlJournal(self.database, self._missed, self.settings.missed_limit)

    @cached_property
    def _missed(self) -> "SqlMissedLog":
        from bot.store.missed import SqlMissedLog  # noqa: PLC0415 - as above

        return SqlMissedLog(self.database, self.settings.missed_limit)

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

    @cached_property
    def faq(self) -> Faq:
        """The service that answers."""
        return Faq(self.matcher)

    @cached_property
    def replies(self) -> Replies:
        """What puts verdicts into words."""
        return Replies(self.knowledge.base, self.settings.retention_days)

    @cached_property
    def dialogue(self) -> Dialogue:
        """The dialogue of members. Raises as ``database`` does."""
        return Dialogue(self.faq, self.knowledge.base, self.settings.retention_days, self.journal, self.missed)

    def run(self, ready: Callable[[], None], limits: "Limits | None" = None) -> None:  # noqa: PLR0915 - mostly imports
        """Serve Telegram until a signal ends it. ``ready`` is called when everything is built.

        Raises:
            SettingsError: no token, or none that Telegram could have given; the address is taken.
            StoreError: the database can't be opened.
        """
        # All of it is for `run` alone.
        import asyncio  # noqa: PLC0415

        from telegram.ext import ExtBot  # noqa: PLC0415

        from bot.handlers.admins import AdminNotices  # noqa: PLC0415
        from bot.handlers.floods import FloodGuard, MissQuota  # noqa: PLC0415
        from bot.handlers.inline import InlineHandlers  # noqa: PLC0415
        from bot.handlers.members import MemberHandlers  # noqa: PLC0415
        from bot.handlers.profile import Profile  # noqa: PLC0415
        from bot.handlers.updates import UpdateHandlers  # noqa: PLC0415
        from bot.intake.health import Health  # noqa: PLC0415
        from bot.intake.polling import Poller  # noqa: PLC0415
        from bot.intake.receiver import Receiver  # noqa: PLC0415
        from bot.intake.retention import Retention  # noqa: PLC0415
        from bot.intake.sealing import Seal  # noqa: PLC0415
        from bot.intake.sending import Limits, SendingPolicy  # noqa: PLC0415
        from bot.intake.service import Service  # noqa: PLC0415
        from bot.intake.transport import Transport  # noqa: PLC0415
        from bot.intake.web import Web, listen  # noqa: PLC0415
        from bot.intake.webhook import Webhook  # noqa: PLC0415
        from bot.intake.worker import Worker  # noqa: PLC0415
        from bot.metrics import Metrics  # noqa: PLC0415

        settings, token, webhook_at = self.settings, self.settings.required_token(), self.settings.webhook()
        metrics = Metrics()
        policy = SendingPolicy(metrics, limits or Limits())
        bot = ExtBot(
            token,
            f"{settings.api_url}/bot",
            request=Transport(),
            get_updates_request=Transport(),
            rate_limiter=policy,
        )
        seal = Seal(settings.key.get_secret_value() if settings.key else token)
        members = MemberHandlers(
            bot,
            self.dialogue,
            guard=FloodGuard(settings.messages_a_minute),
            quota=MissQuota(settings.misses_a_day),
            opinions=MissQuota(settings.misses_a_day),
            has_room=self.has_room,
            admins=settings.admins,
            metrics=metrics,
        )
        # Each letter that is typed may be a query.
        typing = FloodGuard(settings.messages_a_minute * _LETTERS_A_QUESTION)
        handlers = UpdateHandlers(members, InlineHandlers(bot, self.dialogue, typing, metrics))
        worker = Worker(self.inbox, seal, handlers, metrics)
        receiver = Receiver(self.inbox, seal, worker, metrics)
        webhook = Webhook(bot, receiver, *webhook_at) if webhook_at else None
        poller = Poller(bot, receiver)
        admins = AdminNotices(bot, settings.admins)
        intake = webhook or poller
        health = Health(self.database, self.missed, intake.silent_s, worker.oldest_s, admins.tell)
        web = Web(health, metrics, webhook)
        retention = Retention(self.database, timedelta(days=settings.retention_days))
        profile = Profile(bot, self.knowledge.base.title, settings.admins)
        self.database.claim()
        service = Service(bot, policy, worker, intake, web, health, retention, profile.publish, admins.run)
        sockets = []
        try:
            sockets = [listen(*settings.address())]
        except SettingsError as error:
            if webhook:
                raise
            # Members are answered all the same.
            logging.getLogger(__name__).warning("%s Until then `campaign-bot health` is red.", error)
        ready()
        try:
            asyncio.run(service.run(sockets))
        finally:
            self.database.close()
