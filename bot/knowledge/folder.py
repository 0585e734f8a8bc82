"""A knowledge folder as bytes: read as a whole, and each file replaced as a whole."""

import contextlib
import hashlib
import os
import re
import stat
import subprocess
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import EditRefusedError, Fault, GitError, KnowledgeError, Refusal, UsageError
from bot.texts import knowledge as knowledge_texts

Files = Mapping[str, bytes]
"""The YAML files of a folder by their names, in the order of these."""
State = Sequence[tuple[object, ...]]
"""What tells one state of a folder's YAML files from another without reading them."""
_SUFFIX = ".yaml"
_MISNAMED = re.compile(r"(.*?)[.。_ -]+ya?ml\b.*", re.DOTALL | re.IGNORECASE)
"""A name that was meant to end with ``.yaml``; the group is what stands before that."""
_TEMPORARY = re.compile(r".*(~|#|\.(sw.|te?mp|bak|old|orig|rej)|___jb_\w+)|[.]?[#~].*|\._.*|4913")
"""What editors put beside a file."""
_ASIDE = ".campaign-bot-"
_GIT_PATIENCE_S = 20


@dataclass(frozen=True, slots=True)
class Unused:
    """A file that is not read as knowledge, by its path below the folder, and why not.

    ``is_harmless``: it does not look as if it were meant as knowledge.
    """

    name: str
    reason: str
    is_harmless: bool


def read(folder: Path) -> Files:
    """All files as they are now. Raises KnowledgeError if there is no such folder, or files of it can't be read."""
    files, faults = {}, list[Fault]()
    try:
        paths = _listed(folder)
    except OSError as error:
        unreadable = knowledge_texts.FOLDER_UNREADABLE.format(reason=error.strerror)
        message = knowledge_texts.FOLDER_MISSING if isinstance(error, FileNotFoundError) else unreadable
        raise KnowledgeError(str(folder), [Fault(str(folder), 1, message)]) from None
    for path in paths:
        if why := _why_unreadable(path):
            faults.append(Fault(_shown(path.name), 1, why))
            continue
        try:
            files[path.name] = path.read_bytes()
        except OSError as error:
            faults.append(Fault(path.name, 1, knowledge_texts.FILE_UNREADABLE.format(reason=error.strerror)))
    if faults:
        raise KnowledgeError(str(folder), faults)
    return files


def state(folder: Path) -> State:
    """The state of the files as they are now. A folder that can't be read has the state of an empty one."""
    states: list[tuple[object, ...]] = []
    with contextlib.suppress(OSError):
        for path in _listed(folder):
            try:
                found = path.stat()
                states.append((path.name, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns))
            except OSError as error:
                states.append((path.name, error.errno))
    return states


def unused(folder: Path) -> Sequence[Unused]:
    """What else is in the folder, by name; of its own folders, those files that look like knowledge."""
    found: list[Unused] = []
    with contextlib.suppress(OSError):
        for path in sorted(folder.iterdir()):
            if path.is_dir() and not _is_read(path.name):
                found += _unused_below(path)
            elif not _is_read(path.name):
                found.append(_unused(path.name))
    return found


def _listed(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.iterdir() if _is_read(path.name))


def _is_read(name: str) -> bool:
    return name.endswith(_SUFFIX) and not name.startswith((".", "~$"))


def _shown(name: str) -> str:
    """A name as it can be printed; bytes that are not UTF-8 are escaped."""
    return os.fsencode(name).decode(errors="backslashreplace")


def _why_unreadable(path: Path) -> str | None:
    """What keeps a file from being read, as far as it can be told without opening it: an open pipe is waited for."""
    if _shown(path.name) != path.name:
        return knowledge_texts.NAME_NOT_UTF8
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if path.is_symlink():
            return knowledge_texts.LINK_DANGLING.format(target=_shown(str(path.readlink())))
        return knowledge_texts.FILE_UNREADABLE.format(reason=error.strerror)
    if stat.S_ISREG(mode):
        return None
    return knowledge_texts.FILE_IS_FOLDER if stat.S_ISDIR(mode) else knowledge_texts.FILE_IS_SPECIAL


