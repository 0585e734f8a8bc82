"""Whatever two admins press, type and restart, in whatever order: the promises of their loop hold after each step."""

import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.conversation.callbacks import AdminAction, AdminCallback, Callback, FormAction, FormCallback
from bot.conversation.forms import Admin, AdminTurn, Form, Standing, stored
from bot.conversation.reply import Button
from bot.matching import Unknown
from bot.store.records import NOTHING, ActionState, Records
from bot.texts import admins as texts
from tests.admin_setup import AdminSetup
from tests.clocks import Clock
from tests.conftest import CANTEEN, loaded

SEEDS = range(5)
STEPS = 120
PLACES = (Admin(5, 5), Admin(6, 6), Admin(5, -9000))
"""Two admins, one of them also in the admins' group."""
COMMANDS = (
    "/new",
    "/missed",
    "/missed 卡",
    "/item card",
    "/item 饭卡",
    "/item opening",
    "/history",
    "/digest",
    "/help",
    "/cancel",
)
TYPED = (
    "有没有夜宵？",
    "没有夜宵。",
    "火星上有没有水怪",
    "食堂几点开门",
    "补办饭卡",
    "卡被狗叼走了\n卡掉进汤里了",
    "供餐通知",
    "到窗口补办：带照片。 # 夏天",
    "找13812345678",
    " ",
    "长" * 61,
    "长" * 601,
)
MISSED = ("饭卡被狗吃了", "写首诗送我妈", "外星人来过没有", "周六有没有夜宵", "卡折了", "盒饭贵不贵呀")
LIKELY: dict[str, float] = {
    FormAction.CONFIRM: 20,
    FormAction.TOGGLE_SOURCE: 3,
    FormAction.SOURCES_CHOSEN: 6,
    FormAction.CHOOSE_TOPIC: 8,
    FormAction.CANCEL: 0.2,
    AdminAction.UNDO: 6,
    AdminAction.ADD_TO_ITEM: 6,
    AdminAction.WRITE_REFUSAL: 6,
}
"""How much more or less often than others these are pressed, so that edits come about and are undone."""
SHOWN = 6
"""The last messages of a chat whose buttons are pressed, besides all that is older."""


def contents(folder: Path) -> dict[str, bytes]:
    """What is written in a knowledge folder."""
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.yaml"))}


@dataclass
class Step:
    """What one admin did, and what came of it: no turn for a question. ``before``, ``after``: the admin's form."""

    admin: Admin
    action: str | Callback
    before: Form | None
    after: Form | None
    turn: AdminTurn | None
    files: dict[str, bytes]
    """As they were before."""
    edits: set[int]
    """Those that could be undone before."""

    @property
    def said(self) -> str:
        """What the admin was told."""
        return f"{self.turn.reply.text if self.turn.reply else ''}\n{self.turn.notice}" if self.turn else ""


@dataclass
class World:
    """Two admins at work, with the members whose questions they see."""

    setup: AdminSetup
    chance: random.Random
    buttons: dict[Admin, deque[Button]] = field(default_factory=lambda: {admin: deque(maxlen=120) for admin in PLACES})
    trace: list[str] = field(default_factory=list)
    before_edit: dict[int, tuple[dict[str, bytes], dict[str, bytes]]] = field(default_factory=dict)
    """By edit: the files before it and after it."""
    may_be_a_question: set[Admin] = field(default_factory=lambda: set(PLACES))
    """Of whom nothing that is typed now can be meant for a form."""

    def step(self) -> Step | None:
        """Something happens; what, if an admin did it."""
        admin = self.chance.choice(PLACES)
        kind = self.chance.choices(("press", "text", "command", "miss", "restart", "time"), (50, 24, 14, 6, 3, 3))[0]
        self.trace.append(kind)
        match kind:
            case "press" if self.buttons[admin]:
                recent = list(self.buttons[admin])[-SHOWN:] if self.chance.random() < 0.8 else list(self.buttons[admin])
                callbacks = [button.callback for button in recent]
                weights = [LIKELY.get(getattr(callback, "action", ""), 1.0) for callback in callbacks]
                return self.act(admin, self.chance.choices(callbacks, weights)[0])
            case "text":
                return self.act(admin, self.chance.choice(TYPED))
            case "command" | "press":
                return self.act(admin, self.chance.choice(COMMANDS))
            case "miss":
                self.setup.miss(self.chance.choice(MISSED))
            case "restart":
                forms = [self.setup.form(each) for each in PLACES]
                self.setup.start()
                assert [self.setup.form(each) for each in PLACES] == forms
            case _:
                self.setup.clock.now += timedelta(minutes=self.chance.choice((1, 10, 61, 600)))
        return None

    def act(self, admin: Admin, action: str | Callback) -> Step:
        """An admin does something, which is handled twice where the bot is killed before it could reply."""
        before, files = self.setup.form(admin), contents(self.setup.folder)
        self.trace.append(f"{admin}: {action!r}")
        edits = {edit.id for edit in self.setup.history.edits()}
        for _ in range(1 + (self.chance.random() < 0.05)):
            if isinstance(action, str):
                turn = self.setup.turn_said(action, admin)
            else:
                turn = self.setup.turn_pressed(action, admin)
        after = turn.form if turn else before
        self.setup.usage.record(
            NOTHING if after == before else Records(forms=(stored(after, admin, self.setup.encryption),))
        )
        if turn and turn.reply:
            self.buttons[admin].extend(turn.reply.buttons)
        for edit in self.setup.history.edits():
            if edit.id not in edits:
                self.before_edit[edit.id] = files, contents(self.setup.folder)
        return Step(admin, action, before, self.setup.form(admin), turn, files, edits)


