"""The items that an edit changed, of which there may be many: each has it in its history."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Of earlier edits the one that each was about is known."""
    op.create_table(
        "action_items",
        sa.Column("action_id", sa.Integer, sa.ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("item", sa.Text, primary_key=True, index=True),
    )
    op.execute("INSERT INTO action_items (action_id, item) SELECT id, item FROM actions WHERE item IS NOT NULL")
