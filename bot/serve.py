"""What ``campaign-bot run`` serves Telegram with: every part of the running bot, built and wired.

Only that command imports this module: Telegram's libraries cost every other one its start.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property, partial

from telegram.ext import ExtBot

from bot.app import App
from bot.conversation import cards
from bot.conversation.admins import AdminConversation
from bot.conversation.editing import Editing
from bot.curation.digest import Digest, Report, WeeklyDigest
from bot.curation.edits import Edits
from bot.curation.misses import MissLifecycle
from bot.curation.reload import Reloader
from bot.errors import SettingsError
from bot.inbox.encryption import Encryption
from bot.inbox.receiver import Receiver
from bot.inbox.worker import Worker
from bot.metrics import Metrics
from bot.service.health import Health
from bot.service.http_server import HttpServer, listen
from bot.service.periodic import periodic
from bot.service.retention import Retention
from bot.service.service import Service
from bot.snapshot import CurrentSnapshot
from bot.store.subscriptions import Subscriptions
from bot.telegram.admins import AdminHandlers
from bot.telegram.client import Transport
from bot.telegram.inline import InlineHandlers
from bot.telegram.members import MemberHandlers
from bot.telegram.messages import Messages
from bot.telegram.notifier import AdminNotifier, SubscriptionNotifier
from bot.telegram.polling import Poller
from bot.telegram.profile import publish_profile
from bot.telegram.quotas import DailyQuota, MemberRateLimit
from bot.telegram.router import Router
from bot.telegram.sending import Limits, SendingPolicy
from bot.telegram.webhook import Webhook

_LOG = logging.getLogger(__name__)
_LETTERS_A_QUESTION = 10
"""Each letter that is typed after the bot's name may be an inline query."""
_SWEEP_EVERY_S = 2.0
"""How often the inbox is looked through for what other processes put there, such as replayed dead letters."""
_FOLLOW_EVERY_S = 0.5
"""How often it is looked whether another snapshot answers."""
_HEALTH_EVERY_S = 5.0
_PURGE_EVERY_S = 600.0
_CLUSTER_EVERY_S = 30.0
_NOTIFY_EVERY_S = 5.0
_DIGEST_EVERY_S = 300.0


