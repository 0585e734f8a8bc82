"""How the last week went, what to fix next, and answers to judge."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import NormalDist

from bot.conversation import cards
from bot.conversation.cards import Press, button
from bot.conversation.replies import Reply
from bot.curation.clustering import Clustering
from bot.evaluation.next_edits import NextEdit, best_next_edits
from bot.snapshot import Snapshot
from bot.store.clusters import MissClusters
from bot.store.records import COMPLAINTS, Answered, Opinion
from bot.store.usage import UsageLog
from bot.texts import admins as admins_texts

_DAYS = 7
_MONTH = timedelta(days=30)
_MISSES = 2000
_CANDIDATES = 30
_EDITS = 5
JUDGED = 10
_LOOKED_AT = 200
_Z = NormalDist().inv_cdf(0.975)


class Digest:
    """What admins are told once a week, and whenever they ask."""

    def __init__(
        self,
        clusters: MissClusters,
        clustering: Clustering,
        usage: UsageLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clusters = clusters
        self._clustering = clustering
        self._usage = usage
        self._now = now

    def compose(self, snapshot: Snapshot) -> Reply:
        """The last seven days, the best next edits, and the way to the answers to judge."""
        last = self._now().date()
        first = last - timedelta(days=_DAYS - 1)
        lines = [self._counts(first, last), ""]
        edits, clusters = self._next_edits(snapshot)
        lines += [admins_texts.DIGEST_EDITS, *_edit_lines(edits, snapshot)] if edits else [admins_texts.DIGEST_NO_EDITS]
        rows = [
            (button(admins_texts.DIGEST_CARD.format(number=number), Press.SHOW, clusters[edit.question]),)
            for number, edit in enumerate(edits, start=1)
        ]
        rows.append((button(admins_texts.BUTTON_TO_CARDS, Press.CARD, 0),))
        count = len(self._waiting(snapshot))
        if count:
            lines += ["", admins_texts.DIGEST_JUDGE.format(count=count)]
            rows.append((button(admins_texts.BUTTON_JUDGE, Press.TO_JUDGE, count),))
        return Reply("\n".join(lines), tuple(rows))

    def _next_edits(self, snapshot: Snapshot) -> tuple[Sequence[NextEdit], Mapping[str, int]]:
        """The few edits that would answer most of what was missed in the last month, and whose card each is."""
        self._clustering.cluster_new()
        misses = self._clusters.recent(self._now() - _MONTH, _MISSES)
        asked = {question for question, _ in misses}
        top = self._clusters.top(_CANDIDATES)
        clusters = {one.questions[0].question: one.id for one in top if one.questions[0].question in asked}
        return best_next_edits(snapshot.index, snapshot.confidence, misses, list(clusters), limit=_EDITS), clusters

    def to_judge(self, snapshot: Snapshot, left: int) -> Reply:
        """The next answer to judge, if so many are left, else what the judgements say."""
        shown = self._waiting(snapshot) if left > 0 else []
        if shown:
            return cards.judge_card(shown[0], snapshot.base.by_id[shown[0].item], min(left, len(shown)))
        judged = [one.right for one in self._usage.judged()]
        if not judged:
            return Reply(admins_texts.JUDGE_NONE)
        low, high = interval(sum(judged), len(judged))
        text = admins_texts.JUDGED_PRECISION.format(
            count=len(judged), right=sum(judged), share=sum(judged) / len(judged), low=low, high=high
        )
        return Reply(text)

    def _waiting(self, snapshot: Snapshot) -> list[Answered]:
        """The least sure answers, of items that there still are."""
        waiting = self._usage.to_judge(_LOOKED_AT)
        return [one for one in waiting if one.item in snapshot.base.by_id][:JUDGED]

    def _counts(self, first: date, last: date) -> str:
        names: Counter[str] = Counter()
        for counts in self._usage.daily(first).values():
            names.update(counts)
        asked = {name: names[verdict] for name, verdict in _VERDICTS.items()}
        return admins_texts.DIGEST.format(
            first=first,
            last=last,
            asked=sum(asked.values()),
            **asked,
            up=names[Opinion.HELPFUL],
            down=sum(names[one] for one in COMPLAINTS),
        )


_VERDICTS = {"answered": "answer", "offered": "suggest", "not_covered": "not-covered", "missed": "unknown"}


def _edit_lines(edits: Sequence[NextEdit], snapshot: Snapshot) -> Iterator[str]:
    for number, edit in enumerate(edits, start=1):
        if edit.item is None:
            yield admins_texts.DIGEST_NEW_ITEM.format(number=number, asked=edit.question, covers=edit.covers)
        else:
            question = snapshot.base.by_id[edit.item].question
            yield admins_texts.DIGEST_EDIT.format(
                number=number, asked=edit.question, question=question, covers=edit.covers
            )


def interval(right: int, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, for a count above 0."""
    share, z2 = right / count, _Z**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _Z / (1 + z2 / count) * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2))
    return max(0.0, middle - half), min(1.0, middle + half)
