"""What ``check`` advises on a base that has no fault."""

import pytest

from bot.evaluation.advice import Advice, AdviceKind, Passage, advise, thin_base
from bot.items import Item, Kind, KnowledgeBase
from bot.matching import ConfidenceModel, Index

MANY = tuple(f"{word}怎么办" for word in "春夏秋冬东南西北天地")
CARD = ("卡没了怎么补", "饭卡不见了找谁补办", "怎么补办饭卡", "饭卡掉了去哪补", "补饭卡", "丢了饭卡要补办")
UMBRELLA = ("雨伞借几天", "借雨伞找谁", "雨伞怎么借", "下雨没带伞能借雨伞吗", "借一把雨伞", "雨伞去哪里借")


def item(
    item_id: str,
    question: str,
    *phrasings: str,
    keywords: tuple[str, ...] = (),
    answer: str = "答。",
    kind: Kind = Kind.ANSWER,
) -> Item:
    return Item(item_id, "题", question, answer, kind, phrasings, keywords, source=("1",))


CANTEEN = (item("card", "饭卡丢了怎么补？", *CARD), item("umbrella", "雨伞怎么借？", *UMBRELLA))


def advice(*items: Item, synonyms: tuple[tuple[str, ...], ...] = ()) -> list[Advice]:
    base = KnowledgeBase("", items, synonyms=synonyms)
    return list(advise(base, Index.build(base), ConfidenceModel(), lambda work: work, {}))


def of_kind(kind: AdviceKind, *items: Item) -> list[Advice]:
    return [piece for piece in advice(*items) if piece.kind is kind]


def test_sound_items_need_none() -> None:
    """Enough phrasings, all different and all of their own item."""
    assert advice(*CANTEEN) == []


@pytest.mark.parametrize(
    ("kind", "count", "is_few"),
    [
        (Kind.ANSWER, 5, True),
        (Kind.ANSWER, 6, False),
        (Kind.NOT_COVERED, 3, True),
        (Kind.NOT_COVERED, 4, False),
        (Kind.SMALL_TALK, 0, False),
    ],
)
def test_thin_items_are_named(kind: Kind, count: int, is_few: bool) -> None:  # noqa: FBT001 - a table's column
    """How few is too few depends on the kind; the question does not count."""
    pieces = of_kind(AdviceKind.FEW_PHRASINGS, item("one", "问一", *MANY[:count], kind=kind))
    assert [piece.passages for piece in pieces] == ([(Passage("one"),)] if is_few else [])


THIN = {
    "none is wanted: the fewest phrasings first": ((5, 0, 2, 1), {}, 1, "bdc"),
    "the most wanted first": ((5, 0, 2, 1), {"a": 9, "c": 4}, 1, "acb"),
    "what has enough needs none": ((6, 0, 0), {"a": 9}, 0, "bc"),
    "half have too few": ((6, 7, 5, 5), {}, 5, "cd"),
    "most have enough": ((6, 7, 5), {}, None, ""),
    "there is nothing yet": ((), {}, None, ""),
}


@pytest.mark.parametrize(("counts", "demand", "median", "first"), THIN.values(), ids=THIN.keys())
def test_a_thin_base_is_told_where_to_begin(
    counts: tuple[int, ...], demand: dict[str, int], median: int | None, first: str
) -> None:
    """Refusals do not count. The question of an item is none of its phrasings."""
    items = [item(name, f"问{name}", *MANY[:count]) for name, count in zip("abcd", counts, strict=False)]
    base = KnowledgeBase("", (*items, *(item(f"nc-{n}", f"否{n}", kind=Kind.NOT_COVERED) for n in range(9))))
    passages = tuple(map(Passage, first))
    expected = Advice(AdviceKind.THIN_BASE, passages, {"median": median, "enough": 6}) if passages else None
    assert thin_base(base, demand) == expected


