"""What the desk says when a form about a case can't be taken as it is, and beside which field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus

from flask_babel import gettext, lazy_gettext
from marshmallow import ValidationError

from app.accounts.forms import FormState
from app.casework.errors import CHANGED_MEANWHILE, FORBIDDEN, NOT_FOUND, CaseworkError
from app.messaging.segments import Segments

MESSAGES = {
    CHANGED_MEANWHILE: lazy_gettext(
        "Somebody changed this case while you were working on it. The page now shows how it stands; "
        "what you typed is still in the form. Check it and send it again."
    ),
    "withdrawn": lazy_gettext("The reporter withdrew this report. Nothing more may be done on it."),
    "violation_unknown": lazy_gettext("Choose a violation."),
    "period_unknown": lazy_gettext("Choose a period."),
    "choice_unknown": lazy_gettext("Choose one of the list."),
    "publication_not_due": lazy_gettext("This period may not be public yet."),
    "publication_taken": lazy_gettext("Figures of these days are public or on their way already."),
    "publication_overtaken": lazy_gettext(
        "Figures of these days were handed out since it was counted. Discard it and have it counted anew."
    ),
    "publication_not_proposed": lazy_gettext("This has changed since you looked at it. Look at it again."),
    "publication_not_published": lazy_gettext("These figures are not public."),
    "report_not_over": lazy_gettext("This period isn’t over yet."),
    "report_text_length": lazy_gettext("The text is empty or too long."),
    "violation_there": lazy_gettext("This violation is already on the case."),
    "region_unknown": lazy_gettext("Choose a region."),
    "cercle_elsewhere": lazy_gettext("This cercle is not in the region you chose."),
    "date_malformed": lazy_gettext("Enter a date such as 2026-03-12."),
    "date_order": lazy_gettext("The end must not be before the beginning."),
    "date_future": lazy_gettext("The date must not be in the future."),
    "date_too_old": lazy_gettext("The date is too long ago."),
    "urgency_unknown": lazy_gettext("Choose an urgency."),
    "urgency_needs_value": lazy_gettext("An urgency can't be removed: correct it instead."),
    "not_correctable": lazy_gettext("This can be accepted or rejected, not corrected."),
    "no_report": lazy_gettext("There is no report left to answer to."),
    "asked_to_stop": lazy_gettext("This person asked for no messages (STOP). Nothing was sent."),
    "asked_never": lazy_gettext("This person asked never to be written to. Nothing was sent."),
    "asked_hours": lazy_gettext(
        "The hours on record leave no moment to write. Nothing was sent: mend them first."
    ),
    "no_contact": lazy_gettext("No phone is known for this case."),
    "hour_from": lazy_gettext("Enter the hour from which one may write, such as 18:00."),
    "hour_until": lazy_gettext("Enter the hour until which one may write, such as 21:30."),
    "hours_same": lazy_gettext("The two hours must differ."),
    "twin_unknown": lazy_gettext("No other case with this reference is open to you."),
    "twin_itself": lazy_gettext("A case can’t be merged with itself."),
    "twin_invented": lazy_gettext("An invented case and a real one can’t be merged."),
    "merge_over": lazy_gettext("This was undone already."),
    "report_alone": lazy_gettext("This report is all there is in this case: it is alone already."),
    "message_alone": lazy_gettext("This message is all there is in this case: it is alone already."),
    "target_unknown": lazy_gettext("Choose one of the cases of the same phone."),
    "text_missing": lazy_gettext("Write something first."),
    "recipient_name_missing": lazy_gettext("Write the name of the recipient."),
    "recipient_function_missing": lazy_gettext("Write the function of the recipient."),
    "recipient_court_missing": lazy_gettext("Write the court or office of the recipient."),
    "text_long": lazy_gettext("This is too long: shorten it."),
    "assignee_unknown": lazy_gettext("Choose somebody of your organisation who works on cases."),
    "release_changed": lazy_gettext(
        "The account or the decision on it changed meanwhile. Read it as it stands now."
    ),
    "reason_short": lazy_gettext("Give the reason in at least 10 characters."),
    "verification_order": lazy_gettext("A case can't go there from where its verification stands."),
    "checklist_incomplete": lazy_gettext(
        "The checklist isn't complete: answer what is still open and assess each report first."
    ),
    "nobody_proposed": lazy_gettext(
        "Two people verify a case: first one proposes it, on a complete checklist, then another confirms."
    ),
    "same_person": lazy_gettext("You proposed this case as verified: somebody else has to confirm it."),
    "check_long": lazy_gettext("This is too long: shorten it."),
    "check_note": lazy_gettext("Where the answer isn’t yes, say why in a few words."),
    "looks_identifying": lazy_gettext(
        "These words may name somebody. Names belong in the safe: use the signs of the account, such as [PERSONNE-1], "
        "or confirm that they identify nobody."
    ),
    "label_long": lazy_gettext("This is too long: shorten it."),
    "method_long": lazy_gettext("This is too long: shorten it."),
    "counts_range": lazy_gettext("Enter whole numbers that are not negative."),
    "counts_sum": lazy_gettext(
        "The numbers must add up to the total; leave “unknown” empty to have it worked out."
    ),
    "involved_already": lazy_gettext("This person has this part in this act already."),
    "case_unknown": lazy_gettext("No such case that you may see. Enter a reference such as S-000123."),
    "link_itself": lazy_gettext("A case can’t be linked to itself."),
    "linked_already": lazy_gettext("These cases are linked in this way already."),
    "link_circular": lazy_gettext("This would go round in a circle: the other case leads back to this one."),
    "reason_long": lazy_gettext("Give the reason in at most 300 characters."),
    "organisation_unknown": lazy_gettext("Choose an organisation."),
    "conflict": lazy_gettext(
        "This organisation can't get the case: it is connected with somebody the report names."
    ),
    "not_allowed": lazy_gettext(
        "The reporter has not allowed this kind of organisation to get the case. Ask them, by a question on the case."
    ),
    "identity_not_allowed": lazy_gettext(
        "Not everybody who reported allows that this organisation learns who they are. Choose less."
    ),
    "override_identity": lazy_gettext(
        "Against the reporter’s wishes identities are never shown. Choose less."
    ),
    "override_unconfirmed": lazy_gettext("Confirm that you have read what the reporter allowed."),
    "override_reason_short": lazy_gettext("Give the reason in at least 30 characters."),
    "ground_unknown": lazy_gettext("Choose one of the grounds."),
    "concerned_unknown": lazy_gettext("Choose either an organisation or a person."),
    "conflict_there": lazy_gettext("The case is already said to concern them."),
    "nobody_left": lazy_gettext("Nobody of the desk would be left to read the case. Tell an administrator."),
    "referred_already": lazy_gettext("The case is already referred to this organisation."),
    "referral_state": lazy_gettext("The referral has moved on and this can no longer be done."),
    "deadline_unknown": lazy_gettext("Choose one of the deadlines."),
    "mask_short": lazy_gettext("Give at least two letters or digits of what is to be hidden."),
    "mask_long": lazy_gettext("This is too long to be hidden at once."),
    "mask_missing": lazy_gettext(
        "These words are not in this message. Copy them from it, without the signs in brackets."
    ),
    "mask_unknown": lazy_gettext("Choose one of the masks of this message."),
    "mask_pending": lazy_gettext("This mask is being taken away already."),
    "unmask_unconfirmed": lazy_gettext("Confirm that the hidden words identify nobody."),
    "choose": lazy_gettext("Choose one of the list."),
    "view_name": lazy_gettext("Give the view a name of its own, of at most 60 letters."),
    "view_nothing": lazy_gettext("Choose filters or search first: this is what everybody sees anyway."),
    "views_many": lazy_gettext("You have 12 views already: delete one first."),
    "hold_over": lazy_gettext("Choose a day in the future, or none."),
    "hold_many": lazy_gettext("More than 2,000 cases match: narrow the view first."),
    "hold_none": lazy_gettext("No case matches this view."),
    "retention_days": lazy_gettext("Give a whole number of days, 0 for never, at most 36,500."),
    "retention_same": lazy_gettext("Nothing would change."),
    "undo_over": lazy_gettext("This can no longer be undone."),
    "parts_none": lazy_gettext("Choose at least one of the parts."),
    "judicial_reason_short": lazy_gettext("Give the reason in at least 30 characters."),
    "judicial_refused": lazy_gettext(
        "Somebody who reported has not allowed that institutions learn who they are. That is never overruled: ask "
        "them, by a question on the case."
    ),
    "judicial_unasked": lazy_gettext(
        "Not everybody who reported was asked whether institutions may learn who they are, as by SMS. A supervisor of "
        "the desk can go on with a ground and a reason."
    ),
    "judicial_changed": lazy_gettext(
        "A report came to the case or left it since this was asked for. It has to be asked for anew."
    ),
    "judicial_own": lazy_gettext("Two people open a case: somebody else of the desk has to decide."),
    "judicial_over": lazy_gettext("This was decided, taken back or is over already."),
    "judicial_unconfirmed": lazy_gettext("Confirm that you have read what is asked for."),
    "certificate_private": lazy_gettext(
        "This is a private key. It was not kept. Give the public one, and tell its owner to make a new pair."
    ),
    "certificate_unknown": lazy_gettext(
        "This is no OpenPGP public key. Copy it with its first and last line."
    ),
    "certificate_long": lazy_gettext("This key is too long. Export it without signatures of others."),
    "rectangle": lazy_gettext(
        "Give four numbers from 0 to 100 that lie on the picture: left, top, width, height."
    ),
    "rectangles_many": lazy_gettext("At most 60 parts of a picture can be hidden."),
    "not_a_picture": lazy_gettext("Parts can only be hidden on pictures."),
    "safe_locked": lazy_gettext(
        "Your safe is locked, and this needs what is in it. Unlock it on the page “Safe”, then send the form again."
    ),
    "factor_missing": lazy_gettext(
        "This opens something sealed: sign in with your second factor (code or security key), then send the form again."
    ),
    "not_granted": lazy_gettext(
        "You have no access to your organisation’s safe. Ask a colleague who may open, or have them give you access."
    ),
    "not_shared": lazy_gettext("Your organisation has no key to this report. Ask the desk."),
    "receiver_has_no_safe": lazy_gettext(
        "This organisation has no safe yet, so identities can’t be passed to it. "
        "Refer without them, or ask it to make one."
    ),
    "unreadable": lazy_gettext("What is sealed is damaged, and can’t be opened."),
    "reason_original": lazy_gettext("Say in at least 30 characters why the copy is not enough."),
    "openings_many": lazy_gettext(
        "You have opened very much in a short time. Wait an hour, or ask a colleague to look with you."
    ),
}
_FIELD_OF = {
    "violation_unknown": "code",
    "violation_there": "code",
    "region_unknown": "region",
    "cercle_elsewhere": "cercle",
    "date_malformed": "date_from",
    "date_order": "date_to",
    "date_future": "date_from",
    "date_too_old": "date_from",
    "urgency_unknown": "level",
    "text_missing": "text",
    "text_long": "text",
    "asked_to_stop": "text",
    "asked_never": "text",
    "asked_hours": "text",
    "reason_long": "reason",
    "reason_original": "reason",
    "hold_over": "ends_on",
    "hold_many": "view",
    "hold_none": "view",
    "verification_order": "verification",
    "checklist_incomplete": "verification",
    "nobody_proposed": "verification",
    "same_person": "verification",
    "label_long": "label",
    "method_long": "method",
    "counts_range": "total",
    "counts_sum": "total",
    "involved_already": "role",
    "case_unknown": "reference",
    "link_itself": "reference",
    "linked_already": "reference",
    "link_circular": "reference",
    "looks_identifying": "is_plain",
    "hour_from": "first",
    "hour_until": "last",
    "hours_same": "last",
    "target_unknown": "to_case",
    "assignee_unknown": "assignee",
    "organisation_unknown": "organisation",
    "receiver_has_no_safe": "organisation",
    "conflict": "organisation",
    "not_allowed": "organisation",
    "referred_already": "organisation",
    "deadline_unknown": "deadline_hours",
    "identity_not_allowed": "disclosure",
    "override_identity": "disclosure",
    "override_unconfirmed": "confirmed",
    "parts_none": "parts",
    "judicial_reason_short": "reason",
    "judicial_unasked": "override_ground",
    "certificate_private": "certificate",
    "certificate_unknown": "certificate",
    "certificate_long": "certificate",
    "override_reason_short": "reason",
    "ground_unknown": "ground",
    "concerned_unknown": "organisation",
    "conflict_there": "organisation",
    "nobody_left": "person",
    "mask_short": "words",
    "mask_long": "words",
    "mask_missing": "words",
    "mask_unknown": "token",
    "mask_pending": "token",
    "unmask_unconfirmed": "confirmed",
}
_STATUSES = {
    NOT_FOUND: HTTPStatus.NOT_FOUND,
    FORBIDDEN: HTTPStatus.FORBIDDEN,
    CHANGED_MEANWHILE: HTTPStatus.CONFLICT,
}


class NeedsConfirmation(Exception):
    """A question not yet confirmed that takes more than one SMS, or says words that could endanger who reads it."""

    def __init__(self, segments: Segments, harmful: Sequence[str] = ()) -> None:
        super().__init__()
        self.segments = segments
        self.harmful = harmful


class Redraw(Exception):
    """A form that only wants to be shown again with other values."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__()
        self.values = values


