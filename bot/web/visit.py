"""What a page is, and what it is given: one request of an admin who is signed in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.datastructures import FormData, QueryParams
from starlette.responses import RedirectResponse, Response

from bot.web.rendering import Entry, Renderer
from bot.web.services import Services

_DIGITS = 9
"""Of a number in an address."""
CSV = "text/csv; charset=utf-8"
LARGEST_FORM = 1 << 18
"""Bytes of a posted form, unless its route allows more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request of an admin, and what its page works with.

    ``admin``: a user id, None for the command line, as the history has it. ``place``: what the route's path leaves
    open, by name; ``form``: the fields and files of a posted form. All of it is hostile input.
    """

    services: Services
    renderer: Renderer
    admin: int | None
    path: str
    place: Mapping[str, str]
    query: QueryParams
    form: FormData

    def number(self, name: str) -> int:
        """A number of the query; 0 where there is none."""
        return number(self.query.get(name, ""))

    def page(self, template: str, status: HTTPStatus = HTTPStatus.OK, **values: object) -> Response:
        """The page that a template makes of these values, within the frame of all pages."""
        return self.renderer.page(template, status, visit=self, **values)

    def download(self, content: bytes, name: str, media_type: str) -> Response:
        """A file of this name, which is ASCII."""
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=media_type, headers=headers)

    def redirect(self, path: str, **query: object) -> Response:
        """What follows a posted form: the browser gets this page, so that loading it again posts nothing.

        ``done``, a key of ``bot.texts.page.frame.DONE``, says there what was done.
        """
        return RedirectResponse(self.renderer.address.path(path, query), HTTPStatus.SEE_OTHER)


Handler = Callable[[Visit], Response]
"""Answers a request. It is called in a thread, and may raise StoreError or NotFoundError."""


class NotFoundError(Exception):
    """What a path names does not exist."""


@dataclass(frozen=True, kw_only=True)
class Page(Entry):
    """One entry of the navigation, and all that belongs to it.

    ``shows`` answers GET and changes nothing; ``does`` takes posted forms. Both by path; a part of a path in braces is
    left open. ``largest``: the bytes that forms of these paths may have, where they may be larger than most.
    """

    shows: Mapping[str, Handler]
    does: Mapping[str, Handler] = field(default_factory=dict)
    largest: Mapping[str, int] = field(default_factory=dict)


def number(text: object) -> int:
    """An id or a place as an address or a form has it; 0 for what is none."""
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS else 0
