"""The page's public address."""

import pytest

from bot.web.address import PageAddress

HOST_COOKIE = "__Host-campaign-bot"
ADDRESSES = {
    "http://127.0.0.1:8081": ("http://127.0.0.1:8081", frozenset({"127.0.0.1:8081"}), "", "campaign-bot-8081"),
    "https://bot.example.org/admin": (
        "https://bot.example.org",
        frozenset({"bot.example.org"}),
        "/admin",
        HOST_COOKIE,
    ),
    "HTTPS://Bot.Example.org:443": (
        "https://bot.example.org",
        frozenset({"bot.example.org"}),
        "",
        HOST_COOKIE,
    ),
    "http://nas": ("http://nas", frozenset({"nas"}), "", "campaign-bot-80"),
    "https://bot.example.org:8443/a/b": (
        "https://bot.example.org:8443",
        frozenset({"bot.example.org:8443"}),
        "/a/b",
        HOST_COOKIE,
    ),
    "http://[::1]:8081": ("http://[::1]:8081", frozenset({"[::1]:8081"}), "", "campaign-bot-8081"),
    "https://例子.中国": (
        "https://xn--fsqu00a.xn--fiqs8s",
        frozenset({"xn--fsqu00a.xn--fiqs8s"}),
        "",
        HOST_COOKIE,
    ),
}


@pytest.mark.parametrize(("url", "expected"), ADDRESSES.items())
def test_what_it_tells(url: str, expected: tuple[str, frozenset[str], str, str]) -> None:
    """Its origin and hosts as browsers name them, the path that it ends in, and the cookie's name."""
    address = PageAddress(url, "127.0.0.1:9000")
    assert (address.origin, address.hosts - {"127.0.0.1:9000"}, address.prefix, address.cookie) == expected
    assert "127.0.0.1:9000" in address.hosts


PATHS = {
    "/admin": "/",
    "/admin/": "/",
    "/admin/status": "/status",
    "/status": "/status",
    "/administrator": "/administrator",
}


@pytest.mark.parametrize(("asked", "own"), PATHS.items())
def test_the_prefix_may_be_passed_on(asked: str, own: str) -> None:
    """Or taken away by a proxy."""
    assert PageAddress("https://bot.example.org/admin", "").own_path(asked) == own


@pytest.mark.parametrize("url", ["https://bot.example.org/管理", "https://bot.example.org/%E7%AE%A1%E7%90%86"])
def test_a_prefix_is_known_however_it_is_spelt(url: str) -> None:
    """Requests have it decoded, and links encoded."""
    address = PageAddress(url, "")
    assert address.own_path("/管理/try") == "/try"
    assert address.path("/try") == "/%E7%AE%A1%E7%90%86/try"


def test_links() -> None:
    """Within the pages, and from the chat."""
    address = PageAddress("https://bot.example.org/管理", "")
    assert address.path("/try", {"q": "几点 &"}).endswith("/try?q=%E5%87%A0%E7%82%B9+%26")
    assert address.path("/try").isascii()
    assert address.link("/try") == "https://bot.example.org/管理/try"
