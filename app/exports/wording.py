"""Exports in words: their levels, kinds, states, what they were limited to, and why one failed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil

from babel.units import format_unit
from flask_babel import format_date, get_locale, gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from app.casework.wording import violation_label, word
from app.exports.fields import Rule, RuleKind, tables
from app.exports.formats import ExportFormat, formats
from app.exports.level_rules import rules_for
from app.exports.levels import Level
from app.exports.selection import ANY_VERIFICATION, ExportFilter
from app.exports.withheld import reason_in_words, reasons
from app.models import ExportKind, ExportRecord, ExportState, Organisation, SavedView
from app.reference import geography
from app.reference.taxonomy import actor_categories

Words = Mapping[str, LazyString]

LEVELS: Words = {
    Level.PUBLIC: lazy_gettext("Public"),
    Level.PARTNER: lazy_gettext("Partner"),
    Level.CNDH: lazy_gettext("Commission (CNDH)"),
    Level.JUDICIAL: lazy_gettext("Judicial file"),
}
LEVELS_ABOUT: Words = {
    Level.PUBLIC: lazy_gettext("For everybody: rows in which nobody can be told from several others."),
    Level.PARTNER: lazy_gettext(
        "For organisations that work with us: anonymised accounts, the place to the cercle, the time to the week."
    ),
    Level.CNDH: lazy_gettext("For the commission’s own work: all but what is sealed."),
    Level.JUDICIAL: lazy_gettext(
        "One case, with identities that two people opened, sealed to who receives it."
    ),
}
KINDS: Words = {
    ExportKind.CASES: lazy_gettext("Cases"),
    ExportKind.CASE: lazy_gettext("One case"),
    ExportKind.JUDICIAL: lazy_gettext("Judicial file"),
    ExportKind.REGISTER: lazy_gettext("Register of exports"),
    ExportKind.REPORT: lazy_gettext("Periodic report"),
}
STATES: Words = {
    ExportState.ASKED: lazy_gettext("Waits for a worker"),
    ExportState.MAKING: lazy_gettext("Is being made"),
    ExportState.READY: lazy_gettext("Ready to be taken"),
    ExportState.TAKEN: lazy_gettext("Taken"),
    ExportState.EXPIRED: lazy_gettext("Erased, not taken"),
    ExportState.FAILED: lazy_gettext("Could not be made"),
    ExportState.CANCELLED: lazy_gettext("Cancelled"),
}
PERIODS: Words = {
    "verified": lazy_gettext("Verified between"),
    "received": lazy_gettext("Received between"),
    "occurred": lazy_gettext("Happened between"),
}
FAILURES: Words = {
    "own_key_missing": lazy_gettext("The key that it was to be sealed to is no longer there."),
    "outdated": lazy_gettext(
        "Something in it has changed since it was made, so the file was erased. Ask for the export again."
    ),
    "given_up": lazy_gettext(
        "The worker that made it broke off three times, perhaps for lack of memory. Choose fewer cases or another kind "
        "of file, and tell an administrator."
    ),
    "may_not": lazy_gettext("Whoever asked for it may no longer have it."),
    "nothing_chosen": lazy_gettext("Nothing would have gone out."),
    "too_risky": lazy_gettext(
        "Somebody could be recognised in it, whatever is left out or made less precise. Choose a longer period or more "
        "regions, so that more cases look alike."
    ),
    "too_few": lazy_gettext(
        "There are too few cases: somebody could be recognised among them, however coarse the rest is made. Choose a "
        "longer period, or more regions."
    ),
    "too_alike": lazy_gettext(
        "Nearly all of these cases tell of the same violation: of whoever is known to be in it, it would be known what "
        "was done to them. Choose more kinds of violation."
    ),
    "too_close": lazy_gettext(
        "Next to what these readers already have, the few cases that are new would stand out. Ask for the same cases "
        "as before, or wait until more have come in, such as next month."
    ),
    "unconfirmed": lazy_gettext(
        "The second, independent reckoning did not find it safe enough, so nothing goes out. Tell an administrator: "
        "this should not happen."
    ),
    "organisation_needed": lazy_gettext(
        "At this level it must be known which organisation gets it. Choose one; an administrator can add it."
    ),
    "too_many_rows": lazy_gettext("So many rows don’t fit into this kind of file."),
    "KeyMissing": lazy_gettext("The workers have no key to sign exports with. Tell an administrator."),
}
_RULES: Words = {
    RuleKind.KEEP: lazy_gettext("as it is"),
    RuleKind.TOKENISE: lazy_gettext("another word for it, for this copy alone"),
    RuleKind.TEXT: lazy_gettext("after a second anonymisation and, where needed, a reading"),
    RuleKind.DROP: lazy_gettext("not in the file"),
}
_SIZES = (
    (10**9, "digital-gigabyte"),
    (10**6, "digital-megabyte"),
    (10**3, "digital-kilobyte"),
    (1, "digital-byte"),
)
_STEPS: Words = {
    "day": lazy_gettext("the day"),
    "week": lazy_gettext("the week"),
    "month": lazy_gettext("the month"),
    "quarter": lazy_gettext("the quarter"),
    "year": lazy_gettext("the year"),
    "cercle": lazy_gettext("the cercle"),
    "region": lazy_gettext("the region"),
    "point": lazy_gettext("the point"),
    "cercle_centre": lazy_gettext("the middle of the cercle"),
    "group": lazy_gettext("the age group"),
    "majority": lazy_gettext("under 18 or older"),
    "sex": lazy_gettext("the sex"),
    "actor": lazy_gettext("the author"),
    "actor_category": lazy_gettext("the category of authors"),
    "nature": lazy_gettext("violation or abuse"),
    "number": lazy_gettext("the number"),
    "band": lazy_gettext("about how many"),
}


def rule_in_words(rule: Rule) -> str:
    """What becomes of a field, for a cell of a table."""
    if rule.kind is not RuleKind.GENERALISE:
        return str(_RULES[rule.kind])
    return gettext("only %(step)s", step=_STEPS.get(rule.to, rule.to))


def failure_in_words(record: ExportRecord) -> str:
    """Why an export could not be made; of an unforeseen error its name, for who looks into it."""
    known = FAILURES.get(record.failure)
    if known is not None:
        return str(known)
    return gettext("Something went wrong (%(code)s).", code=record.failure)


def withheld_in_words(reason: str) -> str:
    """Why something does not go out; a reason of a later release by its code."""
    return reason_in_words(reason, _language()) if reason in reasons() else reason


def refusal_in_words(code: str) -> str:
    """Why nothing can go out at all, by the code of what refused it."""
    known = FAILURES.get(code)
    return str(known) if known is not None else withheld_in_words(code)


def withheld_of(record: ExportRecord, field: str) -> str:
    """What was withheld: a field, else whole rows, which are cases or, of a report, its figures."""
    if field:
        return field_in_words(field)
    return gettext("figures") if record.kind == ExportKind.REPORT else gettext("whole cases")


def fewest_cases(level: str) -> int:
    """How many cases a file of a level holds at least, for the risk on average to be low enough; 1 without limits."""
    limits = rules_for(Level(level))
    return max(limits.k, ceil(1 / limits.highest_mean_risk)) if limits else 1


def file_size(count: int) -> str:
    """A number of bytes in words: "41,8 ko"."""
    unit = next((each for each in _SIZES if count >= each[0]), _SIZES[-1])
    number = round(count / unit[0], 1)
    return format_unit(number, unit[1], "short", locale=get_locale() or "fr")


def step_in_words(step: str) -> str:
    """How precise a field still is."""
    return str(_STEPS.get(step, step))


def field_in_words(code: str) -> str:
    """What a field is called, wherever it stands; a quasi-identifier that no table has by its code."""
    language = _language()
    found = (each for table in tables().values() for each in table.fields if each.code == code)
    field = next(found, None)
    return field.labels[language] if field else code


def format_name(code: str) -> str:
    """What a kind of file is called; one of an earlier release by its code."""
    known = formats().get(code)
    return known.label(_language()) if known else code.upper()


def format_options(chosen: Sequence[ExportFormat]) -> list[tuple[str, str]]:
    """Kinds of file to choose from: code and name, short enough for the width of a phone."""
    return [(each.code, each.label(_language())) for each in chosen]


def format_descriptions(chosen: Sequence[ExportFormat]) -> list[tuple[str, str]]:
    """What each kind of file is, and what it is good for: name and words."""
    return [(each.label(_language()), each.description(_language())) for each in chosen]


def words_of(codes: Iterable[str], table: str) -> list[tuple[str, str]]:
    """Codes with their words, to choose from."""
    return [(str(code), word(code, table)) for code in codes]


def _language() -> str:
    """Fields and formats have words in French and English."""
    locale = get_locale()
    return "en" if locale and locale.language == "en" else "fr"


def described(session: Session, wanted: ExportFilter) -> list[tuple[str, str]]:
    """A filter in words, a line each: the period and whether cases are verified always, the rest where it narrows."""
    view = session.get(SavedView, wanted.view) if wanted.view else None
    named = [(gettext("Saved view"), view.name if view else "–")] if wanted.view else []
    return [_period(wanted), _verification(wanted), *_narrowed(session, wanted), *named]


def described_outside(session: Session, wanted: ExportFilter) -> list[tuple[str, str]]:
    """The same for a copy, where a saved view stands by what it says: its name is somebody's own words."""
    said = ", ".join(f"{name}={value}" for name, value in wanted.view_address)
    named = [(gettext("Saved view"), said or "–")] if wanted.view else []
    return [_period(wanted), _verification(wanted), *_narrowed(session, wanted), *named]


