"""What is installed, also by the Docker image."""

import sys
from pathlib import Path
from subprocess import run
from zipfile import ZipFile

from tests.conftest import ROOT


def test_the_wheel_holds_the_program_and_its_data(tmp_path: Path) -> None:
    """Each file of bot/ that git knows, such as the word table, the confidence model and the catalogues; no other."""
    run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.iterdir()
    with ZipFile(wheel) as archive:
        installed = {name for name in archive.namelist() if ".dist-info/" not in name}
    known = run(["git", "ls-files", "bot"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    assert {"bot/matching/words.txt", "bot/matching/confidence.json"} <= installed
    assert installed == {*known}
