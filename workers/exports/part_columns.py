"""What stands in each column of the tables beside that of cases, from rows of the database. Before any rule.

References are made by the copy's tokens: an act, a person or a report has no number of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from app.plain_text import plain
from workers.exports.case_columns import day_of
from workers.exports.reading import Columns
from workers.exports.release import Value
from workers.exports.statements import Part
from workers.exports.tokens import CopyTokens

Column = Callable[[Columns, CopyTokens], Sequence[Value]]
PART_OF: Mapping[str, Part] = {
    "acts": Part.ACTS,
    "persons": Part.PERSONS,
    "involvements": Part.INVOLVEMENTS,
    "interventions": Part.REFERRALS,
    "information": Part.REPORTS,
}
_ACT, _PERSON, _INFORMATION = "A", "P", "I"  # the first letters of references
CASE = "case"  # the field by which a row belongs to a case: filled in as that case's row has it


def _token(letter: str, name: str) -> Column:
    return lambda rows, tokens: _tokens(letter, rows[name], tokens)


def _tokens(letter: str, ids: Sequence[str | None], tokens: CopyTokens) -> Sequence[Value]:
    made = iter(tokens.tokens(letter, filter(None, ids)))
    return [next(made) if each else None for each in ids]


def _own(name: str) -> Column:
    return lambda rows, _: rows[name]


def _word(name: str) -> Column:
    return lambda rows, _: [plain(text) or None if text else None for text in rows[name]]


def _code(name: str) -> Column:
    return lambda rows, _: [code or None for code in rows[name]]


def _codes(name: str) -> Column:
    return lambda rows, _: [_list(codes) for codes in rows[name]]


@lru_cache(maxsize=1000)
def _list(document: str | None) -> tuple[str, ...]:
    """A list of codes as the database keeps it: few are different, and each is taken apart once."""
    return tuple(json.loads(document) or ()) if document else ()


def _day(name: str) -> Column:
    return lambda rows, _: [day_of(moment) for moment in rows[name]]


COLUMNS: Mapping[str, Mapping[str, Column]] = {
    "acts": {
        "reference": _token(_ACT, "id"),
        "violation": _own("violation_code"),
        "is_main": _own("is_main"),
        "state": _own("state"),
        "occurred_from": _own("occurred_from"),
        "occurred_to": _own("occurred_to"),
        "region": _own("region_code"),
        "cercle": _own("cercle_code"),
        "method": _word("method"),
    },
    "persons": {
        "reference": _token(_PERSON, "id"),
        "kind": _own("kind"),
        "label": _word("label"),
        "sex": _own("sex"),
        "age_group": _own("age_group"),
        "condition": _own("state"),
        "characteristics": _codes("characteristics"),
        "women": _own("women"),
        "men": _own("men"),
        "girls": _own("girls"),
        "boys": _own("boys"),
        "unknown": _own("unknown"),
        "is_at_least": _own("is_at_least"),
        "actor": _code("actor_code"),
        "actor_category": _code("actor_category"),
        "has_acquiescence": _own("has_acquiescence"),
    },
    "involvements": {
        "person": _token(_PERSON, "person_id"),
        "act": _token(_ACT, "act_id"),
        "role": _own("role"),
        "certainty": _own("certainty"),
    },
    "interventions": {
        "organisation": _word("name"),
        "organisation_kind": _own("kind"),
        "state": _own("state"),
        "asked_on": _day("created_at"),
        "deadline": _day("deadline_at"),
        "decided_on": _day("decided_at"),
    },
    "information": {
        "source": _token(_INFORMATION, "id"),
        "channel": _own("channel"),
        "received_on": _day("received_at"),
        "reliability": _code("reliability"),
        "credibility": _code("credibility"),
    },
}
