"""What holds for every page: its headers, who is let in, and what changes nothing."""

import asyncio
import hashlib
import logging
import threading
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from starlette.responses import Response

from bot.store.tables import METADATA
from bot.texts.page import frame as texts
from bot.web.access import SIGN_IN
from bot.web.pages import PAGES
from bot.web.security import HEADERS
from bot.web.visit import LARGEST_FORM, Page, Visit
from tests.admin_setup import ADMIN, AdminSetup
from tests.page_setup import HOSTILE, OTHER, URL, PageSetup, paths, posted, scripts

HTTPS = "https://bot.example.org/admin"
FORGED = URL + SIGN_IN + "x" * 43


def state(setup: AdminSetup) -> object:
    """All that the bot keeps, but for when sessions were last seen."""
    tables = [table for table in METADATA.sorted_tables if table.name != "page_sessions"]
    rows = {table.name: setup.database.read(table.select()).all() for table in tables}
    return rows, {path.name: path.read_bytes() for path in setup.folder.iterdir()}


def title(response: httpx.Response) -> str:
    """What the heading of a page says."""
    return response.text.split("<h1>")[1].split("</h1>")[0]


RESPONSES = {
    "a page": ("GET", "/status", HTTPStatus.OK),
    "the start": ("GET", "/", HTTPStatus.SEE_OTHER),
    "nothing": ("GET", "/nothing", HTTPStatus.NOT_FOUND),
    "a page with a stroke more": ("GET", "/status/", HTTPStatus.NOT_FOUND),
    "a method that there is not": ("DELETE", "/status", HTTPStatus.METHOD_NOT_ALLOWED),
    "a forged link": ("GET", FORGED, HTTPStatus.GONE),
    "signing out": ("POST", "/sign-out", HTTPStatus.OK),
    "no static file": ("GET", "/static/..%2Faccess.py", HTTPStatus.NOT_FOUND),
}


@pytest.mark.parametrize(("method", "path", "status"), RESPONSES.values(), ids=RESPONSES.keys())
async def test_every_response_has_the_headers(
    page_setup: PageSetup, method: str, path: str, status: HTTPStatus
) -> None:
    """Whatever it is."""
    browser = await page_setup.signed_in()
    response = await browser.request(method, path)
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


def test_the_policy_allows_nothing_but_its_own() -> None:
    """No inline script or style, no eval, no other origin, no frame."""
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert {name for name, sources in policy.items() if sources == "'none'"} == {
        "default-src",
        "frame-ancestors",
        "base-uri",
    }
    assert set(policy.values()) == {"'none'", "'self'"}
    assert policy["form-action"] == "'self'"


async def test_static_files_are_kept_by_browsers(page_setup: PageSetup) -> None:
    """They are the same for everybody, and their addresses name their content."""
    response = await page_setup.browser().get("/static/page.css")
    assert response.status_code == HTTPStatus.OK
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", *paths()])
async def test_get_changes_nothing(page_setup: PageSetup, path: str) -> None:
    """On no page."""
    page_setup.setup.miss("饭卡丢在哪里")
    browser = await page_setup.signed_in()
    before = state(page_setup.setup)
    assert (await browser.get(path)).status_code in {HTTPStatus.OK, HTTPStatus.SEE_OTHER}
    assert state(page_setup.setup) == before


@pytest.mark.parametrize("path", paths() + posted())
async def test_nobody_sees_a_page_without_a_session(page_setup: PageSetup, path: str) -> None:
    """They read how to get one; a part of a page that is asked for has the whole page loaded anew."""
    before = state(page_setup.setup)
    forger = page_setup.browser()
    forger.cookies.set(page_setup.address.cookie, "x" * 43)
    for browser in (page_setup.browser(), forger):
        response = await browser.request("GET" if path in paths() else "POST", path)
        assert response.status_code == HTTPStatus.UNAUTHORIZED
        assert "/page" in response.text
        assert response.headers["HX-Refresh"] == "true"
    assert state(page_setup.setup) == before


async def test_a_crawler_changes_nothing(page_setup: PageSetup) -> None:
    """Telegram opens links for its previews; the link still leads in afterwards."""
    link = page_setup.access.new_link(ADMIN.id)
    before = state(page_setup.setup)
    for method in ("GET", "HEAD", "GET"):
        response = await page_setup.browser().request(method, link)
        assert response.status_code == HTTPStatus.OK
        assert "Set-Cookie" not in response.headers
    assert state(page_setup.setup) == before
    assert (await page_setup.browser().post(link)).status_code == HTTPStatus.SEE_OTHER


