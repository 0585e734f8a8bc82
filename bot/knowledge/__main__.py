"""``python -m bot.knowledge > knowledge/schema.json`` writes the schema anew."""

import sys

from bot.knowledge.models import json_schema

sys.stdout.write(json_schema())
