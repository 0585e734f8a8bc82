"""The Bot API over real HTTP on loopback: true offsets, long polling, webhook delivery, scripted failures.

Each call is checked against aiogram's type of its method. What does not fit that type, an unknown field included, is
noted in ``FakeBotApi.invalid``. HTML that can't be parsed, and text that is too long, is refused; messages hold what
members see.
"""

import functools
import http.client
import itertools
import json
import ssl
import threading
import time
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl, quote, urlsplit

from pydantic import BaseModel

from tests.telegram_html import CantParseError, visible

TOKEN = "123456789:AAcanaryTOKENcanaryTOKENcanaryTOKEN"
BOT = {"id": 123456789, "is_bot": True, "first_name": "问答小帮手", "username": "campaign_faq_bot"}
_DELIVERIES_AT_ONCE = 4
_LONGEST_TEXT = 4096
"""In UTF-16 units."""
_TEXTS = {
    "callback_query_id", "data", "description", "inline_query_id", "parse_mode", "secret_token", "short_description",
    "text", "url",
}  # fmt: skip
"""Fields that are text whatever they look like."""


@dataclass(frozen=True)
class Failure:
    """What happens to one call instead of an answer: an HTTP error, or with status 0 a dropped connection.

    ``text``: the body as something between the bot and Telegram gives it, in place of JSON with these fields.
    ``accepted``: the call took effect all the same. ``hang_s``: the caller waits for so many seconds first.
    """

    status: int = 0
    body: dict[str, Any] = field(default_factory=dict)
    text: str | None = None
    accepted: bool = False
    hang_s: float = 0.0


Proxy = Callable[[str, dict[str, str]], tuple[str, dict[str, str]]]
FailureRule = Callable[[str, dict[str, Any]], Failure | None]


_UNHEALTHY_S = 1.0


