"""The one place that builds the objects and wires them."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bot.config import Settings
from bot.conversation.followups import Subjects
from bot.conversation.members import Dialogue
from bot.conversation.replies import Replies, Reply
from bot.errors import SettingsError
from bot.evaluation.calibration import cached_confidence
from bot.evaluation.leave_one_out import Progress
from bot.items import KnowledgeBase
from bot.knowledge import read, read_revision
from bot.matching import ConfidenceModel
from bot.snapshot import CurrentSnapshot, Snapshot
from bot.store.clusters import MissClusters
from bot.store.history import History
from bot.store.inbox import Inbox
from bot.store.misses import MissLog
from bot.store.records import Feedback, Miss, State
from bot.store.usage import UsageLog

if TYPE_CHECKING:
    # The database's libraries cost `ask` half its start, Telegram's and the admins' parts are for others.
    from bot.curation.clustering import Clustering
    from bot.evaluation.impact import Impact, RealQuestion
    from bot.store.database import Database
    from bot.store.misses import MissLog
    from bot.store.usage import UsageLog
    from bot.telegram.sending import Limits


_LETTERS_A_QUESTION = 10
_TRIED = 2000
"""Missed questions that a change is tried on, the most frequent first."""


class App:
    """The parts that commands need, each built when it is first asked for, so that ``ask`` opens no database.

    Use it with ``with``, or call ``close``: it closes what it has opened.
    """

    def __init__(self, settings: Settings, folder: Path | None = None, track: Progress = lambda work, _: work) -> None:
        self.settings = settings
        self.track = track
        self.folder = folder or settings.knowledge_folder()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database, if it was opened."""
        if "database" in vars(self):
            self.database.close()

    @cached_property
    def database(self) -> "Database":
        """The database.

        Raises:
            StoreError: it can't be opened.
        """
        from bot.store.database import Database  # noqa: PLC0415 - costs too much where it is not needed

        return Database.open(self.settings.database_url)

    @cached_property
    def missed(self) -> MissLog:
        """The log of missed questions. Raises as ``database`` does."""
        return self._missed

    @cached_property
    def usage(self) -> UsageLog:
        """What is kept of talks. Raises as ``database`` does."""
        return self._usage

    @cached_property
    def inbox(self) -> Inbox:
        """The inbox. Raises as ``database`` does."""
        from bot.store.inbox import Inbox  # noqa: PLC0415 - as above

        return Inbox(self.database, self._usage)

    def has_capacity(self, record: Miss | Feedback) -> bool:
        """Whether the store takes a record. Raises as ``database`` does."""
        return self.missed.has_capacity(record) if isinstance(record, Miss) else self.usage.has_capacity(record)

    @cached_property
    def _usage(self) -> "UsageLog":
        from bot.store.usage import UsageLog  # noqa: PLC0415 - as above

        return UsageLog(self.database, self._missed, self.settings.missed_limit)

    @cached_property
    def _missed(self) -> "MissLog":
        from bot.store.misses import MissLog  # noqa: PLC0415 - as above

        return MissLog(self.database, self.settings.missed_limit)

    @cached_property
    def clusters(self) -> MissClusters:
        """The log of missed questions by clusters. Raises as ``database`` does."""
        from bot.store.clusters import MissClusters  # noqa: PLC0415 - as above

        return MissClusters(self.database)

    @cached_property
    def history(self) -> History:
        """What admins did. Raises as ``database`` does."""
        from bot.store.history import History  # noqa: PLC0415 - as above

        return History(self.database)

    @cached_property
    def loaded(self) -> Snapshot:
        """The knowledge as it was when the command began.

        Raises:
            KnowledgeError: it has faults.
        """
        return Snapshot.of(read(self.folder), str(self.folder), ConfidenceModel())

    @cached_property
    def snapshot(self) -> Snapshot:
        """The same, calibrated on itself."""
        confidence = cached_confidence(self.loaded.index, self.loaded.base, self.settings.cache, self.track)
        return self.loaded.calibrated(confidence)

    @cached_property
    def replies(self) -> Replies:
        """What puts verdicts into words."""
        return Replies(self.snapshot.base, self.settings.retention_days)

    @cached_property
    def dialogue(self) -> Dialogue:
        """The dialogue of members. Raises as ``database`` does."""
        return self._dialogue_over(Subjects())(self.snapshot)

    @cached_property
    def clustering(self) -> "Clustering":
        """What puts misses into clusters. Raises as ``database`` does."""
        from bot.curation.clustering import Clustering  # noqa: PLC0415 - as above

        return Clustering(self.clusters, self.snapshot.index)

    def known(self) -> "list[RealQuestion]":
        """The real questions that a change is tried on: what was answered lately, and what waits for an answer."""
        from bot.evaluation.impact import RealQuestion  # noqa: PLC0415 - as above

        answered = [RealQuestion(one.question, one.item) for one in self.usage.answered()]
        waiting = [RealQuestion(row.question, None) for row in self.missed.rows([State.OPEN]) if not row.is_complaint]
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
        before = Snapshot.of(files, against, self.snapshot.confidence)
        kept = self.settings.database_url.removeprefix("sqlite:///")
        known = self.known() if Path(kept).is_file() or kept.startswith("postgresql") else []
        impact = replay_all(before.index, self.snapshot.index, self.snapshot.confidence, known, self.track)
        return before.base, impact

    def _dialogue_over(self, subjects: Subjects) -> Callable[[Snapshot], Dialogue]:
        """What makes the dialogue of a snapshot; what chats talk about outlives it."""
        days = self.settings.retention_days
        return lambda snapshot: Dialogue(snapshot.faq, snapshot.base, days, self.usage, subjects)

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
        from bot.curation.misses import MissLifecycle  # noqa: PLC0415
        from bot.curation.reload import Reloader  # noqa: PLC0415
        from bot.curation.weekly import WeeklyDigest  # noqa: PLC0415
        from bot.inbox.encryption import Encryption  # noqa: PLC0415
        from bot.inbox.receiver import Receiver  # noqa: PLC0415
        from bot.inbox.worker import Worker  # noqa: PLC0415
        from bot.metrics import Metrics  # noqa: PLC0415
        from bot.service.health import Health  # noqa: PLC0415
        from bot.service.http_server import Web, listen  # noqa: PLC0415
        from bot.service.retention import Retention  # noqa: PLC0415
        from bot.service.service import Service  # noqa: PLC0415
        from bot.store.forms import Forms  # noqa: PLC0415
        from bot.store.subscriptions import Subscriptions  # noqa: PLC0415
        from bot.telegram.admins import AdminHandlers, AdminNotifier  # noqa: PLC0415
        from bot.telegram.client import Transport  # noqa: PLC0415
        from bot.telegram.inline import InlineHandlers  # noqa: PLC0415
        from bot.telegram.members import MemberHandlers  # noqa: PLC0415
        from bot.telegram.messages import Messages  # noqa: PLC0415
        from bot.telegram.notifier import SubscriptionNotifier  # noqa: PLC0415
        from bot.telegram.polling import Poller  # noqa: PLC0415
        from bot.telegram.profile import Profile  # noqa: PLC0415
        from bot.telegram.quotas import DailyQuota, MemberRateLimit  # noqa: PLC0415
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
        encryption = Encryption(settings.key.get_secret_value() if settings.key else token)
        current = CurrentSnapshot(self.snapshot, self._dialogue_over(Subjects()))
        messages = Messages(bot)
        subscription_notifier = SubscriptionNotifier(messages, Subscriptions(self.database), encryption, current)
        notices = AdminNotifier(messages, settings.admins, settings.admin_group)
        editor = Editor(self.folder, current, self.history, self.known, commits=settings.git_commit)
        lifecycle = MissLifecycle(self.missed, self.usage, current)
        reloader = Reloader(
            folder=self.folder,
            current=current,
            editor=editor,
            lifecycle=lifecycle,
            tell=notices.tell,
            cache=settings.cache,
        )
        digest = Digest(self.clusters, self.clustering, self.usage)
        drafts = Drafts(Forms(self.database))
        desk = Desk(
            current=current,
            editor=editor,
            lifecycle=lifecycle,
            clusters=self.clusters,
            history=self.history,
            drafts=drafts,
        )
        admin_dialogue = AdminDialogue(
            current=current,
            desk=desk,
            writing=Writing(current, self.clusters, drafts, desk),
            missed=self.missed,
            clusters=self.clusters,
            clustering=self.clustering,
            history=self.history,
            drafts=drafts,
            usage=self.usage,
            digest=digest,
            reload=reloader.reload,
        )
        members = MemberHandlers(
            bot,
            current,
            messages,
            guard=MemberRateLimit(settings.messages_a_minute),
            quota=DailyQuota(settings.misses_a_day),
            opinions=DailyQuota(settings.misses_a_day),
            has_capacity=self.has_capacity,
            subscription_notifier=subscription_notifier,
            metrics=metrics,
        )
        # Each letter that is typed may be a query.
        typing = MemberRateLimit(settings.messages_a_minute * _LETTERS_A_QUESTION)
        handlers = UpdateHandlers(
            members,
            InlineHandlers(bot, current, typing, metrics),
            AdminHandlers(bot, messages, admin_dialogue, settings.admins, settings.admin_group),
        )
        worker = Worker(self.inbox, encryption, handlers, metrics)
        receiver = Receiver(self.inbox, encryption, worker, metrics)
        webhook = Webhook(bot, receiver, *webhook_at) if webhook_at else None
        poller = Poller(bot, receiver)
        intake = webhook or poller

        def tell(text: str) -> None:
            notices.tell(Reply(text))

        health = Health(self.database, self.missed, intake.silent_s, worker.oldest_s, tell)
        web = Web(health, metrics, webhook)
        retention = Retention(lambda: self.database.purge(timedelta(days=settings.retention_days)))
        profile = Profile(bot, self.snapshot.base.title, settings.admins, settings.admin_group)
        weekly = WeeklyDigest(digest, current, self.history, notices.send)
        self.database.claim()
        editor.recover()
        beside = (notices.run, reloader.run, subscription_notifier.run, self.clustering.run, weekly.run)
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
        asyncio.run(service.run(sockets))
