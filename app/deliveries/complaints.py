"""What the forms of schedules and places say when they can't be taken, and beside which field."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from marshmallow import ValidationError

from app.accounts.forms import FormState
from app.casework.errors import CaseworkError
from app.exports import complaints as of_exports
from app.notifications.addresses import AddressRefused
from app.notifications.wording import ADDRESS_PROBLEMS

_MESSAGES: Mapping[str, LazyString] = {
    "name": lazy_gettext("Give it a name of at most 80 characters."),
    "level_recipient": lazy_gettext("This organisation may not have this level."),
    "recurrence": lazy_gettext("There is no such day or hour: a week has days 1 to 7, a month 1 to 28."),
    "target_unknown": lazy_gettext("Choose places of the organisation that gets it."),
    "target_uncertified": lazy_gettext(
        "What isn’t public goes only to places that work and have a certificate, to which it is encrypted."
    ),
    "number": lazy_gettext("Enter a number."),
    "kind": lazy_gettext("Choose one of the list."),
    "folder": lazy_gettext("Give the folder with plain letters, such as seere/inbox."),
    "bucket": lazy_gettext("Give the bucket’s name as the store has it."),
    "region": lazy_gettext("Give the store’s region, such as eu-west-3."),
    "host_key": lazy_gettext("Give the server’s public host key, such as ssh-ed25519 AAAA…"),
    "certificate_private": lazy_gettext(
        "This is a private key. It was not kept. Give the public one, and tell its owner to make a new pair."
    ),
    "certificate_long": lazy_gettext("This certificate is too long."),
    "secret_missing": lazy_gettext("Give what opens it: a name with a password or key."),
    "mail_address": lazy_gettext("Enter a mail address."),
    "schedule_paused": lazy_gettext("It is paused: switch it on first."),
    "not_confirmed": lazy_gettext("Tick the box to say that you mean it."),
}
_FIELD_OF = {
    "level_recipient": "level",
    "level_unknown": "level",
    "verification_level": "verification",
    "cercle_level": "cercle",
    "recurrence": "day",
    "target_unknown": "targets",
    "target_uncertified": "targets",
    "organisation_unknown": "organisation",
    "format_unknown": "file_format",
    "language_unknown": "language",
    "purpose_short": "purpose",
    "purpose_long": "purpose",
    "host_key": "pinned",
    "certificate_private": "certificate",
    "certificate_long": "certificate",
    "secret_missing": "user",
    "mail_address": "mail",
}


def words_for(code: str) -> str:
    """What to tell the person."""
    return str(_MESSAGES[code]) if code in _MESSAGES else of_exports.words_for(code)


def from_casework(name: str, typed: Mapping[str, str], error: CaseworkError) -> FormState:
    """The form with the message beside its field. What no form can mend is raised again."""
    if error.code not in _MESSAGES and error.code not in _FIELD_OF:
        raise error
    return FormState(name, typed, {_FIELD_OF.get(error.code, error.code): words_for(error.code)})


def from_address(name: str, typed: Mapping[str, str], error: AddressRefused) -> FormState:
    """The form of a place whose address nothing may be sent to."""
    field = "endpoint" if typed.get("kind") == "s3" else "host"
    return FormState(name, typed, {field: str(ADDRESS_PROBLEMS[error.code])})


def from_validation(name: str, typed: Mapping[str, str], error: ValidationError) -> FormState:
    """The form with a message beside each field that could not be read."""
    return FormState(
        name, typed, {field: words_for(str(codes[0])) for field, codes in error.messages_dict.items()}
    )
