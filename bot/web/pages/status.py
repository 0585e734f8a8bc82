"""How the bot is: its health, the faults of the knowledge, its versions, and what is kept for how long."""

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from importlib.metadata import version

from starlette.responses import Response

from bot.conversation import cards
from bot.curation.freshness import overdue
from bot.errors import Fault, KnowledgeError
from bot.knowledge import Unused, load, read, unused
from bot.matching import ENGINE_VERSION
from bot.snapshot import CONFIDENCE
from bot.store import database
from bot.texts.admins import PROBLEMS
from bot.texts.page import status as texts
from bot.web.services import Services
from bot.web.visit import Page, Visit


def _show(visit: Visit) -> Response:
    services = visit.services
    snapshot = services.current.snapshot
    late = overdue(snapshot.base, services.clock.today())
    sample, replicas = services.usage.sample(CONFIDENCE), services.replicas()
    said = cards.status(snapshot.base, services.usage.demand(), sample, late, replicas=replicas)
    return visit.page(
        "status.html",
        problems=None if services.problems is None else [PROBLEMS[name] for name in services.problems()],
        faults=_faults(services),
        unused=_misnamed(services),
        warnings=snapshot.knowledge.warnings,
        kinds=Counter(item.kind for item in snapshot.base.items),
        phrasings=sum(len(item.all_phrasings()) for item in snapshot.base.items),
        summary=said.text.splitlines()[1:],
        folder=services.folder,
        versions=_versions(services),
        kept=_kept(services.retention_days),
    )


def _faults(services: Services) -> Sequence[Fault]:
    """What is to be fixed in the folder as it is now, whether it answers or not."""
    try:
        files = read(services.folder)
        if files != services.current.snapshot.files:
            load(files, str(services.folder))
    except KnowledgeError as error:
        return error.faults
    return ()


def _misnamed(services: Services) -> Sequence[Unused]:
    """Files that are not read, and that may be meant as knowledge."""
    return [file for file in unused(services.folder) if not file.is_harmless]


def _versions(services: Services) -> Mapping[str, str]:
    """By the keys of ``texts.VERSION_NAMES``."""
    return {
        "program": version("campaign-bot"),
        "engine": str(ENGINE_VERSION),
        "schema": database.REVISION,
        "python": platform.python_version(),
        "knowledge": services.current.snapshot.name,
    }


def _kept(retention_days: int) -> Mapping[str, str]:
    """How long what is kept, by the names in ``texts.KEPT_ROWS``."""
    times = {
        "misses": timedelta(days=retention_days),
        "answered": database.ANSWERED_KEPT,
        "inbox": database.DEDUPE_WINDOW,
        "dead_letters": database.DEAD_LETTERS_KEPT,
        "participants": database.PARTICIPANTS_KEPT,
        "subscriptions": database.SUBSCRIPTIONS_KEPT,
        "notices": database.NOTICES_KEPT,
        "forms": database.FORMS_KEPT,
        "sessions": database.PAGE_SESSIONS_KEPT,
        "links": database.PAGE_LINKS_KEPT,
    }
    return {name: _in_words(time) for name, time in times.items()}


def _in_words(time: timedelta) -> str:
    if time >= timedelta(days=1):
        return texts.DAYS.format(days=time.days)
    if time >= timedelta(hours=1):
        return texts.HOURS.format(hours=time // timedelta(hours=1))
    return texts.MINUTES.format(minutes=time // timedelta(minutes=1))


PAGE = Page(path="/status", label=texts.LABEL, shows={"/status": _show})
