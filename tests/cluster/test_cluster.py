"""A short run of ``make cluster``."""

from pathlib import Path

import pytest

from tests.cluster import pooler
from tests.cluster.cluster import ask_while, cluster, killed, restarted
from tests.postgresql import Server


def test_no_question_is_lost_with_a_replica(postgresql: Server, tmp_path: Path) -> None:
    """What it had is answered by the other, in its order, twice at most what was on its way."""
    with cluster(postgresql, tmp_path, 2) as running:
        report = ask_while(running, seed=7, questions=60, chats=20, failure=killed)
    assert report.fine, report


def test_no_question_is_lost_while_the_database_is_gone(postgresql: Server, tmp_path: Path) -> None:
    """Behind a pooler of transactions, and with a clock that is wrong by an hour, too."""
    if not pooler.program():
        pytest.skip(pooler.MISSING)
    with pooler.pooling(postgresql) as url, cluster(postgresql, tmp_path, 2, through=url, ahead_s=3600.0) as running:
        report = ask_while(running, seed=7, questions=60, chats=20, failure=restarted)
    assert report.fine, report
