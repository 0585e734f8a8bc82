"""Changes of a folder's YAML files are noticed, also those of a folder that comes and goes."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.curation.reload import changes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    folder.mkdir()
    (folder / "a.yaml").write_text("one")
    return folder


def watched(folder: Path, *, look_s: float = 60) -> AsyncIterator[None]:
    """What a bot notices that is in a hurry."""
    return changes(folder, every_s=0.02, longest_s=0.1, look_s=look_s)


async def begun(folder: Path) -> AsyncIterator[None]:
    """Watching that has told of the folder as it was at the beginning."""
    watch = watched(folder)
    await anext(watch)
    return watch


async def noticed(watch: AsyncIterator[None], change: Callable[[int], object]) -> None:
    """Change something until it is noticed: it is not known when the watching has begun."""
    waiting = asyncio.ensure_future(anext(watch))
    for number in range(500):
        change(number)
        if (await asyncio.wait([waiting], timeout=0.05))[0]:
            return waiting.result()
    raise TimeoutError


def replaced(folder: Path, text: str) -> None:
    """As editors save."""
    (folder / "a.yaml~").write_text(text)
    (folder / "a.yaml~").replace(folder / "a.yaml")


def kept(path: Path, text: str) -> None:
    """As a copy does that takes the time over."""
    path.write_text(text)
    os.utime(path, (1, 1))


def toggled(path: Path) -> None:
    """There if it was not."""
    if path.exists():
        path.unlink()
    else:
        path.write_text("one")


def linked(folder: Path, number: int) -> None:
    """As a share that is mounted and taken away."""
    if number == 0:
        (folder / "b.yaml").symlink_to(folder / "share")
    elif number > 2:
        toggled(folder / "share")


CHANGES: dict[str, Callable[[Path, int], object]] = {
    "a file that is written": lambda folder, number: (folder / "a.yaml").write_text(f"{number}"),
    "a new file": lambda folder, number: (folder / f"{number}.yaml").write_text("new"),
    "a file in the place of another": lambda folder, number: replaced(folder, f"{number}"),
    "a file that keeps its size and time": lambda folder, number: kept(folder / "a.yaml", f"{number:03}"),
    "a file that goes or comes": lambda folder, _: toggled(folder / "a.yaml"),
    "a link whose target goes or comes": linked,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
async def test_a_change_of_a_yaml_file_is_noticed(folder: Path, change: Callable[[Path, int], object]) -> None:
    """However it is made."""
    await noticed(await begun(folder), lambda number: change(folder, number))


async def test_other_files_are_not_looked_at(folder: Path) -> None:
    """They change all the time, and nothing of the knowledge with them."""
    watch = await begun(folder)
    await noticed(watch, lambda number: (folder / "a.yaml").write_text(f"{number}"))
    # The last change of the YAML file may be noticed in parts; other files would be noticed each time.
    for _ in range(5):
        waiting = asyncio.ensure_future(anext(watch))
        for number in range(10):
            (folder / "a.yaml~").write_text(f"{number}")
            (folder / "notes.txt").write_text(f"{number}")
            await asyncio.wait([waiting], timeout=0.02)
        if not waiting.done():
            waiting.cancel()
            return
    raise AssertionError


async def test_a_folder_that_is_gone_is_waited_for(tmp_path: Path) -> None:
    """It may be mounted later."""
    folder = tmp_path / "later"

    def comes_after_a_while(number: int) -> None:
        if number == 3:
            folder.mkdir()
        if number >= 3:
            (folder / "a.yaml").write_text(f"{number}")

    await noticed(await begun(folder), comes_after_a_while)


async def test_whoever_writes_on_and_on_is_not_waited_for(folder: Path) -> None:
    """A change counts after a while though it is not the last one."""
    watch = await begun(folder)
    waiting = asyncio.ensure_future(anext(watch))
    writes = 0
    while not waiting.done():
        writes += 1
        (folder / "a.yaml").write_text("x" * writes)
        await asyncio.sleep(0)
    assert writes > 1


async def test_now_and_then_the_folder_is_looked_at_all_the_same(folder: Path) -> None:
    """On some file systems a change does not show."""
    watch = watched(folder, look_s=0.05)
    async with asyncio.timeout(20):
        for _ in range(3):
            await anext(watch)
