"""The page that asks where it happened: in words, from the list of places, or where the phone is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from flask_babel import gettext

from app.intake.drafts import Given
from app.intake.submission import Position
from app.public.place_words import full_name
from app.public.positions import position_fields, precision_words, read_position
from app.public.schemas import ReportIn
from app.public.steps import FormValues, PutAgain, Step
from app.reference import geography
from app.reference.gazetteer import Place, place
from app.reference.places import search_in_words

_MOST_OFFERED = 8


class WhereStep(Step):
    """Where it happened. Stores `Submission.where`, `place` and `position`."""

    template: ClassVar[str] = "public/where.html"

    @property
    def name(self) -> str:
        """`where`."""
        return "where"

    def heading(self) -> str:
        """The page's question."""
        return gettext("Where did it happen?")

    def shown(self, given: Given) -> FormValues:
        """The words, the chosen place, and the rounded position."""
        submission = given.submission
        return {
            "where": submission.where,
            "place": submission.place,
            **position_fields(submission.position),
        }

    def take(self, form: FormValues, given: Given) -> Given:
        """What is given with this place in it. Raises ValidationError, by field; PutAgain to look places up."""
        if form.get("look"):
            raise PutAgain
        words: str = ReportIn(only=("where",)).load(form)["where"]
        chosen = chosen_place(form)
        changed = replace(
            given.submission,
            where=words,
            place=chosen.code if chosen else "",
            position=read_position(form),
        )
        return replace(given, submission=changed)

    def answer(self, given: Given) -> str:
        """The place, the words and the position, a line each."""
        submission = given.submission
        chosen = place(submission.place)
        lines = (
            full_name(chosen) if chosen else "",
            submission.where,
            _position_in_words(submission.position),
        )
        return "\n".join(filter(None, lines))

    def context(self, given: Given) -> Mapping[str, object]:
        """What the page looks things up by."""
        return {
            "given": given,
            "regions": geography.regions(),
            "cercles_of": geography.cercles_of,
            "offered": offered,
            "full_name": full_name,
            "precisions": precision_words(),
        }


def chosen_place(form: FormValues) -> Place | None:
    """The place that was picked among those found, or the finest of the plain list; None if none was.

    Whoever picks another region in the list means that one, whatever was picked before.
    """
    listed = _listed(form)
    found = next(filter(None, map(place, form.get("place", "").split("\n"))), None)
    if found and listed and found.region_code != listed.region_code:
        return listed
    return found or listed


def _listed(form: FormValues) -> Place | None:
    region, cercle = place(form.get("region", "")), place(form.get("cercle", ""))
    return cercle if cercle and region and cercle.region_code == region.code else region


def offered(form: FormValues) -> Sequence[Place]:
    """The places to choose from: the one chosen already, then those that the words may mean if asked."""
    chosen = place(form.get("place", ""))
    found = search_in_words(form.get("where", ""), _MOST_OFFERED) if form.get("look") == "places" else []
    return list(dict.fromkeys(each for each in (chosen, *found) if each))


def _position_in_words(position: Position | None) -> str:
    if position is None:
        return ""
    precision = precision_words()[f"{position.precision_km:.0f}"]
    return gettext("Where this phone was: %(precision)s", precision=precision)
