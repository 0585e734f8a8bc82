"""The page as an ASGI application: routes, sign-in, and each page's work in a thread."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from http import HTTPStatus

from anyio import to_thread
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from bot.errors import StoreError
from bot.priority import in_background, rest_s
from bot.store.database import PAGE_SESSIONS_KEPT
from bot.store.records import PageVisitor
from bot.web.access import SIGN_IN, Access
from bot.web.pages import PAGES
from bot.web.rendering import Renderer
from bot.web.security import Guard
from bot.web.services import Services
from bot.web.visit import LARGEST_FORM, Handler, NotFoundError, Page, Visit

SIGN_OUT = "/sign-out"
_MOST_FIELDS = 20_000
"""Of a form: more than there can be ticks."""
_UNCHANGING = {"Cache-Control": "private, max-age=31536000, immutable"}
"""Of static files, whose addresses name their content."""


def application(services: Services, access: Access, renderer: Renderer, pages: Sequence[Page] = PAGES) -> ASGIApp:
    """The page, for whoever serves it. The first of the ``pages``, which the renderer names, is where it begins."""
    return Guard(_Routes(services, access, renderer, pages).app(), access.address, renderer.notice)


class _TooLargeError(Exception):
    """A body has more bytes than its route takes."""


class _Turns:
    """Has one piece of work done at a time, in a thread, and rests after each."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(1)

    async def run(self, work: Callable[[], Response]) -> Response:
        """What comes of this work."""
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        begin = loop.time()
        try:
            return await to_thread.run_sync(work)
        finally:
            loop.call_later(rest_s(loop.time() - begin), self._free.release)


class _Routes:
    """What each path leads to, for requests that have passed the guard."""

    def __init__(self, services: Services, access: Access, renderer: Renderer, pages: Sequence[Page]) -> None:
        self._services = services
        self._access = access
        self._renderer = renderer
        self._pages = pages
        self._shown, self._done = _Turns(), _Turns()
        """Of what is shown, and of posted forms: an import that takes long keeps nobody from reading."""

    def app(self) -> ASGIApp:
        """All of them."""
        routes = [
            Route("/", self._start),
            Route("/static/{name}", self._static),
            Route(SIGN_IN + "{token}", self._open_link),
            Route(SIGN_IN + "{token}", self._sign_in, methods=["POST"]),
            Route(SIGN_OUT, self._sign_out, methods=["POST"]),
        ]
        for page in self._pages:
            routes += [Route(path, self._shows(handler)) for path, handler in page.shows.items()]
            for path, handler in page.does.items():
                takes = self._takes(handler, page.largest.get(path, LARGEST_FORM))
                routes.append(Route(path, takes, methods=["POST"]))
        statuses = {
            _TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            ClientDisconnect: HTTPStatus.BAD_REQUEST,
            NotFoundError: HTTPStatus.NOT_FOUND,
            StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
            Exception: HTTPStatus.INTERNAL_SERVER_ERROR,
        }
        handlers = {error: partial(self._failed, status) for error, status in statuses.items()}
        app = Starlette(routes=routes, exception_handlers={**handlers, HTTPException: self._refused})
        app.router.redirect_slashes = False
        return app

    async def _failed(self, status: HTTPStatus, _request: Request, _error: Exception) -> Response:
        return self._renderer.notice(status)

    async def _refused(self, _request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
        return self._renderer.notice(HTTPStatus(status))

    async def _start(self, _request: Request) -> Response:
        return self._redirect(self._pages[0].path)

    async def _static(self, request: Request) -> Response:
        asset = self._renderer.assets.get(request.path_params["name"])
        if asset is None:
            raise NotFoundError
        return Response(asset.content, media_type=asset.media_type, headers=_UNCHANGING)

    async def _open_link(self, request: Request) -> Response:
        """Show the button that signs in. Telegram's crawler opens links: nothing changes by that."""
        token = request.path_params["token"]
        if not await to_thread.run_sync(self._access.is_open, token):
            return await self._wrong_link()
        return self._renderer.page("sign-in.html", HTTPStatus.OK, action=self._access.address.path(SIGN_IN + token))

    async def _sign_in(self, request: Request) -> Response:
        session = await to_thread.run_sync(self._access.sign_in, request.path_params["token"])
        if session is None:
            return await self._wrong_link()
        return self._with_session(self._redirect("/"), session)

    async def _wrong_link(self) -> Response:
        too_many = await self._access.refuse_wrong_link()
        return self._renderer.notice(HTTPStatus.TOO_MANY_REQUESTS if too_many else HTTPStatus.GONE)

    async def _sign_out(self, request: Request) -> Response:
        visitor = await to_thread.run_sync(self._access.visitor, self._session(request))
        if visitor:
            await to_thread.run_sync(self._access.sign_out, visitor.admin)
        return self._with_session(self._renderer.notice(HTTPStatus.OK), "")

    def _shows(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return await self._shown.run(partial(self._show, handler, request))

        return endpoint

    def _show(self, handler: Handler, request: Request) -> Response:
        with in_background(self._services.is_busy):
            visitor = self._access.visitor(self._session(request))
            return handler(self._visit(request, visitor, FormData())) if visitor else self._signed_out()

    def _takes(self, handler: Handler, largest: int) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            # Nobody's form is read but an admin's.
            visitor = await to_thread.run_sync(self._access.visitor, self._session(request))
            if visitor is None:
                return self._signed_out()
            form = await _form(request, largest=largest)
            try:
                return await self._done.run(partial(handler, self._visit(request, visitor, form)))
            finally:
                await form.close()

        return endpoint

    def _signed_out(self) -> Response:
        response = self._renderer.notice(HTTPStatus.UNAUTHORIZED)
        # Where a page asks for a part of itself, the whole page is loaded anew.
        response.headers["HX-Refresh"] = "true"
        return response

    def _visit(self, request: Request, visitor: PageVisitor, form: FormData) -> Visit:
        return Visit(
            services=self._services,
            renderer=self._renderer,
            admin=visitor.admin,
            path=request.scope["path"],
            place=request.path_params,
            query=request.query_params,
            form=form,
        )

    def _session(self, request: Request) -> str:
        return request.cookies.get(self._access.address.cookie, "")

    def _with_session(self, response: Response, session: str) -> Response:
        """A response that begins a session in the browser, or ends it where ``session`` is empty."""
        address = self._access.address
        lives = int(PAGE_SESSIONS_KEPT.total_seconds()) if session else 0
        response.set_cookie(
            address.cookie, session, max_age=lives, path="/", secure=address.is_https, httponly=True, samesite="lax"
        )
        return response

    def _redirect(self, path: str) -> Response:
        return RedirectResponse(self._access.address.path(path), HTTPStatus.SEE_OTHER)


async def _form(request: Request, *, largest: int) -> FormData:
    """The posted form. Raises _TooLargeError where it has more than ``largest`` bytes, HTTPException if it is none."""
    size = 0

    async def bounded() -> Message:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > largest:
            raise _TooLargeError
        return message

    return await Request(request.scope, bounded).form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=largest)
