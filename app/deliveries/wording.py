"""Schedules, places for deliveries and what went wrong with them, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from app.exports.wording import refusal_in_words
from app.models import ExportDeliveryState, ExportSchedule, Recurrence, TargetKind, TargetState
from app.notifications.wording import ADDRESS_PROBLEMS, FAILURES, KEY_PROBLEMS

Words = Mapping[str, LazyString]

RECURRENCES: Words = {
    Recurrence.WEEK: lazy_gettext("Every week"),
    Recurrence.MONTH: lazy_gettext("Every month"),
    Recurrence.QUARTER: lazy_gettext("Every quarter"),
}
WEEKDAYS: Mapping[int, LazyString] = {
    1: lazy_gettext("Monday"),
    2: lazy_gettext("Tuesday"),
    3: lazy_gettext("Wednesday"),
    4: lazy_gettext("Thursday"),
    5: lazy_gettext("Friday"),
    6: lazy_gettext("Saturday"),
    7: lazy_gettext("Sunday"),
}
TARGET_KINDS: Words = {
    TargetKind.SFTP: lazy_gettext("Server by SFTP"),
    TargetKind.S3: lazy_gettext("Store (S3)"),
    TargetKind.EMAIL: lazy_gettext("Mail that says that something waits"),
    TargetKind.WEBHOOK: lazy_gettext("Webhook that says that something waits"),
}
TARGET_STATES: Words = {
    TargetState.CHECKING: lazy_gettext("being checked"),
    TargetState.USABLE: lazy_gettext("works"),
    TargetState.REFUSED: lazy_gettext("doesn’t work"),
}
DELIVERY_STATES: Words = {
    ExportDeliveryState.QUEUED: lazy_gettext("waits"),
    ExportDeliveryState.SENDING: lazy_gettext("being delivered"),
    ExportDeliveryState.SENT: lazy_gettext("delivered"),
    ExportDeliveryState.FAILED: lazy_gettext("not delivered"),
    ExportDeliveryState.CANCELLED: lazy_gettext("dropped"),
}
STOPPED: Words = {
    "by_person": lazy_gettext("Paused by somebody of the desk."),
    "creator_closed": lazy_gettext("Whoever set it up no longer works here."),
    "creator_not_allowed": lazy_gettext("Whoever set it up may no longer export at this level."),
    "recipient_closed": lazy_gettext("The organisation is no longer active."),
    "recipient_not_allowed": lazy_gettext("The organisation may not have this level."),
    "target_lacking": lazy_gettext("A place that it goes to was removed, or doesn’t work."),
    "failing": lazy_gettext("It failed three times in a row."),
    "own_key_missing": lazy_gettext(
        "Whoever set it up has no key any more, to which exports could be sealed."
    ),
}
_PROBLEMS: Words = {
    "secret": lazy_gettext("What opens it can’t be read: give it again."),
    "host_key": lazy_gettext(
        "The server showed another key than the one given here. Nothing was sent. Ask those who run it before you "
        "give the new key."
    ),
    "login": lazy_gettext("It refused the name, the password or the key."),
    "folder": lazy_gettext("The folder isn’t there, or may not be written to."),
    "not_taken": lazy_gettext("It didn’t take the file."),
    "gone": lazy_gettext("The file is no longer there to be sent."),
    "outdated": lazy_gettext("Something in it has changed since it was made: it was not delivered."),
    "removed": lazy_gettext("The schedule or the place was removed."),
    "cancelled": lazy_gettext("The export was cancelled or could not be made."),
    "refused": lazy_gettext("The place doesn’t work: an administrator has to look at it."),
    "recipient_closed": STOPPED["recipient_closed"],
    "key_missing": lazy_gettext("No certificate was given, to which the file could be encrypted."),
    "no_mail": lazy_gettext("This installation sends no mail."),
    "mail_address": lazy_gettext("The mail address was refused."),
    "no_endpoint": lazy_gettext("No webhook of this organisation listens for deliveries."),
}


def problem_in_words(code: str) -> str:
    """Why something was not delivered, or could not be made."""
    if code.startswith("key_") and code.removeprefix("key_") in KEY_PROBLEMS:
        return str(KEY_PROBLEMS[code.removeprefix("key_")])
    for known in (_PROBLEMS, STOPPED, ADDRESS_PROBLEMS, FAILURES):
        if code in known:
            return str(known[code])
    return refusal_in_words(code)


def when_in_words(schedule: ExportSchedule) -> str:
    """On which day and at which hour."""
    hour = f"{schedule.hour:02}:00"
    if schedule.recurrence == Recurrence.WEEK:
        return gettext("Every week on %(day)s at %(hour)s", day=WEEKDAYS[schedule.day], hour=hour)
    if schedule.recurrence == Recurrence.MONTH:
        return gettext("On day %(day)s of each month at %(hour)s", day=schedule.day, hour=hour)
    return gettext("On day %(day)s of each quarter at %(hour)s", day=schedule.day, hour=hour)
