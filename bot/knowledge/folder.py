"""A knowledge folder as bytes: read as a whole, and each file replaced as a whole."""

import contextlib
import hashlib
import logging
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.errors import EditRefusedError, Fault, KnowledgeError, Refusal, UsageError
from bot.texts import knowledge as knowledge_texts

_LOG = logging.getLogger(__name__)
Files = Mapping[str, bytes]
"""The YAML files of a folder by their names, in the order of these."""
_SUFFIXES = (".yaml", ".yml")
_ASIDE = ".campaign-bot-"
_GIT_PATIENCE_S = 20


def read(folder: Path) -> Files:
    """All files as they are now. Raises KnowledgeError if there is no such folder, or files of it can't be read."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES and path.name[0] != ".")
    except OSError:
        raise KnowledgeError(str(folder), [Fault(str(folder), 1, knowledge_texts.FOLDER_MISSING)]) from None
    files, faults = {}, []
    for path in paths:
        try:
            files[path.name] = path.read_bytes()
        except OSError as error:
            faults.append(Fault(path.name, 1, knowledge_texts.FILE_UNREADABLE.format(reason=error.strerror)))
    if faults:
        raise KnowledgeError(str(folder), faults)
    return files


def read_revision(folder: Path, revision: str) -> Files:
    """All files as they were in a revision of the git repository that the folder is in.

    Raises UsageError if there is no such revision, or no such repository.
    """
    try:
        listed = _git(folder, "ls-tree", "--name-only", "-z", revision)
        names = sorted(name for name in listed.decode().split("\0") if Path(name).suffix in _SUFFIXES)
        return {name: _git(folder, "show", f"{revision}:./{name}") for name in names}
    except (OSError, subprocess.CalledProcessError) as error:
        reason = error.stderr.decode().strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
        raise UsageError(knowledge_texts.REVISION_UNREADABLE.format(revision=revision, reason=reason)) from error


def commit(folder: Path, names: Sequence[str], message: str) -> None:
    """Commit these files to the git repository that the folder is in; an error of git is logged."""
    try:
        _git(folder, "add", "--", *names)
        _git(folder, "commit", "--quiet", "--message", message, "--", *names)
    except (OSError, subprocess.SubprocessError) as error:
        _LOG.warning("An edit could not be committed to git: %s", getattr(error, "stderr", None) or error)


def _git(folder: Path, *words: str) -> bytes:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, timeout=_GIT_PATIENCE_S).stdout  # noqa: S603


def fingerprint(files: Files) -> str:
    """Names the content of a folder, in 8 hexadecimal digits."""
    digest = hashlib.sha256()
    for name, data in files.items():
        digest.update(f"{name} {len(data)} ".encode() + data)
    return digest.hexdigest()[:8]


def replace(folder: Path, name: str, before: bytes | None, after: bytes | None) -> None:
    """Put a file's new bytes in the place of those that it must still have; ``None`` stands for no file.

    Whoever reads, or is killed, finds the file as it was or as it is then. Raises EditRefusedError, and does nothing,
    if the file has other bytes or can't be written.
    """
    path = (folder / name).resolve()
    try:
        if after is None:
            _must_be(path, before)
            path.unlink(missing_ok=True)
        else:
            _write(path, before, after)
        _sync(path.parent)
    except OSError as error:
        raise EditRefusedError(Refusal.FOLDER_READ_ONLY, file=name, reason=error.strerror) from error


def tidy(folder: Path) -> None:
    """Remove what a kill in the middle of ``replace`` has left."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{_ASIDE}*"):
            path.unlink(missing_ok=True)


def _write(path: Path, before: bytes | None, after: bytes) -> None:
    with tempfile.NamedTemporaryFile(prefix=_ASIDE, dir=path.parent, delete=False) as stream:
        aside = Path(stream.name)
    try:
        aside.write_bytes(after)
        _sync(aside)
        # A temporary file is its owner's alone; whoever could read the old one, or edit it, still can.
        like = path if path.exists() else path.parent
        state = like.stat()
        aside.chmod(state.st_mode & (0o777 if like is path else 0o666))
        for owner in (state.st_uid, -1):
            # Who is not root may not give a file away, but perhaps to a group of theirs.
            with contextlib.suppress(PermissionError):
                os.chown(aside, owner, state.st_gid)
                break
        # As late as possible: an editor may have saved meanwhile.
        _must_be(path, before)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _must_be(path: Path, before: bytes | None) -> None:
    if (path.read_bytes() if path.exists() else None) != before:
        raise EditRefusedError(Refusal.FOLDER_CHANGED)


def _sync(path: Path) -> None:
    """Make a file's bytes durable, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
