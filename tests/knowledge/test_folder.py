"""A folder read as a whole, and its files replaced as a whole."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import EditRefusedError, KnowledgeError, Refusal, UsageError
from bot.knowledge.folder import commit, fingerprint, read, read_revision, replace, tidy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_bytes(b"one\r\n")
    (tmp_path / "b.yml").write_bytes(b"two")
    (tmp_path / ".hidden.yaml").write_bytes(b"three")
    (tmp_path / "notes.txt").write_bytes(b"four")
    return tmp_path


def test_a_folder_is_its_yaml_files(folder: Path) -> None:
    """Byte by byte, in the order of their names."""
    assert dict(read(folder)) == {"a.yaml": b"one\r\n", "b.yml": b"two"}
    assert fingerprint(read(folder)) == fingerprint(read(folder))
    assert fingerprint(read(folder)) != fingerprint({"a.yaml": b"one\r\n"})
    with pytest.raises(KnowledgeError):
        read(folder / "none")


REPLACED = {
    "a file": ("a.yaml", b"one\r\n", b"new"),
    "a new file": ("c.yaml", None, b"new"),
    "a file that goes": ("a.yaml", b"one\r\n", None),
}


@pytest.mark.parametrize(("name", "before", "after"), REPLACED.values(), ids=REPLACED.keys())
def test_a_file_is_replaced(folder: Path, name: str, before: bytes | None, after: bytes | None) -> None:
    """And nothing is left beside it."""
    replace(folder, name, before, after)
    assert read(folder).get(name) == after
    assert {path.name for path in folder.iterdir()} - {name} == {"a.yaml", "b.yml", ".hidden.yaml", "notes.txt"} - {
        name
    }


CHANGED = {
    "other bytes": ("a.yaml", b"one\n", b"new"),
    "gone": ("c.yaml", b"was there", b"new"),
    "there since": ("a.yaml", None, b"new"),
    "changed before it goes": ("a.yaml", b"one\n", None),
}


@pytest.mark.parametrize(("name", "before", "after"), CHANGED.values(), ids=CHANGED.keys())
def test_a_file_that_was_changed_since_is_left_alone(
    folder: Path, name: str, before: bytes | None, after: bytes | None
) -> None:
    """Whoever saved in between loses nothing."""
    files = read(folder)
    with pytest.raises(EditRefusedError) as refused:
        replace(folder, name, before, after)
    assert refused.value.refusal is Refusal.FOLDER_CHANGED
    assert read(folder) == files


def test_whoever_could_write_a_file_still_can(folder: Path) -> None:
    """Its mode stays; a link stays a link."""
    (folder / "a.yaml").chmod(0o664)
    (folder / "link.yaml").symlink_to(folder / "a.yaml")
    umask = os.umask(0o077)
    try:
        replace(folder, "link.yaml", b"one\r\n", b"new")
    finally:
        os.umask(umask)
    assert (folder / "link.yaml").is_symlink()
    assert (folder / "a.yaml").read_bytes() == b"new"
    assert stat.S_IMODE((folder / "a.yaml").stat().st_mode) == 0o664


def test_a_folder_that_can_not_be_written_says_so(folder: Path) -> None:
    """Nothing is changed. As root everything can be written, so another user tries."""
    (folder / "a.yaml").chmod(0o644)
    for path in (folder, *folder.parents):
        if path.stat().st_uid == os.getuid() and str(path).startswith("/tmp/"):
            path.chmod(path.stat().st_mode | 0o055)
    program = (
        "import os, sys; from pathlib import Path; from bot.knowledge.folder import replace\n"
        "from bot.errors import EditRefusedError\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "else: Path(sys.argv[1]).chmod(0o555)\n"
        "try: replace(Path(sys.argv[1]), 'a.yaml', b'one\\r\\n', b'new')\n"
        "except EditRefusedError as error: print(error.refusal, error.details['file'], error.details['reason'])\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, check=True)
    folder.chmod(0o755)
    assert done.stdout == b"folder-read-only a.yaml Permission denied\n", done
    assert read(folder)["a.yaml"] == b"one\r\n"


def test_what_a_kill_has_left_is_cleared_away(folder: Path) -> None:
    """And nothing else."""
    (folder / ".campaign-bot-x1").write_bytes(b"half")
    tidy(folder)
    assert {path.name for path in folder.iterdir()} == {"a.yaml", "b.yml", ".hidden.yaml", "notes.txt"}
    tidy(folder / "none")


def test_a_git_revision_is_read_like_a_folder(folder: Path) -> None:
    """Also from a folder below the top, and whatever stands in the working tree."""
    inner = folder / "知识"
    inner.mkdir()
    (inner / "话题.yaml").write_bytes(b"topic")
    git = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], check=True)
    (inner / "话题.yaml").write_bytes(b"changed")
    assert dict(read_revision(inner, "HEAD")) == {"话题.yaml": b"topic"}
    for words in (["user.name", "x"], ["user.email", "x@example.org"]):
        subprocess.run([*git, "config", *words], check=True)
    commit(inner, ["话题.yaml"], "changed")
    assert dict(read_revision(inner, "HEAD")) == {"话题.yaml": b"changed"}
    with pytest.raises(UsageError, match="nonsense"):
        read_revision(inner, "nonsense")
    with pytest.raises(UsageError):
        read_revision(folder.parent, "HEAD")
