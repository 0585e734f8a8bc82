"""What is done again and again, whatever happens in between."""

import asyncio
import logging

import pytest

from bot.errors import StoreError
from bot.service.service import periodic

FAILURES = {
    "the store fails": (StoreError("The disk is full."), logging.WARNING, "The disk is full; trying again"),
    "a fault of ours": (RuntimeError("canary"), logging.ERROR, "Unexpected; trying again"),
}


@pytest.mark.parametrize(("failure", "level", "logged"), FAILURES.values(), ids=FAILURES.keys())
async def test_a_step_that_fails_is_done_again(
    failure: Exception, level: int, logged: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is logged in one line, and ends nothing."""
    monkeypatch.setattr("bot.telegram.intake.backoff", lambda _failures: 0)
    done = 0

    async def step() -> None:
        nonlocal done
        done += 1
        if done == 1:
            raise failure
        if done == 3:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await periodic(step, 0)
    assert done == 3
    assert [(record.levelno, record.message.startswith(logged)) for record in caplog.records] == [(level, True)]
