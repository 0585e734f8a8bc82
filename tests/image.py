"""``make image-test``: the image is built and run without an engine, by buildah and a chroot.

What the Dockerfile names as its base is used where it can be pulled. Else a base is made of Debian's packages, and the
Python packages are fetched here, since the build may have no network that can be trusted to be there.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.fake_bot_api import TOKEN, FakeBotApi, serving
from tests.process import free_port, wait_for

CACHE = ROOT / ".cache" / "image"
_BASE = "python:3.12-slim"
_PULL_S = 60
_STOP_S = 10
_PACKAGES = "python3,python3-venv,ca-certificates,netbase,tzdata"
_SUITE, _PYTHON = "bookworm", "3.11"
"""Debian's release of which a base is made, and the Python in it."""
_BUILD_TOOLS = frozenset(
    {"pip", "pip3", "ensurepip", "setuptools", "wheel", "hatchling", "editables", "gcc", "cc", "make"}
)
_ENTER = """
set -e
mount --bind "$1" "$1"
mount -o remount,bind,ro "$1"
mount --bind "$2" "$1/data"
mount --bind "$3" "$1/knowledge"
mount -t tmpfs tmpfs "$1/tmp"
mount --bind /dev "$1/dev"
mount -t proc proc "$1/proc"
root=$1
shift 3
exec chroot "$root" "$@"
"""
"""What a container is made of here: a read-only root, two folders, and then a user without capabilities."""


class SkippedError(Exception):
    """It can't be tested here; the text says what is missing."""


def run(*words: str | Path, timeout: float | None = None) -> str:
    """Run a program, and give what it prints. What it complains of is shown if it fails."""
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False, timeout=timeout, cwd=ROOT)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout.strip()


def buildah(*words: str | Path, timeout: float | None = None) -> str:
    """Run buildah on a storage of its own, by a driver that works on every file system."""
    storage = ("--root", CACHE / "storage", "--runroot", CACHE / "run", "--storage-driver", "vfs")
    return run("buildah", *storage, *words, timeout=timeout)


@dataclass(frozen=True)
class Image:
    """An image whose files are at ``root``; ``config`` as the OCI's specification says."""

    root: Path
    config: Mapping[str, Any]

    def command(self, data: Path, knowledge: Path, settings: Mapping[str, str], *words: str) -> Sequence[str]:
        """What runs these words, or else the image's own, as a container of it would, with these two folders in it."""
        user, group = self.config["User"].split(":")
        privileges = ("--reuid", user, "--regid", group, "--clear-groups", "--bounding-set=-all", "--inh-caps=-all")
        environment = (*self.config["Env"], *(f"{name}={value}" for name, value in settings.items()))
        inside = ("setpriv", *privileges, "--no-new-privs", "env", "-i", f"--chdir={self.config['WorkingDir']}")
        program = (*self.config["Entrypoint"], *(words or self.config["Cmd"]))
        entering = ("unshare", "--mount", "--propagation", "private", "sh", "-c", _ENTER, "sh")
        return (*entering, str(self.root), str(data), str(knowledge), *inside, *environment, *program)


def base(named: str | None) -> tuple[str, Sequence[str]]:
    """The name of a base, and what a build on it needs besides."""
    if named:
        return named, ()
    try:
        buildah("pull", _BASE, timeout=_PULL_S)
    except (RuntimeError, subprocess.TimeoutExpired):
        print(f"{_BASE} can't be pulled here: a base is made of Debian's packages.")
    else:
        return _BASE, ()
    if not shutil.which("mmdebstrap"):
        raise SkippedError("no base: apt-get install mmdebstrap")
    name = f"localhost/debian-{_SUITE}"
    if name not in buildah("images", "--format", "{{.Name}}").split():
        tree = CACHE / "base.tar"
        run("mmdebstrap", "--variant=minbase", f"--include={_PACKAGES}", _SUITE, tree)
        container = buildah("from", "scratch")
        buildah("add", container, tree, "/")
        buildah("commit", "--rm", container, name)
        tree.unlink()
    wheels = CACHE / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    fetching = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:")
    run(*fetching, "--python-version", _PYTHON, "--require-hashes", "-r", "requirements.lock", "-d", wheels)
    settings = CACHE / "pip.conf"
    settings.write_text("[global]\nno-index = true\nfind-links = /wheels\n", encoding="utf-8")
    return name, ("-v", f"{wheels}:/wheels:ro", "-v", f"{settings}:/etc/pip.conf:ro")


@contextmanager
def built(named: str | None) -> Iterator[Image]:
    """The image, built from this checkout, and its files for as long as this lasts."""
    if not shutil.which("buildah"):
        raise SkippedError("no buildah: apt-get install buildah")
    if os.geteuid() != 0:
        raise SkippedError("not root")
    CACHE.mkdir(parents=True, exist_ok=True)
    name, needs = base(named)
    started = time.monotonic()
    buildah(
        "bud", "--isolation", "chroot", "--pull-never", "--build-arg", f"BASE={name}", *needs, "-t", "campaign-bot", "."
    )
    print(f"built in {time.monotonic() - started:.0f} s")
    config = json.loads(buildah("inspect", "--type", "image", "campaign-bot"))["OCIv1"]["config"]
    container = buildah("from", "campaign-bot")
    try:
        yield Image(Path(buildah("mount", container)), config)
    finally:
        buildah("rm", container)


