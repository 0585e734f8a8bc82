"""The HTTP side: health, metrics and, in webhook mode, Telegram's deliveries."""

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.metrics import Metrics
from bot.service.asgi import server
from bot.service.dead_letters import DeadLetterReport
from bot.service.health import Health
from bot.telegram.webhook import Webhook


def http_server(
    health: Health, dead_letters: DeadLetterReport, metrics: Metrics, webhook: Webhook | None
) -> uvicorn.Server:
    """Serves ``/healthz``, ``/readyz``, ``/metrics`` and the webhook, and leaves the signals to whoever runs it.

    ``/healthz`` is 200 as long as the process works at all, and says what is wrong; what restarts a process in which
    ``/healthz`` fails must not do so because Telegram can't be reached. ``/readyz`` is 503 while no update can be taken
    in.
    """

    async def healthz(_request: Request) -> Response:
        faults = health.faults()
        answer: dict[str, object] = {"faults": faults}
        if dead_letters.since:
            answer["dead_letters"] = {"count": dead_letters.count, "since": dead_letters.since.isoformat()}
        return JSONResponse(answer)

    async def readyz(_request: Request) -> Response:
        return JSONResponse({"ready": health.is_ready}, 200 if health.is_ready else 503)

    async def metric_lines(_request: Request) -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metric_lines)]
    if webhook:
        # It compares paths itself: one address has many spellings, and a route's path would take braces for a name.
        routes.append(Route("/{path:path}", webhook.endpoint, methods=["POST"]))
    return server(Starlette(routes=routes))
