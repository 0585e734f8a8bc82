"""What ``campaign-bot run`` serves Telegram with: every part of the running bot, built and wired.

Only that command imports this module: Telegram's libraries cost every other one its start.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from socket import socket

from telegram.ext import ExtBot

from bot.app import App
from bot.config import Settings
from bot.conversation import cards
from bot.conversation.admins import AdminConversation
from bot.conversation.editing import Editing
from bot.conversation.history import HistoryPages
from bot.conversation.miss_list import MissListPages
from bot.conversation.notes import Notes
from bot.conversation.page import PageEntry
from bot.conversation.reply import Reply
from bot.conversation.wrong_answers import WrongAnswers
from bot.curation.corrections import Corrections
from bot.curation.daily import DailyLine, Waiting
from bot.curation.digest import Digest, Report
from bot.curation.edits import Edits
from bot.curation.misses import MissLifecycle
from bot.curation.reload import Reloader
from bot.errors import SettingsError
from bot.inbox.encryption import Encryption
from bot.inbox.receiver import Receiver
from bot.inbox.worker import Worker
from bot.metrics import Metrics
from bot.serve_page import page_server, services
from bot.service.asgi import listen
from bot.service.dead_letters import DeadLetterReport
from bot.service.gauges import Gauges
from bot.service.health import Health
from bot.service.http_server import http_server
from bot.service.replica import Replica
from bot.service.retention import Retention
from bot.service.service import Service, periodic
from bot.snapshot import CurrentSnapshot
from bot.store.answer_subscriptions import AnswerSubscriptions
from bot.store.bulk_actions import BulkActions
from bot.store.miss_lists import MissLists
from bot.store.notices import Notices
from bot.store.participants import Participants
from bot.store.records import NoticeKind
from bot.store.subscriptions import Subscriptions
from bot.telegram.admin_names import AdminNames
from bot.telegram.admin_notifier import AdminNotifier
from bot.telegram.admins import AdminHandlers
from bot.telegram.client import Transport
from bot.telegram.corrections import CorrectionNotifier
from bot.telegram.intake import Poller
from bot.telegram.members import MemberHandlers
from bot.telegram.messages import Messages
from bot.telegram.migrated_groups import MigratedGroups
from bot.telegram.notifier import SubscriptionNotifier
from bot.telegram.profile import follow_name, publish_profile
from bot.telegram.quotas import DailyQuota, MemberRateLimit
from bot.telegram.retries import PATIENCE, Patience
from bot.telegram.router import Router
from bot.telegram.sending import LIMITS, Limits, SendingPolicy
from bot.telegram.shared_memory import SharedMemory
from bot.telegram.webhook import Webhook
from bot.texts import admins as texts

_LOG = logging.getLogger(__name__)
_NAMES_S = 6 * 3600
_LETTERS_A_QUESTION = 10
"""Each letter that is typed after the bot's name may be an inline query."""


