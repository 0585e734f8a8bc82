"""The card of an answer that was not good: which item it should have been, and what else can be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from bot.clock import Clock
from bot.conversation import callbacks, cards
from bot.conversation.callbacks import AdminAction, AdminCallback
from bot.conversation.freshness import freshness
from bot.conversation.reply import Button, Reply, row, shortened
from bot.curation.clustering import Clustering
from bot.items import Item
from bot.matching import Answer, Candidate, NotCovered, SmallTalk, Suggestions, Unknown
from bot.snapshot import Snapshot
from bot.store.clusters import MissClusters
from bot.store.misses import MissLog
from bot.store.records import COMPLAINED, Answered, Cluster, Miss, Opinion, State
from bot.store.usage import UsageLog
from bot.texts import admins as texts

_QUESTIONS = 10
_IN_A_ROW = 5


@dataclass(frozen=True, slots=True)
class WrongAnswers:
    """Complaints about answers, of members by a thumb down and of admins who judged them wrong.

    Every method raises StoreError where the store fails.
    """

    misses: MissLog
    clusters: MissClusters
    clustering: Clustering
    usage: UsageLog
    clock: Clock

    def judged(self, answered: Answered) -> Cluster:
        """The card's cluster of an answer that an admin judged wrong: a complaint that waits until it is seen to."""
        missed = Miss(answered.question, answered.key, COMPLAINED, State.OPEN, answered.item, answered.score)
        self.misses.record(missed)
        self.clustering.cluster_new()
        return self.clusters.cluster(self.clusters.split_off(answered.key))

    def question(self, cluster: Cluster, row_id: str) -> Cluster:
        """One question of a cluster of complaints, as a cluster of its own; the same cluster if it is there no more."""
        key = next((missed.key for missed in cluster.questions if str(missed.id) == row_id), None)
        return self.clusters.cluster(self.clusters.split_off(key)) if key else cluster

    def card(  # noqa: PLR0913, PLR0917 - all that stands on it
        self,
        cluster: Cluster,
        place: int,
        count: int,
        item: Item,
        nearest: Sequence[Candidate],
        list_id: int = 0,
        scope: str = "",
    ) -> Reply:
        """A cluster of complaints about an item; ``nearest``: the items that its question may have meant instead.

        Each question may have meant another item: of several, one is chosen first. ``list_id``: of the list that it
        stands in, which is narrowed to ``scope``.
        """
        first, *others = cluster.questions
        most = f"{count}+" if count >= cards.COUNTED else count
        last = self.clock.local(first.last_asked)
        lines = [texts.CARD_COMPLAINTS.format(count=most, cluster=cluster, last=last, place=place + 1)]
        if scope:
            lines.append(texts.CARD_SCOPE.format(scope=scope))
        lines += cards.waiting_lines(cluster)
        if others:
            shown = cluster.questions[:_QUESTIONS]
            numbered = [
                texts.CARD_COMPLAINT_OF.format(number=number, question=shortened(missed.question), count=missed.count)
                for number, missed in enumerate(shown, start=1)
            ]
            lines += ["", *numbered]
            choices = [
                Button(str(number), AdminCallback(AdminAction.SHOW_COMPLAINT, cluster.id, str(missed.id), list_id))
                for number, missed in enumerate(shown, start=1)
            ]
            own = tuple(tuple(choices[at : at + _IN_A_ROW]) for at in range(0, len(choices), _IN_A_ROW))
        else:
            lines += ["", texts.CARD_QUESTION.format(question=first.question)]
            own = cards.phrasing_rows(cluster, [candidate.item for candidate in nearest], list_id)
            own += row(Button(texts.BUTTON_FIND, AdminCallback(AdminAction.FIND_ITEM, cluster.id, list_id=list_id)))
        said = self.usage.complaints(item.id)
        days = [freshness(item)] if Opinion.OUTDATED in said else []
        lines += ["", _opinions(item, said), texts.CARD_ANSWER.format(answer=item.answer), *filter(None, days), ""]
        if others:
            lines.append(texts.CARD_WHICH_COMPLAINT)
        else:
            lines += [texts.CARD_SHOULD_BE, *cards.nearest_lines(nearest)] if nearest else [texts.CARD_FIND_IT]
        acts = (*cards.note_row(cluster, list_id), *_acts(cluster, item, list_id))
        return Reply("\n".join(lines), (*own, *acts, *cards.pager(place, count, list_id)))


def _acts(cluster: Cluster, item: Item, list_id: int) -> tuple[tuple[Button, ...], ...]:
    def act(action: AdminAction, label: str) -> Button:
        return Button(label, AdminCallback(action, cluster.id, list_id=list_id))

    answer = Button(texts.BUTTON_ANSWER, callbacks.WriteAnswer(item.id, cluster.id))
    putting_aside = (
        act(AdminAction.IGNORE, texts.BUTTON_IGNORE),
        act(AdminAction.DELETE, texts.BUTTON_DELETE),
    )
    if len(cluster.questions) > 1:
        return (answer,), putting_aside
    return (
        (answer, act(AdminAction.NEVER, texts.BUTTON_NEVER)),
        (act(AdminAction.CHOOSE_REFUSAL, texts.BUTTON_NOT_COVERED), act(AdminAction.WRITE_ITEM, texts.BUTTON_NEW)),
        putting_aside,
    )


def _opinions(item: Item, said: Mapping[Opinion, int]) -> str:
    if not said:
        return texts.CARD_ANSWERED.format(question=item.question)
    opinions = (texts.CARD_OPINION.format(opinion=texts.OPINIONS[name], count=times) for name, times in said.items())
    return texts.CARD_COMPLAINT.format(question=item.question, opinions="，".join(opinions))


def reached(question: str, snapshot: Snapshot) -> str:
    """What a question gets now that it does not get the wrong item, in words."""
    verdict = snapshot.matcher.match(question)
    match verdict:
        case Answer() | NotCovered() | SmallTalk():
            return texts.NEVER_SETTLED.format(question="」「".join(near.item.question for near in verdict.chosen))
        case Suggestions():
            return texts.NEVER_SUGGESTED.format(
                question="」「".join(near.item.question for near in verdict.suggestions)
            )
        case Unknown():
            return texts.NEVER_UNKNOWN
        case _:
            assert_never(verdict)


def with_judging(card: Reply, left: int) -> Reply:
    """A card that leads back to the answers that are still to be judged, of which so many are left."""
    label = texts.BUTTON_JUDGE_NEXT.format(left=left) if left else texts.BUTTON_JUDGE_DONE
    text = f"{card.text}\n\n{texts.JUDGED_WRONG}"
    return replace(card, text=text, rows=(*card.rows, (Button(label, AdminCallback(AdminAction.SHOW_TO_JUDGE, left)),)))