def _period(wanted: ExportFilter) -> tuple[str, str]:
    first = format_date(wanted.first, "d MMM y") if wanted.first else gettext("the beginning")
    last = format_date(wanted.last, "d MMM y") if wanted.last else gettext("today")
    return str(PERIODS[wanted.period]), f"{first} – {last}"


def _verification(wanted: ExportFilter) -> tuple[str, str]:
    if wanted.verification == ANY_VERIFICATION:
        return gettext("Verification"), gettext("any, also what nobody verified")
    return gettext("Verification"), word(wanted.verification, "verification")


def _narrowed(session: Session, wanted: ExportFilter) -> Iterator[tuple[str, str]]:
    if wanted.region:
        yield gettext("Region"), geography.region_name(wanted.region) or wanted.region
    if wanted.cercle:
        yield gettext("Cercle"), geography.cercle_name(wanted.cercle) or wanted.cercle
    if wanted.violation:
        yield gettext("Violation"), violation_label(wanted.violation)
    if wanted.actor:
        yield gettext("Alleged authors"), _category(wanted.actor)
    if wanted.status:
        yield gettext("Status"), word(wanted.status, "status")
    if wanted.referred_to:
        yield gettext("Referred to"), _organisation(session, wanted.referred_to)
    if wanted.referral_state:
        yield gettext("Referral"), word(wanted.referral_state, "referral")


def _category(code: str) -> str:
    known = actor_categories().get(code)
    return known.label(_language()) if known else code


def _organisation(session: Session, organisation_id: uuid.UUID) -> str:
    found = session.get(Organisation, organisation_id)
    return found.short_name if found else "–"
