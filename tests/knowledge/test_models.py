"""The schema that editors complete keys from."""

import json

from bot.knowledge.models import json_schema
from tests.conftest import SHIPPED


def test_the_shipped_schema_is_the_models() -> None:
    """Write it anew with the Python that runs the tests: Path("knowledge/schema.json").write_text(json_schema())."""
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
