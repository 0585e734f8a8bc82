"""Everything that admins work with, over a folder and a database of its own, without Telegram."""

import shutil
from pathlib import Path

from bot.conversation.admins import COMMANDS, AdminConversation
from bot.conversation.callbacks import Callback
from bot.conversation.commands import Command
from bot.conversation.editing import Editing
from bot.conversation.forms import Admin, AdminTurn, Form, restored, stored
from bot.conversation.history import HistoryPages
from bot.conversation.members import MemberConversation
from bot.conversation.miss_list import MissListPages
from bot.conversation.notes import Notes
from bot.conversation.reply import Reply
from bot.conversation.wrong_answers import WrongAnswers
from bot.curation.clustering import Clustering
from bot.curation.corrections import Corrections
from bot.curation.digest import Digest
from bot.curation.edits import Edits
from bot.curation.misses import MissLifecycle
from bot.curation.reload import Reloaded
from bot.evaluation.impact import ReplayedQuestion
from bot.inbox.encryption import Encryption
from bot.items import VerdictKind
from bot.knowledge import read
from bot.matching import ConfidenceModel
from bot.snapshot import CurrentSnapshot, Snapshot
from bot.store.answer_subscriptions import AnswerSubscriptions
from bot.store.bulk_actions import BulkActions
from bot.store.clusters import MissClusters
from bot.store.database import Database
from bot.store.history import History
from bot.store.miss_lists import MissLists
from bot.store.misses import MissLog
from bot.store.notices import Notices
from bot.store.records import Miss, Records, State
from bot.store.subscriptions import Subscriptions
from bot.store.usage import UsageLog
from bot.text import normalise
from tests.clocks import Clock
from tests.fake_bot_api import TOKEN
from tests.new_database import put_new_database

ADMIN = Admin(5, 5)


class AdminSetup:
    """The parts, wired as the app does. ``known``: the real questions that changes are tried on."""

    def __init__(self, knowledge: Path, data: Path, clock: Clock) -> None:
        self.folder = data / "knowledge"
        shutil.copytree(knowledge, self.folder)
        self.clock = clock
        self.path = data / "bot.db"
        self.database = Database.open(put_new_database(self.path), clock)
        self.misses = MissLog(self.database, 1000)
        self.usage = UsageLog(self.database, self.misses, 1000)
        self.history = History(self.database)
        self.notices = Notices(self.database)
        self.clusters = MissClusters(self.database)
        self.subscriptions = Subscriptions(self.database)
        self.encryption = Encryption(TOKEN)
        self.known: list[ReplayedQuestion] = []
        self.names: dict[int, str] = {}
        self.start()

    def start(self, *, commits: bool = False) -> None:
        """As after a restart."""
        snapshot = Snapshot.of(read(self.folder), str(self.folder), ConfidenceModel())
        self.current = CurrentSnapshot(snapshot)
        self.members = MemberConversation(self.usage, 180, clock=self.clock)
        self.edits = Edits(self.folder, self.current, self.history, lambda: self.known, commits=commits)
        self.lifecycle = MissLifecycle(self.misses, self.usage, self.current)
        self.corrections = Corrections(AnswerSubscriptions(self.database), Encryption("key"), self.current)
        self.clustering = Clustering(self.clusters, snapshot.index)
        self.digest = Digest(self.clusters, self.clustering, self.usage, self.history, self.notices, self.clock, 9)
        self.lists = MissListPages(
            current=self.current,
            clustering=self.clustering,
            lists=MissLists(self.database),
            bulk=BulkActions(self.database),
            usage=self.usage,
        )
        notes = Notes(self.subscriptions, self.clusters, self.lists, self.history, self.encryption)
        self.past = HistoryPages(
            self.current, self.history, self.clusters, self.misses, self.lists.bulk, self.clock, self.names
        )
        self.wrong_answers = WrongAnswers(self.misses, self.clusters, self.clustering, self.usage, self.clock)
        self.conversation = AdminConversation(
            current=self.current,
            editing=Editing(
                self.current,
                self.edits,
                self.lifecycle,
                self.clusters,
                self.lists,
                notes,
                self.history,
                self.corrections,
            ),
            misses=self.misses,
            clusters=self.clusters,
            clustering=self.clustering,
            lists=self.lists,
            history=self.history,
            past=self.past,
            usage=self.usage,
            subscriptions=self.subscriptions,
            wrong_answers=self.wrong_answers,
            digest=self.digest,
            clock=self.clock,
            reload=lambda: Reloaded(None),
        )

    def close(self) -> None:
        """Close the database."""
        self.database.close()

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
        self.misses.record(Miss(text, normalise(text), verdict, State.OPEN, item, 0.0))

    def states(self) -> dict[str, State]:
        """What became of each missed question."""
        return {row.question: row.state for row in self.misses.rows(list(State))}

    def turn_said(self, text: str, admin: Admin = ADMIN) -> AdminTurn | None:
        """The turn after a message, of which nothing is kept yet; None for one that is no admin's."""
        command, form = Command.parse(text), self.form(admin)
        if command:
            return self.conversation.command(command, admin, form) if command.name in COMMANDS else None
        turn = self.conversation.text(text, admin, form)
        return turn if turn.reply else None

    def turn_pressed(self, callback: Callback | None, admin: Admin = ADMIN) -> AdminTurn:
        """The turn after a pressed button, of which nothing is kept yet."""
        return self.conversation.press(callback, admin, self.form(admin))

    def form(self, admin: Admin = ADMIN) -> Form | None:
        """What an admin is writing."""
        return restored(self.usage.form(admin.id, admin.chat), self.encryption)

    def keep(self, turn: AdminTurn | None, admin: Admin = ADMIN) -> Reply:
        """Keep what a turn has changed; its reply."""
        assert turn
        assert turn.reply
        self.usage.record(Records(forms=(stored(turn.form, admin, self.encryption),)))
        return turn.reply

    def say(self, text: str, admin: Admin = ADMIN) -> Reply:
        """An admin says something."""
        return self.keep(self.turn_said(text, admin), admin)

    def press(self, shown: Reply, label: str, admin: Admin = ADMIN) -> Reply:
        """An admin presses a button of what is shown."""
        (callback,) = (button.callback for button in shown.buttons if button.label == label)
        return self.keep(self.turn_pressed(callback, admin), admin)
