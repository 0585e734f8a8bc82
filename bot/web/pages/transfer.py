"""The knowledge as a table: out as CSV or xlsx, and in again, tried first and made as one edit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import Response

from bot.conversation import cards
from bot.conversation.reply import short_key
from bot.curation.corrections import Correction
from bot.curation.edits import Plan
from bot.curation.importing import Import, RowOutcome, try_rows
from bot.errors import EditRefusedError
from bot.knowledge.tables import (
    COLUMNS,
    LARGEST_TABLE,
    MOST_ROWS,
    Row,
    TableError,
    all_rows,
    read_table,
    to_xlsx,
    to_zip,
)
from bot.store.records import ActionKind, ActionState
from bot.texts.admins import REFUSALS
from bot.texts.page import frame
from bot.texts.page import transfer as texts
from bot.texts.tables import COLUMNS as ITEM_COLUMNS
from bot.web.edits import waiting
from bot.web.item_changes import text_of
from bot.web.visit import Page, Visit, number

_LARGEST_FORM = LARGEST_TABLE * 3
"""Bytes of a form with a table, or with its rows as JSON."""
_SHOWN = 200
"""Rows of one outcome that are shown."""
_EFFECTS = 20
_LATEST = 50
"""So many of the latest edits are looked through for imports, of which a few are shown."""
_IMPORTS = 3
_ROWS = TypeAdapter(tuple[Row, ...])
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ZIP = "application/zip"


@dataclass(frozen=True, slots=True)
class _Trial:
    """What an import would do. ``plan``: its edits and their impact; None where there is nothing to change.

    ``posted``: the rows as the next form carries them. So nothing of a table is kept until it is imported.
    """

    found: Import
    plan: Plan | None
    posted: str

    @property
    def count(self) -> int:
        """How many rows are brought in."""
        return sum(row.outcome not in {RowOutcome.SKIPPED, RowOutcome.FAULTY} for row in self.found.rows)

    def impact(self) -> Sequence[str]:
        """What it does to questions, in lines."""
        return [*cards.impact_lines(self.plan.impact, self.plan.after.base, _EFFECTS)] if self.plan else []

    def columns(self, item: str) -> Sequence[str]:
        """The names of the columns in which an item would differ from what it is now; none for a new item."""
        if self.plan is None or item not in self.plan.before.base.by_id:
            return ()
        before, after = (snapshot.base.by_id[item] for snapshot in (self.plan.before, self.plan.after))
        return [name for field, name in ITEM_COLUMNS.items() if getattr(before, field) != getattr(after, field)]


def _show(visit: Visit) -> Response:
    return _page(visit)


def _page(visit: Visit, error: str = "", trial: _Trial | None = None, *, is_stale: bool = False) -> Response:
    found = [action for action in visit.services.history.edits(_LATEST) if action.kind is ActionKind.IMPORT]
    return visit.page(
        "transfer.html",
        HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        error=error,
        trial=trial,
        is_stale=is_stale,
        waiting=waiting(visit.services, trial.plan) if trial and trial.plan else 0,
        base=visit.services.current.snapshot.base,
        corrections=_undecided(visit),
        imports=[(action, _who(action.admin)) for action in found[:_IMPORTS]],
        rows=MOST_ROWS,
        size=LARGEST_TABLE >> 20,
        shown=_SHOWN,
    )


def _undecided(visit: Visit) -> Sequence[tuple[Correction, str]]:
    """The changed answers of which members may be told, each with what names the answer that is shown."""
    corrections = visit.services.corrections
    return [(found, short_key(found.item.answer)) for found in corrections.undecided()] if corrections else []


def _who(admin: int | None) -> str:
    return frame.LOCAL if admin is None else frame.ADMIN.format(admin=admin)


def _export(write: Callable[[Sequence[Row]], bytes], name: str, media_type: str) -> Callable[[Visit], Response]:
    def export(visit: Visit) -> Response:
        try:
            table = write(all_rows(visit.services.current.snapshot.base))
        except TableError as error:
            return _page(visit, str(error))
        day = visit.services.clock.today()
        return visit.download(table, name.format(day=day), media_type)

    return export


def _try(visit: Visit) -> Response:
    uploaded = visit.form.get("table")
    if not isinstance(uploaded, UploadFile) or not uploaded.filename:
        return _page(visit, texts.NO_FILE)
    try:
        rows = read_table(uploaded.file.read())
        return _page(visit, "" if rows else texts.EMPTY, _trial(visit, rows) if rows else None)
    except TableError as error:
        return _page(visit, str(error))
    except EditRefusedError as error:
        return _page(visit, REFUSALS[error.refusal].format(**error.details))


def _apply(visit: Visit) -> Response:
    """Make what was tried, if it is what would be made now; else say so."""
    edits, lifecycle = visit.services.edits, visit.services.lifecycle
    try:
        trial = _trial(visit, _posted(visit))
        if trial.plan is None or trial.plan.digest != visit.form.get("digest"):
            return _page(visit, trial=trial, is_stale=True)
        edits.apply(trial.plan, visit.admin)
    except TableError as error:
        return _page(visit, str(error))
    except EditRefusedError as error:
        return _page(visit, REFUSALS[error.refusal].format(**error.details))
    # What was led to an item may reach it no more.
    for item in {row.item for row in trial.found.of(RowOutcome.CHANGED)}:
        lifecycle.reopen(str(item), edits.current.snapshot, answer=False)
    _offer(visit)
    return visit.redirect("/transfer", done="imported")


def _offer(visit: Visit) -> None:
    """Have admins asked whether to tell of the answers that have changed."""
    if visit.services.corrections:
        visit.services.corrections.offer_new()


def _correct(visit: Visit) -> Response:
    """Tell those who know the earlier answers of the ticked items of the new ones, or tell nobody.

    An answer that has changed since it was shown is shown anew.
    """
    corrections, is_told = visit.services.corrections, text_of(visit.form, "act") == "tell"
    shown = {*visit.form.getlist("item")}
    for found, key in _undecided(visit):
        if corrections and f"{found.item.id} {key}" in shown:
            if is_told:
                corrections.approve(found.item.id)
            else:
                corrections.skip(found.item.id)
    return visit.redirect("/transfer", **({"done": "told" if is_told else "skipped"} if shown else {}))


def _faults(visit: Visit) -> Response:
    """The rows that are not brought in, each with what is wrong, as a table that can be imported once it is right."""
    try:
        found = _trial(visit, _posted(visit)).found
        rows = [row.row for row in found.of(RowOutcome.FAULTY)]
        return visit.download(to_xlsx(rows), "faulty-rows.xlsx", _XLSX)
    except TableError as error:
        return _page(visit, str(error))
    except EditRefusedError as error:
        return _page(visit, REFUSALS[error.refusal].format(**error.details))


def _undo(visit: Visit) -> Response:
    done = visit.services.history.action(number(visit.form.get("action")))
    if done is None or done.kind is not ActionKind.IMPORT:
        return _page(visit, REFUSALS["undo-gone"])
    try:
        if done.state is not ActionState.UNDONE:
            visit.services.handling.undo(done.id, visit.admin)
            _offer(visit)
    except EditRefusedError as error:
        return _page(visit, REFUSALS[error.refusal].format(**error.details))
    return visit.redirect("/transfer", done="import-undone")


def _trial(visit: Visit, rows: Sequence[Row]) -> _Trial:
    """Try rows on the folder as it is now. Raises EditRefusedError."""
    edits = visit.services.edits
    before = edits.on_disk()
    found = try_rows(rows, before, visit.services.history.used_ids())
    plan = edits.plan_together(before, ActionKind.IMPORT, found.changes) if found.changes else None
    return _Trial(found, plan, _ROWS.dump_json(tuple(rows)).decode())


def _posted(visit: Visit) -> Sequence[Row]:
    """The rows that a trial's form carries. Raises TableError if that is none of its own."""
    try:
        rows = _ROWS.validate_json(str(visit.form.get("rows", "")))
    except ValidationError:
        raise TableError(texts.UNREADABLE) from None
    if len(rows) > MOST_ROWS or any(row.cells.keys() - COLUMNS[row.sheet].keys() for row in rows):
        raise TableError(texts.UNREADABLE)
    return rows


PAGE = Page(
    path="/transfer",
    label=texts.LABEL,
    shows={"/transfer": _show},
    does={
        "/transfer/csv": _export(to_zip, "knowledge-{day}.zip", _ZIP),
        "/transfer/xlsx": _export(to_xlsx, "knowledge-{day}.xlsx", _XLSX),
        "/transfer/try": _try,
        "/transfer/faults": _faults,
        "/transfer/apply": _apply,
        "/transfer/undo": _undo,
        "/transfer/correct": _correct,
    },
    largest=dict.fromkeys(("/transfer/try", "/transfer/faults", "/transfer/apply"), _LARGEST_FORM),
)