class FakeBotApi:
    """One bot's server. Tests put updates in and read calls out, from any thread.

    ``failure_rule`` decides for each call whether it fails, and how. ``deliver_to`` is the host and port at which the
    bot's webhook listens, ``replicas`` where else it does: all of these get deliveries in turn, and what one does not
    take goes to the next. ``proxy`` is what stands before it: it is given the path and the headers of a delivery and
    gives those that arrive. With ``refuses_html`` no HTML at all can be parsed. ``bot`` is what getMe says.
    """

    def __init__(self, failure_rule: FailureRule = lambda _method, _fields: None) -> None:
        self.failure_rule = failure_rule
        self.deliver_to = ""
        self.replicas: list[str] = []
        self.delivery_s = 60.0
        """How long a delivery may take."""
        self._turns = itertools.count()
        self._unhealthy: dict[str, float] = {}
        """Until when an address that did not answer gets no deliveries, if others do."""
        self.proxy: Proxy = lambda path, headers: (path, headers)
        self.refuses_html = False
        self.bot = dict(BOT)
        self.webhook_info: dict[str, Any] = {}
        """What getWebhookInfo says in place of what is so."""
        self.times: list[float] = []
        self.active = 0
        """Calls under way, ``polls`` of them waiting for updates."""
        self.polls = 0
        self._webhook: dict[str, Any] = {}
        self._webhook_error: dict[str, Any] = {}
        """What getWebhookInfo says of the last delivery that failed."""
        self._allowed: list[str] = []
        """The kinds of updates that the bot has asked for; if there are none, all."""
        self._delivered: set[int] = set()
        self._under_way: set[object] = set()
        self._not_before: dict[int, float] = {}
        self._closing = threading.Event()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.invalid: list[str] = []
        self._updates: list[dict[str, Any]] = []
        self._confirmed = 0
        self._changed = threading.Condition()
        self._ids = itertools.count(1000)
        self._failures: list[tuple[str, Failure]] = []
        self._messages: dict[int, dict[str, Any]] = {}
        self.events: list[tuple[str, dict[str, Any]]] = []
        """What members got to see, in its order: messages sent and edited, answers to presses and inline queries."""
        self.url = ""

    # --- what a test does -----------------------------------------------------------------------------------------

    def member_says(self, text: str, chat: int = 7, **fields: Any) -> dict[str, Any]:
        """A member sends a message; commands get their entity."""
        if text.startswith("/"):
            fields["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        return self.member_sends({"text": text, **fields}, chat)

    def member_sends(self, content: dict[str, Any], chat: int = 7, kind: str = "message") -> dict[str, Any]:
        """A member sends a message of any content."""
        message = {
            "message_id": next(self._ids),
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup", "first_name": "张三"},
            "from": {"id": chat, "is_bot": False, "first_name": "张三", "language_code": "zh-hans"},
            **content,
        }
        self.put({kind: message})
        return message

    def member_presses(self, data: str, message: dict[str, Any], chat: int = 7, **fields: Any) -> None:
        """A member presses a button under one of the bot's messages."""
        query = {
            "id": str(next(self._ids)),
            "from": {"id": chat, "is_bot": False, "first_name": "张三", **fields},
            "chat_instance": "1",
            "message": message,
            "data": data,
        }
        self.put({"callback_query": query})

    def bot_becomes(self, status: str, chat: int, *, before: str, **sender: Any) -> None:
        """The bot's own status in a chat changes, and so did it before."""
        bot = {key: BOT[key] for key in ("id", "is_bot", "first_name", "username")}
        change = {
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "水利局"},
            "from": {"id": 7, "is_bot": False, "first_name": "张三", **sender},
            "date": int(time.time()),
            "old_chat_member": {"user": bot, "status": before},
            "new_chat_member": {"user": bot, "status": status},
        }
        self.put({"my_chat_member": change})

    def put(self, update: dict[str, Any]) -> None:
        """Any raw update, with the next id."""
        with self._changed:
            self._updates.append({"update_id": next(self._ids), **update})
            self._changed.notify_all()

    def another_program_sets_webhook(self, url: str, **fields: Any) -> None:
        """Whoever else has the token sets the webhook, or removes it with an empty address."""
        self._set_webhook({"url": url, **fields} if url else {})

    @property
    def webhook_url(self) -> str:
        """Where updates are delivered to; empty without a webhook."""
        return str(self._webhook.get("url", ""))

    def put_again(self) -> None:
        """Offer every update once more, as if none had been confirmed."""
        with self._changed:
            self._confirmed = 0
            self._delivered.clear()
            self._changed.notify_all()

    def fail_next(self, method: str, status: int, **body: Any) -> None:
        """The next call of a method gets this error instead of its answer."""
        self.inject(method, Failure(status, body))

    def inject(self, method: str, failure: Failure) -> None:
        """The next call of a method fails in this way."""
        with self._changed:
            self._failures.append((method.lower(), failure))

    def sent(self) -> list[dict[str, Any]]:
        """What was sent to members so far, as message objects with the keyboard they show."""
        with self._changed:
            return list(self._messages.values())

    def wait_until(self, reached: Callable[[], bool], seconds: float = 60) -> None:
        """Block until a state is reached; it is looked at after each call.

        Raises:
            TimeoutError: it was not reached in time.
        """
        with self._changed:
            if not self._changed.wait_for(reached, timeout=seconds):
                raise TimeoutError(self.calls[-5:])

    def wait_for_messages(self, count: int) -> list[dict[str, Any]]:
        """Block until so many messages were sent."""
        self.wait_until(lambda: len(self._messages) >= count)
        return self.sent()

    @property
    def pending(self) -> int:
        """Updates that the bot is to get and has not confirmed."""
        return len(self._pending())

    def _pending(self) -> list[dict[str, Any]]:
        return [
            update
            for update in self._updates
            if update["update_id"] > self._confirmed
            and update["update_id"] not in self._delivered
            and (not self._allowed or not update.keys().isdisjoint(self._allowed))
        ]

    # --- what the Bot API does --------------------------------------------------------------------------------------

    def call(self, name: str, fields: dict[str, Any]) -> tuple[int, dict[str, Any] | str]:
        """Answer one call: HTTP status and body, as JSON or text; status 0 is a connection that is dropped."""
        method = name.lower()
        with self._changed:
            self._check(method, fields)
            self.calls.append((method, fields))
            self.times.append(time.monotonic())
            self._changed.notify_all()
            failure = self._next_failure(method, fields)
        if failure:
            if failure.accepted:
                self._answer(method, fields)
            self._closing.wait(failure.hang_s)
            if failure.text is not None:
                return failure.status, failure.text
            return failure.status, {
                "ok": False,
                "error_code": failure.status,
                "description": "scripted",
                **failure.body,
            }
        if method == "getupdates" and self._webhook:
            return 409, {"ok": False, "error_code": 409, "description": "Conflict: a webhook is set"}
        refusal = self._refused_text(method, fields)
        if not refusal and method == "editmessagetext":
            refusal = self._refused_edit(fields)
        if refusal:
            return 400, {"ok": False, "error_code": 400, "description": f"Bad Request: {refusal}"}
        result = self._answer(method, fields)
        if method == "getupdates" and self._webhook:
            return 409, {"ok": False, "error_code": 409, "description": "Conflict: terminated by setWebhook request"}
        return 200, {"ok": True, "result": result}

    def _refused_text(self, method: str, fields: dict[str, Any]) -> str | None:
        """Why a text that is to be shown is refused, if it is."""
        contents = [fields] if method in {"sendmessage", "editmessagetext"} else []
        if method == "answerinlinequery":
            contents = [result["input_message_content"] for result in fields["results"]]
        for content in contents:
            if self.refuses_html and "parse_mode" in content:
                return "can't parse entities: unsupported start tag"
            try:
                text = _seen(content)
            except CantParseError as error:
                return f"can't parse entities: {error}"
            if len(text.encode("utf-16-le", "surrogatepass")) // 2 > _LONGEST_TEXT:
                return "message is too long"
        return None

    def _refused_edit(self, fields: dict[str, Any]) -> str | None:
        with self._changed:
            message = self._messages.get(fields["message_id"])
        if message is None:
            return "message to edit not found"
        same = (message["text"], message.get("reply_markup")) == (_seen(fields), fields.get("reply_markup"))
        return "message is not modified" if same else None

    def _next_failure(self, method: str, fields: dict[str, Any]) -> Failure | None:
        for scripted in self._failures:
            if scripted[0] == method:
                self._failures.remove(scripted)
                return scripted[1]
        return self.failure_rule(method, fields)

    def _check(self, method: str, fields: dict[str, Any]) -> None:
        kind = _method_type(method)
        if kind is None:
            self.invalid.append(f"{method}: no such method")
            return
        try:
            checked = kind.model_validate(fields)
        except ValueError as error:
            self.invalid.append(f"{method}: {error}")
            return
        self.invalid += (f"{method}: unknown field {path}" for path in _extras(checked))

    def _answer(self, method: str, fields: dict[str, Any]) -> Any:  # noqa: PLR0911 - one return a method
        match method:
            case "getme":
                return self.bot
            case "getchat":
                return {"id": fields["chat_id"], "type": "private", "first_name": f"管理员{fields['chat_id']}"}
            case "getwebhookinfo":
                return self._webhook_info()
            case "getupdates":
                self._allow(fields)
                return self._get_updates(fields.get("offset"), fields.get("timeout", 0), fields.get("limit", 100))
            case "sendmessage":
                return self._send(fields)
            case "editmessagetext":
                return self._edit(fields)
            case "answercallbackquery" | "answerinlinequery":
                return self._note(method, fields)
            case "setwebhook":
                self._allow(fields)
                return self._set_webhook(fields)
            case "deletewebhook":
                return self._set_webhook({})
            case _:
                return True

    def _get_updates(self, offset: int | None, timeout: float, limit: int) -> list[dict[str, Any]]:
        with self._changed:
            if offset is not None:
                self._confirmed = max(self._confirmed, offset - 1)
                self._changed.notify_all()
            self.polls += 1
            self._changed.wait_for(lambda: self.pending > 0 or self._webhook or self._closing.is_set(), timeout)
            self.polls -= 1
            return self._pending()[:limit]

    def _allow(self, fields: dict[str, Any]) -> None:
        """Take over which kinds the bot asks for; a call that does not say leaves it as it is."""
        with self._changed:
            self._allowed = fields.get("allowed_updates", self._allowed)

    def _set_webhook(self, fields: dict[str, Any]) -> bool:
        with self._changed:
            self._webhook = fields
            self._changed.notify_all()
        return True

    def _webhook_info(self) -> dict[str, Any]:
        with self._changed:
            return {
                "url": self.webhook_url,
                "has_custom_certificate": False,
                "pending_update_count": self.pending,
                **({"allowed_updates": self._allowed} if self._allowed else {}),
                **self._webhook_error,
                **self.webhook_info,
            }

    def deliver(self) -> None:
        """Post updates to the webhook, each chat's in order; what is refused is posted again."""
        while not self._closing.is_set():
            with self._changed:
                # What was refused is due again without anything changing.
                pause = 0.02 if self._not_before else None
                self._changed.wait_for(lambda: self._due() is not None or self._closing.is_set(), timeout=pause)
                update = self._due()
                if update is None or self._closing.is_set():
                    continue
                chat = _chat(update)
                self._under_way.add(chat)
            taken = self._post(update)
            with self._changed:
                self._under_way.discard(chat)
                if taken:
                    self._delivered.add(update["update_id"])
                else:
                    self._not_before[update["update_id"]] = time.monotonic() + 0.05
                self._changed.notify_all()

    def _due(self) -> dict[str, Any] | None:
        if not (self._webhook and self.deliver_to):
            return None
        blocked = set(self._under_way)
        for update in self._pending():
            chat = _chat(update)
            if chat not in blocked and self._not_before.get(update["update_id"], 0) <= time.monotonic():
                return update
            blocked.add(chat)
        return None

    def _post(self, update: dict[str, Any]) -> bool:
        address = self._next_address()
        connection = http.client.HTTPConnection(address, timeout=self.delivery_s)
        headers = {"Content-Type": "application/json"}
        if "secret_token" in self._webhook:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._webhook["secret_token"]
        try:
            path, headers = self.proxy(quote(urlsplit(self._webhook["url"]).path, safe="/%:"), headers)
            connection.request("POST", path, json.dumps(update), headers)
            answer = connection.getresponse()
            error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            if answer.status // 100 == 2:
                return True
        except KeyError:
            return False
        except (OSError, http.client.HTTPException):
            error = "Connection refused"
            self._unhealthy[address] = time.monotonic() + _UNHEALTHY_S
        finally:
            connection.close()
        self._webhook_error = {"last_error_date": int(time.time()), "last_error_message": error}
        return False

    def _next_address(self) -> str:
        addresses = [self.deliver_to, *self.replicas]
        now = time.monotonic()
        healthy = [address for address in addresses if self._unhealthy.get(address, 0.0) <= now] or addresses
        return healthy[next(self._turns) % len(healthy)]

    def close(self) -> None:
        """Wake up every call that waits."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()

    def _send(self, fields: dict[str, Any]) -> dict[str, Any]:
        with self._changed:
            message: dict[str, Any] = {
                "message_id": next(self._ids),
                "date": int(time.time()),
                "chat": {"id": fields["chat_id"], "type": "private" if fields["chat_id"] > 0 else "supergroup"},
                "from": BOT,
                "text": _seen(fields),
            }
            if "reply_markup" in fields:
                message["reply_markup"] = fields["reply_markup"]
            if "reply_parameters" in fields:
                message["reply_to_message"] = self._quoted(fields["reply_parameters"]["message_id"])
            self._messages[message["message_id"]] = message
            self.events.append(("sendmessage", dict(message)))
            self._changed.notify_all()
            return message

    def _edit(self, fields: dict[str, Any]) -> dict[str, Any]:
        with self._changed:
            message = self._messages[fields["message_id"]]
            message["text"] = _seen(fields)
            message.pop("reply_markup", None)
            if "reply_markup" in fields:
                message["reply_markup"] = fields["reply_markup"]
            self.events.append(("editmessagetext", dict(message)))
            self._changed.notify_all()
            return message

    def _note(self, method: str, fields: dict[str, Any]) -> bool:
        with self._changed:
            self.events.append((method, fields))
            self._changed.notify_all()
        return True

    def _quoted(self, message_id: int) -> dict[str, Any] | None:
        members = (update.get("message") for update in self._updates)
        known = [*members, *self._messages.values()]
        return next((message for message in known if message and message["message_id"] == message_id), None)


@functools.cache
def _method_type(name: str) -> type[BaseModel] | None:
    """Aiogram's type of a method, by the method's name in lower case; None if there is no such method."""
    # At import aiogram builds all of its 300 types, which takes 5 seconds; a few of them are enough here.
    with mock.patch.object(BaseModel, "model_rebuild"):
        import aiogram.methods  # noqa: PLC0415
    types = {kind.lower(): getattr(aiogram.methods, kind) for kind in aiogram.methods.__all__}
    if name not in types:
        return None
    types[name].model_rebuild(_types_namespace={**vars(typing), **vars(aiogram.types)})
    return typing.cast("type[BaseModel]", types[name])


def _seen(content: dict[str, Any]) -> str:
    """What members see of a text. Raises CantParseError if it is HTML that can't be parsed."""
    text = str(content["text"] if "text" in content else content["message_text"])
    return visible(text) if content.get("parse_mode") == "HTML" else text


