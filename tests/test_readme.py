"""The README says what the code does."""

import re

from bot.config import PREFIX, Settings
from bot.knowledge import Knowledge
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
ROW = re.compile(rf"^\| `{PREFIX}(\w+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)


def test_the_table_of_settings_is_the_settings() -> None:
    """Same names, same order, same words."""
    fields = [(name.upper(), field.description) for name, field in Settings.model_fields.items()]
    assert [(name, meaning) for name, meaning, _ in ROW.findall(README)] == fields


def test_the_defaults_are_the_settings() -> None:
    """Where a default is a value, it stands in the table."""
    defaults = {name: default for name, _, default in ROW.findall(README)}
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, str | int):
            written = str(field.default).lower() if isinstance(field.default, bool) else field.default
            assert defaults[name.upper()] == f"`{written}`"


def test_every_setting_is_in_the_example_file() -> None:
    """What can be set can be filled in."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert re.findall(rf"^#?{PREFIX}(\w+)=", example, re.MULTILINE) == [name.upper() for name in Settings.model_fields]


def test_the_counts_are_true(shipped: Knowledge) -> None:
    """How much the README says there is."""
    kinds = [item.kind.value for item in shipped.base.items]
    phrasings = sum(len(list(item.all_phrasings())) for item in shipped.base.items)
    (stated,) = re.findall(r"(\d+) answers and (\d+) honest .*?asked in ([\d,]+) ways", README, re.DOTALL)
    assert stated == (str(kinds.count("answer")), str(kinds.count("not-covered")), f"{phrasings:,}")
