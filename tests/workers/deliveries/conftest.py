"""The mail server and the receiver of webhooks that notifications are tested with."""

from tests.workers.notifications.conftest import mailbox, mailing, receiver

__all__ = ["mailbox", "mailing", "receiver"]
