"""Alembic's entry: runs the migrations on the connection that the store hands over.

What they leave without a name is named by the convention of METADATA.
"""

from alembic import context

from bot.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
