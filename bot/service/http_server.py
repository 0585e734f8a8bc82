"""The HTTP side: health, metrics and, in webhook mode, Telegram's deliveries."""

import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.errors import SettingsError
from bot.metrics import Metrics
from bot.service.health import Health
from bot.telegram.webhook import Webhook

_GRACE_S = 3


class HttpServer(uvicorn.Server):
    """Serves ``/healthz``, ``/metrics`` and the webhook's path, and leaves the signals to whoever runs it."""

    def __init__(self, health: Health, metrics: Metrics, webhook: Webhook | None) -> None:
        self._health = health
        self._metrics = metrics
        routes = [Route("/healthz", self._healthz), Route("/metrics", self._metric_lines)]
        if webhook:
            routes.append(Route(webhook.path, webhook.endpoint, methods=["POST"]))
        super().__init__(
            uvicorn.Config(
                Starlette(routes=routes),
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                timeout_graceful_shutdown=_GRACE_S,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield

    async def _healthz(self, _request: Request) -> Response:
        """200 with an empty list, or 503 with what is wrong."""
        problems = self._health.problems
        return JSONResponse({"faults": problems}, 503 if problems else 200)

    async def _metric_lines(self, _request: Request) -> Response:
        return Response(generate_latest(self._metrics.registry), media_type=CONTENT_TYPE_LATEST)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 is any free one.

    Raises:
        SettingsError: it can't be had.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise SettingsError(
            f"Can't listen on {host}:{port} ({error.strerror or error}): set CAMPAIGN_BOT_LISTEN to another address."
        ) from error
