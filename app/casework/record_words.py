"""A case's record in words, in the language of the page."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext, lazy_gettext, ngettext

from app.casework.nature import Nature
from app.casework.wording import actor_label
from app.languages import page_language
from app.models import Person, PersonKind
from app.models.persons import UNKNOWN
from app.reference.record import vocabulary
from app.reference.taxonomy import actor_categories

NATURES = {
    Nature.VIOLATION: lazy_gettext("Violation"),
    Nature.ABUSE: lazy_gettext("Abuse by non-State actors"),
    Nature.BOTH: lazy_gettext("Violation and abuse"),
    Nature.OPEN: lazy_gettext("Violation or abuse"),
}
NATURES_WHY = {
    Nature.VIOLATION: lazy_gettext(
        "The alleged author is of the State, or acted with its consent or tolerance."
    ),
    Nature.ABUSE: lazy_gettext("The alleged author is not of the State."),
    Nature.BOTH: lazy_gettext("Authors of the State and others are alleged."),
    Nature.OPEN: lazy_gettext("Nobody knows yet whether the author is of the State."),
}


def record_word(code: object, name: str) -> str:
    """A code of a vocabulary in words; the code itself where the vocabulary hasn't got it."""
    entry = vocabulary(name).get(str(code))
    return entry.label(page_language()) if entry else str(code).replace("_", " ")


def record_options(name: str) -> list[tuple[str, str]]:
    """A vocabulary as entries of a list to choose from."""
    return [(code, entry.label(page_language())) for code, entry in vocabulary(name).items()]


def author_options() -> list[tuple[str, str]]:
    """The kinds of author as entries of a list to choose from."""
    return [(code, each.label(page_language())) for code, each in actor_categories().items()]


def person_title(person: Person) -> str:
    """What a person is called here: the token or description, else whom they are accused of being, else how many."""
    if person.label:
        return person.label
    if person.actor_category:
        return gettext("Alleged: %(author)s", author=actor_label({"category": person.actor_category}))
    return number_of(person)


def number_of(person: Person) -> str:
    """How many a person or group is."""
    if person.kind == PersonKind.INDIVIDUAL:
        return gettext("One person")
    if person.total is None:
        return gettext("A group, number unknown")
    many = ngettext("%(num)s person", "%(num)s persons", person.total)
    return gettext("At least %(persons)s", persons=many) if person.is_at_least else many


def person_facts(person: Person) -> list[str]:
    """What is known of a person or group, shortly; what isn't known is left out, but for the counts of a group."""
    facts = [] if person_title(person) == number_of(person) else [number_of(person)]
    facts += _counts(person) if person.kind == PersonKind.GROUP else _one(person)
    if person.state != UNKNOWN:
        facts.append(record_word(person.state, "condition"))
    facts += [record_word(code, "characteristic") for code in person.characteristics]
    if person.actor_category and person.label:
        facts.append(gettext("Alleged: %(author)s", author=actor_label({"category": person.actor_category})))
    if person.has_acquiescence:
        facts.append(gettext("with the State’s consent or tolerance"))
    return facts


def _counts(person: Person) -> list[str]:
    if not (person.women or person.men or person.girls or person.boys):
        return []
    counts = {code: getattr(person, code) for code in vocabulary("count")}
    return [f"{record_word(code, 'count')} {count}" for code, count in counts.items() if count]


def _one(person: Person) -> list[str]:
    known = {"sex": person.sex, "age_group": person.age_group}
    return [record_word(code, name) for name, code in known.items() if code != UNKNOWN]


def init_record_words(blueprint: Blueprint) -> None:
    """Give templates these words."""
    blueprint.add_app_template_filter(record_word, "record_word")
    blueprint.add_app_template_global(record_options, "record_options")
    blueprint.add_app_template_global(author_options, "author_options")
