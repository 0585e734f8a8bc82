"""The Bot API over real HTTP on loopback: true offsets, long polling, and a record of every call.

Each call is checked against aiogram's type of its method; a field that the type does not know is a fault.
"""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import aiogram.methods
from aiogram.methods.base import TelegramMethod
from pydantic import BaseModel

TOKEN = "123456789:AAcanaryTOKENcanaryTOKENcanaryTOKEN"
BOT = {"id": 123456789, "is_bot": True, "first_name": "问答小帮手", "username": "campaign_faq_bot"}
_METHODS: dict[str, type[TelegramMethod[Any]]] = {
    kind.__api_method__.lower(): kind
    for kind in vars(aiogram.methods).values()
    if isinstance(kind, type) and issubclass(kind, TelegramMethod) and kind is not TelegramMethod
}


class FakeBotApi:
    """One bot's server. Tests put updates in and read calls out; both are safe to use from any thread."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.invalid: list[str] = []
        self._updates: list[dict[str, Any]] = []
        self._confirmed = 0
        self._changed = threading.Condition()
        self._ids = itertools.count(1000)
        self._faults: list[tuple[str, int, dict[str, Any]]] = []
        self._messages: dict[int, dict[str, Any]] = {}
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
            "chat": {"id": chat, "type": "private", "first_name": "张三"},
            "from": {"id": chat, "is_bot": False, "first_name": "张三", "language_code": "zh-hans"},
            **content,
        }
        self.put({kind: message})
        return message

    def member_presses(self, data: str, message: dict[str, Any], chat: int = 7) -> None:
        """A member presses a button under one of the bot's messages."""
        query = {
            "id": str(next(self._ids)),
            "from": {"id": chat, "is_bot": False, "first_name": "张三"},
            "chat_instance": "1",
            "message": message,
            "data": data,
        }
        self.put({"callback_query": query})

    def put(self, update: dict[str, Any]) -> None:
        """Any raw update, with the next id."""
        with self._changed:
            self._updates.append({"update_id": next(self._ids), **update})
            self._changed.notify_all()

    def fail_next(self, method: str, status: int, **body: Any) -> None:
        """The next call of a method gets this error instead of its answer."""
        with self._changed:
            self._faults.append((method.lower(), status, body))

    def sent(self) -> list[dict[str, Any]]:
        """What was sent to members so far, as message objects with the keyboard they show."""
        with self._changed:
            return list(self._messages.values())

    def wait_until(self, reached: Callable[[], bool], seconds: float = 30) -> None:
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
        """Updates that were not confirmed."""
        return sum(update["update_id"] > self._confirmed for update in self._updates)

    # --- what the Bot API does --------------------------------------------------------------------------------------

    def call(self, name: str, fields: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Answer one call: HTTP status and body."""
        method = name.lower()
        with self._changed:
            self._check(method, fields)
            self.calls.append((method, fields))
            self._changed.notify_all()
            for fault in self._faults:
                if fault[0] == method:
                    self._faults.remove(fault)
                    return fault[1], {"ok": False, "error_code": fault[1], "description": "scripted", **fault[2]}
        return 200, {"ok": True, "result": self._answer(method, fields)}

    def _check(self, method: str, fields: dict[str, Any]) -> None:
        kind = _METHODS.get(method)
        if kind is None:
            self.invalid.append(f"{method}: no such method")
            return
        try:
            checked = kind.model_validate(fields)
        except ValueError as error:
            self.invalid.append(f"{method}: {error}")
            return
        self.invalid += (f"{method}: unknown field {path}" for path in _extras(checked))

    def _answer(self, method: str, fields: dict[str, Any]) -> Any:
        match method:
            case "getme":
                return BOT
            case "getupdates":
                return self._get_updates(fields.get("offset"), fields.get("timeout", 0), fields.get("limit", 100))
            case "sendmessage":
                return self._send(fields)
            case _:
                return True

    def _get_updates(self, offset: int | None, timeout: float, limit: int) -> list[dict[str, Any]]:
        with self._changed:
            if offset is not None:
                self._confirmed = max(self._confirmed, offset - 1)
                self._changed.notify_all()
            self._changed.wait_for(lambda: self.pending > 0, timeout=timeout)
            return [update for update in self._updates if update["update_id"] > self._confirmed][:limit]

    def _send(self, fields: dict[str, Any]) -> dict[str, Any]:
        with self._changed:
            message = {
                "message_id": next(self._ids),
                "date": int(time.time()),
                "chat": {"id": fields["chat_id"], "type": "private"},
                "from": BOT,
                "text": fields["text"],
            }
            if "reply_markup" in fields:
                message["reply_markup"] = fields["reply_markup"]
            if "reply_parameters" in fields:
                message["reply_to_message"] = self._quoted(fields["reply_parameters"]["message_id"])
            self._messages[message["message_id"]] = message
            self._changed.notify_all()
            return message

    def _quoted(self, message_id: int) -> dict[str, Any] | None:
        members = (update.get("message") for update in self._updates)
        known = [*members, *self._messages.values()]
        return next((message for message in known if message and message["message_id"] == message_id), None)


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
    if name in {"text", "data", "secret_token", "url", "callback_query_id", "parse_mode"}:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


@contextmanager
def serving(api: FakeBotApi) -> Iterator[FakeBotApi]:
    """Serve on a free port of loopback; ``api.url`` is what the setting API_URL wants."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            token, _, name = self.path.removeprefix("/bot").partition("/")
            if token == TOKEN:
                status, answer = api.call(name, _fields(self.headers.get("Content-Type", ""), body))
            else:
                status, answer = 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST  # noqa: N815 - the base class's naming

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that is killed while it waits is part of the tests."""

    server = Server(("127.0.0.1", 0), Handler)
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
