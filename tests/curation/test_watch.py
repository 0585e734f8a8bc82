"""Changes of a folder's YAML files are noticed, also those of a folder that comes and goes."""

import asyncio
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
    return changes(folder, calm_s=0.02, longest_s=0.1, look_s=look_s, retry_s=0.02)


async def noticed(watch: AsyncIterator[None], change: Callable[[int], object]) -> None:
    """Change something until it is noticed: it is not known when the watching has begun."""
    waiting = asyncio.ensure_future(anext(watch))
    for number in range(500):
        change(number)
        if (await asyncio.wait([waiting], timeout=0.05))[0]:
            return waiting.result()
    raise TimeoutError


CHANGES: dict[str, Callable[[Path, int], object]] = {
    "a file that is written": lambda folder, number: (folder / "a.yaml").write_text(f"{number}"),
    "a new file": lambda folder, number: (folder / f"{number}.yaml").write_text("new"),
    "a file in the place of another": lambda folder, number: replaced(folder, f"{number}"),
    "a file that would be read if it had the other ending": lambda folder, number: (folder / "a.yml").write_text(
        f"{number}"
    ),
}


def replaced(folder: Path, text: str) -> None:
    """As editors save."""
    (folder / "a.yaml~").write_text(text)
    (folder / "a.yaml~").replace(folder / "a.yaml")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
async def test_a_change_of_a_yaml_file_is_noticed(folder: Path, change: Callable[[Path, int], object]) -> None:
    """However it is made."""
    await noticed(watched(folder), lambda number: change(folder, number))


async def test_other_files_are_not_looked_at(folder: Path) -> None:
    """They change all the time, and nothing of the knowledge with them."""
    watch = watched(folder)
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


async def test_a_folder_that_is_gone_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It may be mounted later; that it can't be watched is logged."""
    folder = tmp_path / "later"

    def comes_after_a_while(number: int) -> None:
        if number == 3:
            assert "can't be watched" in caplog.text
            folder.mkdir()
        if number >= 3:
            (folder / "a.yaml").write_text(f"{number}")

    await noticed(watched(folder), comes_after_a_while)


async def test_now_and_then_the_folder_is_looked_at_all_the_same(folder: Path) -> None:
    """On some network drives nothing is noticed."""
    async with asyncio.timeout(20):
        await anext(watched(folder, look_s=0.05))
