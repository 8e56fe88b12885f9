"""In which order the pages behind the first one come."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from app.intake.drafts import Given
from app.public.consent_step import ConsentStep
from app.public.question_steps import question_steps
from app.public.steps import Step
from app.public.text_step import TextStep
from app.public.when_step import WhenStep
from app.public.where_step import WhereStep

CHECK = "check"  # the last page, on which everything is seen together

_TEXT = TextStep()
_WHERE = WhereStep()
_WHEN = WhenStep()
_CONSENT = ConsentStep()


def steps_for(given: Given) -> list[Step]:
    """The pages that are put, after what was given so far; the last one, to check and send, isn't among them."""
    pages: list[Step] = [_WHERE, _WHEN, *question_steps(given), _CONSENT]
    return [page for page in pages if page.applies(given)]


def answers_for(given: Given) -> list[Step]:
    """What the last page repeats: the text, and every page that was put."""
    return [_TEXT, *steps_for(given)]


def step_named(name: str, given: Given) -> Step | None:
    """The page that a form says it is; None for the last one, and for one that is no longer put."""
    return next((step for step in answers_for(given) if step.name == name), None)


def first(given: Given) -> Step | None:
    """The page behind the first."""
    return next(iter(steps_for(given)), None)


def following(step: Step, given: Given) -> Step | None:
    """The page after one; None when everything was asked."""
    pages = answers_for(given)
    names = _names(pages)
    after = pages[names.index(step.name) + 1 :] if step.name in names else []
    return next(iter(after), None)


def preceding(step: Step | None, given: Given) -> Step:
    """The page before one, or before the last (None). Before the second there is the text, to be changed."""
    pages = answers_for(given)
    before = list(takewhile(lambda page: step is None or page.name != step.name, pages))
    return before[-1] if before else _TEXT


def position(step: Step | None, given: Given) -> tuple[int, int]:
    """Which page this is, and how many there are as far as can be said now: with the first one and the last."""
    names = _names(answers_for(given))
    total = len(names) + 1
    return (names.index(step.name) + 1 if step and step.name in names else total), total


def _names(steps: Sequence[Step]) -> list[str]:
    return [step.name for step in steps]
