"""The ids that items had, in a table of their own: one action may add or delete many."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Those of items that were added or deleted one by one are known."""
    op.create_table("used_ids", sa.Column("item", sa.String(40), primary_key=True))
    op.execute(
        "INSERT INTO used_ids (item) SELECT DISTINCT item FROM actions "
        "WHERE kind IN ('item', 'item-deleted') AND item IS NOT NULL"
    )
