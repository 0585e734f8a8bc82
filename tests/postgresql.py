"""A PostgreSQL server of one's own, on a port of 127.0.0.1, from the system's programs."""

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from bot.store.database import Database

MISSING = "PostgreSQL is not installed"
"""Why tests that need it are skipped."""
_USER = "postgres"
_EMPTY = "empty"
"""The database as the migrations make it, with nothing in it."""


class Server:
    """A server in a new folder, which is deleted by ``close``.

    What it writes need not survive the machine's failure. It refuses to be run by root: then it is run by its own user.
    """

    def __init__(self) -> None:
        self._programs = programs()
        assert self._programs
        self._folder = Path(tempfile.mkdtemp(prefix="postgresql"))
        self._user = _USER if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self._folder, self._user, pwd.getpwnam(self._user).pw_gid)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run("initdb", "--username=bot", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        self.start()
        self._admin = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        self._numbers = itertools.count()
        Database.open(self.new_database(_EMPTY, "template1")).close()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [f"{self._programs}/{program}", "-D", f"{self._folder}/data", *arguments],
            user=self._user,
            cwd=self._folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def start(self) -> None:
        """Start it; it takes connections when this returns."""
        options = f"-p {self.port} -k '' -h 127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=300"
        self._run("pg_ctl", "start", "--wait", "--silent", "-l", f"{self._folder}/log", "-o", options)

    def stop(self) -> None:
        """Stop it at once, as a failure does."""
        self._run("pg_ctl", "stop", "--wait", "--silent", "-m", "immediate")

    def close(self) -> None:
        """Stop it for good."""
        self._admin.dispose()
        self.stop()
        shutil.rmtree(self._folder)

    def url(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql+psycopg://bot@127.0.0.1:{self.port}/{name}"

    def new_database(self, name: str = "", template: str = _EMPTY) -> str:
        """The URL of a new database, by default one as the migrations make it, with nothing in it."""
        name = name or f"bot{next(self._numbers)}"
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop a database, whoever uses it."""
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")


def programs() -> Path | None:
    """The folder of the system's newest PostgreSQL; None if there is none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


@contextmanager
def serving() -> Iterator[Server]:
    """A server that is stopped at the end."""
    server = Server()
    try:
        yield server
    finally:
        server.close()
