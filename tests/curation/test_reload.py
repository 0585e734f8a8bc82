"""What changed in a real folder is taken over, and what follows from it is done and told."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.curation.corrections import Correction
from bot.curation.reload import (
    AnswersLost,
    EditsOverwritten,
    KnowledgeFaulty,
    MissesClosed,
    Notice,
    Reloaded,
    Reloader,
)
from bot.errors import StoreError
from bot.evaluation.calibration import calibrate
from bot.evaluation.impact import ReplayedQuestion
from bot.knowledge import read
from bot.knowledge.edit import ChangeTexts
from bot.matching import ConfidenceModel, Index
from bot.service.service import periodic
from bot.snapshot import Snapshot
from bot.store.records import Records, State
from tests.admin_setup import AdminSetup
from tests.clocks import Clock
from tests.conftest import CANTEEN, ROOT

ADMIN = 5
MISSED = "塑料片被狗吃了"
FAULT = "answer: 晚上", "anwser: 晚上"
LOST = ReplayedQuestion("早上什么时候能进去吃", "opening")
PHRASING = "补办饭卡\n", f"补办饭卡\n      - {MISSED}\n"


class Told:
    """A reloader over the admins' parts, and what it told."""

    def __init__(self, admin_setup: AdminSetup, cache: Path | None = None, patience_s: float = 0.02) -> None:
        self.notices: list[Notice] = []
        self.reloader = Reloader(
            folder=admin_setup.folder,
            current=admin_setup.current,
            edits=admin_setup.edits,
            lifecycle=admin_setup.lifecycle,
            corrections=admin_setup.corrections,
            tell=self._tell,
            cache=cache,
            patience_s=patience_s,
        )

    def counted(self) -> dict[str, float | None]:
        """The metrics of the folder's faults and of what became of its changes."""
        read = self.reloader.metrics.registry.get_sample_value
        reloads = {
            outcome: read("campaign_bot_knowledge_reloads_total", {"outcome": outcome})
            for outcome in ("faulty", "loaded")
        }
        return {"faults": read("campaign_bot_knowledge_faults"), **reloads}

    async def _tell(self, notice: Notice) -> None:
        self.notices.append(notice)


@pytest.fixture
def told(admin_setup: AdminSetup) -> Told:
    return Told(admin_setup)


@asynccontextmanager
async def running(reloader: Reloader) -> AsyncIterator[None]:
    """While it watches, and follows as it does in the running bot."""
    run = asyncio.gather(reloader.run(), periodic(reloader.follow, 0.01))
    yield
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run


async def until(state: Callable[[], bool]) -> None:
    """Wait for a state."""
    async with asyncio.timeout(30):
        while not state():
            await asyncio.sleep(0.01)


async def test_what_an_editor_saves_answers_and_closes_misses(admin_setup: AdminSetup, told: Told) -> None:
    """Without being asked; and a fault is told, and that it is fixed."""
    admin_setup.miss(MISSED)
    async with running(told.reloader):
        await until(lambda: told.reloader._followed is admin_setup.current.snapshot)
        admin_setup.write("items.yaml", *PHRASING)
        await until(lambda: told.notices == [MissesClosed(["塑料片被狗吃了"])])
        assert admin_setup.states() == {MISSED: State.VERIFIED}
        assert MISSED in admin_setup.current.snapshot.base.by_id["card"].phrasings
        admin_setup.write("items.yaml", *FAULT)
        await until(lambda: len(told.notices) == 2)
        admin_setup.write("items.yaml", *reversed(FAULT))
        await until(lambda: told.notices[2:] == [KnowledgeFaulty(())])


async def test_an_answer_that_an_editor_changed_is_offered_to_be_told(admin_setup: AdminSetup, told: Told) -> None:
    """Once; also where it was changed while the bot was off."""
    item = admin_setup.current.snapshot.base.by_id["opening"]
    subscription = admin_setup.corrections.subscription(item, 7, "chat 7")
    admin_setup.usage.record(Records(answer_subscriptions=(subscription,)))
    await told.reloader.follow()
    admin_setup.write("items.yaml", "早上七点", "早上六点")
    await told.reloader.take_over()
    await told.reloader.follow()
    changed = admin_setup.current.snapshot.base.by_id["opening"]
    assert told.notices == [Correction(changed, "早上七点开门。", 1)]
    admin_setup.write("items.yaml", "早上六点", "早上五点")
    admin_setup.start()
    for told_after_start in (Told(admin_setup), Told(admin_setup)):
        await told_after_start.reloader.follow()
        told.notices += told_after_start.notices
    assert [notice.item.answer for notice in told.notices if isinstance(notice, Correction)] == [
        "早上六点开门。",
        "早上五点开门。",
    ]


