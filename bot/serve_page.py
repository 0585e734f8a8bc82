"""The admins' page, built and wired: beside a bot that serves Telegram, or for one's own machine without it.

Only ``run`` and ``page`` import this module: what serves HTTP costs every other command its start.
"""

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.app import App
from bot.conversation.history import HistoryPages
from bot.curation.corrections import Corrections
from bot.curation.edits import Edits
from bot.curation.misses import MissLifecycle
from bot.curation.reload import Notice, Reloader
from bot.errors import SettingsError
from bot.service.asgi import listen, serve_until_cancelled
from bot.service.service import periodic
from bot.signals import Hangup
from bot.snapshot import CurrentSnapshot
from bot.store.bulk_actions import BulkActions
from bot.store.miss_table import MissTable
from bot.store.page_access import PageAccess
from bot.web.access import Access
from bot.web.address import PageAddress
from bot.web.application import application
from bot.web.pages import PAGES
from bot.web.rendering import Renderer
from bot.web.services import Services

_LOG = logging.getLogger(__name__)
_HOST = "127.0.0.1"
_SWITCH_S = 0.0002
"""How long a page's work may go on while what answers members waits to go on; Python's own value is 25 times that."""


@dataclass(frozen=True, slots=True)
class PageServer:
    """Where the page is served, and who may open it."""

    listening: socket.socket
    access: Access
    renderer: Renderer

    @classmethod
    def at(
        cls,
        url: str,
        listening: socket.socket,
        app: App,
        admins: Collection[int | None],
        tell: Callable[[], Awaitable[None]],
    ) -> "PageServer":
        """With this public address, on a socket that listens already; ``admins`` and ``tell`` as in ``Access``."""
        address = PageAddress(url, _named(listening))
        access = Access(PageAccess(app.database), admins, address, tell)
        return cls(listening, access, Renderer(address, app.clock, PAGES))

    def new_link(self, admin: int | None) -> str:
        """As ``Access.new_link``; whoever is given one finds all pages ready."""
        self.renderer.load()
        return self.access.new_link(admin)

    async def serve(self, services: Services) -> None:
        """Serve until this is cancelled."""
        await serve_until_cancelled(application(services, self.access, self.renderer), self.listening)


def services(  # noqa: PLR0913, PLR0917 - each part once
    app: App,
    current: CurrentSnapshot,
    edits: Edits,
    lifecycle: MissLifecycle,
    corrections: Corrections | None,
    past: HistoryPages,
    problems: Callable[[], Sequence[str]] | None,
    is_busy: Callable[[], bool],
) -> Services:
    """What pages work with, of the parts of a command and those that share its snapshot."""
    return Services(
        folder=app.folder,
        current=current,
        edits=edits,
        lifecycle=lifecycle,
        corrections=corrections,
        misses=app.misses,
        clusters=app.clusters,
        clustering=app.clustering,
        miss_table=MissTable(app.database),
        bulk=past.bulk,
        usage=app.usage,
        history=app.history,
        past=past,
        clock=app.clock,
        replicas=app.replicas,
        retention_days=app.settings.retention_days,
        problems=problems,
        is_busy=is_busy,
    )


def page_server(app: App, tell: Callable[[], Awaitable[None]]) -> PageServer | None:
    """The page beside a bot that serves Telegram; None where it is not wanted, or where its address is taken.

    Raises:
        SettingsError: it would share the webhook's listener.
    """
    settings = app.settings
    page_at = settings.page()
    if page_at is None:
        return None
    url, where = page_at
    try:
        listening = listen(*where, setting="CAMPAIGN_BOT_PAGE_LISTEN")
    except SettingsError as error:
        # Members are answered all the same.
        _LOG.warning("%s Until then there is no page.", error)
        return None
    sys.setswitchinterval(_SWITCH_S)
    return PageServer.at(url, listening, app, settings.admins, tell)


def serve_page(app: App, show: Callable[[str], None]) -> None:
    """Serve the page on this machine alone until a signal ends it; ``show`` is given its one-time link.

    Bots may serve Telegram from the same database meanwhile. Then each takes over the others' edits, one of them edits
    at a time, and it is those bots that tell subscribers. Whoever comes in by the link acts as the command line.

    Raises:
        SettingsError: there is no port to listen at.
        KnowledgeError: the knowledge has faults.
        StoreError: the database can't be opened, or it fails.
    """
    current = CurrentSnapshot(app.snapshot)
    edits = Edits(app.folder, current, app.history, app.known, commits=app.settings.git_commit)
    edits.recover()
    lifecycle = MissLifecycle(app.misses, app.usage, current)
    reloader = Reloader(
        folder=app.folder,
        current=current,
        edits=edits,
        lifecycle=lifecycle,
        corrections=None,
        tell=_nobody,
        cache=app.settings.cache,
    )
    listening = _listening(app.settings.page_listen[1])
    server = PageServer.at(f"http://{_named(listening)}", listening, app, (None,), _nobody)
    show(server.new_link(None))
    bulk = BulkActions(app.database)
    past = HistoryPages(current, app.history, app.clusters, app.misses, bulk, app.clock, names={})
    serving = server.serve(services(app, current, edits, lifecycle, None, past, None, lambda: False))
    following = periodic(reloader.follow, every_s=0.5)
    clustering = periodic(partial(asyncio.to_thread, app.clustering.cluster_new), every_s=30)
    asyncio.run(_until_stopped(serving, reloader.run(), following, clustering))


async def _nobody(_event: Notice | None = None) -> None:
    """Tell nobody: whoever serves Telegram tells the admins."""


def _listening(port: int) -> socket.socket:
    """A socket at this port, or at another where a running bot has it."""
    try:
        return listen(_HOST, port)
    except SettingsError:
        return listen(_HOST, 0)


def _named(listening: socket.socket) -> str:
    """Where a socket listens, as requests name it."""
    host, port, *_ = listening.getsockname()
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def _until_stopped(*parts: Coroutine[Any, Any, None]) -> None:
    """Run these until a signal comes, or until one of them ends, whose error is raised."""
    stop = asyncio.Event()
    hangup = Hangup()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: stop.set() if hangup.ends() else None)
    tasks = [asyncio.ensure_future(part) for part in (stop.wait(), *parts)]
    ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()
