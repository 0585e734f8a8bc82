"""Rows that mean nothing without other rows, and that no foreign key deletes together with them."""

from sqlalchemy import Connection, select

from bot.store.tables import ACTION_KEYS, ACTIONS, CLUSTERS, MISSED


def delete_empty_clusters(connection: Connection) -> None:
    """Delete the clusters that hold no miss any more."""
    holds_a_miss = select(MISSED.c.id).where(MISSED.c.cluster == CLUSTERS.c.id).exists()
    connection.execute(CLUSTERS.delete().where(~holds_a_miss))


def delete_keys_without_edit(connection: Connection) -> None:
    """Delete the keys of the actions whose edit is erased."""
    without_edit = select(ACTIONS.c.id).where(ACTIONS.c.edit.is_(None))
    connection.execute(ACTION_KEYS.delete().where(ACTION_KEYS.c.action_id.in_(without_edit)))
