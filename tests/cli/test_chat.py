"""How the dialogue looks in a terminal."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from bot.cli.chat import show
from bot.conversation.callbacks import Origin, RejectSuggestions
from bot.conversation.member_replies import MemberReplies
from bot.conversation.reply import Button, Reply, plain_text
from bot.knowledge import Knowledge
from bot.texts import members as texts


def printed(reply: Reply, *, terminal: bool) -> list[str]:
    out = io.StringIO()
    show(reply, Console(file=out, width=80, force_terminal=terminal, color_system=None, highlight=False))
    return out.getvalue().splitlines()


def test_buttons_are_numbered_row_by_row() -> None:
    """A row of short ones stands on one line."""
    reply = Reply(
        "早上七点开门。",
        (
            (Button("几点关门？", RejectSuggestions()),),
            (Button("👍", RejectSuggestions()), Button("👎", RejectSuggestions())),
        ),
    )
    expected = ["早上七点开门。", "  1. 几点关门？", "  2. 👍   3. 👎", ""]
    assert printed(reply, terminal=False) == printed(reply, terminal=True) == expected


@pytest.mark.parametrize("terminal", [True, False])
def test_chinese_wraps_by_its_width(shipped: Knowledge, *, terminal: bool) -> None:
    """On a terminal no line is wider than its 80 columns; in a pipe none is broken."""
    replies = MemberReplies(shipped.base, 180)
    views = [replies.with_topics(texts.WELCOME), replies.plain(texts.HELP), replies.plain(texts.PRIVACY)]
    views += [replies.items([item], Origin.TOPIC) for item in shipped.base.items]
    for view in views:
        lines, text = printed(view, terminal=terminal), plain_text(view.text)
        if terminal:
            assert max(map(cell_len, lines)) <= 80
            assert "".join(lines).replace(" ", "").startswith(text.replace("\n", "").replace(" ", ""))
        else:
            assert "\n".join(lines).startswith(text)
