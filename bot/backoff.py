"""How long to wait before something that failed is tried again."""

import random

_FIRST_S = 1.0
_LONGEST_S = 60.0


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row: doubled each time, at most a minute, and up to half of it less.

    The share that is left out is random, so that those who failed together do not come back together.
    """
    pause = min(_LONGEST_S, _FIRST_S * 2.0 ** min(failures - 1, 10))
    return pause * random.uniform(0.5, 1.0)  # noqa: S311 - no secret depends on it