def serve(app: App, limits: Limits = LIMITS, patience: Patience = PATIENCE) -> None:
    """Serve Telegram until a signal ends it. ``limits`` paces what is sent; ``patience``: when it is sent again.

    Raises:
        SettingsError: there is no token, or none that Telegram could have given; or the address for webhook deliveries
            is taken.
        KnowledgeError: the knowledge has faults.
        StoreError: the database can't be opened, another process serves from it, or it fails.
    """
    # PTB's next major version gives durations as timedelta; asked for now, it does not warn at every 429.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    settings = app.settings
    token = settings.required_token()
    webhook_at = settings.webhook()
    current = CurrentSnapshot(app.snapshot)
    app.database.claim()
    replica = Replica(app.leases)
    replica.join(current.snapshot.name, polls=webhook_at is None)
    edits = Edits(app.folder, current, app.history, app.known, commits=settings.git_commit)
    edits.recover()
    _LOG.info(
        "The knowledge is in %s, the database in %s, what can be computed anew in %s.",
        app.folder,
        settings.database_file() or "no file",
        settings.cache or "no folder",
    )
    sockets = _sockets(settings, are_required=webhook_at is not None)

    metrics = Metrics()
    encryption = Encryption(settings.key.get_secret_value() if settings.key else token)
    groups = MigratedGroups.stored(app.history, encryption)
    admin_group = settings.admin_group and groups.current_id(settings.admin_group)
    policy = SendingPolicy(metrics, limits, patience, groups=groups, lease=replica.entitlement)
    bot = ExtBot(
        token,
        f"{settings.api_url}/bot",
        # One for everything: each loads all certificates that the machine trusts.
        request=(transport := Transport()),
        get_updates_request=transport,
        rate_limiter=policy,
    )
    messages = Messages(bot)
    admin_names = AdminNames(bot, settings.admins)
    notices = Notices(app.database)
    told = [settings.admin_group] if settings.admin_group else list(dict.fromkeys(settings.admins))
    admin_notifier = AdminNotifier(messages, notices, encryption, told, app.clock)
    subscriptions = Subscriptions(app.database)
    corrections = Corrections(AnswerSubscriptions(app.database), encryption, current)
    lifecycle = MissLifecycle(app.misses, app.usage, current)
    subscription_notifier = SubscriptionNotifier(messages, subscriptions, encryption, lifecycle, app.conversation)
    subscription_notifier.find_unreadable()
    daily_line = DailyLine(app.misses, subscriptions, app.history, notices, current, app.clock, settings.daily_hour)
    digest = Digest(app.clusters, app.clustering, app.usage, app.history, notices, app.clock, settings.digest_hour)
    reloader = Reloader(
        folder=app.folder,
        current=current,
        edits=edits,
        lifecycle=lifecycle,
        corrections=corrections,
        tell=lambda event: admin_notifier.tell(cards.notice_kind(event), cards.notice(event, app.clock)),
        cache=settings.cache,
        leads=partial(replica.has, "changes"),
        metrics=metrics,
    )

    def send_digest(report: Report, week: str) -> Awaitable[None]:
        return admin_notifier.keep(NoticeKind.DIGEST, cards.digest(report, current.snapshot.base), week)

    def send_daily_line(waiting: Waiting, mark: str) -> Awaitable[None]:
        return admin_notifier.keep(NoticeKind.DAILY, cards.daily(waiting), mark)

    def delete_old() -> int:
        return app.database.purge(timedelta(days=settings.retention_days)) + admin_notifier.drop_old()

    page = page_server(app, lambda: admin_notifier.tell(NoticeKind.PAGE, Reply(texts.PAGE_GUESSED)))

    bulk = BulkActions(app.database)
    past = HistoryPages(current, app.history, app.clusters, app.misses, bulk, app.clock, admin_names.names)
    lists = MissListPages(
        current=current,
        clustering=app.clustering,
        lists=MissLists(app.database),
        bulk=bulk,
        usage=app.usage,
    )
    admin_conversation = AdminConversation(
        current=current,
        editing=Editing(
            current,
            edits,
            lifecycle,
            app.clusters,
            lists,
            Notes(subscriptions, app.clusters, lists, app.history, encryption),
            app.history,
            corrections,
        ),
        misses=app.misses,
        clusters=app.clusters,
        clustering=app.clustering,
        lists=lists,
        history=app.history,
        past=past,
        usage=app.usage,
        subscriptions=subscriptions,
        wrong_answers=WrongAnswers(app.misses, app.clusters, app.clustering, app.usage, app.clock),
        digest=digest,
        reload=reloader.reload,
        clock=app.clock,
        replicas=app.replicas,
        page=PageEntry(page.new_link, page.access.sign_out) if page else None,
    )

    members = MemberHandlers(
        current,
        app.conversation,
        messages,
        rate_limit=MemberRateLimit(settings.messages_a_minute),
        typing_limit=MemberRateLimit(settings.messages_a_minute * _LETTERS_A_QUESTION),
        quota=DailyQuota(settings.misses_a_day, app.clock.today),
        usage=app.usage,
        notifier=subscription_notifier,
        corrections=corrections,
        metrics=metrics,
        admins=settings.admins,
        # On SQLite this process serves alone; to store what it has in memory would only cost updates a second.
        shared=SharedMemory(Participants(app.database), encryption) if app.leases else None,
    )
    admins = AdminHandlers(messages, admin_conversation, app.usage, encryption, settings.admins, admin_group, groups)

    worker = Worker(app.inbox, encryption, Router(bot, members, admins), metrics, clock=app.clock)
    receiver = Receiver(app.inbox, encryption, worker, metrics)
    webhook = Webhook(bot, receiver, *webhook_at, metrics) if webhook_at else None
    intake = webhook or Poller(bot, receiver, replica.may_poll)
    health = Health(
        database=app.database,
        misses=app.misses,
        silent_s=intake.silent_s,
        waiting_s=worker.waiting_s,
        intake_fault=intake.fault,
        git_fault=lambda: edits.git_fault,
        metrics=metrics,
        tell=admin_notifier.tell,
    )
    dead_letters = DeadLetterReport(app.inbox, app.history, admin_notifier.keep, app.clock)
    gauges = Gauges(metrics, app.misses, subscriptions, dead_letters, intake.silent_s, worker.waiting_s, app.leases)
    asyncio.run(
        Service(
            worker=worker,
            http_server=http_server(health, dead_letters, metrics, webhook),
            connect=bot.initialize,
            disconnect=bot.shutdown,
            leave=replica.leave,
            stop_sending=policy.stop,
            background_tasks=(
                partial(replica.live, worker, app.clock, lambda: current.snapshot.name, policy.share),
                partial(periodic, health.look, every_s=5),
                partial(periodic, replica.alone("dead letters", dead_letters.look), every_s=5),
                partial(periodic, gauges.look, every_s=5),
                partial(periodic, replica.alone("purge", in_thread(Retention(delete_old).purge)), every_s=600),
                # Whatever the clock: members are told that it is gone in an hour.
                partial(periodic, replica.alone("talk", in_thread(Participants(app.database).delete_old)), every_s=300),
                partial(periodic, replica.alone("clusters", in_thread(app.clustering.cluster_new)), every_s=30),
                partial(periodic, replica.alone("deletions", in_thread(app.misses.delete_marked)), every_s=60),
                partial(periodic, in_thread(edits.commit), every_s=60),
                partial(periodic, in_thread(edits.recover), every_s=30),
                reloader.run,
                partial(periodic, reloader.follow, every_s=0.5),
                *(
                    [
                        partial(
                            page.serve,
                            services(app, current, edits, lifecycle, corrections, past, health.names, worker.is_busy),
                        )
                    ]
                    if page
                    else ()
                ),
            ),
            connected_tasks=(
                intake.run,
                partial(publish_profile, bot, app.snapshot.base.title, settings.admins, admin_group),
                # Other processes put updates there, such as replayed dead letters.
                partial(periodic, worker.load, every_s=2, longest_s=4),
                *(
                    partial(periodic, replica.alone("notices", partial(admin_notifier.deliver_next, chat)), every_s=0)
                    for chat in told
                ),
                partial(periodic, replica.alone("subscriptions", subscription_notifier.tell), every_s=5),
                partial(
                    periodic,
                    replica.alone(
                        "corrections", CorrectionNotifier(messages, corrections, current, app.conversation).tell
                    ),
                    every_s=5,
                ),
                partial(periodic, partial(follow_name, bot), every_s=600),
                partial(periodic, admin_names.ask, every_s=_NAMES_S),
                partial(
                    periodic, replica.alone("digest", partial(digest.send_if_due, current, send_digest)), every_s=60
                ),
                partial(
                    periodic, replica.alone("daily line", partial(daily_line.send_if_due, send_daily_line)), every_s=60
                ),
            ),
            reload=reloader.ask,
        ).run(sockets)
    )


def in_thread(step: Callable[[], object]) -> Callable[[], Awaitable[object]]:
    """A step that is done in a thread."""
    return partial(asyncio.to_thread, step)


def _sockets(settings: Settings, *, are_required: bool) -> list[socket]:
    """What health checks and webhook deliveries come to. Raises SettingsError if it is taken, and is required."""
    try:
        return [listen(*settings.listen)]
    except SettingsError as error:
        if are_required:
            raise
        # Members are answered all the same.
        _LOG.warning("%s Until then `campaign-bot health` is red.", error)
        return []
