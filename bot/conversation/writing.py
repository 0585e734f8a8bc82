"""What an admin writes, step by step: what is missing is asked for, what is whole goes to the desk."""

from collections.abc import Sequence

from bot.conversation import cards
from bot.conversation.cards import Press, cancel_row
from bot.conversation.desk import Desk
from bot.conversation.forms import TYPED, Admin, Awaited, Draft, Drafts, Task
from bot.conversation.replies import Reply, item_key, topic_key
from bot.curation.planning import owners
from bot.errors import CampaignBotError, StaleButtonError
from bot.items import Item
from bot.knowledge.models import ANSWER_LIMIT
from bot.masking import is_masked
from bot.matching.similarity import unlike
from bot.snapshot import CurrentSnapshot
from bot.store.clusters import MissClusters
from bot.store.records import Cluster
from bot.text import is_blank, normalise
from bot.texts import admins as admins_texts

_LONGEST_PHRASING = 60
"""Characters: a longer text is a story, not a way to ask."""
_LONGEST_QUESTION = 60
"""Characters of a button that are still read."""
_LONGEST_TOPIC = 30
_PHRASINGS_OF_A_CARD = 5
_PHRASINGS_AT_ONCE = 20


class UnfitTextError(CampaignBotError):
    """What an admin typed can't be taken; the text says why, in Chinese."""


class Writing:
    """Every method gives what the admin reads, and raises as ``Desk`` does.

    Raises:
        StaleButtonError: the press is out of date.
    """

    def __init__(self, current: CurrentSnapshot, clusters: MissClusters, drafts: Drafts, desk: Desk) -> None:
        self._current = current
        self._clusters = clusters
        self._desk = desk
        self._drafts = drafts

    def add_to(self, cluster: Cluster, key: str, admin: Admin) -> Reply:
        """The cluster's questions become phrasings of an item."""
        item = next((one for one in self._current.snapshot.base.items if item_key(one.id) == key), None)
        if item is None:
            raise StaleButtonError(admins_texts.ITEM_GONE)
        draft = Draft(task=Task.PHRASING, awaited=Awaited.PHRASINGS, item=item.id, cluster=cluster.id)
        owned, words = self._own(cluster, item)
        if owned and not words:
            raise StaleButtonError(owned)
        return self.begin(draft.but(phrasings=tuple(words)), admin)

    def begin_item(self, cluster: Cluster, task: Task, admin: Admin, answer: str = "") -> Reply:
        """The cluster's questions become ways to ask a new item."""
        _, fit = self._own(cluster, None)
        question = fit[0] if fit and len(fit[0]) <= _LONGEST_QUESTION else ""
        draft = Draft(task=task, awaited=Awaited.QUESTION, cluster=cluster.id, question=question, answer=answer)
        return self.begin(draft.but(phrasings=tuple(one for one in fit if one != question)), admin)

    def _own(self, cluster: Cluster, item: Item | None) -> tuple[str, list[str]]:
        """The words of a card that can stand as phrasings of an item, or of a new one; and why others can't."""
        refusal, words = "", []
        owned = owners(self._current.snapshot.base)
        for text in _fit(cluster):
            owner = owned.get(normalise(text))
            if owner is None or owner is item:
                words.append(text)
            else:
                refusal = admins_texts.PHRASING_TAKEN.format(phrasing=text, question=owner.question)
        return refusal, words[:_PHRASINGS_OF_A_CARD]

    def typed(self, text: str, admin: Admin) -> Reply | None:
        """To a message; None if nothing is being written, or nothing that comes as a message now."""
        draft = self._drafts.get(admin)
        if draft is None:
            return None
        if draft.awaited not in TYPED:
            return Reply(admins_texts.CHOOSE_WITH_BUTTONS)
        if is_blank(text):
            return Reply(admins_texts.NO_WORDS)
        return self.begin(self._written(draft, text.strip()), admin, typed=True)

    @staticmethod
    def _written(draft: Draft, text: str) -> Draft:
        """The draft with what was awaited.

        Raises:
            UnfitTextError: it is too long.
        """
        line = " ".join(text.split())
        match draft.awaited:
            case Awaited.QUESTION:
                return draft.but(
                    question=_bounded(_numberless(line), _LONGEST_QUESTION, admins_texts.QUESTION_TOO_LONG)
                )
            case Awaited.PHRASINGS:
                return draft.but(phrasings=tuple(_phrasings(text)))
            case Awaited.ANSWER:
                lines = "\n".join(one.rstrip() for one in text.splitlines())
                return draft.but(answer=_bounded(lines, ANSWER_LIMIT, admins_texts.ANSWER_TOO_LONG))
            case Awaited.OTHER:
                name = _bounded(line, _LONGEST_QUESTION, admins_texts.NAME_TOO_LONG)
                return draft.but(other=name, awaited=Awaited.SOURCES)
            case _:
                return draft.but(topic=_bounded(line, _LONGEST_TOPIC, admins_texts.NAME_TOO_LONG))

    def go_on(self, kind: Press, part: str, admin: Admin) -> Reply:
        """The draft with what was pressed."""
        draft = self._drafts.get(admin)
        base = self._current.snapshot.base
        if draft is None:
            raise StaleButtonError(admins_texts.DRAFT_GONE)
        match kind, part:
            case Press.CONFIRM, digest if draft.awaited is Awaited.CONFIRMATION:
                return self._desk.propose(draft, admin, confirmed=digest)
            case Press.SOURCE, "other" if draft.awaited is Awaited.SOURCES and draft.other:
                draft = draft.but(other="")
            case Press.SOURCE, "other" if draft.awaited is Awaited.SOURCES:
                self._drafts.keep(draft.but(awaited=Awaited.OTHER), admin)
                return _prompt(admins_texts.ASK_OTHER, admin)
            case Press.SOURCE, "done" if draft.awaited is Awaited.SOURCES:
                if not (draft.sources or draft.other):
                    raise StaleButtonError(admins_texts.NEEDS_SOURCE)
                self._drafts.keep(draft.but(awaited=Awaited.TOPIC), admin)
                return cards.topics(base, admin.id)
            case Press.SOURCE, key if draft.awaited is Awaited.SOURCES:
                place = next((one for one in base.places if item_key(one) == key), None)
                chosen = {*draft.sources} ^ {place}
                draft = draft.but(sources=tuple(one for one in base.places if one in chosen))
            case Press.TOPIC, key if draft.awaited is Awaited.TOPIC:
                topic = next((one for one in base.topics if topic_key(one) == key), "")
                # The whole of it is shown once more.
                return self.begin(draft.but(topic=topic), admin, typed=True)
            case _:
                raise StaleButtonError(admins_texts.DRAFT_GONE)
        return self.begin(draft, admin)

    def begin(self, draft: Draft, admin: Admin, *, typed: bool = False) -> Reply:
        """Ask for what a draft lacks, or propose it."""
        base = self._current.snapshot.base
        asked = self._clusters.cluster(draft.cluster).questions if draft.cluster else ()
        original = asked[0].question if asked else ""
        target = base.by_id.get(draft.item)
        writes_item = draft.task in {Task.ITEM, Task.NOT_COVERED}
        if writes_item and typed and draft.awaited is Awaited.QUESTION:
            owner = owners(base).get(normalise(draft.question))
            if owner:
                taken = admins_texts.PHRASING_TAKEN.format(phrasing=draft.question, question=owner.question)
                return Reply(taken, (*cards.item_choices([owner]).rows, cancel_row(admin.id)))
        if writes_item and not draft.question:
            prompt = admins_texts.ASK_SHORT_QUESTION if original else admins_texts.ASK_QUESTION
            prompt = prompt.format(why=_why_unfit(original), asked=original)
            return self._await(draft, Awaited.QUESTION, prompt, admin)
        if draft.task is Task.PHRASING and not draft.phrasings:
            question = target.question if target else draft.item
            prompt = admins_texts.ASK_PHRASING_OF if original else admins_texts.ASK_PHRASING
            prompt = prompt.format(why=_why_unfit(original), asked=original, question=question)
            return self._await(draft, Awaited.PHRASINGS, prompt, admin)
        if draft.task is not Task.PHRASING and not draft.answer:
            match draft.task:
                case Task.ANSWER:
                    question = target.question if target else draft.item
                    prompt = admins_texts.ASK_NEW_ANSWER.format(question=question, answer=draft.seen)
                case Task.NOT_COVERED:
                    prompt = admins_texts.ASK_NOT_COVERED.format(question=draft.question)
                case _:
                    prompt = admins_texts.ASK_ANSWER.format(question=draft.question, limit=ANSWER_LIMIT)
            return self._await(draft, Awaited.ANSWER, prompt, admin)
        if draft.task is Task.ITEM and not draft.topic:
            self._drafts.keep(draft.but(awaited=Awaited.SOURCES), admin)
            return cards.sources(draft, base, admin.id)
        return self._desk.propose(draft, admin, typed=typed)

    def _await(self, draft: Draft, awaited: Awaited, prompt: str, admin: Admin) -> Reply:
        self._drafts.keep(draft.but(awaited=awaited), admin)
        return _prompt(prompt, admin)