def no_draft_is_lost_without_a_word(_world: World, step: Step) -> None:
    """A form that was open is so still, or its end was told; another one takes its place only if that was asked."""
    before, after = step.before, step.after
    if before is None or not before.is_open:
        return
    if after is None:
        assert texts.DRAFT_ERASED in step.said
        return
    if after.number != before.number:
        assert isinstance(step.action, FormCallback)
        assert (step.action.action, before.wanted != "") == (FormAction.BEGIN_WANTED, True)
        return
    match after.standing:
        case Standing.DROPPED:
            assert texts.CANCELLED in step.said
            taken_up = after.but(standing=before.standing, held=before.held, wanted=before.wanted)
            assert taken_up == before
        case Standing.DONE:
            assert any(word in step.said for word in ("改好了", "本来就是这样"))
        case _:
            written = ("question", "phrasings", "answer", "sources", "document", "topic")
            lost = [name for name in written if getattr(before, name) and not getattr(after, name)]
            # A source, or a document, is taken off by the button that put it there.
            assert set(lost) <= {"sources", "document"}
            if (before.standing, after.standing) == (Standing.WRITTEN, Standing.RESTING):
                assert "还没写完" in step.said


def what_is_written_is_no_members_question(world: World, step: Step) -> None:
    """A text without an answer is passed on only where no form can be meant, or the admin was told before."""
    after = step.after
    if step.action not in TYPED:
        if after != step.before:
            world.may_be_a_question.discard(step.admin)
        return
    is_unknown = isinstance(world.setup.current.snapshot.matcher.match(str(step.action)), Unknown)
    if step.turn is None and is_unknown and step.before is not None:
        assert step.admin in world.may_be_a_question
        assert step.before.standing is not Standing.WRITTEN
    is_told = (
        after is None or after.standing is Standing.OVER or (after.held and after.standing is not Standing.WRITTEN)
    )
    if step.turn is not None and is_told:
        world.may_be_a_question.add(step.admin)
    elif step.turn is not None:
        world.may_be_a_question.discard(step.admin)


def every_file_loads(world: World, step: Step) -> None:
    """And the snapshot is of these files."""
    if contents(world.setup.folder) != step.files:
        assert loaded(world.setup.folder).base == world.setup.current.snapshot.base


def each_undo_restores(world: World, step: Step) -> None:
    """Byte by byte, where nothing was changed since."""
    match step.action:
        case AdminCallback(AdminAction.UNDO, edit) if edit in step.edits and texts.UNDONE.format(what="") in step.said:
            action = world.setup.history.action(edit)
            assert action
            assert action.state is ActionState.UNDONE
            before, after = world.before_edit[edit]
            if step.files == after:
                assert contents(world.setup.folder) == before


INVARIANTS: tuple[Callable[[World, Step], None], ...] = (
    no_draft_is_lost_without_a_word,
    what_is_written_is_no_members_question,
    every_file_loads,
    each_undo_restores,
)
"""What holds after each step."""


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[AdminSetup]:
    made = AdminSetup(CANTEEN, tmp_path, Clock())
    yield made
    made.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_holds_whatever_two_admins_do(setup: AdminSetup, seed: int) -> None:
    """After each step; and in the end, with all edits taken back, the last one first, the files are as they were."""
    world, files = World(setup, random.Random(seed)), contents(setup.folder)
    for text in MISSED[:3]:
        setup.miss(text)
    try:
        for _ in range(STEPS):
            step = world.step()
            for invariant in INVARIANTS:
                if step:
                    invariant(world, step)
        for edit in list(setup.history.edits()):
            world.act(PLACES[0], AdminCallback(AdminAction.UNDO, edit.id))
        # An edit that holds a question that was deleted for good stays made.
        actions = [setup.history.action(edit) for edit in world.before_edit]
        stay = [action for action in actions if action and action.state is ActionState.DONE]
        assert stay or contents(setup.folder) == files
    except AssertionError as error:
        raise AssertionError("\n".join(world.trace[-12:])) from error
