"""A folder read as a whole, and its files replaced as a whole."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import EditRefusedError, Fault, KnowledgeError, Refusal, UsageError
from bot.knowledge.folder import Unused, commit, fingerprint, read, read_revision, replace, tidy, unused
from bot.texts import knowledge as knowledge_texts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_bytes(b"one\r\n")
    (tmp_path / "b.yml").write_bytes(b"two")
    (tmp_path / ".hidden.yaml").write_bytes(b"three")
    (tmp_path / "notes.txt").write_bytes(b"four")
    return tmp_path


def test_a_folder_is_its_yaml_files(folder: Path) -> None:
    """Byte by byte, in the order of their names."""
    assert dict(read(folder)) == {"a.yaml": b"one\r\n"}
    assert fingerprint(read(folder)) == fingerprint(read(folder))
    assert fingerprint(read(folder)) != fingerprint({"a.yaml": b"one\n"})
    with pytest.raises(KnowledgeError):
        read(folder / "none")


def link(path: Path, target: str | Path) -> None:
    path.symlink_to(target)


def bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))


UNREADABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a link to what is not there": (
        lambda path: link(path, "/mnt/share/x.yaml"),
        knowledge_texts.LINK_DANGLING.format(target="/mnt/share/x.yaml"),
    ),
    "a link to itself": (lambda path: link(path, path.name), knowledge_texts.LINK_DANGLING.format(target="x.yaml")),
    "a folder": (Path.mkdir, knowledge_texts.FILE_IS_FOLDER),
    "a pipe, which would be waited for": (os.mkfifo, knowledge_texts.FILE_IS_SPECIAL),
    "a socket": (bind, knowledge_texts.FILE_IS_SPECIAL),
    "a link to a device without an end": (lambda path: link(path, "/dev/zero"), knowledge_texts.FILE_IS_SPECIAL),
    "what fails while it is read": (
        lambda path: link(path, "/proc/self/mem"),
        knowledge_texts.FILE_UNREADABLE.format(reason="Input/output error"),
    ),
}


@pytest.mark.parametrize(("make", "message"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_can_not_be_read_is_a_fault(folder: Path, make: Callable[[Path], object], message: str) -> None:
    """It is named, at once, and nothing of the folder is used without it; what is not named ``.yaml`` does no harm."""
    # The path of a socket has to be short.
    with contextlib.chdir(folder):
        make(Path("x.yaml"))
        make(Path("x.txt"))
        signal.setitimer(signal.ITIMER_REAL, 20)
        with pytest.raises(KnowledgeError) as caught:
            read(Path())
        signal.setitimer(signal.ITIMER_REAL, 0)
    assert caught.value.faults == (Fault("x.yaml", 1, message),)
    assert "；" in message


def test_a_name_that_is_not_utf8_is_a_fault(folder: Path) -> None:
    """It can't be printed as it is."""
    Path(os.fsdecode(bytes(folder) + b"/\xce\xca.yaml")).write_text("one")
    with pytest.raises(KnowledgeError) as caught:
        read(folder)
    assert caught.value.faults == (Fault("\\xce\\xca.yaml", 1, knowledge_texts.NAME_NOT_UTF8),)


def test_a_path_that_is_no_folder_is_a_fault(folder: Path) -> None:
    """Another one than that there is nothing."""
    for path, message in (
        (folder / "none", knowledge_texts.FOLDER_MISSING),
        (folder / "a.yaml", knowledge_texts.FOLDER_UNREADABLE.format(reason="Not a directory")),
    ):
        with pytest.raises(KnowledgeError) as caught:
            read(path)
        assert [fault.message for fault in caught.value.faults] == [message]


MISNAMED = {
    "more.yml": "more.yaml",
    "more.YAML": "more.yaml",
    "more.Yml": "more.yaml",
    "more.yaml.txt": "more.yaml",
    "more.yaml ": "more.yaml",
    "more.yaml (1)": "more.yaml",
    "more。yaml": "more.yaml",
    "more．yaml": "more.yaml",
    "more.yaml.off": "more.yaml",
    "饭堂.yml": "饭堂.yaml",
}
TEMPORARY = [
    *("more.yaml~", ".more.yaml.swp", ".more.yaml.swo", "#more.yaml#", ".#more.yaml", "~$more.yaml", "4913"),
    *("more.yaml.bak", "more.yaml.tmp", "more.yaml___jb_tmp___", "._more.yaml", ".campaign-bot-x1", "more.yml.orig"),
]
OTHER = ["README.md", "schema.json", ".gitignore", ".DS_Store", "notes.txt", "yaml", "yaml-guide.md", "表格.xlsx"]


@pytest.mark.parametrize("name", [*MISNAMED, *TEMPORARY, *OTHER])
def test_of_every_other_file_it_is_said_why_it_is_not_read(tmp_path: Path, name: str) -> None:
    """Loudly where it may be meant as knowledge."""
    (tmp_path / name).write_text("topic: x\n")
    (tmp_path / "a.yaml").write_text("topic: x\n")
    if name in MISNAMED:
        expected = Unused(name, knowledge_texts.UNUSED_NAME.format(better=MISNAMED[name]), is_harmless=False)
    else:
        reason = knowledge_texts.UNUSED_TEMPORARY if name in TEMPORARY else knowledge_texts.UNUSED_KIND
        expected = Unused(name, reason, is_harmless=True)
    assert unused(tmp_path) == [expected]
    assert list(read(tmp_path)) == ["a.yaml"]


def test_hidden_files_and_folders_are_not_read(tmp_path: Path) -> None:
    """What looks like knowledge there is pointed out."""
    for name in (
        "a.yaml",
        ".b.yaml",
        "sub/c.yaml",
        "sub/deep/d.yaml",
        "sub/.git/e.yaml",
        ".git/f.yaml",
        "pictures/g.png",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("topic: x\n")
    assert unused(tmp_path) == [
        Unused(".b.yaml", knowledge_texts.UNUSED_HIDDEN, is_harmless=False),
        Unused(".git/", knowledge_texts.UNUSED_KIND, is_harmless=True),
        Unused("pictures/", knowledge_texts.UNUSED_KIND, is_harmless=True),
        Unused("sub/c.yaml", knowledge_texts.UNUSED_BELOW, is_harmless=False),
        Unused("sub/deep/d.yaml", knowledge_texts.UNUSED_BELOW, is_harmless=False),
    ]
    assert list(read(tmp_path)) == ["a.yaml"]


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
