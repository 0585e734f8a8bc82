"""How well young bases answer: few items that have nothing but a question, and all items with two phrasings each.

Averages of a few seeded draws. Every baseline has the threshold that is best for it, chosen on the very questions that
it is measured on: the lowest at which it answers at most 5 % of what it should not. The engine has the thresholds that
it computes from the base alone, as it does for every admin.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.evaluation.calibration import calibrate
from bot.evaluation.measure import Question, QuestionKind, read_questions
from bot.items import Item, Kind, KnowledgeBase
from bot.matching import Answer, Index, Matcher, Verdict
from bot.text import normalise
from tests.baselines import all_searches
from tests.conftest import SHIPPED, loaded

SIZES = (3, 10, 30, 100)
DRAWS = 3
ASKED = 150
"""Questions of each kind that are asked at most, in each draw."""
UNSEEN = 340
"""The last questions of the file: nobody looked at them while the engine was tuned."""
FALSE_ANSWERS = 0.05
PHRASINGS = 2
LISTED = 3
DAILY_LIFE = (
    "今天晚上吃什么好",
    "明天会下雨吗",
    "怎么做红烧肉",
    "孩子发烧了要不要去医院",
    "附近哪家火锅好吃",
    "手机充不进电怎么回事",
    "地铁末班车是几点",
    "帮我订一张去上海的票",
    "猫不吃东西怎么办",
    "空调一直滴水",
    "快递怎么还没到",
    "周末去哪里玩",
    "这件毛衣能机洗吗",
    "怎么把照片传到电脑上",
    "牙疼吃什么药",
    "家里网速太慢了",
    "西瓜怎么挑",
    "电影票多少钱一张",
    "晚上睡不着怎么办",
    "给我讲个笑话",
    "驾照到期了在哪里换",
    "水龙头关不紧",
    "阳台上种点什么好养",
    "高铁上能带水果刀吗",
    "电饭锅煮粥要多久",
    "怎么跟房东要回押金",
    "眼镜腿断了能修吗",
    "小区停车费怎么交",
    "跑步膝盖疼是为什么",
    "面包放冰箱会不会变硬",
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a question: the items that answer it, and the best ones that could be listed."""

    answering: Sequence[Item]
    first: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions to a base: its ``own`` ones, each with its item, and ``strange`` ones, which have no answer in it."""

    base: KnowledgeBase
    own: Sequence[tuple[str, Item]]
    strange: Sequence[str]


def drawn(base: KnowledgeBase, size: int, seed: int) -> Asked:
    """So many answers of a base with nothing but their questions.

    They are asked by their phrasings. Strange ones are those of other answers, which are related to none of them.
    """
    chance = random.Random(seed)
    answers = [item for item in base.items if item.kind is Kind.ANSWER]
    chosen = chance.sample(answers, size)
    ids = {item.id for item in chosen}
    near = ids.union(*(item.related for item in chosen))
    others = [item for item in answers if item.id not in near and ids.isdisjoint(item.related)]
    own = [(text, item) for item in chosen for text in item.phrasings]
    strange = [text for item in others for text in item.all_phrasings()]
    young = tuple(replace(item, phrasings=(), keywords=(), related=()) for item in chosen)
    return Asked(
        KnowledgeBase("", young),
        chance.sample(own, min(ASKED, len(own))),
        chance.sample(strange, min(ASKED, len(strange))),
    )


def thinned(base: KnowledgeBase, seed: int) -> KnowledgeBase:
    """All items of a base with some of their phrasings."""
    chance = random.Random(seed)
    items = (
        replace(item, phrasings=tuple(chance.sample(item.phrasings, min(PHRASINGS, len(item.phrasings)))), keywords=())
        for item in base.items
    )
    return replace(base, items=tuple(items))


def replies(
    base: KnowledgeBase, questions: Sequence[str], strange: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, Reply]]]:
    """What the engine and every baseline reply to these questions, of which the ``strange`` have no answer.

    The engine comes twice: with its own thresholds, and with one that is chosen as the baselines' are.
    """
    index = Index.build(base)
    matcher = Matcher(index, calibrate(index, lambda work: work))
    verdicts = {question: matcher.match(question) for question in questions}
    yield "engine", {question: _replied(verdict) for question, verdict in verdicts.items()}
    ranked = {
        question: [(candidate.item, candidate.score) for candidate in verdict.candidates]
        for question, verdict in verdicts.items()
    }
    yield "engine, best threshold", at_best_threshold(ranked, strange)
    pairs = [(normalise(text), item) for item in base.items for text in item.all_phrasings()]
    for name, search in all_searches([text for text, _ in pairs]):
        ranked = {
            question: [(pairs[number][1], score) for number, score in search(normalise(question), LISTED)]
            for question in questions
        }
        yield name, at_best_threshold(ranked, strange)


def at_best_threshold(
    ranked: Mapping[str, Sequence[tuple[Item, float]]], strange: Sequence[str]
) -> Mapping[str, Reply]:
    """The replies by the lowest threshold at which no more of the strange questions are answered than may be.

    What scores above it is answered by its best item. Where that is a refusal nothing is, whatever its score.
    """
    scores = {text: rows[0][1] if rows and rows[0][0].kind is Kind.ANSWER else 0.0 for text, rows in ranked.items()}
    least = sorted((scores[text] for text in strange), reverse=True)[int(FALSE_ANSWERS * len(strange))]
    items = {text: [item for item, _ in rows[:LISTED]] for text, rows in ranked.items()}
    return {text: Reply(best[: scores[text] > least], best) for text, best in items.items()}


def _replied(verdict: Verdict) -> Reply:
    answering = [chosen.item for chosen in verdict.chosen] if isinstance(verdict, Answer) else []
    return Reply(answering, [*answering, *(near.item for near in verdict.suggestions)])


def fresh_shares(asked: Asked) -> Iterator[tuple[str, Mapping[str, float]]]:
    """For the engine and every baseline, the shares of what is answered rightly and falsely."""
    owners = dict(asked.own)
    for name, given in replies(asked.base, [*owners, *asked.strange, *DAILY_LIFE], asked.strange):
        right, listed = (
            sum(owners[text].id in {item.id for item in getattr(given[text], place)} for text in owners) / len(owners)
            for place in ("answering", "first")
        )
        false, daily = (
            sum(bool(given[text].answering) for text in texts) / len(texts) for texts in (asked.strange, DAILY_LIFE)
        )
        yield name, {"right": right, "right or listed": listed, "others'": false, "daily life": daily}


def thin_shares(base: KnowledgeBase, asked: Sequence[Question]) -> Iterator[tuple[str, Mapping[str, float]]]:
    """For the engine and every baseline, the shares of the answerable questions, and of the near misses answered."""
    answerable, near = (
        [question for question in asked if question.kind is kind]
        for kind in (QuestionKind.ANSWERABLE, QuestionKind.NEAR_MISS)
    )
    strange = [question.text for question in near]
    for name, given in replies(base, [question.text for question in asked], strange):
        answered = [question for question in answerable if given[question.text].answering]
        right = sum(holds(question, given[question.text].answering) for question in answered)
        yield (
            name,
            {
                "right": right / len(answerable),
                "wrong": (len(answered) - right) / len(answerable),
                "near": sum(bool(given[text].answering) for text in strange) / len(strange),
            },
        )


def holds(question: Question, items: Sequence[Item]) -> bool:
    """Whether the items' answers hold the facts."""
    text = "".join(item.answer for item in items)
    return all(any(alternative in text for alternative in group) for group in question.must)


