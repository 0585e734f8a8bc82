"""What a hangup means to a process that serves: its terminal is gone, or it shall load its knowledge anew."""

import os
import signal


class Hangup:
    """Tells the two apart, from the moment when it is made.

    A process that was started from a terminal ends with it; one that never had a terminal, or is kept from hangups by
    ``nohup``, goes on.
    """

    def __init__(self) -> None:
        self._had_terminal = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN and _has_terminal()

    def ends(self) -> bool:
        """Whether a hangup that came now says that the terminal is gone."""
        return self._had_terminal and not _has_terminal()


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
