"""Database and knowledge saved in one file, and brought back."""

import io
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store.database import REVISION, Database
from bot.store.misses import MissLog
from tests.command_line import command
from tests.conftest import CANTEEN, ROOT, miss
from tests.fake_bot_api import FakeBotApi, serving
from tests.new_database import VERSION
from tests.postgresql import Server
from tests.process import in_terminal, missed, read_until, running, settings_for, stop, wait_for
from tests.unlimited import unlimited_bot


@dataclass
class Installation:
    """A bot's files in a folder, and the commands upon them."""

    folder: Path

    def __post_init__(self) -> None:
        self.database = self.folder / "data" / "bot.db"
        self.knowledge = self.folder / "knowledge"
        self.archive = self.folder / "backup.tar"

    def run(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_BOT_")}
        own = {
            "CAMPAIGN_BOT_KNOWLEDGE": str(self.knowledge),
            "CAMPAIGN_BOT_DATABASE_URL": f"sqlite:///{self.database}",
            "CAMPAIGN_BOT_TIME_ZONE": "Asia/Shanghai",
        }
        return command(inherited | own | settings, *words, folder=self.folder)

    def ask_in_vain(self, *questions: str) -> None:
        with Database.open(f"sqlite:///{self.database}") as database:
            for question in questions:
                MissLog(database, 100).record(miss(question))

    def missed(self) -> list[str]:
        with Database.open(f"sqlite:///{self.database}") as database:
            return sorted(row.question for row in MissLog(database, 100).rows([miss("").state]))

    def files(self) -> dict[str, bytes]:
        """All files of the database and of the knowledge but locks, by name."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in (*self.database.parent.rglob("*"), *self.knowledge.rglob("*"))
            if path.is_file() and path.suffix != ".lock"
        }


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """With a miss, the canteen's knowledge, and a backup of both."""
    made = Installation(tmp_path)
    shutil.copytree(CANTEEN, made.knowledge)
    made.ask_in_vain("几点")
    done = made.run("backup", "backup.tar")
    assert (done.returncode, done.stderr) == (0, "")
    return made


def test_a_backup_is_what_was_there(installation: Installation) -> None:
    """Its owner's alone; versions and checksums stand in front; nothing is left beside it."""
    assert stat.S_IMODE(installation.archive.stat().st_mode) == 0o600
    with tarfile.open(installation.archive) as tar:
        names = tar.getnames()
        manifest = json.load(tar.extractfile("manifest.json") or io.BytesIO())
    knowledge = sorted(path.name for path in CANTEEN.glob("*.yaml"))
    assert names == ["manifest.json", "bot.db", *(f"knowledge/{name}" for name in knowledge)]
    assert (manifest["format"], manifest["schema_revision"]) == (1, REVISION)
    assert manifest["files"].keys() == set(names[1:])
    assert sorted(path.name for path in installation.folder.iterdir()) == ["backup.tar", "data", "knowledge"]


def test_what_was_saved_comes_back(installation: Installation) -> None:
    """And what was there meanwhile is kept aside, to go back to; files that came later are gone."""
    installation.ask_in_vain("在哪")
    changed = installation.knowledge / "items.yaml"
    changed.write_text("topic: 食堂\nitems: []\n", encoding="utf-8")
    (installation.knowledge / "later.yaml").write_text("topic: 后来\nitems: []\n", encoding="utf-8")
    done = installation.run("restore", "backup.tar")
    assert (done.returncode, done.stderr) == (0, "")
    assert installation.missed() == ["几点"]
    assert {path.name: path.read_bytes() for path in installation.knowledge.iterdir()} == {
        path.name: path.read_bytes() for path in CANTEEN.iterdir()
    }
    (aside,) = installation.database.parent.glob("before-restore-*")
    assert str(aside) in done.stdout
    assert stat.S_IMODE(installation.database.stat().st_mode) == 0o600
    before = Installation(installation.folder / "before")
    before.database.parent.mkdir(parents=True)
    shutil.copy(aside / "bot.db", before.database)
    assert before.missed() == ["几点", "在哪"]
    assert (aside / "knowledge" / "later.yaml").exists()


def test_it_comes_back_where_there_is_nothing(installation: Installation, tmp_path: Path) -> None:
    """As on a new machine."""
    new = Installation(tmp_path / "new")
    new.folder.mkdir()
    done = new.run("restore", str(installation.archive))
    assert (done.returncode, done.stderr) == (0, "")
    assert new.missed() == ["几点"]
    assert new.run("check", "--quick").returncode == 0


def test_postgresql_is_saved_and_brought_back(installation: Installation, postgresql: Server) -> None:
    """By the same commands, into a database that is empty, and from the backup of either kind into either."""
    server_side, second = (postgresql.new_database() for _ in range(2))
    assert installation.run("restore", "backup.tar", CAMPAIGN_BOT_DATABASE_URL=server_side).returncode == 0
    refused = installation.run("restore", "backup.tar", CAMPAIGN_BOT_DATABASE_URL=server_side)
    assert (refused.returncode, "The target is not empty (missed" in refused.stderr) == (2, True)
    assert installation.run("backup", "second.tar", CAMPAIGN_BOT_DATABASE_URL=server_side).returncode == 0
    installation.ask_in_vain("在哪")
    for settings in ({}, {"CAMPAIGN_BOT_DATABASE_URL": second}):
        restored = installation.run("restore", "second.tar", **settings)
        assert (restored.returncode, restored.stderr) == (0, "")
        exported = installation.run("missed", "export", "--format", "json", **settings)
        assert [row["question"] for row in json.loads(exported.stdout)] == ["几点"]


def test_a_damaged_database_is_replaced(installation: Installation) -> None:
    """Which is what backups are for; it is kept aside with its log."""
    installation.database.write_bytes(b"SQLite format 3\0" + b"?" * 4096)
    Path(f"{installation.database}-wal").write_bytes(b"?" * 100)
    assert installation.run("restore", "backup.tar").returncode == 0
    assert installation.missed() == ["几点"]
    (aside,) = installation.database.parent.glob("before-restore-*")
    assert (aside / "bot.db").read_bytes().endswith(b"?")


def test_a_backup_brings_no_schema_up_to_date(installation: Installation) -> None:
    """Before an upgrade it is made with the new program, and must be one of what the old one can still open."""
    with closing(sqlite3.connect(installation.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0010'")
    assert installation.run("backup", "old.tar").returncode == 0
    with closing(sqlite3.connect(installation.database)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0010",)


def test_a_backup_of_an_outdated_postgresql_is_refused(installation: Installation, postgresql: Server) -> None:
    """With one line that says what to do; the schema stays as it was, for the old program to go on with."""
    url = postgresql.new_database()
    with Database.open(url) as database:
        database.write(VERSION.update().values(version_num="0010"))
        refused = installation.run("backup", "old.tar", CAMPAIGN_BOT_DATABASE_URL=url)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
        assert "is of an older version (schema 0010" in refused.stderr
        assert "`campaign-bot run` on it once" in refused.stderr
        assert database.read(sa.select(VERSION)).scalar_one() == "0010"
    assert not (installation.folder / "old.tar").exists()
    postgresql.drop(url)


def rewritten(archive: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """Rewrite an archive; a member for which there is None is left out."""
    with tarfile.open(archive) as tar:
        members = [(name, (tar.extractfile(name) or io.BytesIO()).read()) for name in tar.getnames()]
    with tarfile.open(archive, "w") as tar:
        for name, content in members:
            if (changed := change(name, content)) is not None:
                info = tarfile.TarInfo(name)
                info.size = len(changed)
                tar.addfile(info, io.BytesIO(changed))


def in_manifest(before: str, after: str) -> Callable[[Path], None]:
    def change(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        assert before in content.decode()
        return content.decode().replace(before, after).encode()

    return lambda archive: rewritten(archive, change)


def without(member: str) -> Callable[[Path], None]:
    return lambda archive: rewritten(archive, lambda name, content: None if name == member else content)


def flipped(member: str) -> Callable[[Path], None]:
    return lambda archive: rewritten(
        archive, lambda name, content: content[:-1] + bytes([content[-1] ^ 1]) if name == member else content
    )


def test_a_terminal_shows_how_far_it_is(installation: Installation) -> None:
    """A pipe, as in all other tests here, shows nothing."""
    settings = dict(os.environ) | {
        "CAMPAIGN_BOT_KNOWLEDGE": str(installation.knowledge),
        "CAMPAIGN_BOT_DATABASE_URL": f"sqlite:///{installation.database}",
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm",
    }
    with in_terminal(settings, installation.folder, ("-m", "bot", "backup", "backup.tar")) as (_, end):
        assert "正在备份" in read_until(end, "备份好了")


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "is no archive": (lambda archive: archive.write_text("几点"), "不是备份"),
    "is empty": (lambda archive: archive.write_bytes(b""), "不是备份"),
    "is cut short": (lambda archive: os.truncate(archive, 20_000), "backup.tar"),
    "has another database": (flipped("bot.db"), "bot.db 和做备份时不一样"),
    "has another file of the knowledge": (flipped("knowledge/items.yaml"), "items.yaml 和做备份时不一样"),
    "lacks the database": (without("bot.db"), "不是备份"),
    "lacks the manifest": (without("manifest.json"), "不是备份"),
    "has a newer schema": (in_manifest(f'"{REVISION}"', '"9000"'), "请先升级机器人"),
    "has a newer format": (in_manifest('"format": 1', '"format": 2'), "请先升级机器人"),
    "says another schema than it has": (in_manifest(f'"{REVISION}"', '"0010"'), "bot.db 和做备份时不一样"),
    "would write elsewhere": (in_manifest("knowledge/items.yaml", "knowledge/../items.yaml"), "不是备份"),
    "is not there": (Path.unlink, "读写失败"),
}


@pytest.mark.parametrize(("spoil", "said"), SPOILT.values(), ids=SPOILT.keys())
def test_what_is_no_sound_backup_changes_nothing(
    installation: Installation, spoil: Callable[[Path], object], said: str
) -> None:
    """One line says so."""
    installation.ask_in_vain("在哪")
    before = installation.files()
    spoil(installation.archive)
    done = installation.run("restore", "backup.tar")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
    assert installation.files() == before


def test_a_newer_database_is_saved_by_a_newer_program_alone(installation: Installation) -> None:
    """And is not touched: saved it is as it is, but this program can't bring it back."""
    with closing(sqlite3.connect(installation.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9000'")
    assert installation.run("backup", "newer.tar").returncode == 0
    refused = installation.run("restore", "newer.tar")
    assert (refused.returncode, "请先升级机器人" in refused.stderr) == (2, True)
    refused = installation.run("missed", "list")
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    assert "A newer version has used the database" in refused.stderr


def test_it_fails_as_a_whole(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in the folder already is taken out again if the database can't be put in its place."""
    (installation.knowledge / "later.yaml").write_text("topic: 后来\nitems: []\n", encoding="utf-8")
    (installation.knowledge / "items.yaml").unlink()
    before = installation.files()

    def full(*_: object) -> None:
        assert (installation.knowledge / "items.yaml").exists()
        raise OSError(28, "No space left on device", "bot.db")

    monkeypatch.setattr("bot.backup.put_in_place", full)
    done = installation.run("restore", "backup.tar")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert installation.files() == before


def test_nothing_is_restored_under_a_program_that_has_it_open(installation: Installation) -> None:
    """It would go on writing into the file that is gone."""
    installation.ask_in_vain("在哪")
    before = set(installation.files())
    with Database.open(f"sqlite:///{installation.database}") as database:
        database.probe()
        done = installation.run("restore", "backup.tar")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "open: end it first" in done.stderr
    assert set(installation.files()) == before
    assert installation.missed() == ["几点", "在哪"]


@pytest.fixture
def second_api() -> Iterator[FakeBotApi]:
    """The Bot API of the restored bot."""
    with serving(FakeBotApi()) as api:
        yield api
    assert api.invalid == []


def updates(folder: Path, state: str = "%") -> int:
    """How many updates the inbox of a bot has, in this state."""
    with closing(sqlite3.connect(folder / "bot.db")) as connection:
        found = connection.execute("SELECT count(*) FROM inbox WHERE state LIKE ?", [state])
        return int(found.fetchone()[0])


def test_a_backup_under_load_loses_and_doubles_nothing(api: FakeBotApi, second_api: FakeBotApi, tmp_path: Path) -> None:
    """Of 50 questions some are answered when it is made, and the others are by the bot that it is restored for.

    While a bot runs, nothing is restored under it.
    """
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    settings = settings_for(api, tmp_path / "old")
    archive = str(tmp_path / "backup.tar")
    asked = [f"写首诗送我妈{number}" for number in range(50)]
    with running(settings, tmp_path / "old" / "log") as process:
        for number, question in enumerate(asked):
            api.member_says(question, chat=100 + number % 20)
        wait_for(lambda: updates(tmp_path / "old") == 50 and updates(tmp_path / "old", "done") >= 5, 60)
        saved = command(settings, "backup", archive)
        refused = command(settings, "restore", archive)
        process.kill()
    assert (saved.returncode, saved.stderr) == (0, "")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "Another `campaign-bot run` serves from" in refused.stderr
    restored = settings_for(second_api, tmp_path / "new") | {
        "CAMPAIGN_BOT_KNOWLEDGE": str(tmp_path / "new" / "knowledge")
    }
    assert command(restored, "restore", archive).returncode == 0
    in_vain = {row["question"]: row["count"] for row in missed(restored)}
    assert 5 <= len(in_vain) < 50
    assert updates(tmp_path / "new", "waiting") == 50 - len(in_vain)
    with running(restored, tmp_path / "new" / "log", unlimited_bot) as process:
        wait_for(lambda: updates(tmp_path / "new", "waiting") == 0, 60)
        stop(process)
    assert {row["question"]: row["count"] for row in missed(restored)} == dict.fromkeys(asked, 1)
    assert len(second_api.sent()) == 50 - len(in_vain)
