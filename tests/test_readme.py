"""The README and the documents beside it say what the code does."""

import itertools
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from bot.config import PREFIX, Settings
from bot.knowledge import Knowledge
from bot.knowledge.models import ItemEntry
from bot.texts.command_line import MISSED_COLUMNS
from bot.web.pages import PAGES as BROWSER_PAGES
from tests.command_line import command
from tests.conftest import CANTEEN, ROOT

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES = {document: document.read_text(encoding="utf-8") for document in DOCUMENTS}
README, DESIGN = PAGES[ROOT / "README.md"], PAGES[ROOT / "docs" / "design.md"]
TEXT = "\n".join(PAGES.values())
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
ROW = re.compile(rf"^\| `{PREFIX}(\w+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)


def console_lines() -> list[str]:
    """What a reader is told to type: in a console block the lines after a ``$``, or all lines if there is none."""
    found = []
    for block in re.findall(r"^ *```console\n(.*?)^ *```$", TEXT, re.DOTALL | re.MULTILINE):
        lines = [line.strip() for line in block.splitlines()]
        found += [line.removeprefix("$ ") for line in lines if line.startswith("$ ")] or lines
    return list(dict.fromkeys(found))


CONSOLE = console_lines()
ELSEWHERE = ["--knowledge", str(CANTEEN)]
QUICK = {"check": [str(CANTEEN)], "chat": ELSEWHERE, "evaluate": ELSEWHERE, "evaluate --questions -": ELSEWHERE}
"""What takes long on all that is shipped: these are added to the words."""
MENTIONED = sorted(set(re.findall(r"`((?:\.venv/bin/)?campaign-bot [^`]*)`", TEXT)))


def test_the_table_of_settings_is_the_settings() -> None:
    """Same names, same order; each has its meaning."""
    assert [name for name, _, _ in ROW.findall(TEXT)] == [name.upper() for name in Settings.model_fields]
    assert all(meaning for _, meaning, _ in ROW.findall(TEXT))


def test_every_page_in_the_browser_is_told_of() -> None:
    """In the order of its navigation."""
    (section,) = re.findall(r"^### In a browser$(.*?)^##", README, re.DOTALL | re.MULTILINE)
    assert re.findall(r"^\| ([^a-z-]+?) \| .+ \|$", section, re.MULTILINE) == [page.label for page in BROWSER_PAGES]


def test_the_defaults_are_the_settings() -> None:
    """Where a default is a value, it stands in the table."""
    defaults = {name: default for name, _, default in ROW.findall(TEXT)}
    assert defaults["LISTEN"] == "`{}:{}`".format(*Settings.model_fields["listen"].default)
    assert defaults["PAGE_LISTEN"] == "`{}:{}`".format(*Settings.model_fields["page_listen"].default)
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, str | int):
            written = str(field.default).lower() if isinstance(field.default, bool) else field.default
            assert defaults[name.upper()] == f"`{written}`"


def test_the_bounds_are_the_settings() -> None:
    """Where a setting is a count, the table says from which to which number."""
    meanings = {name: meaning for name, meaning, _ in ROW.findall(TEXT)}
    bounds = {
        name: re.findall(r"from (\d+) to (\d+)$", field.description or "")
        for name, field in Settings.model_fields.items()
    }
    assert sum(map(bool, bounds.values())) == 4
    for name, found in bounds.items():
        assert all(f"{least} to {most}" in meanings[name.upper()] for least, most in found)


