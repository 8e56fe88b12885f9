"""Telling people and systems outside the console that something waits, and nothing else: claim, call, mark."""

from workers.notifications.checking import check_mail_key
from workers.notifications.hooks import send_webhooks
from workers.notifications.invitations import mail_invitation
from workers.notifications.notices import send_notices
from workers.notifications.phones import prepare_phone

__all__ = ["check_mail_key", "mail_invitation", "prepare_phone", "send_notices", "send_webhooks"]
