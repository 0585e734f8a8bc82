"""Personal numbers in a member's text are masked before anything is written."""

import re

QUESTION_LIMIT = 500
"""Characters of a question that are kept: design of the log; a longer text rambles."""

_MASKS = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII), "［邮箱］"),
    # Mobile numbers, with or without country code; not the middle of a longer number in groups.
    (re.compile(r"(?<!\d)(?<!\d[ -])(?:\+?86[ -]?)?1[3-9](?:[ -]?\d){9}(?![ -]?\d)"), "［电话］"),
    # An identity card: 17 digits and a digit or X; the older form has 15 digits.
    (re.compile(r"(?<!\d)(?:\d[ -]?){17}[\dXx](?!\d)"), "［证件号］"),
    # A bank card has 13 to 19 digits, often in groups of four.
    (re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)"), "［卡号］"),
    # Land lines with their area code, and whatever else is long enough to reach someone by.
    (re.compile(r"(?<!\d)(?:[(（]?0\d{2,3}[)）]?[ -]?)\d{3,4}[ -]?\d{4}(?!\d)"), "［电话］"),
    (re.compile(r"(?<!\d)\d{3,4}[ -]\d{4}(?!\d)|(?<!\d)\d{7,12}(?!\d)"), "［号码］"),
)
_HALF_WIDTH = str.maketrans("０１２３４５６７８９＋－＠．", "0123456789+-@.")


def mask(text: str) -> str:
    """The text with phone, identity card and bank card numbers and e-mail addresses masked, cut at 500 characters."""
    text = text.translate(_HALF_WIDTH)
    for pattern, stand_in in _MASKS:
        text = pattern.sub(stand_in, text)
    return text[:QUESTION_LIMIT]