def test_every_setting_is_in_the_example_file() -> None:
    """What can be set can be filled in."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert re.findall(rf"^#?{PREFIX}(\w+)=", example, re.MULTILINE) == [name.upper() for name in Settings.model_fields]


def test_the_counts_are_true(shipped: Knowledge) -> None:
    """How much the README says there is."""
    kinds = [item.kind.value for item in shipped.base.items]
    phrasings = sum(len(list(item.all_phrasings())) for item in shipped.base.items)
    (stated,) = re.findall(r"(\d+) answers and (\d+) honest .*?asked in ([\d,]+) ways", TEXT, re.DOTALL)
    assert stated == (str(kinds.count("answer")), str(kinds.count("not-covered")), f"{phrasings:,}")


@pytest.mark.parametrize("line", CONSOLE)
def test_what_a_reader_is_told_to_type_works(line: str, tmp_path: Path) -> None:
    """Each command of a pipe ends well, with what the one before it printed as its input."""
    given = ""
    for part in line.split(" | "):
        words = shlex.split(part, comments=True)
        if words[0] == "make":
            words = recipe(words[-1])
        match words:
            case [program, "run"] if program.endswith("campaign-bot"):
                # All that it lacks here is the token.
                done = campaign_bot(tmp_path, "run")
                assert (done.returncode, "BotFather" in done.stderr) == (2, True)
            case [program, *rest] if program.endswith("campaign-bot"):
                done = campaign_bot(tmp_path, *rest, *QUICK.get(" ".join(rest), []), given=given)
                assert (done.returncode, done.stderr) == (0, "")
                given = done.stdout
            case ["printf" | "tail", *_]:
                given = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
            case ["cp", source, _]:
                assert (ROOT / source).is_file()
            case ["docker", "compose", *rest]:
                assert (ROOT / rest[rest.index("-f") + 1]).is_file()
            case [program, *_]:
                assert program.startswith("$(BIN)/"), f"nothing here tests {line}"


def test_the_conversations_are_what_is_printed(tmp_path: Path) -> None:
    """The bot answers what the README asks word for word, but for the white space where a terminal wraps lines."""
    (sample,) = re.findall(r"^```\n(你：.*?)再见！\n```", README, re.MULTILINE | re.DOTALL)
    (script,) = re.findall(r"^\$ printf '(.+?)\\n' \| make -s chat\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    *questions, _ = re.findall(r"^你：(.+)", sample, re.MULTILINE)
    done = campaign_bot(tmp_path, "chat", given="\n".join((*questions, script[0], "")))
    expected = re.sub(r"^你：.+", "", sample, flags=re.MULTILINE) + script[1]
    assert "".join(done.stdout.split()) == "".join(expected.split())


@pytest.mark.parametrize("mentioned", MENTIONED)
def test_every_command_that_is_mentioned_exists(mentioned: str, tmp_path: Path) -> None:
    """With the options that are mentioned with it."""
    _, *words = mentioned.split()
    names = list(itertools.takewhile(re.compile("[a-z][a-z-]*").fullmatch, words))
    done = campaign_bot(tmp_path, *names, "--help")
    assert done.returncode == 0
    assert {word for word in words if word.startswith("--")} <= set(re.findall("--[a-z-]+", done.stdout))


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make ([a-z]+)`", TEXT))))
def test_every_target_that_is_mentioned_exists(target: str) -> None:
    """In the Makefile."""
    assert recipe(target)


def recipe(target: str) -> list[str]:
    """The words of the first command of a target of the Makefile."""
    (first,) = re.findall(rf"^{target}:.*\n\t@(.*)$", MAKEFILE, re.MULTILINE)
    return str(first).split()


def campaign_bot(folder: Path, *words: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    """A command in a folder, with no settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return command(environment, *words, given=given, folder=folder)


def test_documents_are_read() -> None:
    """There are commands in console blocks, and commands in the text."""
    assert CONSOLE
    assert MENTIONED


def first_column(page: str, heading: str) -> list[str]:
    """The names in backticks in the first column of the tables below a heading, up to the next one of any level."""
    (section,) = re.findall(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    cells = re.findall(r"^\| ([^|]*) \|", section, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def test_every_folder_has_its_sentence() -> None:
    """The README's table of the code names what ``bot`` holds, each once, and nothing else."""
    files = {path.relative_to(ROOT / "bot").parts for path in (ROOT / "bot").rglob("*.py")}
    there = {f"{parts[0]}/" if len(parts) > 1 else parts[0] for parts in files if not parts[0].startswith("_")}
    named = [name for name in first_column(README, "How it is built") if name != "bot/"]
    assert sorted(named) == sorted(there)


def test_the_formats_are_the_code() -> None:
    """The keys of an item, and the columns of the log, in their order."""
    item = list(ItemEntry.model_fields)
    assert first_column(DESIGN, "Knowledge files")[-len(item) :] == item
    assert first_column(DESIGN, "`missed export`") == list(MISSED_COLUMNS)


def test_every_file_and_class_exists() -> None:
    """Whatever is renamed is renamed in the pages too."""
    files = re.findall(r"`((?:bot|tests|knowledge|docs|deploy)/[\w./-]+)`", TEXT)
    assert [file for file in files if not (ROOT / file).exists()] == []
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    defined = set(re.findall(r"^(?:class )?([A-Z]\w+)(?:\(.*\))?(?::| = )", source, re.MULTILINE))
    assert set(re.findall(r"`([A-Z][a-z]\w+)(?:\.\w+)?`", DESIGN)) - defined == set()


def test_every_link_leads_somewhere() -> None:
    """To a file that exists, and to a heading in it."""
    for page, text in PAGES.items():
        for target, anchor in re.findall(r"\]\((?!https:)([^)#]*)#?([^)]*)\)", text):
            headings = re.findall(
                r"^#+ (.+)$", (page.parent / target if target else page).read_text(encoding="utf-8"), re.MULTILINE
            )
            anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert not anchor or anchor in anchors, f"{page.name}: {target}#{anchor}"
