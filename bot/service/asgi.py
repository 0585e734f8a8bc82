"""How an application is served over HTTP: where it listens, and by whom."""

import asyncio
import contextlib
import socket

import uvicorn
from starlette.types import ASGIApp

from bot.errors import SettingsError

_GRACE_S = 3


def server(app: ASGIApp) -> uvicorn.Server:
    """A server that logs no request, and leaves the signals to whoever runs it."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_S,
    )
    made = uvicorn.Server(config)
    made.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    return made


async def serve_until_cancelled(app: ASGIApp, listening: socket.socket) -> None:
    """Serve on a socket; what is under way at the end may take 3 seconds."""
    made = server(app)
    serving = asyncio.create_task(made.serve([listening]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        made.should_exit = True
        await serving
        raise


def listen(host: str, port: int, setting: str = "CAMPAIGN_BOT_LISTEN") -> socket.socket:
    """A socket that listens there; port 0 is any free one.

    Raises:
        SettingsError: it can't be had; it names the setting to change.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise SettingsError(
            f"Can't listen on {host}:{port} ({error.strerror or error}): set {setting} to another address."
        ) from error
    # Connections inherit it. Without it the second part of a response waits for what the kernel delays, 40 ms each.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
