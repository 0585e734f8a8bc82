"""Templates become pages. Everything that is filled in is escaped."""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from bot.clock import Clock
from bot.priority import give_way
from bot.texts import page as texts
from bot.web.address import PageAddress
from bot.web.charts import HEIGHT
from bot.web.sections import Section

_HERE = Path(__file__).parent
_SIGNED_OUT = {HTTPStatus.OK, HTTPStatus.UNAUTHORIZED}
"""Notices after which every page asks to sign in first."""
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry of the navigation."""

    path: str
    label: str


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file: its content, its media type, and what names this very content."""

    content: bytes
    media_type: str
    version: str

    @classmethod
    def read(cls, path: Path) -> "Asset":
        """The file as it is now."""
        content = path.read_bytes()
        return cls(content, _TYPES[path.suffix], hashlib.sha256(content).hexdigest()[:12])

    def inline(self) -> str:
        """An address that holds the file."""
        return f"data:{self.media_type.replace(' ', '')};base64,{base64.b64encode(self.content).decode()}"


def _assets() -> dict[str, Asset]:
    return {path.name: Asset.read(path) for path in sorted((_HERE / "static").iterdir())}


def _environment(**given: object) -> Environment:
    """What makes pages of templates, with the functions that depend on where a page stands."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {"texts": texts, "HEIGHT": HEIGHT, **given}
    return environment


def report(title: str, introduction: str, sections: Sequence[Section]) -> str:
    """A page of figures as one HTML file, which loads nothing and has no links."""
    assets = _assets()
    environment = _environment(url=None, asset=lambda name: assets[name].inline())
    template = environment.get_template("report.html")
    return template.render(title=title, introduction=introduction, sections=sections)


@dataclass(eq=False)
class Renderer:
    """Makes pages of templates, for an address. ``pages`` are the entries of the navigation.

    In templates ``texts.status.TITLE`` is a text of ``bot/texts/page``, ``url(path, {...})`` the path of a page,
    ``asset(name)`` that of a static file, and ``moment`` a filter that writes a time.
    """

    address: PageAddress
    clock: Clock
    pages: Sequence[Entry]
    assets: dict[str, Asset] = field(default_factory=_assets)

    def load(self) -> None:
        """Read and compile all templates, 0.3 s, so that no admin waits for that, nor members beside it."""
        for name in self._templates.list_templates():
            self._templates.get_template(name)

    def page(self, template: str, status: HTTPStatus, **values: object) -> Response:
        """The page that a template makes of these values."""
        return HTMLResponse("".join(self._parts(template, values)), status)

    def notice(self, status: HTTPStatus) -> Response:
        """A page for whoever may not be signed in: what is wrong, and what to do."""
        title, text = texts.frame.REFUSED.get(status, texts.frame.REFUSED[HTTPStatus.INTERNAL_SERVER_ERROR])
        return self.page("notice.html", status, title=title, text=text, may_return=status not in _SIGNED_OUT)

    def _parts(self, template: str, values: Mapping[str, object]) -> Iterator[str]:
        for part in self._templates.get_template(template).generate(values):
            yield part
            give_way()

    @cached_property
    def _templates(self) -> Environment:
        environment = _environment(url=self.address.path, asset=self._asset, pages=self.pages)
        environment.filters["moment"] = self._moment
        return environment

    def _asset(self, name: str) -> str:
        return self.address.path(f"/static/{name}", {"v": self.assets[name].version})

    def _moment(self, at: datetime) -> str:
        return texts.frame.MOMENT.format(at=self.clock.local(at))
