"""What the pages of exports say when something can't be done as it is, and beside which field."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from marshmallow import ValidationError

from app.accounts.forms import FormState
from app.casework.errors import CaseworkError

_MESSAGES: Mapping[str, LazyString] = {
    "choose": lazy_gettext("Choose one of the list."),
    "date_malformed": lazy_gettext("Enter a date such as 2026-03-12."),
    "date_order": lazy_gettext("The end must not be before the beginning."),
    "cercle_elsewhere": lazy_gettext("This cercle is not in the region you chose."),
    "view_unknown": lazy_gettext("This view is no longer there. Choose another one."),
    "view_words": lazy_gettext(
        "This view searches for words. What was searched for would be told to whoever reads the register: "
        "choose a view without a search."
    ),
    "level_unknown": lazy_gettext("Choose one of the levels that you may ask for."),
    "cercle_level": lazy_gettext(
        "At this level places are told by region, and the copy says what it was limited to: choose a region."
    ),
    "verification_level": lazy_gettext(
        "At this level only verified cases go out. Choose “Verified”, or the level of the commission."
    ),
    "preview_waits": lazy_gettext("Wait until it is worked out what would go out."),
    "preview_used": lazy_gettext("This export was asked for already."),
    "nothing_chosen": lazy_gettext("Nothing would go out. Choose other cases."),
    "format_unknown": lazy_gettext("Choose one of the kinds of file."),
    "format_small": lazy_gettext("So many rows don’t fit into this kind of file. Choose another one."),
    "language_unknown": lazy_gettext("Choose a language."),
    "purpose_short": lazy_gettext("Say what it is for, in at least 10 characters."),
    "purpose_long": lazy_gettext("Say it in at most 300 characters."),
    "recipient_missing": lazy_gettext("Say who gets it: a person’s office, or an organisation."),
    "recipient_long": lazy_gettext("Say it in at most 200 characters."),
    "organisation_unknown": lazy_gettext("Choose an organisation."),
    "organisation_needed": lazy_gettext(
        "At this level it must be known which organisation gets it. Choose one; an administrator can add it."
    ),
    "level_recipient": lazy_gettext("This organisation may not have this level."),
    "not_confirmed": lazy_gettext("Tick the box to say that you have read this."),
    "own_key_missing": lazy_gettext(
        "You have no key of your own yet, to which the file could be sealed. Give your safe a password first."
    ),
    "export_state": lazy_gettext("This has moved on meanwhile. Look at the page again."),
    "file_gone": lazy_gettext("The file is no longer there. Ask for the export again."),
    "file_outdated": lazy_gettext(
        "Something in it has changed since it was made, so the file was erased. Ask for the export again."
    ),
    "file_damaged": lazy_gettext("The file is damaged and was not handed out. Ask for the export again."),
    "safe_locked": lazy_gettext("Your safe is locked. Unlock it first."),
    "factor_missing": lazy_gettext(
        "This needs your second factor. Set one up in your account, then sign in again with it."
    ),
}
_FIELD_OF = {
    "view_unknown": "view",
    "view_words": "view",
    "level_unknown": "level",
    "verification_level": "verification",
    "cercle_level": "cercle",
    "format_unknown": "file_format",
    "format_small": "file_format",
    "language_unknown": "language",
    "purpose_short": "purpose",
    "purpose_long": "purpose",
    "recipient_missing": "recipient",
    "recipient_long": "recipient",
    "organisation_unknown": "recipient_organisation",
    "organisation_needed": "recipient_organisation",
    "level_recipient": "recipient_organisation",
    "not_confirmed": "confirmed",
}


def words_for(code: str) -> str:
    """What to tell the person."""
    return str(_MESSAGES.get(code) or gettext("Check this field."))


def from_casework(name: str, typed: Mapping[str, str], error: CaseworkError) -> FormState:
    """The form with the message beside the field it belongs to. Errors that no form can mend are raised again."""
    if error.code not in _MESSAGES:
        raise error
    return FormState(name, typed, {_FIELD_OF.get(error.code, ""): words_for(error.code)})


def from_validation(name: str, typed: Mapping[str, str], error: ValidationError) -> FormState:
    """The form with a message beside each field that could not be read."""
    return FormState(
        name, typed, {field: words_for(str(codes[0])) for field, codes in error.messages_dict.items()}
    )