def status_of(error: CaseworkError) -> HTTPStatus:
    """The HTTP status an error is answered with."""
    return _STATUSES.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)


def from_casework(name: str, typed: Mapping[str, str], error: CaseworkError) -> FormState:
    """The form with the message beside the field it belongs to."""
    where = _FIELD_OF.get(error.code, "reason" if error.code == "reason_short" else "")
    if where == "reason" and "reason" not in typed:
        where = "note"
    return FormState(name, typed, {where: _message(error.code)})


def from_validation(name: str, typed: Mapping[str, str], error: ValidationError) -> FormState:
    """The form with a message beside each field that could not be read."""
    messages = error.messages if isinstance(error.messages, dict) else {"": error.messages}
    return FormState(name, typed, {where: _message(str(found[0])) for where, found in messages.items()})


def from_cost(name: str, typed: Mapping[str, str], needed: NeedsConfirmation) -> FormState:
    """The form with what sending would take or could do, to be confirmed."""
    warnings = [*_cost(needed.segments), *_danger(needed.harmful)]
    return FormState(name, typed, {"text": " ".join(warnings)}, needs_confirmation=True)


def _cost(segments: Segments) -> Iterator[str]:
    if segments.count > 1:
        yield gettext(
            "This takes %(count)s SMS. Shorten it, or confirm below that it may go out.", count=segments.count
        )
        if segments.costly_letters:
            letters = " ".join(segments.costly_letters[:10])
            yield gettext("These signs make it longer: %(letters)s", letters=letters)


def _danger(words: Sequence[str]) -> Iterator[str]:
    if words:
        yield gettext(
            "Somebody else may read that phone, and these words could endanger its owner: %(words)s. "
            "Say it otherwise, or confirm below.",
            words=", ".join(words[:10]),
        )


def _message(code: str) -> str:
    return str(MESSAGES.get(code) or gettext("Check this field."))
