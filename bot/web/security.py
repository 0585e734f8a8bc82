"""What holds for every request and every response of the page, before any page is asked."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.address import PageAddress

_LOG = logging.getLogger(__name__)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    # With no-referrer, browsers send "Origin: null" with forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""Of every response; what is the same for everybody sets a Cache-Control of its own."""
_SAFE_METHODS = frozenset({"GET", "HEAD"})
_OWN_SITES = frozenset({"same-origin", "none"})


class Guard:
    """Lets requests through to ``app`` that are meant for the page and come from it, without the address's prefix.

    ``refused`` makes the response to all others, and to a request that failed.
    """

    def __init__(self, app: ASGIApp, address: PageAddress, refused: Callable[[HTTPStatus], Response]) -> None:
        self._app = app
        self._address = address
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; connections of other kinds are refused."""
        if scope["type"] != "http":
            return
        has_begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if refusal := self._refusal(scope):
            await self._refused(refusal)(scope, receive, send_with_headers)
            return
        path = self._address.own_path(scope["path"])
        try:
            await self._app({**scope, "path": path, "root_path": ""}, receive, send_with_headers)
        except Exception:  # noqa: BLE001 - it is in the log, and the admin is told
            # Without the path, which may hold a token.
            _LOG.exception("A request to the page failed.")
            if not has_begun:
                await self._refused(HTTPStatus.INTERNAL_SERVER_ERROR)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> HTTPStatus | None:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self._address.hosts:
            return HTTPStatus.MISDIRECTED_REQUEST
        if scope["method"] not in _SAFE_METHODS and not self._is_from_page(headers):
            return HTTPStatus.FORBIDDEN
        return None

    def _is_from_page(self, headers: Headers) -> bool:
        """Whether a form was sent from a page of this address, as the browser tells."""
        if site := headers.get("sec-fetch-site"):
            return site in _OWN_SITES
        return headers.get("origin") == self._address.origin
