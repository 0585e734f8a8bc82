"""Where the marks of a chart stand."""

import pytest

from bot.web.charts import HEIGHT, Counted, Point, Series, Share, column_chart, line_chart, percents, ticks

ANSWERED, MISSED = Series("答上", "strong"), Series("没答上", "plain")


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


def test_one_column_fills_the_chart_and_has_its_label() -> None:
    """Its parts stand upon each other, from the ground up."""
    chart = column_chart([ANSWERED, MISSED], [Counted("2026-03-01", "3月1日", (3, 1))])
    (column,) = chart.columns
    assert (column.label, column.middle) == ("3月1日", 50)
    assert [(part.top, part.height) for part in column.parts] == [(HEIGHT / 4, HEIGHT * 3 / 4), (0, HEIGHT / 4)]


def test_few_columns_are_labelled() -> None:
    """So many as fit on a phone."""
    chart = column_chart([MISSED], [Counted(str(number), str(number), (1,)) for number in range(90)])
    assert len(chart.columns) == 90
    assert 1 < sum(bool(column.label) for column in chart.columns) <= 4


def test_shares_go_up_from_the_ground() -> None:
    """An interval's upper end comes first; places across are percentages."""
    chart = line_chart({ANSWERED: [Share(0.5, 0.75, "一半", (0.5, 1.0))]}, percents())
    point = chart.lines[0].points[0]
    assert point == Point(50, HEIGHT / 4, (0, HEIGHT / 2), "一半")
    assert chart.ticks[0] == ("0%", float(HEIGHT))
    assert chart.labels[-1] == ("100%", 100.0)
