"""The page's public address: what links begin with, and what a request must agree with."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, unquote, urlencode, urlsplit

_DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class PageAddress:
    """An address, ``url`` without a stroke at its end, and the ``host:port`` at which the program listens for it.

    Whether the page is reached by https is told by the address: behind a proxy a request does not show it.
    """

    url: str
    listens: str

    @cached_property
    def origin(self) -> str:
        """The address as browsers name it as an origin: its host in small letters and ASCII, without a default port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme.lower()}://{_host(self.url)}"

    @cached_property
    def hosts(self) -> frozenset[str]:
        """What a request may name as its host: the address's, or where the program listens, as proxies may name it."""
        return frozenset({_host(self.url), self.listens.lower()})

    @property
    def prefix(self) -> str:
        """The path that the address ends in, decoded as requests have it; empty without one."""
        return unquote(urlsplit(self.url).path)

    @property
    def is_https(self) -> bool:
        """Whether browsers reach the page by https."""
        return self.origin.startswith("https:")

    @property
    def cookie(self) -> str:
        """The name of the session's cookie. Browsers give cookies of one host to all its ports: the port is in it."""
        return "__Host-campaign-bot" if self.is_https else f"campaign-bot-{urlsplit(self.url).port or 80}"

    def path(self, path: str, query: Mapping[str, object] | None = None) -> str:
        """The path of a page, as links within the pages need it."""
        return quote(self.prefix + path) + (f"?{urlencode(query)}" if query else "")

    def link(self, path: str) -> str:
        """The whole address of a page."""
        return self.url + path

    def own_path(self, path: str) -> str:
        """The path of a page in a request's path: a proxy may take the prefix away or pass it on."""
        if self.prefix and (path == self.prefix or path.startswith(f"{self.prefix}/")):
            return path.removeprefix(self.prefix) or "/"
        return path


def _host(url: str) -> str:
    """The host and port of an address, as browsers name them."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host.isascii():
        host = host.encode("idna").decode()
    shown = f"[{host}]" if ":" in host else host
    return shown if parts.port in {None, _DEFAULT_PORTS[parts.scheme.lower()]} else f"{shown}:{parts.port}"
