"""What the pages of the routing table say when a form can't be taken as it is, and beside which field."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from marshmallow import ValidationError

from app.casework.errors import CHANGED_MEANWHILE, CaseworkError
from app.rules.choices import actor_name
from app.rules.service import AccusedReceiver

_MESSAGES: Mapping[str, LazyString] = {
    "name_missing": lazy_gettext("Give the rule a name."),
    "name_long": lazy_gettext("This is too long: shorten it."),
    "organisation_unknown": lazy_gettext("Choose an organisation."),
    "choose": lazy_gettext("Choose one of the list."),
    "hour": lazy_gettext("Enter a whole hour, from 0 to 24."),
    "hours_half": lazy_gettext("Enter both hours, or none."),
    "hours_same": lazy_gettext("The two hours must differ."),
    "confidence": lazy_gettext("Enter a number from 0 to 100."),
    "deadline_unknown": lazy_gettext("Enter the hours to answer, from 1 to 2160."),
    "reason_short": lazy_gettext("Give the reason in at least 10 characters."),
    "reason_long": lazy_gettext("Give the reason in at most 300 characters."),
    "preview_waits": lazy_gettext("Wait until it is worked out what this rule would have done."),
    CHANGED_MEANWHILE: lazy_gettext(
        "Somebody changed this rule meanwhile. Look at it as it stands, and change it anew."
    ),
}
_FIELD_OF = {"organisation_unknown": "organisation_id", "accused_receiver": "actors"}


def problems_of(error: ValidationError) -> dict[str, str]:
    """What is wrong by field; a list of ticks has one sentence however many are wrong."""
    return {field: _words(_first(codes)) for field, codes in error.messages_dict.items()}


def complaint(error: CaseworkError) -> dict[str, str]:
    """What stands in the way, beside its field; empty for what is no matter of a form."""
    if isinstance(error, AccusedReceiver):
        return {"actors": accused_words(error)}
    return {_FIELD_OF.get(error.code, ""): _words(error.code)} if error.code in _MESSAGES else {}


def accused_words(error: AccusedReceiver) -> str:
    """Why such a rule is refused."""
    return gettext(
        "This rule could send a report to the accused: it names %(authors)s, and %(organisation)s must never be sent "
        "what may be about its own people. Choose another organisation, or take these authors out.",
        authors=", ".join(actor_name(code) for code in error.codes),
        organisation=error.organisation_name,
    )


def _words(code: str) -> str:
    return str(_MESSAGES.get(code, _MESSAGES["choose"]))


def _first(codes: object) -> str:
    """A field's first code; marshmallow nests those of a list by position."""
    while isinstance(codes, (list, dict)):
        codes = next(iter(codes.values() if isinstance(codes, dict) else codes), "")
    return str(codes)
