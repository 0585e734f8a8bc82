"""Whatever admins, editors and restarts do: subscribers are told only what has stood for a minute when it is told."""

import random
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from telegram.ext import ExtBot

from bot.conversation.callbacks import AdminAction, AdminCallback
from bot.conversation.reply import Button, Reply, plain_text
from bot.inbox.encryption import Encryption
from bot.matching import Answer, NotCovered
from bot.store.records import SETTLED, Records
from bot.telegram.client import Transport
from bot.telegram.deliveries import Address
from bot.telegram.messages import Messages
from bot.telegram.notifier import SubscriptionNotifier
from bot.texts.admins import BUTTON_ANSWER, BUTTON_FINE, BUTTON_NEXT
from bot.texts.languages import Language
from tests.admin_setup import AdminSetup
from tests.clocks import Clock
from tests.conftest import CANTEEN
from tests.fake_bot_api import TOKEN, FakeBotApi, serving

QUESTIONS = ("洗衣机把卡搅坏了", "卡坏了", "塑料片被狗吃了")
SEEDS = range(4)
STEPS = 60
MINUTE = timedelta(minutes=1)


class Walk:
    """A bot on which anything may happen, and what it would have told at each moment."""

    def __init__(self, api: FakeBotApi, bot: ExtBot[None], setup: AdminSetup, seed: int) -> None:
        self.api = api
        self.setup = setup
        self.chance = random.Random(seed)
        self.messages = Messages(bot)
        self.restart()
        self.told: list[tuple[str, str, set[str | None]]] = []
        """Which question's subscriber was told what, and all that they would have been told in the minute before."""
        self.would_tell: list[tuple[datetime, dict[str, str | None]]] = []

    def restart(self) -> None:
        """As after a start of the bot."""
        setup = self.setup
        setup.start()
        key = Encryption(TOKEN)
        self.notifier = SubscriptionNotifier(self.messages, setup.subscriptions, key, setup.lifecycle, setup.members)
        self.notifier.find_unreadable()
        setup.lifecycle.follow(None, setup.current.snapshot)

    def press(self, callback: AdminCallback) -> Reply:
        """An admin presses a button, wherever it stands."""
        return self.setup.press(Reply("", ((Button("button", callback),),)), "button")

    def subscribe(self) -> None:
        """A member asks in vain, and wants to be told."""
        question = self.chance.choice(QUESTIONS)
        chat = 100 + QUESTIONS.index(question)
        if isinstance(self.setup.current.snapshot.matcher.match(question), Answer):
            return
        self.setup.miss(question)
        address = Address(chat=chat, message=3, thread=None, language="SIMPLIFIED")
        self.setup.usage.record(Records(subscriptions=(self.notifier.subscription(question, chat, address),)))

    def add(self) -> None:
        """An admin adds what is on the first card to one of its items."""
        card = self.press(AdminCallback(AdminAction.SHOW_CARD, 0))
        labels = [button.label for button in card.buttons if button.label.startswith("加到")]
        if labels:
            shown = self.setup.press(card, self.chance.choice(labels))
            if BUTTON_FINE in [button.label for button in shown.buttons]:
                self.setup.press(shown, BUTTON_FINE)

    def answer(self) -> None:
        """An admin changes an answer."""
        self.setup.press(self.setup.say("/item card"), BUTTON_ANSWER)
        shown = self.setup.say(f"到窗口补办，第 {self.chance.randrange(3)} 次。")
        for button in shown.buttons[:1]:
            if button.label != BUTTON_NEXT:
                self.setup.press(shown, button.label)

    def undo(self) -> None:
        """An admin takes back one of the last edits."""
        if edits := self.setup.history.edits(3):
            self.press(AdminCallback(AdminAction.UNDO, self.chance.choice(edits).id))

    def edit_file(self) -> None:
        """An editor changes an answer, and the bot sees to it."""
        text, before = self.setup.file("items.yaml"), self.setup.current.snapshot
        old, new = self.chance.sample(["早上七点开门。", "早上六点开门。"], 2)
        if old in text:
            self.setup.write("items.yaml", old, new)
            self.setup.edits.take_over()
            self.setup.lifecycle.follow(before, self.setup.current.snapshot)

    def follow(self) -> None:
        """The bot sees to what has changed."""
        self.setup.lifecycle.follow(self.setup.current.snapshot, self.setup.current.snapshot)

    def look(self) -> None:
        """Note what each question's subscriber would be told at this moment."""
        snapshot = self.setup.current.snapshot
        replies = self.setup.members.replies(snapshot, Language.SIMPLIFIED)
        states = self.setup.states()
        told: dict[str, str | None] = {}
        for question in QUESTIONS:
            verdict = snapshot.matcher.match(question)
            is_told = states.get(question) in SETTLED and isinstance(verdict, Answer | NotCovered)
            told[question] = plain_text(replies.answered_since(verdict).text) if is_told else None  # type: ignore[arg-type]
        self.would_tell.append((self.setup.clock(), told))

    async def tell(self) -> None:
        """Some time passes, and whoever can be told is."""
        self.setup.clock.now += timedelta(seconds=self.chance.choice([1, 5, 20, 31, 59, 60]))
        before = len(self.api.sent())
        await self.notifier.tell()
        for message in self.api.sent()[before:]:
            question = QUESTIONS[message["chat"]["id"] - 100]
            before_that = self.setup.clock() - MINUTE
            earlier = [told[question] for moment, told in self.would_tell if moment <= before_that]
            since = [told[question] for moment, told in self.would_tell if moment > before_that]
            self.told.append((question, message["text"], {*earlier[-1:], *since}))


@pytest.fixture(params=SEEDS)
async def walk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Walk]:
    with serving(FakeBotApi()) as api:
        async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport()) as bot:
            with closing(AdminSetup(CANTEEN, tmp_path, Clock())) as setup:
                yield Walk(api, bot, setup, request.param)


async def test_only_what_has_stood_for_a_minute_is_told(walk: Walk) -> None:
    """At each moment of that minute the same would have been told, however often it was undone before."""
    acts = [walk.subscribe, walk.add, walk.answer, walk.undo, walk.edit_file, walk.follow, walk.restart]
    for _ in range(STEPS):
        walk.chance.choices(acts, weights=[4, 4, 1, 2, 1, 1, 1])[0]()
        walk.look()
        if walk.chance.random() < 0.6:
            await walk.tell()
    assert walk.told
    for question, text, stood in walk.told:
        assert stood == {text}, question
