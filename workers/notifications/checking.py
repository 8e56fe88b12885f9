"""Looking at a key that a person gave for their mail: kept where it serves, else refused with a reason."""

from __future__ import annotations

import uuid

from sqlalchemy import delete

from app.database import transaction
from app.models import MailKey, MailKeyState
from workers.notifications.mail_keys import KeyRefused, examine


def check_mail_key(key_id: uuid.UUID) -> None:
    """Decide on one key. A good one takes the place of the one in use; a second run changes nothing."""
    with transaction() as session:
        key = session.get(MailKey, key_id, with_for_update=True)
        if key is None or key.state != MailKeyState.CHECKING:
            return
        try:
            facts = examine(key.kind, key.content)
        except KeyRefused as refused:
            key.state, key.problem, key.content = MailKeyState.REFUSED, refused.code, b""
            return
        session.execute(delete(MailKey).where(MailKey.user_id == key.user_id, MailKey.id != key.id))
        key.state, key.fingerprint, key.expires_at = MailKeyState.USABLE, facts.fingerprint, facts.expires_at