def _chat(update: dict[str, Any]) -> object:
    """The chat that an update belongs to; None for updates without one."""
    query = update.get("callback_query") or {}
    message = update.get("message") or update.get("edited_message") or query.get("message")
    message = message or update.get("my_chat_member") or {}
    return message.get("chat", {}).get("id") if isinstance(message.get("chat"), dict) else None


def _extras(model: BaseModel, path: str = "") -> Iterator[str]:
    """Fields that aiogram's types do not know, however deep: its models allow them silently."""
    yield from (f"{path}{name}" for name in model.model_extra or {})
    for name in type(model).model_fields:
        value = getattr(model, name)
        for part in value if isinstance(value, list) else [value]:
            for inner in part if isinstance(part, list) else [part]:
                if isinstance(inner, BaseModel):
                    yield from _extras(inner, f"{path}{name}.")


def _fields(content_type: str, body: bytes) -> dict[str, Any]:
    """A call's fields. In a form, values that are no strings travel as JSON."""
    if content_type.startswith("application/json"):
        return dict(json.loads(body or b"{}"))
    return {name: _value(name, value) for name, value in parse_qsl(body.decode(), keep_blank_values=True)}


def _value(name: str, value: str) -> Any:
    if name in _TEXTS:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


@contextmanager
def serving(api: FakeBotApi, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[FakeBotApi]:
    """Serve on this port of loopback, else on a free one; ``api.url`` is what the setting API_URL wants."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Otherwise each answer waits 40 ms for the client's acknowledgement of its headers.
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            api.active += 1
            try:
                self.answer()
            finally:
                api.active -= 1

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if len(body) < length:
                # Who called was killed, or gave up, in the middle of it.
                return
            token, _, name = self.path.removeprefix("/bot").partition("/")
            if token == TOKEN:
                status, answer = api.call(name, _fields(self.headers.get("Content-Type", ""), body))
            else:
                status, answer = 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
            if not status:
                self.close_connection = True
                self.connection.close()
                return
            data = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if isinstance(answer, str) else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST  # noqa: N815 - the base class's naming

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that is killed while it waits is part of the tests."""

    _method_type("getme")  # else the first call would wait for the import
    server = Server(("127.0.0.1", port), Handler)
    api.url = f"http://127.0.0.1:{server.server_port}"
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        api.url = f"https://localhost:{server.server_port}"
    # By default its end is waited for half a second.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    for _ in range(_DELIVERIES_AT_ONCE):
        threading.Thread(target=api.deliver, daemon=True).start()
    try:
        yield api
    finally:
        api.close()
        server.shutdown()
        server.server_close()
        thread.join()
