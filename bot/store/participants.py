"""What is remembered of the participants of conversations, where the next message may come to another replica."""

from sqlalchemy import Connection, select

from bot.store.database import PARTICIPANTS_KEPT, Repository, put
from bot.store.records import ParticipantState
from bot.store.tables import PARTICIPANTS


class Participants(Repository):
    """What is remembered of participants, encrypted, until nothing has changed for ``PARTICIPANTS_KEPT``."""

    def content(self, participant: int) -> bytes | None:
        """What is remembered of a participant; None where that is nothing."""
        found = select(PARTICIPANTS.c.content).where(PARTICIPANTS.c.participant == participant)
        return self._database.read(found).scalar_one_or_none()

    def delete_old(self) -> int:
        """Delete what has not changed for so long; how many that were. A wrong clock costs no more than a follow-up."""
        old = PARTICIPANTS.c.changed_at < self._database.now() - PARTICIPANTS_KEPT
        return self._database.write(PARTICIPANTS.delete().where(old))

    def record_in(self, connection: Connection, state: ParticipantState) -> None:
        """Keep a state in place of the one before it, or delete that one, within another transaction."""
        if state.content is None:
            connection.execute(PARTICIPANTS.delete().where(PARTICIPANTS.c.participant == state.participant))
        else:
            values = {"content": state.content, "changed_at": self._database.now()}
            put(connection, PARTICIPANTS, {"participant": state.participant}, values)
