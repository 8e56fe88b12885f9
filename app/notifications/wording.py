"""Kinds of things that wait, ways, rhythms and problems in words. They are for the console: nothing else says them."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from app.models import NoticeState, Rhythm
from app.notifications.kinds import NoticeKind
from app.notifications.webhooks import TEST

Words = Mapping[str, LazyString]

KINDS: Words = {
    NoticeKind.ASSIGNED: lazy_gettext("A case was assigned to you"),
    NoticeKind.URGENT_CASE: lazy_gettext("An urgent case came in"),
    NoticeKind.REPORTER_ANSWERED: lazy_gettext("A reporter wrote again"),
    NoticeKind.REFERRAL_WAITING: lazy_gettext("A referral waits for your organisation’s answer"),
    NoticeKind.REFERRAL_DUE: lazy_gettext("The deadline of a referral is near"),
    NoticeKind.REFERRAL_OVERDUE: lazy_gettext("A referral is overdue"),
    NoticeKind.REFERRAL_ESCALATED: lazy_gettext("An overdue referral was passed on to you"),
    NoticeKind.REFERRAL_ACCEPTED: lazy_gettext("A referral was accepted"),
    NoticeKind.REFERRAL_DECLINED: lazy_gettext("A referral was declined"),
    NoticeKind.REFERRAL_DONE: lazy_gettext("A referral is done"),
    NoticeKind.VERIFICATION_WAITING: lazy_gettext("A verification waits for a second person"),
    NoticeKind.CASE_UNREADABLE: lazy_gettext("A case waits that nobody of the desk may read"),
    NoticeKind.OPENED_MUCH: lazy_gettext("Somebody opened unusually much"),
    NoticeKind.SAFE_ACCESS_ASKED: lazy_gettext("A colleague waits to be let into the safe"),
    NoticeKind.SAFE_ACCESS_GIVEN: lazy_gettext("You can open the safe now"),
    NoticeKind.NEW_DEVICE: lazy_gettext("Somebody signed in to your account from a new device"),
    NoticeKind.SECOND_FACTOR_CHANGED: lazy_gettext("The second factor of your account changed"),
    NoticeKind.PASSWORD_RECOVERED: lazy_gettext("The password of your account was set anew"),
    NoticeKind.EXPORT_READY: lazy_gettext("Your export is ready"),
    NoticeKind.EXPORT_OUTDATED: lazy_gettext("An export of yours has to be asked for again"),
    NoticeKind.EXPORT_DELIVERED: lazy_gettext("An export was delivered"),
    NoticeKind.DELIVERY_FAILED: lazy_gettext("A scheduled export could not be made or delivered"),
    NoticeKind.SCHEDULE_STOPPED: lazy_gettext("A scheduled export was stopped"),
    NoticeKind.RULE_PREVIEW_READY: lazy_gettext("The preview of a routing rule is ready"),
    NoticeKind.JUDICIAL_WAITING: lazy_gettext("A judicial file waits for a second person"),
    NoticeKind.JUDICIAL_MOVED: lazy_gettext("Something happened to a judicial file you asked for"),
    NoticeKind.RETENTION_WAITING: lazy_gettext("Deletions wait to be looked at"),
    NoticeKind.AUDIT_BROKEN: lazy_gettext("The audit trail does not hold"),
    NoticeKind.EMAIL_FAILED: lazy_gettext("An e-mail to you could not be sent"),
    NoticeKind.SMS_FAILED: lazy_gettext("Texts no longer go to your phone"),
    NoticeKind.WEBHOOK_DISABLED: lazy_gettext("A webhook was switched off because it fails"),
}
RHYTHMS: Words = {
    Rhythm.AT_ONCE: lazy_gettext("At once"),
    Rhythm.HOURLY: lazy_gettext("Together, once an hour"),
    Rhythm.DAILY: lazy_gettext("Together, once a day"),
    Rhythm.NEVER: lazy_gettext("Never"),
}
PROBLEMS: Words = {
    "quiet": lazy_gettext("Give both ends of the quiet hours, or neither, and two different ones."),
    "hour": lazy_gettext("Write an hour such as 22:30."),
    "rhythm": lazy_gettext("Choose one of the list."),
    "key_private": lazy_gettext(
        "This is a private key. It was not kept. Give the public one, and think of making a new pair."
    ),
    "key_unknown": lazy_gettext(
        "This is neither an OpenPGP public key nor an S/MIME certificate. Copy it with its first and last line."
    ),
    "key_long": lazy_gettext("This key is too long. Export it without signatures of others."),
    "number": lazy_gettext(
        "This isn’t a phone number. Write it with the country’s code, such as +223 70 00 00 00."
    ),
    "code": lazy_gettext("This isn’t the code, or it is too old. Check it, or have another sent."),
    "too_many": lazy_gettext("Too many tries. Wait a quarter of an hour and try again."),
}
KEY_PROBLEMS: Words = {
    "private": PROBLEMS["key_private"],
    "unreadable": lazy_gettext("This key can’t be read. Was it copied whole?"),
    "revoked": lazy_gettext("This key was revoked."),
    "expired": lazy_gettext("This key has expired."),
    "not_yet": lazy_gettext("This certificate isn’t valid yet."),
    "cannot_encrypt": lazy_gettext(
        "Nothing can be encrypted to this key. An OpenPGP key needs an encryption subkey that is valid, a certificate "
        "an RSA key of 2048 bits."
    ),
}
PHONE_PROBLEMS: Words = {
    "stopped": lazy_gettext(
        "STOP was sent from this phone, so nothing goes to it. Give the number again to change that."
    ),
    "unreadable": lazy_gettext("This number could not be read. Give it again."),
}
ADDRESS_PROBLEMS: Words = {
    "malformed": lazy_gettext(
        "Write an address such as https://example.org/hook, without a name or password in it."
    ),
    "not_https": lazy_gettext("The address must begin with https://."),
    "unknown_host": lazy_gettext("This host isn’t known. Check the address."),
    "private": lazy_gettext(
        "This address leads into a private network. Only the public internet can be called."
    ),
    "kinds": lazy_gettext("Choose at least one."),
    "organisation": lazy_gettext("Choose an organisation."),
}
WEBHOOK_KINDS: Words = {
    **{
        kind: KINDS[kind]
        for kind in (
            NoticeKind.REFERRAL_WAITING,
            NoticeKind.REFERRAL_DUE,
            NoticeKind.REFERRAL_OVERDUE,
            NoticeKind.REPORTER_ANSWERED,
            NoticeKind.EXPORT_DELIVERED,
        )
    },
    TEST: lazy_gettext("Test"),
}
STATES: Words = {
    NoticeState.QUEUED: lazy_gettext("waiting"),
    NoticeState.SENDING: lazy_gettext("being sent"),
    NoticeState.SENT: lazy_gettext("taken"),
    NoticeState.FAILED: lazy_gettext("given up"),
    NoticeState.CANCELLED: lazy_gettext("dropped"),
    NoticeState.UNKNOWN: lazy_gettext("unknown"),
}
DISABLED: Words = {
    "by_person": lazy_gettext("switched off"),
    "gone": lazy_gettext("switched off: the endpoint said that it is gone for good"),
    "failing": lazy_gettext("switched off: it failed for more than a day"),
}
FAILURES: Words = {
    "timeout": lazy_gettext("no answer within five seconds"),
    "tls": lazy_gettext("its certificate isn’t accepted"),
    "unreachable": lazy_gettext("not reached"),
    "private": lazy_gettext("its name leads into a private network"),
    "not_https": lazy_gettext("not an https address"),
    "unknown_host": lazy_gettext("its name isn’t known"),
    "off": lazy_gettext("the endpoint is off"),
    "gone": lazy_gettext("no longer there"),
    "conflict": lazy_gettext("no longer theirs to know"),
    "secret": lazy_gettext("its secret can’t be opened"),
}


def failure_in_words(code: str) -> str:
    """Why a delivery wasn't taken: an HTTP status as it is, else in words."""
    if code.startswith("http-"):
        return f"HTTP {code.removeprefix('http-')}"
    return str(FAILURES.get(code, code))
