"""The one place that builds the objects and wires them."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.conversation.followups import Subjects
from bot.conversation.members import Dialogue
from bot.conversation.replies import Replies, Reply
from bot.errors import SettingsError
from bot.evaluation.calibration import cached_gate
from bot.evaluation.leave_one_out import Track
from bot.items import KnowledgeBase
from bot.knowledge import read, read_revision
from bot.matching import Gate
from bot.snapshot import Edition, Live
from bot.store.records import COMPLAINED, Clusters, Feedback, History, Inbox, Journal, Miss, MissedLog, State

if TYPE_CHECKING:
    # The database's libraries cost `ask` half its start, Telegram's and the admins' parts are for others.
    from bot.curation.clustering import Sorting
    from bot.evaluation.impact import Impact, Known
    from bot.store.database import Database
    from bot.store.misses import SqlMissedLog
    from bot.store.usage import SqlJournal
    from bot.telegram.sending import Limits


_LETTERS_A_QUESTION = 10
_TRIED = 2000
"""Missed questions that a change is tried on, the most frequent first."""


class App:
    """The parts that commands need, each built when it is first asked for, so that ``ask`` opens no database."""

    def __init__(self, settings: Settings, folder: Path | None = None, track: Track = lambda work, _: work) -> None:
        self.settings = settings
        self.track = track
        self.folder = folder or settings.knowledge_folder()

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
        from bot.store.usage import SqlJournal  # noqa: PLC0415 - as above

        return SqlJournal(self.database, self._missed, self.settings.missed_limit)

    @cached_property
    def _missed(self) -> "SqlMissedLog":
        from bot.store.misses import SqlMissedLog  # noqa: PLC0415 - as above

        return SqlMissedLog(self.database, self.settings.missed_limit)

    @cached_property
    def clusters(self) -> Clusters:
        """The log of missed questions by clusters. Raises as ``database`` does."""
        from bot.store.clusters import SqlClusters  # noqa: PLC0415 - as above

        return SqlClusters(self.database)

    @cached_property
    def history(self) -> History:
        """What admins did. Raises as ``database`` does."""
        from bot.store.history import SqlHistory  # noqa: PLC0415 - as above

        return SqlHistory(self.database)

    @cached_property
    def loaded(self) -> Edition:
        """The knowledge as it was when the command began.

        Raises:
            KnowledgeError: it has faults.
        """
        return Edition.of(read(self.folder), str(self.folder), Gate())

    @cached_property
    def edition(self) -> Edition:
        """The same, calibrated on itself."""
        gate = cached_gate(self.loaded.index, self.loaded.base, self.settings.cache, self.track)
        return self.loaded.calibrated(gate)

    @cached_property
    def replies(self) -> Replies:
        """What puts verdicts into words."""
        return Replies(self.edition.base, self.settings.retention_days)

    @cached_property
    def dialogue(self) -> Dialogue:
        """The dialogue of members. Raises as ``database`` does."""
        return self._dialogue_over(Subjects())(self.edition)

    @cached_property
    def sorting(self) -> "Sorting":
        """What puts misses into clusters. Raises as ``database`` does."""
        from bot.curation.clustering import Sorting  # noqa: PLC0415 - as above

        return Sorting(self.clusters, self.edition.index)

    def known(self) -> "list[Known]":
        """The real questions that a change is tried on: what was answered lately, and what waits for an answer."""
        from bot.evaluation.impact import Known  # noqa: PLC0415 - as above

        answered = [Known(one.question, one.item) for one in self.journal.answered()]
        waiting = [Known(row.question, None) for row in self.missed.rows([State.OPEN]) if row.verdict != COMPLAINED]
        return [*answered, *waiting[:_TRIED]]

    def impact_since(self, against: str) -> "tuple[KnowledgeBase, Impact]":
        """The knowledge in another folder, or in a git revision, and what ours does to questions that it did not.

        Real questions are asked too if there is a database.

        Raises:
            UsageError: there is no such folder or revision.
            KnowledgeError: it has faults.
        """
        from bot.evaluation.impact import replay_all  # noqa: PLC0415 - as above

        path = Path(against)
        files = read(path) if path.is_dir() else read_revision(self.folder, against)
        before = Edition.of(files, against, self.edition.gate)
        kept = self.settings.database_url.removeprefix("sqlite:///")
        known = self.known() if Path(kept).is_file() or kept.startswith("postgresql") else []
        impact = replay_all(before.index, self.edition.index, self.edition.gate, known, self.track)
        return before.base, impact

    def _dialogue_over(self, subjects: Subjects) -> Callable[[Edition], Dialogue]:
        """What makes the dialogue of an edition; what chats talk about outlives it."""
        days = self.settings.retention_days
        return lambda edition: Dialogue(edition.faq, edition.base, days, self.journal, subjects)

    def run(self, ready: Callable[[], None], limits: "Limits | None" = None) -> None:  # noqa: PLR0915 - mostly imports
        """Serve Telegram until a signal ends it. ``ready`` is called when everything is built.

        Raises:
            SettingsError: no token, or none that Telegram could have given; the address is taken.
            StoreError: the database can't be opened.
        """
        # All of it is for `run` alone.
        import asyncio  # noqa: PLC0415

        from telegram.ext import ExtBot  # noqa: PLC0415

        from bot.conversation.admins import AdminDialogue  # noqa: PLC0415
        from bot.conversation.desk import Desk  # noqa: PLC0415
        from bot.conversation.forms import Drafts  # noqa: PLC0415
        from bot.conversation.writing import Writing  # noqa: PLC0415
        from bot.curation.digest import Digest  # noqa: PLC0415
        from bot.curation.edits import Editor  # noqa: PLC0415
        from bot.curation.misses import Lifecycle  # noqa: PLC0415
        from bot.curation.reload import Reloader  # noqa: PLC0415
        from bot.curation.weekly import Weekly  # noqa: PLC0415
        from bot.inbox.encryption import Seal  # noqa: PLC0415
        from bot.inbox.receiver import Receiver  # noqa: PLC0415
        from bot.inbox.worker import Worker  # noqa: PLC0415
        from bot.metrics import Metrics  # noqa: PLC0415
        from bot.service.health import Health  # noqa: PLC0415
        from bot.service.http_server import Web, listen  # noqa: PLC0415
        from bot.service.retention import Retention  # noqa: PLC0415
        from bot.service.service import Service  # noqa: PLC0415
        from bot.store.subscriptions import SqlWishes  # noqa: PLC0415
        from bot.telegram.admins import AdminHandlers, AdminNotices  # noqa: PLC0415
        from bot.telegram.client import Transport  # noqa: PLC0415
        from bot.telegram.inline import InlineHandlers  # noqa: PLC0415
        from bot.telegram.members import MemberHandlers  # noqa: PLC0415
        from bot.telegram.messages import Messages  # noqa: PLC0415
        from bot.telegram.notifier import AnswerBack  # noqa: PLC0415
        from bot.telegram.polling import Poller  # noqa: PLC0415
        from bot.telegram.profile import Profile  # noqa: PLC0415
        from bot.telegram.quotas import FloodGuard, MissQuota  # noqa: PLC0415
        from bot.telegram.router import UpdateHandlers  # noqa: PLC0415
        from bot.telegram.sending import Limits, SendingPolicy  # noqa: PLC0415
        from bot.telegram.webhook import Webhook  # noqa: PLC0415

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
        live = Live(self.edition, self._dialogue_over(Subjects()))
        messages = Messages(bot)
        answer_back = AnswerBack(messages, SqlWishes(self.database), seal, live)
        notices = AdminNotices(messages, settings.admins, settings.admin_group)
        editor = Editor(self.folder, live, self.history, self.known, commits=settings.git_commit)
        lifecycle = Lifecycle(self.missed, self.journal, live)
        reloader = Reloader(
            folder=self.folder,
            live=live,
            editor=editor,
            lifecycle=lifecycle,
            tell=notices.tell,
            cache=settings.cache,
        )
        digest = Digest(self.clusters, self.sorting, self.journal)
        drafts = Drafts(self.history)
        desk = Desk(
            live=live,
            editor=editor,
            lifecycle=lifecycle,
            clusters=self.clusters,
            history=self.history,
            drafts=drafts,
        )
        admin_dialogue = AdminDialogue(
            live=live,
            desk=desk,
            writing=Writing(live, self.clusters, drafts, desk),
            missed=self.missed,
            clusters=self.clusters,
            sorting=self.sorting,
            history=self.history,
            drafts=drafts,
            journal=self.journal,
            digest=digest,
            reload=reloader.reload,
        )
        members = MemberHandlers(
            bot,
            live,
            messages,
            guard=FloodGuard(settings.messages_a_minute),
            quota=MissQuota(settings.misses_a_day),
            opinions=MissQuota(settings.misses_a_day),
            has_room=self.has_room,
            answer_back=answer_back,
            metrics=metrics,
        )
        # Each letter that is typed may be a query.
        typing = FloodGuard(settings.messages_a_minute * _LETTERS_A_QUESTION)
        handlers = UpdateHandlers(
            members,
            InlineHandlers(bot, live, typing, metrics),
            AdminHandlers(bot, messages, admin_dialogue, settings.admins, settings.admin_group),
        )
        worker = Worker(self.inbox, seal, handlers, metrics)
        receiver = Receiver(self.inbox, seal, worker, metrics)
        webhook = Webhook(bot, receiver, *webhook_at) if webhook_at else None
        poller = Poller(bot, receiver)
        intake = webhook or poller

        def tell(text: str) -> None:
            notices.tell(Reply(text))

        health = Health(self.database, self.missed, intake.silent_s, worker.oldest_s, tell)
        web = Web(health, metrics, webhook)
        retention = Retention(self.database, timedelta(days=settings.retention_days))
        profile = Profile(bot, self.edition.base.title, settings.admins, settings.admin_group)
        weekly = Weekly(digest, live, self.history, notices.send)
        self.database.claim()
        editor.recover()
        beside = (notices.run, reloader.run, answer_back.run, self.sorting.run, weekly.run)
        service = Service(bot, policy, worker, intake, web, health, retention, profile.publish, reloader.ask, beside)
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
