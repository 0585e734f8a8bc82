"""The README and the pages in ``docs`` say what the code does."""

import os
import re
import subprocess
import sys
from pathlib import Path

from typer.main import get_command

from bot.cli import app
from bot.config import PREFIX, Settings
from bot.knowledge import Knowledge
from bot.knowledge.models import ItemEntry
from bot.texts.command_line import MISSED_COLUMNS
from tests.conftest import ROOT, SHIPPED

PAGES = {path: path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))}
README, DESIGN = PAGES[ROOT / "README.md"], PAGES[ROOT / "docs" / "design.md"]
ALL_PAGES = "\n".join(PAGES.values())
SETTING = re.compile(rf"^\| `{PREFIX}(\w+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)
COMMAND = re.compile(r"(?:^ *\$ .*?|`)(?:\.venv/bin/)?campaign-bot ([^`\n]+)", re.MULTILINE)
TARGET = re.compile(r"(?:`|\$ |\| |^```console\n)make (?:-s )?([a-z]+)", re.MULTILINE)


def first_column(page: str, heading: str) -> list[str]:
    """The names in backticks in the first column of the tables below a heading, up to the next one of any level."""
    (section,) = re.findall(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    cells = re.findall(r"^\| ([^|]*) \|", section, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def test_the_table_of_settings_is_the_settings() -> None:
    """Same names, same order, same words."""
    fields = [(name.upper(), field.description) for name, field in Settings.model_fields.items()]
    assert [(name, meaning) for name, meaning, _ in SETTING.findall(ALL_PAGES)] == fields


def test_the_defaults_are_the_settings() -> None:
    """Where a default is a value, it stands in the table."""
    defaults = {name: default for name, _, default in SETTING.findall(ALL_PAGES)}
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


def test_every_folder_has_its_sentence() -> None:
    """The README's table of the code names what ``bot`` holds, each once, and nothing else."""
    parts = [path for path in (ROOT / "bot").iterdir() if not path.name.startswith("_")]
    there = [f"{path.name}/" if path.is_dir() else path.name for path in parts]
    named = [name for name in first_column(README, "How it is built") if name != "bot/"]
    assert sorted(named) == sorted(there)


def test_the_formats_are_the_code() -> None:
    """The keys of an item, and the columns of the log, in their order."""
    item = list(ItemEntry.model_fields)
    assert first_column(DESIGN, "Knowledge files")[-len(item) :] == item
    assert first_column(DESIGN, "`missed export`") == list(MISSED_COLUMNS)


def test_every_file_and_class_exists() -> None:
    """Whatever is renamed is renamed in the pages too."""
    files = re.findall(r"`((?:bot|tests|knowledge|docs)/[\w./-]+)`", ALL_PAGES)
    assert [file for file in files if not (ROOT / file).exists()] == []
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    defined = set(re.findall(r"^(?:class )?([A-Z]\w+)(?:\(.*\))?(?::| = )", source, re.MULTILINE))
    assert set(re.findall(r"`([A-Z][a-z]\w+)(?:\.\w+)?`", DESIGN)) - defined == set()


def test_every_link_leads_somewhere() -> None:
    """To a file that exists, and to a heading in it."""
    for page, text in PAGES.items():
        for target, anchor in re.findall(r"\]\((?!https:)([^)#]*)#?([^)]*)\)", text):
            headings = re.findall(r"^#+ (.+)$", (page.parent / target).read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert not anchor or anchor in anchors, f"{page.name}: {target}#{anchor}"


def test_every_command_exists() -> None:
    """Whatever is to be typed after ``campaign-bot`` or ``make``, with its options."""
    for typed in COMMAND.findall(ALL_PAGES):
        command, words = get_command(app), typed.split()
        while words and (below := getattr(command, "commands", {}).get(words[0])):
            command, words = below, words[1:]
        is_group = hasattr(command, "commands")
        assert not (is_group and words and not words[0].startswith("-")), f"no such command: {typed}"
        options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert set(re.findall(r"--[a-z-]+", typed)) <= options, typed
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(TARGET.findall(ALL_PAGES)) <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def test_the_conversations_are_what_is_printed(tmp_path: Path) -> None:
    """The bot answers what the README asks word for word, but for the white space where a terminal wraps lines."""
    (sample,) = re.findall(r"^```\n(你：.*?)再见！\n```", README, re.MULTILINE | re.DOTALL)
    (script,) = re.findall(r"^\$ printf '(.+?)\\n' \| make -s chat\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    *questions, _ = re.findall(r"^你：(.+)", sample, re.MULTILINE)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat"],
        input="\n".join((*questions, script[0], "")),
        env={**inherited, f"{PREFIX}KNOWLEDGE": str(SHIPPED), "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    expected = re.sub(r"^你：.+", "", sample, flags=re.MULTILINE) + script[1]
    assert "".join(done.stdout.split()) == "".join(expected.split())
