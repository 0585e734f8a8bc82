"""Where the marks of a chart stand."""

from datetime import date

import pytest

from bot.web.charts import between, day_chart, ticks


@pytest.mark.parametrize(
    ("highest", "expected"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (5, [0, 2, 4, 6]),
        (17, [0, 5, 10, 15, 20]),
        (10_000, [0, 5000, 10_000]),
    ],
)
def test_ticks_are_whole_and_round(highest: int, expected: list[int]) -> None:
    """And reach the highest value."""
    assert list(ticks(highest)) == expected


def test_one_day_fills_the_chart_and_has_its_date() -> None:
    """Its parts stand upon each other, from the ground up."""
    chart = day_chart([(date(2026, 3, 1), {"answered": 3, "missed": 1})], 100)
    (column,) = chart.columns
    assert column.is_labelled
    assert column.middle == 50
    assert [(part.top, part.height) for part in column.parts] == [(25, 75), (0, 25)]


def test_few_days_are_labelled() -> None:
    """So many as fit on a phone."""
    chart = day_chart([(day, {"missed": 1}) for day in between(date(2026, 1, 1), date(2026, 3, 31))], 100)
    assert len(chart.columns) == 90
    assert 1 < sum(column.is_labelled for column in chart.columns) <= 4
