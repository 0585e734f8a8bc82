"""What many tests share: the shipped knowledge, loaded once."""

from pathlib import Path

import pytest

from bot.knowledge import Knowledge, load
from bot.matching import Index, Matcher, Settled, Verdict

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "knowledge"
CANTEEN = ROOT / "tests" / "data" / "canteen"


@pytest.fixture(scope="session")
def shipped() -> Knowledge:
    """The knowledge that this repository ships."""
    return load(SHIPPED)


@pytest.fixture(scope="session")
def matcher(shipped: Knowledge) -> Matcher:
    """A matcher over the shipped knowledge."""
    return Matcher(Index.build(shipped.base))


@pytest.fixture(scope="session")
def canteen() -> Knowledge:
    """A base of three answers, one refusal and one greeting, on another subject; 开饭 and 放饭 are one word to it."""
    return load(CANTEEN)


def settled_by(verdict: Verdict) -> list[str]:
    """The ids of the items that a reply is made of."""
    return [candidate.item.id for candidate in verdict.chosen] if isinstance(verdict, Settled) else []