def check_content(image: Image) -> None:
    """It has no tool by which more could be brought in, and runs as a user without rights."""
    assert image.config["User"] == "10001:10001"
    places = [image.root / folder for folder in ("opt/bot/bin", "usr/bin", "usr/local/bin", "usr/sbin")]
    places += [*image.root.glob("opt/bot/lib/python3*/site-packages"), *image.root.glob("usr/**/python3*/*-packages")]
    places += [*image.root.glob("usr/lib/python3*"), *image.root.glob("usr/local/lib/python3*")]
    found = [entry for place in places if place.is_dir() for entry in place.iterdir() if entry.name in _BUILD_TOOLS]
    assert not found, found
    size = sum(file.lstat().st_size for file in image.root.rglob("*") if file.is_file() and not file.is_symlink())
    ours = sum(file.lstat().st_size for file in (image.root / "opt").rglob("*") if file.is_file())
    print(f"{size / 1e6:.0f} MB of files, {ours / 1e6:.0f} MB of them the bot and what it needs")


class Container:
    """Runs programs of an image over two folders of its user's, with the settings of a bot on a fake Bot API."""

    def __init__(self, image: Image, folder: Path, api: FakeBotApi) -> None:
        self.image = image
        self.data, self.knowledge = folder / "data", folder / "knowledge"
        for made in (folder, self.data, self.knowledge):
            made.mkdir(exist_ok=True)
            made.chmod(0o755)
        user = int(image.config["User"].split(":")[0])
        for owned in (self.data, self.knowledge):
            os.chown(owned, user, user)
        self.settings = {
            "CAMPAIGN_BOT_TOKEN": TOKEN,
            "CAMPAIGN_BOT_API_URL": api.url,
            "CAMPAIGN_BOT_LISTEN": f"127.0.0.1:{free_port()}",
        }

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start a program; without words what the image runs."""
        command = self.image.command(self.data, self.knowledge, self.settings, *words)
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a program to its end."""
        with self.start(*words) as process:
            out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(words, process.returncode, out, err)


def check_confinement(container: Container) -> None:
    """Its root can't be written, it has no capabilities and can't get any, and it says who can't write where."""
    refused = container.run("sh", "-c", "touch /opt/bot/x")
    assert "Read-only file system" in refused.stderr, refused
    status = container.run("cat", "/proc/self/status").stdout
    for name in ("CapEff", "CapPrm", "CapBnd", "CapInh"):
        assert f"{name}:\t0000000000000000" in status, status
    assert "NoNewPrivs:\t1" in status
    os.chown(container.data, 0, 0)
    refused = container.run()
    assert (refused.returncode, "User 10001 can't write /data" in refused.stderr) == (2, True), refused
    os.chown(container.data, 10001, 10001)


def check_life(container: Container, api: FakeBotApi) -> None:
    """It fills the folder of the knowledge, answers, is healthy, ends in time, and knows a miss after a restart."""

    def asked(question: str, count: int) -> str:
        api.member_says(question)
        return str(api.wait_for_messages(count)[-1]["text"])

    started = time.monotonic()
    with container.start() as bot:
        api.wait_until(lambda: api.polls > 0, seconds=120)
        print(f"polls {time.monotonic() - started:.1f} s after its start")
        assert "五带头" in asked("五带头是哪五个", 1)
        asked("写首诗送我妈", 2)
        resident = _resident_mb(bot.pid)
        wait_for(lambda: container.run("campaign-bot", "health").stdout == "green\n", 60)
        _stop(bot)
    assert (container.knowledge / "speech.yaml").is_file()
    print(f"{resident:.0f} MB resident after two answers")
    with container.start() as bot:
        assert "五带头" in asked("五带头是哪五个", 3)
        rows = json.loads(container.run("campaign-bot", "missed", "export", "--format", "json").stdout)
        assert [(row["question"], row["count"]) for row in rows] == [("写首诗送我妈", 1)]
        _stop(bot)


def _stop(bot: "subprocess.Popen[str]") -> None:
    began = time.monotonic()
    bot.send_signal(signal.SIGTERM)
    _, log = bot.communicate(timeout=_STOP_S)
    assert bot.returncode == 0, log
    print(f"ended {time.monotonic() - began:.1f} s after SIGTERM")


def _resident_mb(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Build and try it; 0 if all is well or can't be tested here, 1 if not."""
    parser = argparse.ArgumentParser(description="Build the image and try it, without an engine.")
    parser.add_argument("--base", help=f"an image that buildah has, in place of {_BASE}")
    named: str | None = parser.parse_args().base
    try:
        with built(named) as image, serving(FakeBotApi()) as api, tempfile.TemporaryDirectory() as folder:
            container = Container(image, Path(folder), api)
            checks: Sequence[Callable[[], None]] = (
                lambda: check_content(image),
                lambda: check_confinement(container),
                lambda: check_life(container, api),
            )
            for check in checks:
                check()
            assert api.invalid == []
    except SkippedError as error:
        print(f"skipped: {error}")
    else:
        print("The image is fine.")


if __name__ == "__main__":
    main()
