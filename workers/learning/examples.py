"""What people decided about cases, as examples to learn from. Only anonymised texts are read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, selectinload

from app.models import Act, Case, Finding, FindingState, Verification
from workers.triage.folding import words
from workers.triage.learning import Example

NO_VIOLATION = "none"
_DECIDED = (FindingState.ACCEPTED, FindingState.CORRECTED)
_HELD_BACK_OF_256 = 64  # a quarter
_TOKEN = re.compile(r"\[[^\W\d_][^\]\n]{0,80}\]")  # [PERSONNE-1: femme] tells nothing of what happened


@dataclass(frozen=True, slots=True)
class Split:
    """Examples to learn from, and others that no model of this installation ever learns from."""

    learnt_from: tuple[Example, ...]
    held_back: tuple[Example, ...]


def decided_examples(session: Session) -> list[Example]:
    """The text and codes of every case whose violations people verified or decided, in the order of their numbers.

    Never withdrawn cases, nor a demonstration's: invented reports must not teach.
    """
    decided = exists().where(
        Finding.case_id == Case.id, Finding.kind == "violation", Finding.state.in_(_DECIDED)
    )
    statement = (
        select(Case)
        .where(Case.is_withdrawn.is_(False), Case.is_demonstration.is_(False), Case.anonymised_text != "")
        .where(or_(decided, Case.verification == Verification.VERIFIED))
        .options(selectinload(Case.acts))
        .order_by(Case.number)
    )
    found = ((case, decided_codes(case)) for case in session.scalars(statement))
    return [Example(_TOKEN.sub(" ", case.anonymised_text), codes) for case, codes in found if codes]


def decided_codes(case: Case) -> tuple[str, ...]:
    """What a case tells of by people's word, the main code first; () while an act is only the machine's."""
    if case.verification != Verification.VERIFIED and not all(act.is_human for act in case.acts):
        return ()
    if not case.acts and case.verification == Verification.VERIFIED:
        return ()
    ordered: list[Act] = sorted(case.acts, key=lambda act: (not act.is_main, act.violation_code))
    return tuple(dict.fromkeys(act.violation_code for act in ordered)) or (NO_VIOLATION,)


def split(examples: Sequence[Example]) -> Split:
    """A quarter held back, chosen by each text's own words: the same text is on the same side in every run."""
    held_back = [_is_held_back(example.text) for example in examples]
    pairs = list(zip(examples, held_back, strict=True))
    return Split(
        tuple(example for example, is_held_back in pairs if not is_held_back),
        tuple(example for example, is_held_back in pairs if is_held_back),
    )


def _is_held_back(text: str) -> bool:
    folded = " ".join(word.text for word in words(text))
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).digest()[0] < _HELD_BACK_OF_256
