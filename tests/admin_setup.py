"""Everything that admins work with, over a folder and a database of its own, without Telegram."""

import shutil
from pathlib import Path

from bot.conversation.admins import AdminDialogue
from bot.conversation.desk import Desk
from bot.conversation.followups import Subjects
from bot.conversation.forms import Admin, Drafts
from bot.conversation.members import Dialogue
from bot.conversation.replies import Reply
from bot.conversation.writing import Writing
from bot.curation.clustering import Clustering
from bot.curation.digest import Digest
from bot.curation.edits import Editor
from bot.curation.misses import MissLifecycle
from bot.evaluation.impact import RealQuestion
from bot.items import VerdictKind
from bot.knowledge import read
from bot.matching import ConfidenceModel
from bot.snapshot import CurrentSnapshot, Snapshot
from bot.store.clusters import MissClusters
from bot.store.database import Database
from bot.store.forms import Forms
from bot.store.history import History
from bot.store.misses import MissLog
from bot.store.records import Miss, State
from bot.store.subscriptions import Subscriptions
from bot.store.usage import UsageLog
from bot.text import normalise
from tests.clocks import Clock

ADMIN = Admin(5, 5)


class AdminSetup:
    """The parts, wired as the app does. ``known``: the real questions that changes are tried on."""

    def __init__(self, knowledge: Path, data: Path, clock: Clock) -> None:
        self.folder = data / "knowledge"
        shutil.copytree(knowledge, self.folder)
        self.clock = clock
        self.path = data / "bot.db"
        self.database = Database.open(f"sqlite:///{self.path}", clock)
        self.missed = MissLog(self.database, 1000)
        self.usage = UsageLog(self.database, self.missed, 1000)
        self.history = History(self.database)
        self.clusters = MissClusters(self.database)
        self.subscriptions = Subscriptions(self.database)
        self.known: list[RealQuestion] = []
        self.start()

    def start(self, *, commits: bool = False) -> None:
        """As after a restart."""
        snapshot = Snapshot.of(read(self.folder), str(self.folder), ConfidenceModel())
        subjects = Subjects()
        self.current = CurrentSnapshot(snapshot, lambda one: Dialogue(one.faq, one.base, 180, self.usage, subjects))
        self.editor = Editor(self.folder, self.current, self.history, lambda: self.known, commits=commits)
        self.lifecycle = MissLifecycle(self.missed, self.usage, self.current)
        self.clustering = Clustering(self.clusters, snapshot.index)
        self.digest = Digest(self.clusters, self.clustering, self.usage, self.clock)
        drafts = Drafts(Forms(self.database))
        desk = Desk(
            current=self.current,
            editor=self.editor,
            lifecycle=self.lifecycle,
            clusters=self.clusters,
            history=self.history,
            drafts=drafts,
        )
        self.dialogue = AdminDialogue(
            current=self.current,
            desk=desk,
            writing=Writing(self.current, self.clusters, drafts, desk),
            missed=self.missed,
            clusters=self.clusters,
            clustering=self.clustering,
            history=self.history,
            drafts=drafts,
            usage=self.usage,
            digest=self.digest,
            reload=lambda: "reloaded",
        )

    def file(self, name: str) -> str:
        """A file's text, as it is."""
        return (self.folder / name).read_bytes().decode()

    def write(self, name: str, old: str, new: str) -> None:
        """Change a file as an editor does."""
        text = self.file(name)
        assert old in text
        (self.folder / name).write_bytes(text.replace(old, new).encode())

    def miss(self, text: str, verdict: VerdictKind = VerdictKind.UNKNOWN, item: str | None = None) -> None:
        """A member asks in vain."""
        self.missed.record(Miss(text, normalise(text), verdict, State.OPEN, item, 0.0))

    def states(self) -> dict[str, State]:
        """What became of each missed question."""
        return {row.question: row.state for row in self.missed.rows(list(State))}

    def say(self, text: str) -> Reply:
        """An admin says something."""
        turn = self.dialogue.say(text, ADMIN)
        assert turn
        self.usage.record(turn.records)
        assert turn.reply
        return turn.reply

    def press(self, shown: Reply, label: str) -> Reply:
        """An admin presses a button of what is shown."""
        (action,) = (button.action for button in shown.buttons if button.label == label)
        turn = self.dialogue.press(action, ADMIN)
        self.usage.record(turn.records)
        assert turn.reply
        return turn.reply