async def test_a_link_is_kept_as_its_hash(page_setup: PageSetup) -> None:
    """Like the session's id: whoever reads the database can't sign in with it. Both are 32 random bytes."""
    link = page_setup.access.new_link(ADMIN.id)
    token = link.removeprefix(URL + SIGN_IN)
    assert page_setup.store.link(hashlib.sha256(token.encode()).digest())
    browser = await page_setup.signed_in()
    session = browser.cookies[page_setup.address.cookie]
    assert page_setup.store.session(hashlib.sha256(session.encode()).digest())
    assert len(token) == len(session) == 43
    kept = b"".join(file.read_bytes() for file in page_setup.setup.path.parent.glob("bot.db*"))
    assert token.encode() not in kept
    assert session.encode() not in kept


COOKIES = {
    URL: ("campaign-bot-8081", {"HttpOnly", "Max-Age=43200", "Path=/", "SameSite=lax"}),
    HTTPS: ("__Host-campaign-bot", {"HttpOnly", "Max-Age=43200", "Path=/", "SameSite=lax", "Secure"}),
}


@pytest.mark.parametrize(("url", "expected"), COOKIES.items(), ids=["http", "https"])
async def test_the_cookie(admin_setup: AdminSetup, url: str, expected: tuple[str, set[str]]) -> None:
    """Whether it is https is told by the setting, not by the request behind the proxy."""
    page_setup = PageSetup(admin_setup, url)
    browser = page_setup.browser()
    response = await browser.post(page_setup.access.new_link(ADMIN.id).replace("https:", "http:"))
    name_and_value, *attributes = response.headers["Set-Cookie"].split("; ")
    assert (name_and_value.split("=")[0], set(attributes)) == expected


async def spent(page_setup: PageSetup, link: str) -> None:
    await page_setup.browser().post(link)


async def stale(page_setup: PageSetup, _link: str) -> None:
    page_setup.setup.clock.now += timedelta(minutes=5)


async def of_another_person(page_setup: PageSetup, _link: str) -> None:
    page_setup.admins.remove(ADMIN.id)


async def signed_out(page_setup: PageSetup, _link: str) -> None:
    page_setup.access.sign_out(ADMIN.id)


@pytest.mark.parametrize("spoil", [spent, stale, of_another_person, signed_out])
async def test_a_link_that_leads_in_no_more(page_setup: PageSetup, spoil) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """It says so, and how to get another."""
    link = page_setup.access.new_link(ADMIN.id)
    await spoil(page_setup, link)
    for method in ("GET", "POST"):
        response = await page_setup.browser().request(method, link)
        assert response.status_code == HTTPStatus.GONE
        assert title(response) == texts.REFUSED[HTTPStatus.GONE][0]
        assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("token", ["x" * 43, "", "%00", "%ff", "x" * 5000, "a/b", "%E4%BD%A0"])
async def test_a_forged_link(page_setup: PageSetup, token: str) -> None:
    """Whatever stands in it."""
    response = await page_setup.browser().post(f"{URL}{SIGN_IN}{token}")
    assert response.status_code in {HTTPStatus.GONE, HTTPStatus.NOT_FOUND}


FROM_ELSEWHERE = {
    "another site": {"Sec-Fetch-Site": "cross-site", "Origin": URL},
    "a neighbour": {"Sec-Fetch-Site": "same-site", "Origin": URL},
    "an old browser on another site": {"Origin": "https://evil.example"},
    "an old browser on another port": {"Origin": "http://127.0.0.1:8080"},
    "an old browser that hides it": {"Origin": "null"},
    "nothing that says so": {},
}


@pytest.mark.parametrize("path", ["/sign-out", SIGN_IN, *posted()])
async def test_a_form_from_elsewhere_is_refused(page_setup: PageSetup, path: str) -> None:
    """Whoever is signed in; nothing changes."""
    browser = await page_setup.signed_in()
    del browser.headers["Sec-Fetch-Site"]
    target = page_setup.access.new_link(ADMIN.id) if path == SIGN_IN else path
    before = state(page_setup.setup)
    for case, headers in FROM_ELSEWHERE.items():
        response = await browser.post(target, headers=headers)
        assert response.status_code == HTTPStatus.FORBIDDEN, case
        assert state(page_setup.setup) == before, case
    assert (await browser.get("/status")).status_code == HTTPStatus.OK


