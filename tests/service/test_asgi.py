"""Where an application is served."""

import socket

from bot.service.asgi import listen


def test_what_is_sent_waits_for_nothing() -> None:
    """A response of two parts goes out at once: each connection has no delay."""
    with (
        listen("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