def test_all_thin_items_are_one_piece() -> None:
    """An admin who begins a base is not shown a line for each item."""
    assert of_kind(AdviceKind.FEW_PHRASINGS, item("one", "问一"), item("two", "问二")) == [
        Advice(AdviceKind.FEW_PHRASINGS, (Passage("one"), Passage("two")), {"answer": 6, "refusal": 4})
    ]


def answers(*openings: str, kind: Kind = Kind.NOT_COVERED) -> list[Item]:
    return [item(f"i{n}", f"问{n}", answer=f"{opening}第{n}件。", kind=kind) for n, opening in enumerate(openings)]


OTHERS = ("没提过", "只写到", "问支部", "这个月", "看通知")


@pytest.mark.parametrize(
    ("items", "alike"),
    [
        (answers(*4 * ["讲话里没有"], *OTHERS[:4]), 4),
        (answers(*4 * ["讲话里没有"], *OTHERS), 0),
        (answers(*7 * ["讲话里没有"]), 0),
        (answers(*4 * ["讲话里没有"], *OTHERS[:3]) + answers("讲话里没有", kind=Kind.ANSWER), 0),
    ],
    ids=["half of them", "fewer than half", "too few to tell", "only one kind counts"],
)
def test_answers_that_begin_alike_are_named(items: list[Item], alike: int) -> None:
    """From eight answers of a kind on, with all that begin so."""
    pieces = of_kind(AdviceKind.SAME_OPENING, *items)
    passages = tuple(Passage(item.id, item.answer) for item in items[:alike])
    details = {"opening": "讲话里", "count": alike, "total": len(items)}
    assert pieces == ([Advice(AdviceKind.SAME_OPENING, passages, details)] if alike else [])


@pytest.mark.parametrize(
    ("kind", "length", "is_long"),
    [(Kind.ANSWER, 25, True), (Kind.ANSWER, 24, False), (Kind.SMALL_TALK, 25, False)],
)
def test_a_question_that_a_button_cuts_is_named(kind: Kind, length: int, is_long: bool) -> None:  # noqa: FBT001
    """With its length. Small talk is on no button."""
    question = "饭" * length
    advised = Advice(AdviceKind.LONG_QUESTION, (Passage("one", question),), {"length": length, "most": 24})
    assert of_kind(AdviceKind.LONG_QUESTION, item("one", question, kind=kind)) == ([advised] if is_long else [])


@pytest.mark.parametrize(
    ("question", "is_named"),
    [
        ("怎么办？", True),
        ("是谁，有多少？", True),
        ("班车几点？", False),
        ("食堂几点？", False),
    ],
    ids=["asking words", "several asking words", "its own matter", "a keyword"],
)
def test_a_question_without_a_subject_is_named(question: str, is_named: bool) -> None:  # noqa: FBT001
    """It holds neither a keyword nor a rare term of its item."""
    bus = item("bus", question, "班车几点开", "早上的班车", "坐班车要等多久", "晚班车", "班车时刻", "赶班车")
    pieces = of_kind(AdviceKind.NO_SUBJECT, bus, item("food", "食堂在哪里", keywords=("食堂",)), *CANTEEN)
    named = [Advice(AdviceKind.NO_SUBJECT, (Passage("bus", question),), {"question": question})]
    assert [piece for piece in pieces if piece.passages[0].item == "bus"] == (named if is_named else [])


