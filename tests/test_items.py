"""When an answer no longer holds, when it is to be read again, and whether its short form says the same."""

from datetime import date

import pytest

from bot.items import Item

TODAY = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("day", "has_passed"),
    [("", False), ("2026-12-30", True), ("2026-12-31", False), ("2027-01-01", False), ("0999-01-01", True)],
    ids=["no day", "yesterday", "today", "tomorrow", "long ago"],
)
def test_a_day_has_passed_when_it_is_over(day: str, has_passed: bool) -> None:  # noqa: FBT001
    """The day itself still counts; without a day nothing ever passes."""
    item = Item("card", "食堂", "饭卡丢了怎么补？", "到窗口。", valid_until=day)
    assert (item.is_expired(TODAY), item.is_due(TODAY)) == (has_passed, False)
    item = Item("card", "食堂", "饭卡丢了怎么补？", "到窗口。", review_by=day)
    assert (item.is_expired(TODAY), item.is_due(TODAY)) == (False, has_passed)


NUMBERS = {
    "the same, written otherwise": ("5月31日", "五月三十一号，星期一。", ()),
    "another day": ("5月31日，一共31人。", "5月30日，星期一。", ("31",)),
    "several": ("3条，7天。", "四条，八天。", ("3", "7")),
    "none": ("没有写。", "讲话里没有写，只说了5月。", ()),
    "no short answer": ("", "5月30日。", ()),
}


@pytest.mark.parametrize(("short", "answer", "differing"), NUMBERS.values(), ids=NUMBERS.keys())
def test_numbers_of_the_short_answer_stand_in_the_answer(short: str, answer: str, differing: tuple[str, ...]) -> None:
    """Each that does not is named once."""
    assert Item("opening", "食堂", "几号开门？", answer, short=short).differing_numbers() == differing
