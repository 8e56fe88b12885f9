"""Learning a new model from decided cases and comparing it with the running one on cases held back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from app.database import close_session, transaction
from app.models import ModelState, TriageModel
from workers.learning import register
from workers.learning.examples import Split, decided_examples, split
from workers.learning.register import Learnt
from workers.triage.learning import Example, compare, digest, train
from workers.triage.linear_model import Model, running_model
from workers.triage.training import own_examples

logger = structlog.get_logger()

FEWEST_CASES = 40
_FEWEST_HELD_BACK = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: `too_few`, `nothing_new`, or the state of the new version; and on how many cases."""

    result: str
    cases: int
    version: int | None = None
    macro_f1_running: float | None = None
    macro_f1_candidate: float | None = None


def retrain(*, actor: str) -> Outcome:
    """Learn, compare, keep, and promote if better. No transaction is open while it learns."""
    with transaction() as session:
        examples = decided_examples(session)
        running_version, running = _running(register.active(session))
    close_session()
    parts = split(examples)
    if running is None or len(examples) < FEWEST_CASES or len(parts.held_back) < _FEWEST_HELD_BACK:
        return _told(Outcome("too_few", len(examples)))
    learnt = _learn(parts, running, running_version)
    with transaction() as session:
        kept = register.keep(session, learnt, actor=actor)
        if kept is None:
            return _told(Outcome("nothing_new", len(examples)))
        outcome = Outcome(
            str(ModelState(kept.state)),
            len(examples),
            kept.version,
            kept.macro_f1_running,
            kept.macro_f1_candidate,
        )
    return _told(outcome)


def _running(active: TriageModel | None) -> tuple[int, Model | None]:
    """The model that reports are read with: the shipped one also where the active one is damaged or of an old form."""
    if active is not None:
        try:
            return active.version, register.from_bytes(active.data, active.digest)
        except ValueError as error:
            logger.warning("learnt_model_unreadable", error=type(error).__name__)
    return register.SHIPPED, running_model()


def _learn(parts: Split, running: Model, running_version: int) -> Learnt:
    examples = (*_shipped_but(parts.held_back), *parts.learnt_from)
    candidate = train(examples, version=f"learnt-{digest(examples)[:12]}")
    compared = compare(running, candidate, parts.held_back)
    return Learnt(
        model=candidate,
        examples=len(parts.learnt_from),
        running_version=running_version,
        macro_f1_running=round(compared.running, 4),
        macro_f1_candidate=round(compared.candidate, 4),
        is_better=compared.is_better,
        note=f"{compared.reason} on {len(parts.held_back)} held-back cases than version {running_version}"[
            :200
        ],
    )


def _shipped_but(held_back: Sequence[Example]) -> list[Example]:
    """The shipped examples without those whose very text is held back."""
    kept_apart = {example.text for example in held_back}
    return [example for example in own_examples() if example.text not in kept_apart]


def _told(outcome: Outcome) -> Outcome:
    logger.info("triage_model_learnt", result=outcome.result, cases=outcome.cases, version=outcome.version)
    return outcome