@pytest.mark.parametrize(
    ("kind", "phrasing", "is_named"),
    [
        (Kind.ANSWER, "门神该贴起来啦", True),
        (Kind.ANSWER, "饭卡该贴起来啦", False),
        (Kind.ANSWER, "证件该贴起来啦", False),
        (Kind.ANSWER, "班车该贴起来啦", False),
        (Kind.NOT_COVERED, "门神该贴起来啦", False),
    ],
    ids=["no word of its item", "one of a phrasing", "one of the answer", "one of a keyword", "a refusal's own word"],
)
def test_a_phrasing_that_is_foreign_to_its_item_is_named(kind: Kind, phrasing: str, is_named: bool) -> None:  # noqa: FBT001
    """Where no other text of its item has a rare term of it."""
    card = item("card", "饭卡丢了怎么补？", *CARD, phrasing, answer="带证件。", keywords=("班车",), kind=kind)
    named = [Advice(AdviceKind.FOREIGN_PHRASING, (Passage("card", phrasing),), {"phrasing": phrasing})]
    assert of_kind(AdviceKind.FOREIGN_PHRASING, card, CANTEEN[1]) == (named if is_named else [])


@pytest.mark.parametrize(
    ("phrasing", "is_named"),
    [("下雨能借几天雨伞", True), ("饭卡丢了能借雨伞吗", False)],
    ids=["nearly all of another item", "as much of its own"],
)
def test_a_phrasing_that_is_nearer_to_another_item_is_named(phrasing: str, is_named: bool) -> None:  # noqa: FBT001
    """With the item that it leads to when it is held out."""
    card = item("card", "饭卡丢了怎么补？", *CARD, phrasing)
    passages = (Passage("card", phrasing), Passage("umbrella"))
    named = [Advice(AdviceKind.STRAY_PHRASING, passages, {"phrasing": phrasing, "question": "雨伞怎么借？"})]
    assert of_kind(AdviceKind.STRAY_PHRASING, card, CANTEEN[1]) == (named if is_named else [])


def test_phrasings_that_are_alike_are_named() -> None:
    """One of them has no use. They are told as they are written."""
    one, other = "我的饭卡昨天丢了，要怎么补办呢？", "我的饭卡昨天丢了，要怎么补办？"
    assert of_kind(AdviceKind.REDUNDANT_PHRASINGS, item("one", "挂失？", one, other, *MANY)) == [
        Advice(AdviceKind.REDUNDANT_PHRASINGS, (Passage("one", other),), {"one": one, "other": other})
    ]


def test_phrasings_that_synonyms_make_one_are_named() -> None:
    """Neither item is reached by them any more."""
    pieces = advice(
        item("one", "开饭安排", *MANY[:9]),
        item("two", "放饭安排", *(f"{text}呀" for text in MANY[:9])),
        synonyms=(("开饭", "放饭"),),
    )
    passages = (Passage("one", "开饭安排"), Passage("two", "放饭安排"))
    assert Advice(AdviceKind.SHARED_FORM, passages, {"form": "开饭安排"}) in pieces


def test_a_synonym_that_merges_key_terms_is_named() -> None:
    """Two items' keywords in one group."""
    pieces = advice(
        item("one", "问一", *MANY, keywords=("主题",)),
        item("two", "问二", *(f"{text}呀" for text in MANY), keywords=("主线",)),
        synonyms=(("主题", "主线"), ("开饭", "放饭")),
    )
    passages = (Passage("one"), Passage("two"))
    assert Advice(AdviceKind.MERGED_KEYWORDS, passages, {"words": ("主题", "主线")}) in pieces


def test_an_item_that_takes_the_questions_of_another_is_named() -> None:
    """Both, and an example."""
    pieces = advice(
        item("robbed", "饭卡丢了", "工作证不见了", "车钥匙掉了", "雨伞找不到"),
        item(
            "robber",
            "丢了东西找谁",
            "卡丢了怎么办",
            "工作证丢了",
            "证不见了",
            "钥匙掉了",
            "车钥匙找不到",
            "伞找不到",
            "雨伞丢了",
        ),
    )
    (confused,) = [piece for piece in pieces if piece.passages == (Passage("robbed"), Passage("robber"))]
    assert confused.kind is AdviceKind.CONFUSED_ITEMS
    assert confused.details["count"] in {3, 4}
    assert confused.details["example"] in {"饭卡丢了", "工作证不见了", "车钥匙掉了", "雨伞找不到"}
