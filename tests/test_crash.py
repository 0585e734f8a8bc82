"""A short run of ``make crash``."""

from pathlib import Path

import pytest

from tests.crash import crash


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_no_question_is_lost_to_a_kill(mode: str, tmp_path: Path) -> None:
    """None lost, the log exact, twice at most what was in flight at a kill, and order kept."""
    report = crash(seed=7, webhook=mode == "webhook", kills=3, questions=40, folder=tmp_path)
    assert report.fine, report
    assert report.kills_while_busy