async def test_a_folder_is_looked_at_when_that_is_asked(
    admin_setup: AdminSetup, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by SIGHUP, where watching does not work."""

    async def blind(_: Path) -> AsyncIterator[None]:
        await asyncio.Event().wait()
        yield

    monkeypatch.setattr("bot.curation.reload.changes", blind)
    async with running(told.reloader):
        admin_setup.write("items.yaml", *PHRASING)
        told.reloader.ask()
        await until(lambda: MISSED in admin_setup.current.snapshot.base.by_id["card"].phrasings)


async def test_faults_are_told_once(admin_setup: AdminSetup, told: Told) -> None:
    """As long as they are the same; the old snapshot goes on answering, and later it is told that they are gone."""
    before = admin_setup.current.snapshot
    admin_setup.write("items.yaml", *FAULT)
    for _ in range(2):
        await told.reloader.take_over()
    (notice,) = told.notices
    assert isinstance(notice, KnowledgeFaulty)
    assert [(fault.file, fault.line) for fault in notice.faults] == [("items.yaml", 10), ("items.yaml", 15)]
    admin_setup.write("items.yaml", "topic: 食堂", "topik: 食堂")
    await told.reloader.take_over()
    assert len(told.notices) == 2
    assert admin_setup.current.snapshot is before
    assert told.counted() == {"faults": 4, "faulty": 2, "loaded": 0}
    (admin_setup.folder / "items.yaml").write_bytes(before.files["items.yaml"])
    for _ in range(2):
        await told.reloader.take_over()
    assert told.notices[2:] == [KnowledgeFaulty(())]
    admin_setup.write("items.yaml", *PHRASING)
    await told.reloader.take_over()
    assert told.counted() == {"faults": 0, "faulty": 2, "loaded": 1}


async def test_a_file_that_is_caught_half_saved_is_no_fault(admin_setup: AdminSetup) -> None:
    """The rest of it comes soon."""
    told = Told(admin_setup, patience_s=60)
    admin_setup.write("items.yaml", *FAULT)
    looking = asyncio.create_task(told.reloader.take_over())
    told.reloader.ask()
    await looking
    assert told.notices == []


def test_an_admin_who_asks_is_told_what_came_of_it(admin_setup: AdminSetup, told: Told) -> None:
    """At once."""
    assert told.reloader.reload() == Reloaded(None)
    admin_setup.write("items.yaml", *PHRASING)
    assert told.reloader.reload() == Reloaded(admin_setup.current.snapshot.base)
    assert MISSED in admin_setup.current.snapshot.base.by_id["card"].phrasings
    admin_setup.write("items.yaml", *FAULT)
    assert isinstance(told.reloader.reload(), KnowledgeFaulty)


async def test_what_a_start_closes_is_not_told(admin_setup: AdminSetup, told: Told) -> None:
    """It was answered before."""
    admin_setup.miss("补办饭卡")
    await told.reloader.follow()
    assert admin_setup.states() == {"补办饭卡": State.VERIFIED}
    assert told.notices == []


async def test_what_editors_changes_cost_is_told(admin_setup: AdminSetup, told: Told) -> None:
    """Questions that lose their answers, and edits from the chat that an older copy has overwritten."""
    admin_setup.known = [LOST]
    await told.reloader.follow()
    old = admin_setup.file("items.yaml")
    action = admin_setup.edits.apply(admin_setup.edits.plan(ChangeTexts("card", "phrasings", (MISSED,))), ADMIN)
    await told.reloader.follow()
    assert told.notices == []
    (admin_setup.folder / "items.yaml").write_text(old.replace(LOST.text, "开火时间"), encoding="utf-8")
    admin_setup.edits.take_over()
    await told.reloader.follow()
    lost, overwritten = told.notices
    assert isinstance(lost, AnswersLost)
    assert lost.impact.has_loss
    assert LOST.text in {effect.question for effect in lost.impact.effects}
    assert isinstance(overwritten, EditsOverwritten)
    assert [edit.id for edit in overwritten.actions] == [action]
    assert lost.base is overwritten.base is admin_setup.current.snapshot.base
    await told.reloader.follow()
    assert len(told.notices) == 2


@pytest.mark.parametrize("part", ["lifecycle.follow", "edits.impact"])
async def test_while_the_store_fails_it_is_tried_again(
    admin_setup: AdminSetup, told: Told, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """Nothing that was to be told is forgotten."""
    admin_setup.known = [LOST]
    admin_setup.miss(MISSED)
    await told.reloader.follow()
    admin_setup.write("items.yaml", *PHRASING)
    admin_setup.write("items.yaml", LOST.text, "开火时间")
    with monkeypatch.context() as patch:
        name, method = part.split(".")
        patch.setattr(getattr(admin_setup, name), method, fails)
        async with running(told.reloader):
            told.reloader.ask()
            await until(lambda: bool(failed))
            failed.clear()
            await until(lambda: bool(failed))
    failed.clear()
    await told.reloader.follow()
    assert [type(notice) for notice in told.notices] == [MissesClosed, AnswersLost]
    assert admin_setup.states() == {MISSED: State.VERIFIED}


failed: list[object] = []


def fails(*given: object) -> int:
    failed.append(given)
    raise StoreError("the disk is full")


async def test_a_snapshot_comes_to_its_own_thresholds(admin_setup: AdminSetup, told: Told) -> None:
    """Those of the knowledge before hold until they are computed."""
    strict = ConfidenceModel(answer=0.99)
    admin_setup.current.snapshot = admin_setup.current.snapshot.calibrated(strict)
    admin_setup.write("items.yaml", *PHRASING)
    admin_setup.edits.take_over()
    assert admin_setup.current.snapshot.confidence == strict
    await told.reloader.follow()
    own = calibrate(admin_setup.current.snapshot.index, lambda phrasings: phrasings)
    assert own not in {strict, ConfidenceModel()}
    assert admin_setup.current.snapshot.confidence == own


@pytest.fixture
def library(tmp_path: Path, clock: Clock) -> Iterator[AdminSetup]:
    """Knowledge that is large enough for its thresholds to take a while."""
    admin_setup = AdminSetup(ROOT / "tests" / "data" / "library", tmp_path, clock)
    yield admin_setup
    admin_setup.database.close()


async def test_thresholds_of_a_snapshot_that_answers_no_more_are_given_up(library: AdminSetup, tmp_path: Path) -> None:
    """They take many seconds, and the next ones wait."""
    told = Told(library, cache=tmp_path / "cache")
    first = library.current.snapshot
    following = asyncio.create_task(told.reloader.follow())
    await until(lambda: told.reloader._followed is first)
    second = Snapshot.of(read(library.folder), "", first.confidence)
    library.current.snapshot = second
    await following
    assert not (tmp_path / "cache").exists()
    assert library.current.snapshot is second


async def test_collections_of_garbage_leave_the_knowledge_out(told: Told, admin_setup: AdminSetup) -> None:
    """Each would hold up everybody for as long as it looks through it."""

    def is_looked_at(index: Index) -> bool:
        return any(each is index for each in gc.get_objects())

    before = admin_setup.current.snapshot.index
    assert is_looked_at(before)
    await told.reloader.follow()
    assert not is_looked_at(before)
    admin_setup.write("items.yaml", *PHRASING)
    await told.reloader.take_over()
    after = admin_setup.current.snapshot.index
    assert is_looked_at(after)
    await told.reloader.follow()
    assert not is_looked_at(after)


async def test_what_comes_later_is_looked_at(told: Told) -> None:
    """Also where another process leads: what would be left out each half second could never be collected."""
    told.reloader.leads = lambda: False
    # The thresholds that the first one computes make another snapshot.
    for _ in range(2):
        await told.reloader.follow()
    later = ["made after the knowledge"]
    await told.reloader.follow()
    assert any(each is later for each in gc.get_objects())


def test_a_snapshot_goes_with_whoever_holds_it_last() -> None:
    """It holds no cycles: what is left out of collections would stay for ever."""
    snapshot = Snapshot.of(read(CANTEEN), str(CANTEEN), ConfidenceModel())
    for question in ("几点开门", "fanka diule zenmeban", "几点开门，饭卡丢了怎么办"):
        snapshot.matcher.match(question)
    held = [weakref.ref(each) for each in (snapshot, snapshot.base, snapshot.matcher)]
    gc.disable()
    try:
        del snapshot
        assert [reference() for reference in held] == [None, None, None]
    finally:
        gc.enable()
