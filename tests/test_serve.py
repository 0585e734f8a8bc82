"""What serving Telegram words by itself."""

import pytest

from bot.serve import _health_notice
from bot.service.health import MissLogFull, Problem, Recovered

NOTICES = {
    "it works again": (
        Recovered(3, (Problem.SILENT, Problem.LATE)),
        "机器人刚才有大约 3 分钟不太正常（收不到新消息，有问题等了两分钟以上还没回复），现在已经好了",
    ),
    "every problem has words": (Recovered(1, tuple(Problem)), "数据库写不进去"),
    "the log is full": (MissLogFull(), "没答上来的问题已经记满了"),
}


@pytest.mark.parametrize(("event", "words"), NOTICES.values(), ids=NOTICES.keys())
def test_admins_read_what_the_bot_s_health_was(event: Recovered | MissLogFull, words: str) -> None:
    """In Chinese, while the log and the command ``health`` say it in English."""
    assert words in _health_notice(event).text