class Server:
    """The running bot, over the parts that every command has. ``limits`` paces what is sent; Telegram's by default.

    Raises:
        SettingsError: there is no token, or none that Telegram could have given.
        StoreError: the database can't be opened.
    """

    def __init__(self, app: App, limits: Limits | None = None) -> None:
        self._app = app
        self._settings = app.settings
        self._token = app.settings.required_token()
        self._webhook_at = app.settings.webhook()
        self._metrics = Metrics()
        self._policy = SendingPolicy(self._metrics, limits or Limits())
        self._encryption = Encryption(app.settings.key.get_secret_value() if app.settings.key else self._token)
        self._current = CurrentSnapshot(app.snapshot)

    def run(self) -> None:
        """Serve until a signal ends it.

        Raises:
            SettingsError: the address for webhook deliveries is taken.
            StoreError: another process serves from the database, or it fails.
        """
        # PTB's next major version gives durations as timedelta; asked for now, it does not warn at every 429.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        self._app.database.claim()
        self._edits.recover()
        sockets = self._sockets()
        asyncio.run(self._service.run(sockets))

    def _sockets(self) -> Sequence[socket.socket]:
        try:
            return [listen(*self._settings.address())]
        except SettingsError as error:
            if self._webhook:
                raise
            # Members are answered all the same.
            _LOG.warning("%s Until then `campaign-bot health` is red.", error)
            return []

    # --- Telegram's side --------------------------------------------------------------------------------------------

    @cached_property
    def _bot(self) -> ExtBot[None]:
        return ExtBot(
            self._token,
            f"{self._settings.api_url}/bot",
            request=Transport(),
            get_updates_request=Transport(),
            rate_limiter=self._policy,
        )

    @cached_property
    def _messages(self) -> Messages:
        return Messages(self._bot)

    @cached_property
    def _admin_notifier(self) -> AdminNotifier:
        return AdminNotifier(self._messages, self._settings.admins, self._settings.admin_group)

    @cached_property
    def _subscription_notifier(self) -> SubscriptionNotifier:
        subscriptions = Subscriptions(self._app.database)
        return SubscriptionNotifier(
            self._messages, subscriptions, self._encryption, self._current, self._app.conversation
        )

    @cached_property
    def _router(self) -> Router:
        settings = self._settings
        members = MemberHandlers(
            self._current,
            self._app.conversation,
            self._messages,
            rate_limit=MemberRateLimit(settings.messages_a_minute),
            quota=DailyQuota(settings.misses_a_day),
            usage=self._app.usage,
            notifier=self._subscription_notifier,
            metrics=self._metrics,
        )
        typing_limit = MemberRateLimit(settings.messages_a_minute * _LETTERS_A_QUESTION)
        inline = InlineHandlers(self._bot, self._current, self._app.conversation, typing_limit, self._metrics)
        admins = AdminHandlers(
            self._messages, self._admin_conversation, self._app.usage, settings.admins, settings.admin_group
        )
        return Router(self._bot, members, inline, admins)

    # --- what admins change -----------------------------------------------------------------------------------------

    @cached_property
    def _edits(self) -> Edits:
        app = self._app
        return Edits(app.folder, self._current, app.history, app.known, commits=app.settings.git_commit)

    @cached_property
    def _lifecycle(self) -> MissLifecycle:
        return MissLifecycle(self._app.misses, self._app.usage, self._current)

    @cached_property
    def _digest(self) -> Digest:
        return Digest(self._app.clusters, self._app.clustering, self._app.usage)

    @cached_property
    def _reloader(self) -> Reloader:
        return Reloader(
            folder=self._app.folder,
            current=self._current,
            edits=self._edits,
            lifecycle=self._lifecycle,
            tell=lambda notice: self._admin_notifier.tell(cards.notice(notice)),
            cache=self._settings.cache,
        )

    @cached_property
    def _admin_conversation(self) -> AdminConversation:
        app = self._app
        return AdminConversation(
            current=self._current,
            editing=Editing(self._current, self._edits, self._lifecycle, app.clusters, app.history),
            misses=app.misses,
            clusters=app.clusters,
            clustering=app.clustering,
            history=app.history,
            usage=app.usage,
            digest=self._digest,
            reload=self._reloader.reload,
        )

    # --- the process ------------------------------------------------------------------------------------------------

    @cached_property
    def _worker(self) -> Worker:
        return Worker(self._app.inbox, self._encryption, self._router, self._metrics)

    @cached_property
    def _receiver(self) -> Receiver:
        return Receiver(self._app.inbox, self._encryption, self._worker, self._metrics)

    @cached_property
    def _webhook(self) -> Webhook | None:
        return Webhook(self._bot, self._receiver, *self._webhook_at) if self._webhook_at else None

    @cached_property
    def _service(self) -> Service:
        app, settings = self._app, self._settings
        intake = self._webhook or Poller(self._bot, self._receiver)
        health = Health(
            app.database,
            app.misses,
            intake.silent_s,
            self._worker.oldest_s,
            self._admin_notifier.tell,
        )
        retention = Retention(lambda: app.database.purge(timedelta(days=settings.retention_days)))
        weekly = WeeklyDigest(self._digest, self._current, app.history, self._send_digest)
        return Service(
            worker=self._worker,
            http_server=HttpServer(health, self._metrics, self._webhook),
            connect=self._bot.initialize,
            disconnect=self._bot.shutdown,
            stop_sending=self._policy.stop,
            background_tasks=(
                lambda: periodic(health.look, _HEALTH_EVERY_S),
                lambda: periodic(partial(asyncio.to_thread, retention.purge), _PURGE_EVERY_S),
                lambda: periodic(partial(asyncio.to_thread, app.clustering.cluster_new), _CLUSTER_EVERY_S),
                self._reloader.run,
                lambda: periodic(self._reloader.follow, _FOLLOW_EVERY_S),
            ),
            connected_tasks=(
                intake.run,
                lambda: publish_profile(self._bot, app.snapshot.base.title, settings.admins, settings.admin_group),
                lambda: periodic(self._worker.load, _SWEEP_EVERY_S),
                lambda: periodic(self._admin_notifier.send_next, 0),
                lambda: periodic(self._subscription_notifier.tell, _NOTIFY_EVERY_S),
                lambda: periodic(weekly.send_if_due, _DIGEST_EVERY_S),
            ),
            reload=self._reloader.ask,
        )

    async def _send_digest(self, report: Report) -> None:
        await self._admin_notifier.send(cards.digest(report, self._current.snapshot.base))
