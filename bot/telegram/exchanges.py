"""Which reply belongs to which question, and what of a participant was counted already."""

from dataclasses import dataclass, replace

from cachetools import LRUCache

from bot.conversation.context import LATEST, Participant

_REMEMBERED = 10_000
"""Participants whose latest messages are remembered."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and the reply to it, each by its message's id.

    ``words``: the question's; ``quotes``: whether the reply quotes it.
    """

    question: int
    words: str
    reply: int
    quotes: bool


@dataclass(frozen=True, slots=True)
class Exchanges:
    """The latest of one participant, the newest last, as a value that can be stored.

    ``presses``: the messages of the buttons that were pressed, with their callback data; ``albums``: their ids.
    """

    exchanges: tuple[Exchange, ...] = ()
    presses: tuple[tuple[int, str], ...] = ()
    albums: tuple[str, ...] = ()


class ExchangeMemory:
    """The latest exchanges of participants, in memory."""

    def __init__(self) -> None:
        self._kept: LRUCache[Participant, Exchanges] = LRUCache(_REMEMBERED)

    def of(self, participant: Participant) -> Exchanges:
        """What is remembered of a participant."""
        return self._kept.get(participant, Exchanges())

    def put(self, participant: Participant, exchanges: Exchanges) -> None:
        """Remember this of a participant, and nothing else."""
        self._kept[participant] = exchanges

    def to_question(self, participant: Participant, question: int) -> Exchange | None:
        """The latest exchange about a question."""
        exchanges = reversed(self.of(participant).exchanges)
        return next((exchange for exchange in exchanges if exchange.question == question), None)

    def with_reply(self, participant: Participant, reply: int) -> Exchange | None:
        """The exchange that a reply belongs to."""
        exchanges = reversed(self.of(participant).exchanges)
        return next((exchange for exchange in exchanges if exchange.reply == reply), None)

    def add(self, participant: Participant, exchange: Exchange) -> None:
        """Remember an exchange, in place of an earlier one with the same reply."""
        kept = self.of(participant)
        others = (other for other in kept.exchanges if other.reply != exchange.reply)
        self._kept[participant] = replace(kept, exchanges=(*others, exchange)[-LATEST:])

    def is_first_press(self, participant: Participant, message: int, data: str) -> bool:
        """Whether a button was not pressed before; it is from now on."""
        kept, press = self.of(participant), (message, data)
        others = tuple(other for other in kept.presses if other != press)
        self._kept[participant] = replace(kept, presses=(*others, press)[-LATEST:])
        return len(others) == len(kept.presses)

    def is_first_of_album(self, participant: Participant, album: str) -> bool:
        """Whether nothing of an album was seen before; it is from now on."""
        kept = self.of(participant)
        others = tuple(other for other in kept.albums if other != album)
        self._kept[participant] = replace(kept, albums=(*others, album)[-LATEST:])
        return len(others) == len(kept.albums)
