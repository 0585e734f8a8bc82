"""How updates come in and replies go out, so that no question is lost to a fault."""

import os

# PTB's next major version gives durations as timedelta; asked for now, it does not warn at every 429.
os.environ.setdefault("PTB_TIMEDELTA", "true")
