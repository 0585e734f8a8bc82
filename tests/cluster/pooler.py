"""A pgbouncer that lends a connection for a transaction at a time."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgresql import Server
from tests.process import free_port, wait_for

MISSING = "pgbouncer is not installed"
"""Why tests that need it are skipped."""
_CONFIG = """
[databases]
* = host=127.0.0.1 port={server} user=bot
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
auth_type = any
pool_mode = transaction
default_pool_size = 10
max_client_conn = 200
server_login_retry = 1
unix_socket_dir =
"""


def program() -> str | None:
    """The system's pgbouncer; None if there is none."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pooling(server: Server) -> Iterator[str]:
    """A pooler in front of a server; the URL of its databases, with a place for the name."""
    found, port = program(), free_port()
    assert found
    folder = Path(tempfile.mkdtemp(prefix="pgbouncer"))
    config = folder / "pgbouncer.ini"
    config.write_text(_CONFIG.format(server=server.port, port=port))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
    process = subprocess.Popen([found, "-q", str(config)], user=user, cwd=folder, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: _answers(port))
        yield f"postgresql+psycopg://bot@127.0.0.1:{port}/{{name}}"
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
