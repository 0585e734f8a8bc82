"""Database and knowledge in one archive, and back.

An archive is a tar file: first ``manifest.json``, then ``bot.db``, a SQLite database, and ``knowledge/*.yaml``.
"""

import hashlib
import io
import json
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ValidationError

from bot.config import sqlite_file
from bot.errors import BackupError
from bot.knowledge import Files, read
from bot.knowledge.folder import replace
from bot.store.copying import copy_store
from bot.store.database import REVISION, Database
from bot.store.sqlite import lock
from bot.store.sqlite_file import ShowProgress, check_file, copy_file, put_in_place
from bot.texts import command_line as texts

_FORMAT = 1
_MANIFEST = "manifest.json"
_DATABASE = "bot.db"
_KNOWLEDGE = "knowledge/"
_CHUNK = 1 << 20


class Member(BaseModel):
    """A file in an archive."""

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What an archive holds. ``schema_revision``: the last migration of its database, as ``REVISION``."""

    format: int
    program: str
    schema_revision: str
    made_at: datetime
    files: dict[str, Member]

    @property
    def knowledge(self) -> list[str]:
        """The names of the knowledge's files."""
        return [name.removeprefix(_KNOWLEDGE) for name in self.files if name.startswith(_KNOWLEDGE)]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has done; ``aside``: where what was there is kept."""

    manifest: Manifest
    aside: Path


def back_up(url: str, folder: Path, archive: Path, show: ShowProgress) -> Manifest:
    """Write the database at a URL and a knowledge folder into an archive, which replaces an older one as a whole.

    A bot may be running: the database is as it was at one moment, and the folder as it was a moment later, so that no
    edit is in the one and lost to the other. The archive is its owner's alone. The database stays as it is; the schema
    of a SQLite database may be of any version.

    Raises:
        StoreError: the database can't be read, or is no SQLite database and its schema is of another version.
        KnowledgeError: the folder can't be read.
        OSError: the archive can't be written.
    """
    with _workplace(archive.absolute().parent) as workplace:
        copy = workplace / _DATABASE
        revision = _save_database(url, copy, show)
        files = _read_settled(folder)
        members = {_DATABASE: Member(bytes=copy.stat().st_size, sha256=_hash(copy))}
        for name, content in files.items():
            members[_KNOWLEDGE + name] = Member(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
        manifest = Manifest(
            format=_FORMAT,
            program=version("campaign-bot"),
            schema_revision=revision,
            made_at=datetime.now(UTC),
            files=members,
        )
        made = workplace / "archive"
        made.touch(mode=0o600)
        with tarfile.open(made, "w") as tar:
            _add(tar, _MANIFEST, manifest.model_dump_json(indent=1).encode())
            tar.add(copy, _DATABASE, filter=_nobodys)
            for name, content in files.items():
                _add(tar, _KNOWLEDGE + name, content)
        made.replace(archive)
    return manifest


def _save_database(url: str, copy: Path, show: ShowProgress) -> str:
    """Save a database as a SQLite file that is not there; the revision of its schema."""
    if file := sqlite_file(url):
        return copy_file(file, copy, show)
    with Database.open_as_it_is(url) as source, Database.open(f"sqlite:///{copy}") as target:
        copy_store(source, target, show)
    return REVISION


def restore(archive: Path, url: str, folder: Path, show: ShowProgress) -> Restored:
    """Put what an archive holds in the place of a knowledge folder and of the database at a URL, all of it or nothing.

    What was there is kept in a folder beside the SQLite database. Another database must be empty, and what was in the
    knowledge folder is kept beside the archive. The schema is brought up to date.

    Raises:
        BackupError: the archive is none, is damaged, or was made by a newer program.
        StoreError: a bot serves from the database, another program has it open, or it is not empty.
        EditRefusedError: the folder can't be written.
        OSError: another file can't be written.
    """
    file = sqlite_file(url)
    place = file.absolute().parent if file else archive.absolute().parent
    place.mkdir(parents=True, exist_ok=True)
    with closing(lock(str(file))) if file else nullcontext(), _workplace(place) as workplace:
        manifest, files = _unpack(archive, workplace, show)
        new = workplace / _DATABASE
        if check_file(new) != manifest.schema_revision:
            raise BackupError(texts.BACKUP_DAMAGED.format(file=archive, name=_DATABASE))
        # Brought up to date before anything is changed: that it can be is part of being sound.
        Database.open(f"sqlite:///{new}").close()
        with _aside(place) as aside:
            folder.mkdir(parents=True, exist_ok=True)
            before = read(folder)
            kept = aside / _KNOWLEDGE
            kept.mkdir(mode=0o700)
            for name, content in before.items():
                (kept / name).write_bytes(content)
            with _all_or_nothing(folder, before, files):
                if file:
                    put_in_place(new, file, aside)
                else:
                    with Database.open(f"sqlite:///{new}") as source, Database.open(url) as target:
                        copy_store(source, target, show)
    return Restored(manifest, aside)


@contextmanager
def _aside(place: Path) -> Iterator[Path]:
    """A new folder for what was there, its owner's alone, which is gone again if this fails."""
    # A second one may follow within the same second.
    aside = Path(tempfile.mkdtemp(prefix=time.strftime("before-restore-%Y%m%d-%H%M%S-"), dir=place))
    try:
        yield aside
    except BaseException:
        shutil.rmtree(aside)
        raise


