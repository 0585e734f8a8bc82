"""The pages, in the order of the navigation.

To add one: a module here with a ``PAGE``, its template in ``bot/web/templates``, its texts in ``bot/texts/page``, and
the ``PAGE`` in this tuple. Tests and pictures take all pages from here.
"""

from collections.abc import Sequence

from bot.web.pages import figures, history, items, misses, status, transfer, trial
from bot.web.visit import Page

PAGES: Sequence[Page] = (
    misses.PAGE,
    items.PAGE,
    trial.PAGE,
    figures.PAGE,
    transfer.PAGE,
    history.PAGE,
    status.PAGE,
)
