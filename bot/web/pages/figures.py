"""How the bot does, in numbers, each figure with its table and a file of it."""

from starlette.responses import Response

from bot.texts.page import figures as texts
from bot.web.figures import Figures
from bot.web.visit import CSV, NotFoundError, Page, Visit

_PERIODS = (7, 30, 90, 0)
"""Days to choose from; 0 for all that is kept."""
_PERIOD = 30


def _figures(visit: Visit) -> Figures:
    services = visit.services
    return Figures(
        base=services.current.snapshot.base,
        usage=services.usage,
        misses=services.misses,
        table=services.miss_table,
        clock=services.clock,
        retention_days=services.retention_days,
        period=next((days for days in _PERIODS if visit.query.get("days") == str(days)), _PERIOD),
    )


def _show(visit: Visit) -> Response:
    figures, wanted = _figures(visit), visit.query.get("csv")
    if wanted is None:
        return visit.page("figures.html", periods=_PERIODS, period=figures.period, sections=figures.sections())
    section = figures.section(wanted)
    if section is None:
        raise NotFoundError
    return visit.download(section.csv(), f"{section.name}-{figures.clock.today()}.csv", CSV)


PAGE = Page(path="/figures", label=texts.LABEL, shows={"/figures": _show})