@contextmanager
def _all_or_nothing(folder: Path, before: Files, after: Files) -> Iterator[None]:
    """Put these files into the folder, and take them out again if this or what follows fails."""
    done: list[str] = []
    try:
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                replace(folder, name, before.get(name), after.get(name))
                done.append(name)
        yield
    except BaseException:
        for name in reversed(done):
            replace(folder, name, after.get(name), before.get(name))
        raise


def _unpack(archive: Path, target: Path, show: ShowProgress) -> tuple[Manifest, Files]:
    """The manifest and the knowledge of an archive; its database is put into the folder ``target``."""
    try:
        with tarfile.open(archive, "r:") as tar:
            manifest = _read_manifest(tar, archive)
            files = {}
            for name, member in manifest.files.items():
                content = tar.extractfile(name) or io.BytesIO()
                if name == _DATABASE:
                    digest = _copy(content, target / _DATABASE, member.bytes, show)
                else:
                    files[name.removeprefix(_KNOWLEDGE)] = read_here = content.read()
                    digest = hashlib.sha256(read_here).hexdigest()
                if digest != member.sha256:
                    raise BackupError(texts.BACKUP_DAMAGED.format(file=archive, name=name))
    except (tarfile.TarError, KeyError, EOFError) as error:
        raise BackupError(texts.BACKUP_NONE.format(file=archive, reason=error)) from error
    return manifest, files


def _read_manifest(tar: tarfile.TarFile, archive: Path) -> Manifest:
    stream = tar.extractfile(_MANIFEST)
    raw = stream.read() if stream else b""
    try:
        found = json.loads(raw).get("format")
        if isinstance(found, int) and found > _FORMAT:
            raise BackupError(texts.BACKUP_NEWER.format(file=archive))
        manifest = Manifest.model_validate_json(raw)
    except (ValueError, AttributeError, ValidationError) as error:
        raise BackupError(texts.BACKUP_NONE.format(file=archive, reason=_MANIFEST)) from error
    # The revisions are numbers of four digits.
    if manifest.schema_revision > REVISION:
        raise BackupError(texts.BACKUP_NEWER.format(file=archive))
    if _DATABASE not in manifest.files or any("/" in name for name in manifest.knowledge):
        raise BackupError(texts.BACKUP_NONE.format(file=archive, reason=_MANIFEST))
    return manifest


def _read_settled(folder: Path) -> Files:
    """The files of a folder, read until two looks see the same: an edit changes several one after the other."""
    files = read(folder)
    while (again := read(folder)) != files:
        files = again
    return files


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """A folder in this one, and so on its file system: what is made there can be put in its place at once."""
    with tempfile.TemporaryDirectory(prefix=".campaign-bot-", dir=folder) as made:
        yield Path(made)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(content), 0o600, int(time.time())
    tar.addfile(info, io.BytesIO(content))


def _nobodys(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info


def _copy(source: IO[bytes], target: Path, size: int, show: ShowProgress) -> str:
    """Copy a stream into a new file that is its owner's alone; its SHA-256."""
    digest, done = hashlib.sha256(), 0
    target.touch(mode=0o600)
    with target.open("wb") as stream:
        while chunk := source.read(_CHUNK):
            stream.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            show(done, size)
    return digest.hexdigest()


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
