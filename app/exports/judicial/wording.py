"""States, parts and problems of judicial files in words."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.models import JudicialPart, JudicialState
from app.notifications.wording import KEY_PROBLEMS

STATES = {
    JudicialState.CHECKING: lazy_gettext("The certificate is being checked"),
    JudicialState.KEY_REFUSED: lazy_gettext("The certificate can’t be used"),
    JudicialState.UNCONFIRMED: lazy_gettext("The fingerprint has to be compared"),
    JudicialState.WAITING: lazy_gettext("Waits for a second person"),
    JudicialState.APPROVED: lazy_gettext("Approved, being made"),
    JudicialState.MADE: lazy_gettext("Made"),
    JudicialState.REFUSED: lazy_gettext("Refused"),
    JudicialState.WITHDRAWN: lazy_gettext("Taken back"),
    JudicialState.EXPIRED: lazy_gettext("Expired without a decision"),
    JudicialState.FAILED: lazy_gettext("Could not be made"),
}
PARTS = {
    JudicialPart.TOKENS: lazy_gettext("Whom and what the signs of the account stand for"),
    JudicialPart.MESSAGES: lazy_gettext("The messages as they were written"),
    JudicialPart.NUMBERS: lazy_gettext("The phone numbers they came from"),
    JudicialPart.EVIDENCE: lazy_gettext("The list of files with their digests (no file itself)"),
}
FAILURES = {
    "withdrawn": lazy_gettext("The reporter withdrew this report. Nothing more may be done on it."),
    "judicial_changed": lazy_gettext(
        "A report came to the case or left it since this was asked for. It has to be asked for anew."
    ),
    "judicial_refused": lazy_gettext("Somebody who reported does not allow it any more."),
    "conflict": lazy_gettext("The case concerns the recipient’s organisation."),
    "cannot_encrypt": KEY_PROBLEMS["cannot_encrypt"],
    "expired": KEY_PROBLEMS["expired"],
    "revoked": KEY_PROBLEMS["revoked"],
    "own_key_missing": lazy_gettext("Who asked has no key any more that the file could be sealed to."),
    "no_memory_folder": lazy_gettext(
        "The worker has no folder in memory to make it in. Tell an administrator."
    ),
    "not_made": lazy_gettext("No worker made it within a day, so what was opened was erased."),
}
ELSE = lazy_gettext("Something went wrong. What was opened was erased; ask for it anew.")


def failure_words(code: str) -> str:
    """Why a file could not be made."""
    return str(FAILURES.get(code, ELSE))


def problem_words(code: str) -> str:
    """Why a certificate can't be used."""
    return str(KEY_PROBLEMS.get(code, KEY_PROBLEMS["unreadable"]))
