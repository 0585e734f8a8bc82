"""The schema that editors complete keys from."""

import json

from pydantic import TypeAdapter

from bot.knowledge.models import FramesFile, ItemFile, SpeechFile, Strict, SynonymsFile
from tests.conftest import SHIPPED


def json_schema() -> str:
    """The text of ``schema.json``: any one of the files."""
    files = TypeAdapter[Strict](ItemFile | SpeechFile | SynonymsFile | FramesFile).json_schema()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "campaign-bot knowledge"}
    schema = {**head, "anyOf": files["anyOf"], "$defs": files["$defs"]}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def test_the_shipped_schema_is_the_models() -> None:
    """To write it anew, print what ``json_schema`` of this file returns."""
    assert (SHIPPED / "schema.json").read_text(encoding="utf-8") == json_schema()


def test_every_shipped_file_names_the_schema() -> None:
    """Editors look for it in the first line."""
    for path in SHIPPED.glob("*.yaml"):
        assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=schema.json\n"), path.name


def test_the_schema_tells_admins_what_each_key_is_for() -> None:
    """Every key of an item has a description."""
    item = json.loads(json_schema())["$defs"]["ItemEntry"]
    assert item["additionalProperties"] is False
    assert all(spec.get("description") for spec in item["properties"].values())