FROM_HERE = [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": URL}]


@pytest.mark.parametrize("headers", FROM_HERE, ids=str)
async def test_a_form_from_the_page_is_taken(page_setup: PageSetup, headers: dict[str, str]) -> None:
    """As every browser sends it."""
    browser = await page_setup.signed_in()
    del browser.headers["Sec-Fetch-Site"]
    assert (await browser.post("/sign-out", headers=headers)).status_code == HTTPStatus.OK


async def test_an_admin_who_is_removed_is_out_at_once(page_setup: PageSetup) -> None:
    """At the very next request; the others stay."""
    browser, other = await page_setup.signed_in(), await page_setup.signed_in(OTHER)
    page_setup.admins.remove(ADMIN.id)
    assert (await browser.get("/status")).status_code == HTTPStatus.UNAUTHORIZED
    assert (await other.get("/status")).status_code == HTTPStatus.OK


async def test_signing_out_ends_all_sessions(page_setup: PageSetup) -> None:
    """On every device of this admin, and of nobody else."""
    browser, phone, other = (
        await page_setup.signed_in(),
        await page_setup.signed_in(),
        await page_setup.signed_in(OTHER),
    )
    response = await browser.post("/sign-out")
    assert texts.BACK not in response.text
    assert "Max-Age=0" in response.headers["Set-Cookie"]
    for each, status in ((browser, 401), (phone, 401), (other, 200)):
        response = await each.get("/status")
        assert response.status_code == status
        assert texts.BACK not in response.text
    assert texts.BACK in (await other.get("/no-such-page")).text


async def test_guessing_is_slowed_down(page_setup: PageSetup) -> None:
    """After ten wrong links in a minute others get 429, a right one still works, and admins are told once an hour."""
    browser = page_setup.browser()
    guesses = [(await browser.get(f"{FORGED}{number}")).status_code for number in range(12)]
    assert guesses == [HTTPStatus.GONE] * 10 + [HTTPStatus.TOO_MANY_REQUESTS] * 2
    assert page_setup.times_told == 1
    assert (await browser.post(FORGED)).status_code == HTTPStatus.TOO_MANY_REQUESTS
    link = page_setup.access.new_link(ADMIN.id)
    assert (await browser.get(link)).status_code == HTTPStatus.OK
    assert (await browser.post(link)).status_code == HTTPStatus.SEE_OTHER
    page_setup.now += 60
    assert (await browser.get(FORGED)).status_code == HTTPStatus.GONE
    for seconds, told in ((60, 1), (3600, 2)):
        page_setup.now += seconds
        for _ in range(12):
            await browser.get(FORGED)
        assert page_setup.times_told == told


HOSTS = {
    URL: {"127.0.0.1:8081": True, "127.0.0.1": False, "localhost:8081": False, "evil.example": False, "": False},
    HTTPS: {
        "bot.example.org": True,
        "BOT.example.org": True,
        "127.0.0.1:8081": True,
        "bot.example.org:8081": False,
        "bot.example.org.evil.example": False,
    },
}


@pytest.mark.parametrize(
    ("url", "host", "is_known"), [(url, *case) for url, cases in HOSTS.items() for case in cases.items()]
)
async def test_the_host_is_checked(admin_setup: AdminSetup, url: str, host: str, *, is_known: bool) -> None:
    """A name that somebody else points here leads to nothing; a proxy may name where the program listens."""
    browser = await PageSetup(admin_setup, url).signed_in()
    response = await browser.get("/status", headers={"Host": host})
    assert response.status_code == (HTTPStatus.OK if is_known else HTTPStatus.MISDIRECTED_REQUEST)


@pytest.mark.parametrize("prefix", ["", "/admin"])
async def test_the_address_may_end_in_a_path(admin_setup: AdminSetup, prefix: str) -> None:
    """A proxy may pass it on or take it away; links have it in any case."""
    page_setup = PageSetup(admin_setup, HTTPS)
    browser = await page_setup.signed_in()
    browser.base_url = httpx.URL("https://bot.example.org")
    response = await browser.get(f"{prefix}/status")
    assert response.status_code == HTTPStatus.OK
    assert 'href="/admin/try"' in response.text
    assert (await browser.get(prefix or "/")).headers["Location"] == f"/admin{PAGES[0].path}"


async def test_a_body_is_bounded(page_setup: PageSetup) -> None:
    """Nobody's is read who is not signed in; a form that is too large changes nothing."""
    done = []

    def do(visit: Visit) -> Response:
        done.append(visit.form["text"])
        return visit.redirect("/forms")

    does = {"/forms": do, "/files": do}
    page_setup.open([Page(path="/forms", label="表单", shows={}, does=does, largest={"/files": 2 * LARGEST_FORM})])
    browser = await page_setup.signed_in()
    large = await browser.post("/files", data={"text": "文件"}, files={"file": b"x" * LARGEST_FORM})
    assert large.headers["Location"] == "/forms"
    assert (await browser.post("/forms", data={"text": "短"})).headers["Location"] == "/forms"
    for files in (None, {"file": b"x" * LARGEST_FORM}):
        data = {"text": "short" if files else "x" * LARGEST_FORM}
        response = await browser.post("/forms", data=data, files=files)
        assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    response = await browser.post("/forms", content=b"--x", headers={"Content-Type": "multipart/form-data"})
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert done == ["文件", "短"]


async def test_a_fault_is_in_the_log_without_the_path(page_setup: PageSetup, caplog: pytest.LogCaptureFixture) -> None:
    """The admin reads that it failed; a token or session is in no line."""

    def fail(_visit: Visit) -> Response:
        raise ValueError("canary")

    page_setup.open([Page(path="/forms", label="表单", shows={"/forms/{x}": fail})])
    caplog.set_level(logging.DEBUG)
    link = page_setup.access.new_link(ADMIN.id)
    browser = page_setup.browser()
    await browser.get(link)
    await browser.post(link)
    await browser.get(FORGED)
    response = await browser.get("/forms/secret")
    assert (response.status_code, title(response)) == (500, texts.REFUSED[500][0])
    written = "".join(caplog.handler.format(record) for record in caplog.records if record.name.startswith("bot"))
    assert "canary" in written
    secrets = (link.removeprefix(URL), browser.cookies[page_setup.address.cookie], FORGED.removeprefix(URL), "/secret")
    assert [secret for secret in secrets if secret in written] == []


async def test_a_page_that_takes_long_holds_up_nobody(page_setup: PageSetup) -> None:
    """It is worked on in a thread: members are answered on the event loop meanwhile."""
    begun, done = threading.Event(), threading.Event()

    def work(visit: Visit) -> Response:
        begun.set()
        assert done.wait(20)
        return visit.redirect("/long")

    page_setup.open([Page(path="/long", label="慢", shows={"/long": work})])
    browser = await page_setup.signed_in()
    long = asyncio.create_task(browser.get("/long"))
    while not begun.is_set():
        await asyncio.sleep(0.005)
    assert (await page_setup.browser().get("/static/page.css")).status_code == HTTPStatus.OK
    assert not long.done()
    done.set()
    assert (await long).status_code == HTTPStatus.SEE_OTHER


async def test_without_the_database_it_says_so(page_setup: PageSetup) -> None:
    """Like the chat."""
    browser = await page_setup.signed_in()
    page_setup.setup.path.unlink()
    response = await browser.get("/status")
    assert (response.status_code, title(response)) == (503, texts.REFUSED[503][0])


@pytest.mark.parametrize("path", ["/sign-in/x", *paths()])
async def test_hostile_questions_harm_no_page(page_setup: PageSetup, path: str) -> None:
    """They are missed, answered and tried; what a browser could run is on no page."""
    page_setup.fill(HOSTILE)
    browser = await page_setup.signed_in()
    for number in range(len(HOSTILE)):
        # Each of the four is each of them once.
        values = {name: HOSTILE[number - place] for place, name in enumerate(("q", "done", "sort", "page"))}
        response = await browser.get(path, params=values)
        assert response.status_code in {HTTPStatus.OK, HTTPStatus.GONE, HTTPStatus.TOO_MANY_REQUESTS}
        assert list(scripts(response.text)) == []
        assert response.headers.get("Set-Cookie") is None


def test_nothing_is_filled_in_unescaped() -> None:
    """Templates hold no way around it, no inline script or style, and no words of their own."""
    templates = sorted((Path(__file__).parents[2] / "bot" / "web" / "templates").glob("*.html"))
    assert templates
    for template in templates:
        text = template.read_text(encoding="utf-8")
        assert "safe" not in text.replace("safe-area", ""), template.name
        assert "autoescape" not in text, template.name
        assert list(scripts(text.replace("{{ asset", "/"))) == [], template.name
        assert text.replace("{#", "").isascii(), template.name
    source = "".join(path.read_text(encoding="utf-8") for path in templates[0].parents[1].rglob("*.py"))
    assert "Markup" not in source


def test_htmx_is_what_its_makers_published() -> None:
    """Version 2.0.11, as npm has it."""
    (file,) = (Path(__file__).parents[2] / "bot" / "web" / "static").glob("htmx-*.js")
    assert file.name == "htmx-2.0.11.min.js"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert digest == "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
