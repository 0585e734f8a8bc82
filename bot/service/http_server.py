"""The HTTP side: health, metrics and, in webhook mode, Telegram's deliveries."""

import contextlib
import socket

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.errors import SettingsError
from bot.metrics import Metrics
from bot.service.dead_letters import DeadLetterReport
from bot.service.health import Health
from bot.telegram.webhook import Webhook

_GRACE_S = 3


def http_server(
    health: Health, dead_letters: DeadLetterReport, metrics: Metrics, webhook: Webhook | None
) -> uvicorn.Server:
    """Serves ``/healthz``, ``/metrics`` and the webhook, and leaves the signals to whoever runs it."""

    async def healthz(_request: Request) -> Response:
        faults = health.faults()
        answer: dict[str, object] = {"faults": faults}
        if dead_letters.since:
            answer["dead_letters"] = {"count": dead_letters.count, "since": dead_letters.since.isoformat()}
        return JSONResponse(answer, 503 if faults else 200)

    async def metric_lines(_request: Request) -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/healthz", healthz), Route("/metrics", metric_lines)]
    if webhook:
        # It compares paths itself: one address has many spellings, and a route's path would take braces for a name.
        routes.append(Route("/{path:path}", webhook.endpoint, methods=["POST"]))
    config = uvicorn.Config(
        Starlette(routes=routes),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    return server


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 is any free one. Raises SettingsError if it can't be had."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise SettingsError(
            f"Can't listen on {host}:{port} ({error.strerror or error}): set CAMPAIGN_BOT_LISTEN to another address."
        ) from error