def _print(title: str, rows: Sequence[tuple[str, Mapping[str, float]]]) -> None:
    """A table of means, over the rows of the same name."""
    columns, draws = list(rows[0][1]), Counter(name for name, _ in rows)
    sums = Counter[tuple[str, str]]()
    for name, shares in rows:
        sums.update({(name, column): share for column, share in shares.items()})
    print(f"\n{title:30}{''.join(f'{column:>17}' for column in columns)}")
    for name, count in draws.items():
        print(f"  {name:28}{''.join(f'{sums[name, column] / count:17.3f}' for column in columns)}")


def main(questions: Path) -> None:
    """Print both tables; ``questions`` is the file of those that the last are asked of."""
    base = loaded(SHIPPED).base
    for size in SIZES:
        draws = [drawn(base, size, seed) for seed in range(DRAWS)]
        _print(f"fresh, {size} items", [row for asked in draws for row in fresh_shares(asked)])
    asked = read_questions(questions.read_text(encoding="utf-8").splitlines()[-UNSEEN:])
    bases = [thinned(base, seed) for seed in range(DRAWS)]
    _print(f"thin, {len(base.items)} items", [row for young in bases for row in thin_shares(young, asked)])


if __name__ == "__main__":
    main(Path(__file__).parent / "data" / "questions.jsonl")