def _fit(cluster: Cluster) -> list[str]:
    """Questions of a cluster that can stand as phrasings: short, whole, and unlike each other."""
    texts = (one.question for one in cluster.questions)
    return unlike(one for one in texts if len(one) <= _LONGEST_PHRASING and not is_masked(one))


def _prompt(text: str, admin: Admin) -> Reply:
    """A question to an admin; in a group the bot sees replies alone."""
    here = text if admin.chat == admin.id else f"{text}\n{admins_texts.REPLY_HERE}"
    return Reply(here, (cancel_row(admin.id),))


def _why_unfit(question: str) -> str:
    if is_masked(question):
        return admins_texts.WHY_MASKED
    return admins_texts.WHY_LONG if len(question) > _LONGEST_PHRASING else admins_texts.WHY_TAKEN


def _numberless(text: str) -> str:
    """What becomes a question of the knowledge base must hold nobody's number."""
    if is_masked(text):
        raise UnfitTextError(admins_texts.HAS_NUMBER)
    return text


def _bounded(text: str, limit: int, refusal: str) -> str:
    if len(text) > limit:
        raise UnfitTextError(refusal.format(length=len(text), limit=limit))
    return text


def _phrasings(text: str) -> Sequence[str]:
    """One a line."""
    lines = [line for line in (" ".join(one.split()) for one in _numberless(text).splitlines()) if not is_blank(line)]
    if len(lines) > _PHRASINGS_AT_ONCE:
        raise UnfitTextError(admins_texts.TOO_MANY_PHRASINGS.format(limit=_PHRASINGS_AT_ONCE))
    for line in lines:
        if len(line) > _LONGEST_PHRASING:
            told = f"{line[:_LONGEST_TOPIC]}…"
            raise UnfitTextError(admins_texts.PHRASING_TOO_LONG.format(text=told, limit=_LONGEST_PHRASING))
    return lines
