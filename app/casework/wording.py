"""Codes as people read them, in the language of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from babel.dates import format_timedelta
from flask import Blueprint
from flask_babel import format_date, get_locale, gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from app.casework.message_words import (
    CAUTIONS,
    CHANNELS,
    CUSTODY,
    DELIVERY_STATES,
    FAILURES,
    FILE_KINDS,
    FILE_STATES,
    OPENINGS,
)
from app.clock import utcnow
from app.languages import page_language
from app.models import Organisation, User
from app.reference import geography
from app.reference.taxonomy import ViolationType, actor_categories, violations

Words = Mapping[str, LazyString]

STATUSES: Words = {
    "new": lazy_gettext("New"),
    "in_progress": lazy_gettext("In progress"),
    "waiting_for_reporter": lazy_gettext("Waiting for the reporter"),
    "closed": lazy_gettext("Closed"),
}
VERIFICATIONS: Words = {
    "unverified": lazy_gettext("Not verified"),
    "pending": lazy_gettext("Being verified"),
    "verified": lazy_gettext("Verified"),
    "not_substantiated": lazy_gettext("Not substantiated"),
    "false": lazy_gettext("False"),
}
URGENCIES: Words = {
    "3": lazy_gettext("Immediate"),
    "2": lazy_gettext("Urgent"),
    "1": lazy_gettext("Soon"),
    "0": lazy_gettext("Routine"),
}
URGENCY_SHAPES = {3: "▲", 2: "◆", 1: "●", 0: "○"}
REFERRAL_STATES: Words = {
    "proposed": lazy_gettext("Proposed"),
    "sent": lazy_gettext("Awaiting answer"),
    "accepted": lazy_gettext("Taken up"),
    "declined": lazy_gettext("Declined"),
    "done": lazy_gettext("Done"),
    "revoked": lazy_gettext("Revoked"),
}
FINDING_STATES: Words = {
    "proposed": lazy_gettext("To be checked"),
    "accepted": lazy_gettext("Accepted"),
    "corrected": lazy_gettext("Corrected"),
    "rejected": lazy_gettext("Rejected"),
}
FINDING_KINDS: Words = {
    "violation": lazy_gettext("Violation"),
    "place": lazy_gettext("Place"),
    "occurred": lazy_gettext("Date"),
    "urgency": lazy_gettext("Urgency"),
    "actor": lazy_gettext("Alleged author"),
    "language": lazy_gettext("Language"),
    "twin": lazy_gettext("Same event?"),
    "same_person": lazy_gettext("Same person named?"),
    "victims": lazy_gettext("Victims"),
    "person": lazy_gettext("Person named"),
    "doubt": lazy_gettext("Could identify somebody?"),
}
SAID_OF_PERSONS: Words = {
    "female": lazy_gettext("woman"),
    "male": lazy_gettext("man"),
    "victim": lazy_gettext("victim"),
    "alleged_author": lazy_gettext("alleged author"),
    "witness": lazy_gettext("witness"),
    "source": lazy_gettext("source"),
}
VICTIM_STATUSES: Words = {
    "killed": lazy_gettext("killed"),
    "injured": lazy_gettext("injured"),
    "missing": lazy_gettext("missing"),
    "abducted": lazy_gettext("abducted"),
    "displaced": lazy_gettext("displaced"),
}
DOUBTS: Words = {
    "unsure_name": lazy_gettext("Perhaps a name"),
    "unknown_capital": lazy_gettext("An unknown word with a capital"),
    "initial": lazy_gettext("Initials"),
    "nickname": lazy_gettext("A nickname"),
    "kinship": lazy_gettext("A family tie"),
    "role": lazy_gettext("An office or a trade in a small place"),
    "reference": lazy_gettext("A file reference"),
    "number": lazy_gettext("A long number"),
}
NEEDS: Words = {
    "recording_to_type": lazy_gettext("A recording came in: listen to it and write down what was said."),
    "undecodable": lazy_gettext(
        "A message came in signs that the machine could not read: open it and write down what it says."
    ),
    "residual_risk": lazy_gettext(
        "Something in the text could still identify somebody: read it before an organisation does."
    ),
    "unsafe_addition": lazy_gettext(
        "Something that was added could still identify somebody: other organisations don’t see the account until "
        "the desk has read it and set the status anew."
    ),
    "not_an_incident": lazy_gettext("The machine sees no incident in this message: check that it is right."),
    "no_violation": lazy_gettext("The machine could not say what kind of violation this is."),
    "uncertain_violation": lazy_gettext("The machine is not sure what kind of violation this is."),
    "no_place": lazy_gettext("The machine found no place: add one so that the case can be routed."),
    "unreadable": lazy_gettext("The message could not be opened. Tell an administrator."),
    "desk_concerned": lazy_gettext(
        "The report names everybody of the desk: none of them may read it. Somebody else must."
    ),
    "anonymisation_failed": lazy_gettext(
        "The message could not be made safe, so it is not shown. Tell an administrator."
    ),
}
EVENTS: Words = {
    "report_received": lazy_gettext("Report received"),
    "answer_received": lazy_gettext("Answer received from the reporter"),
    "report_withdrawn": lazy_gettext("Report withdrawn by the reporter"),
    "report_erased": lazy_gettext("Report deleted by the reporter"),
    "consent_changed": lazy_gettext("The reporter changed what may be shared"),
    "finding_decided": lazy_gettext("Finding decided"),
    "finding_added": lazy_gettext("Finding added"),
    "question_asked": lazy_gettext("Question asked"),
    "assigned": lazy_gettext("Assignment changed"),
    "status_changed": lazy_gettext("Status changed"),
    "verification_changed": lazy_gettext("Verification changed"),
    "referral_created": lazy_gettext("Referral made"),
    "referral_withheld": lazy_gettext("Not referred: the reporter has not allowed it"),
    "referral_changed": lazy_gettext("Referral changed"),
    "consent_overridden": lazy_gettext("Referred against the reporter’s wishes"),
    "conflict_stated": lazy_gettext("Said whom the case concerns"),
    "conflict_found": lazy_gettext("The machine found a name the case concerns"),
    "conflict_removed": lazy_gettext("No longer said to concern somebody"),
    "referral_reminded": lazy_gettext("Reminder of a referral sent"),
    "referral_escalated": lazy_gettext("Referral without an answer passed on"),
    "follow_up_told": lazy_gettext("Reporter told that somebody follows up"),
    "note": lazy_gettext("Note"),
    "words_masked": lazy_gettext("Words hidden"),
    "unmasking_asked": lazy_gettext("Mask said to be wrong"),
    "words_unmasked": lazy_gettext("Wrong mask taken away"),
    "message_moved": lazy_gettext("Message moved"),
    "message_typed": lazy_gettext("Recording written down"),
    "opening_asked": lazy_gettext("Opened"),
    "wishes_changed": lazy_gettext("Wishes about messages changed"),
    "hiding_changed": lazy_gettext("What is hidden on a picture was changed"),
    "cases_merged": lazy_gettext("Cases merged"),
    "merge_undone": lazy_gettext("Merge undone"),
    "report_split_off": lazy_gettext("Report taken out of a case"),
    "report_read_again": lazy_gettext("Read again by the machine"),
    "record_added": lazy_gettext("Added to the record"),
    "record_changed": lazy_gettext("Record changed"),
    "record_removed": lazy_gettext("Removed from the record"),
    "record_put_back": lazy_gettext("Put back on record"),
    "checklist_kept": lazy_gettext("Checklist of the verification kept"),
    "source_assessed": lazy_gettext("Source assessed"),
    "release_decided": lazy_gettext("Decided whether the account may go out"),
    "judicial_asked": lazy_gettext("Judicial file asked for"),
    "judicial_confirmed": lazy_gettext("Fingerprint of a recipient compared"),
    "judicial_withdrawn": lazy_gettext("Judicial file no longer asked for"),
    "judicial_approved": lazy_gettext("Judicial file approved, identities opened"),
    "judicial_refused": lazy_gettext("Judicial file refused"),
    "judicial_made": lazy_gettext("Judicial file made"),
    "judicial_failed": lazy_gettext("Judicial file not made"),
    "judicial_expired": lazy_gettext("Judicial file expired without a decision"),
}
ROLES: Words = {
    "monitor": lazy_gettext("Monitor"),
    "supervisor": lazy_gettext("Supervisor"),
    "analyst": lazy_gettext("Analyst"),
    "administrator": lazy_gettext("Administrator"),
    "auditor": lazy_gettext("Auditor"),
}
ORGANISATION_KINDS: Words = {
    "desk": lazy_gettext("Desk"),
    "cndh": lazy_gettext("CNDH"),
    "civil_society": lazy_gettext("Civil society"),
    "institution": lazy_gettext("Institution"),
}
DISCLOSURES: Words = {
    "summary": lazy_gettext("The summary"),
    "anonymised": lazy_gettext("The account without names"),
    "with_identity": lazy_gettext("The account, and identities on request"),
}
DISCLOSED: Words = {
    "summary": lazy_gettext("Reference, violations, cercle, week, urgency and your note. No text."),
    "anonymised": lazy_gettext("Also the account without names, the findings, and which files there are."),
    "with_identity": lazy_gettext(
        "They may also ask for identities to be opened, each time with a reason and on record. Only where everybody "
        "who reported allows it."
    ),
}
REFERRAL_REASONS: Words = {  # those of the machine; a rule is called by its name
    "referral_escalated": lazy_gettext("no answer from another organisation"),
    "desk_concerned": lazy_gettext("nobody of the desk may read it"),
}
UNOFFERED: Words = {
    "actor": lazy_gettext("the report names a force or a group it is connected with"),
    "named": lazy_gettext("the report names it"),
    "stated": lazy_gettext("a supervisor said that the case concerns it"),
}
PRECISIONS: Words = {
    "day": lazy_gettext("day"),
    "week": lazy_gettext("week"),
    "month": lazy_gettext("month"),
    "year": lazy_gettext("year"),
}
MASKS: Words = {
    "person": lazy_gettext("A person"),
    "phone": lazy_gettext("A telephone number"),
    "other": lazy_gettext("Something else"),
}
RECORD_PARTS: Words = {
    "person": lazy_gettext("Person or group"),
    "involvement": lazy_gettext("Part in an act"),
    "act": lazy_gettext("Act"),
    "link": lazy_gettext("Linked case"),
}
_TABLES = {
    "record_part": RECORD_PARTS,
    "mask": MASKS,
    "disclosure": DISCLOSURES,
    "disclosed": DISCLOSED,
    "unoffered": UNOFFERED,
    "precision": PRECISIONS,
    "status": STATUSES,
    "verification": VERIFICATIONS,
    "urgency": URGENCIES,
    "channel": CHANNELS,
    "referral": REFERRAL_STATES,
    "finding_state": FINDING_STATES,
    "finding_kind": FINDING_KINDS,
    "delivery": DELIVERY_STATES,
    "failure": FAILURES,
    "file_state": FILE_STATES,
    "file_kind": FILE_KINDS,
    "caution": CAUTIONS,
    "custody": CUSTODY,
    "opening": OPENINGS,
    "need": NEEDS,
    "event": EVENTS,
    "doubt": DOUBTS,
    "victims": VICTIM_STATUSES,
    "said_of_person": SAID_OF_PERSONS,
    "role": ROLES,
    "organisation_kind": ORGANISATION_KINDS,
}


def word(code: object, table: str) -> str:
    """A code of one of the tables above in words; the code itself where there is no word."""
    found = _TABLES[table].get(str(code))
    return str(found) if found is not None else str(code).replace("_", " ")


def violation_label(code: str | None) -> str:
    """What a violation is called; words for none."""
    kind = violations().get(code or "")
    return kind.label(page_language()) if kind else gettext("No violation found")


def actor_label(value: Mapping[str, Any]) -> str:
    """The alleged author a finding names, else its category."""
    category = actor_categories().get(str(value.get("category", "")))
    label = category.label(page_language()) if category else str(value.get("code", ""))
    name = str(value.get("name") or "")
    return f"{name} ({label})" if name and name != label else label


def place_label(region_code: str | None, cercle_code: str | None, name: str | None = None) -> str:
    """Region, cercle and place, the larger first; words for none."""
    parts = [geography.region_name(region_code), geography.cercle_name(cercle_code), name]
    known = list(dict.fromkeys(part for part in parts if part))
    return " · ".join(known) if known else gettext("Place unknown")


def date_label(first: date | None, last: date | None) -> str:
    """A day, or a period."""
    if first is None:
        return gettext("Date unknown")
    if last is None or first == last:
        return str(format_date(first, "d MMMM y"))
    return gettext(
        "%(first)s to %(last)s", first=format_date(first, "d MMM y"), last=format_date(last, "d MMM y")
    )


def victims_label(value: Mapping[str, Any]) -> str:
    """How many were harmed and how, as far as the text says."""
    status = word(value.get("status", ""), "victims")
    count = value.get("count")
    label = f"{count} · {status}" if count else status
    return gettext("%(victims)s, children among them", victims=label) if value.get("children") else label


def person_label(value: Mapping[str, Any]) -> str:
    """A sign of the account with what the text says of whom it stands for: `PERSONNE-1: woman, victim`."""
    said = ", ".join(word(value[part], "said_of_person") for part in ("sex", "role") if value.get(part))
    return gettext("%(sign)s: %(said)s", sign=str(value.get("token", "")).strip("[]"), said=said)


def language_label(code: str) -> str:
    """What a language is called."""
    locale = get_locale()
    name = locale.languages.get(_SHORT_CODES.get(code, code)) if locale and code != "und" else None
    return str(name) if name else gettext("Unknown language")


_SHORT_CODES = {"fra": "fr", "eng": "en", "bam": "bm", "fuv": "ff", "ara": "ar"}
LANGUAGES = (*_SHORT_CODES, "und")  # that reports are told apart by


def confidence_word(confidence: float) -> str:
    """How sure the machine is, in a word."""
    if confidence >= 0.85:
        return gettext("sure")
    return gettext("likely") if confidence >= 0.6 else gettext("unsure")


def ago(moment: datetime) -> str:
    """How long ago something was."""
    return format_timedelta(moment - utcnow(), add_direction=True, **_short())


def _short() -> dict[str, Any]:
    return {"format": "short", "threshold": 1.1, "locale": get_locale()}


def deadline(moment: datetime) -> str:
    """How much time is left, or by how much it has passed."""
    left = moment - utcnow()
    if left.total_seconds() < 0:
        return gettext("%(time)s late", time=format_timedelta(-left, **_short()))
    return gettext("%(time)s left", time=format_timedelta(left, **_short()))


def referral_reason(name: str) -> str:
    """Why a case was sent: a rule's name as it is, the machine's own reasons in words."""
    return str(REFERRAL_REASONS.get(name, name))


def violation_option(kind: ViolationType) -> tuple[str, str]:
    """A violation as an entry of a list to choose from."""
    return kind.code, kind.label(page_language())


def region_option(region: geography.Region) -> tuple[str, str]:
    """A region as an entry of a list to choose from."""
    return region.code, region.name


def organisation_option(organisation: Organisation) -> tuple[str, str]:
    """An organisation as an entry of a list to choose from."""
    return str(organisation.id), organisation.name


def person_option(person: User) -> tuple[str, str]:
    """A person as an entry of a list to choose from."""
    return str(person.id), person.display_name


def language_option(code: str) -> tuple[str, str]:
    """A language as an entry of a list to choose from."""
    return code, language_label(code)


def initials(name: str) -> str:
    """Two letters that stand for a person where there is no room for the name."""
    parts = name.split()
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()


_FILTERS: tuple[Callable[..., Any], ...] = (
    word,
    violation_label,
    confidence_word,
    ago,
    deadline,
    referral_reason,
    violation_option,
    region_option,
    organisation_option,
    person_option,
    language_option,
    initials,
)


def init_wording(blueprint: Blueprint) -> None:
    """Give templates the words as filters."""
    for each in _FILTERS:
        blueprint.add_app_template_filter(each)
    for function in (place_label, date_label):
        blueprint.add_app_template_global(function)
    blueprint.add_app_template_global(lambda level: URGENCY_SHAPES.get(level, "○"), "urgency_shape")
