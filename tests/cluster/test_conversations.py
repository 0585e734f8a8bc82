"""Conversations whose every message comes to the other replica."""

from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.cluster.cluster import Cluster, cluster
from tests.fake_bot_api import FakeBotApi
from tests.postgresql import Server
from tests.process import wait_for

A_MINUTE = 5
Event = tuple[str, dict[str, Any]]


class Members:
    """Members who talk with two replicas in turn: what they do comes to the one once the other is done."""

    def __init__(self, running: Cluster) -> None:
        self.api: FakeBotApi = running.api
        self._engine = sa.create_engine(running.server.url(running.name), poolclass=sa.NullPool)
        self._turns = cycle([running.api.deliver_to, *running.api.replicas])
        running.api.replicas.clear()

    def say(self, text: str, chat: int) -> str:
        """The text of the only reply."""
        ((method, fields),) = self.do(lambda: self.api.member_says(text, chat))
        assert method == "sendmessage"
        return str(fields["text"])

    def do(self, act: Callable[[], object]) -> Sequence[Event]:
        """What the bot shows after what a member does."""
        self.api.deliver_to = next(self._turns)
        before = len(self.api.events)
        act()
        self.api.wait_until(lambda: self.api.pending == 0)
        wait_for(lambda: not self.rows("SELECT id FROM inbox WHERE state = 'waiting'"))
        shown = ("sendmessage", "editmessagetext", "answercallbackquery")
        return [(method, fields) for method, fields in self.api.events[before:] if method in shown]

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        """What a query of the database gives."""
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]


def test_a_conversation_goes_on_at_another_replica(postgresql: Server, tmp_path: Path) -> None:
    """Lists, follow-ups, edited questions, presses, and the pace. One start of two processes serves them all."""
    with cluster(postgresql, tmp_path, 2, MESSAGES_A_MINUTE=str(A_MINUTE)) as running:
        members = Members(running)

        assert "哪一个" in members.say("开饭安排", chat=11)
        assert "早上七点开门。" in members.say("第二个", chat=11)

        assert "工作证" in members.say("补办饭卡", chat=12)
        assert "接着看" in members.say("还有呢", chat=12)
        assert "早上七点开门。" in members.say("第一个", chat=12)

        said: list[dict[str, Any]] = []
        ((_, reply),) = members.do(lambda: said.append(members.api.member_says("食堂几点关门", 13)))
        edited = said[0] | {"text": "食堂几点开门", "edit_date": said[0]["date"] + 1}
        ((method, again),) = members.do(lambda: members.api.member_sends(edited, 13, "edited_message"))
        assert (method, again["message_id"]) == ("editmessagetext", reply["message_id"])
        assert "早上七点开门。" in again["text"]

        ((_, answer),) = members.do(lambda: members.api.member_says("食堂 几点开门", 14))
        for _ in range(2):
            assert members.do(lambda: members.api.member_presses("u:d:opening", answer, 14))

        replies = [members.do(lambda: members.api.member_says("补办饭卡", 15)) for _ in range(A_MINUTE + 3)]
        assert [len(shown) for shown in replies] == [1] * (A_MINUTE + 1) + [0, 0]
        ((_, notice),) = replies[A_MINUTE]
        assert "发得太快" in notice["text"]

        # Counted once, and of the question as it was asked to the other replica.
        assert members.rows("SELECT question, count FROM feedback") == [("食堂 几点开门", 1)]
        assert members.rows("SELECT count(*) FROM participants") == [(5,)]
    assert running.api.invalid == []