def _unused(name: str) -> Unused:
    shown, misnamed = _shown(name), _MISNAMED.fullmatch(unicodedata.normalize("NFKC", name))
    if _TEMPORARY.fullmatch(name) or name.startswith(_ASIDE):
        return Unused(shown, knowledge_texts.UNUSED_TEMPORARY, is_harmless=True)
    if name.startswith(".") and misnamed:
        return Unused(shown, knowledge_texts.UNUSED_HIDDEN, is_harmless=False)
    if misnamed:
        better = _shown(misnamed[1]) + _SUFFIX
        return Unused(shown, knowledge_texts.UNUSED_NAME.format(better=better), is_harmless=False)
    return Unused(shown, knowledge_texts.UNUSED_KIND, is_harmless=True)


def _unused_below(folder: Path) -> Iterator[Unused]:
    """A folder in the folder: its files that look like knowledge; if there are none, itself."""
    found = []
    if not folder.name.startswith("."):
        for inner, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            found += [Path(inner, name).relative_to(folder.parent) for name in names if _is_read(name)]
    for path in sorted(found):
        yield Unused(_shown(str(path)), knowledge_texts.UNUSED_BELOW, is_harmless=False)
    if not found:
        yield Unused(f"{_shown(folder.name)}/", knowledge_texts.UNUSED_KIND, is_harmless=True)


def read_revision(folder: Path, revision: str) -> Files:
    """All files as they were in a revision of the git repository that the folder is in.

    Raises UsageError if there is no such revision, or no such repository.
    """
    try:
        listed = _git(folder, "ls-tree", "--name-only", "-z", revision)
        names = sorted(name for name in listed.decode().split("\0") if _is_read(name))
        return {name: _git(folder, "show", f"{revision}:./{name}") for name in names}
    except (OSError, subprocess.CalledProcessError) as error:
        reason = error.stderr.decode().strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
        raise UsageError(knowledge_texts.REVISION_UNREADABLE.format(revision=revision, reason=reason)) from error


def commit(folder: Path, names: Sequence[str], message: str) -> None:
    """Commit these files, as they are now, to the git repository that the folder is in, if they differ from it.

    Raises GitError if git does not do it.
    """
    try:
        # Git refuses a name that is neither here nor in its index.
        known = [name for name in names if (folder / name).exists() or _git(folder, "ls-files", "--", name)]
        if known:
            _git(folder, "add", "--", *known)
        changed = [name for name in known if _git(folder, "status", "--porcelain", "--", name)]
        if changed:
            _git(folder, "commit", "--quiet", "--message", message, "--", *changed)
    except subprocess.TimeoutExpired as error:
        raise GitError(f"git has not ended within {_GIT_PATIENCE_S} seconds") from error
    except subprocess.CalledProcessError as error:
        said = (error.stderr + error.stdout).decode(errors="replace").strip()
        raise GitError(said.splitlines()[0] if said else str(error)) from error
    except OSError as error:
        raise GitError(f"git can't be run ({error.strerror})") from error


def _git(folder: Path, *words: str) -> bytes:
    command = ["git", "-C", str(folder), *words]
    done = subprocess.run(  # noqa: S603 - the words are ours
        command, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=_GIT_PATIENCE_S
    )
    return done.stdout


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


def half_written(folder: Path) -> Sequence[Path]:
    """What ``replace`` is just writing, or a kill in the middle of it has left."""
    with contextlib.suppress(OSError):
        return list(folder.glob(f"{_ASIDE}*"))
    return []


def tidy(folder: Path) -> None:
    """Remove what a kill in the middle of ``replace`` has left."""
    with contextlib.suppress(OSError):
        for path in half_written(folder):
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
