"""The model learnt from decided cases: never from others, promoted only if better, and taken back at a word."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app import audit
from app.clock import utcnow
from app.database import db, transaction
from app.models import Act, AuditEntry, Case, Finding, FindingState, ModelState, TriageModel, Verification
from app.queue import QUEUE_OF, JobName, connection
from app.settings import Settings
from workers import jobs, runtime
from workers.commands.learning import model_commands
from workers.learning import current, register, retraining
from workers.learning.current import learnt_model
from workers.learning.examples import decided_examples, split
from workers.learning.register import CannotUse, Learnt
from workers.learning.retraining import retrain
from workers.maintenance import RETRAINING, JSONCronJob
from workers.triage.learning import Example, train
from workers.triage.linear_model import Model
from workers.triage.training import own_examples

KINDS = {"pillage": "troupeau vole boeufs moutons", "killing": "tues morts cadavres balles"}


@pytest.fixture
def decide(app: Flask) -> Callable[..., None]:
    """Add cases that people decided on: `decide([(text, code), …])`; columns of the case may be given."""
    numbers = iter(range(1000, 100_000))

    def add(told: list[tuple[str, str]], **columns: Any) -> None:
        state = columns.pop("state", FindingState.ACCEPTED)
        is_human = columns.pop("is_human", True)
        with transaction() as session:
            for text, code in told:
                case = Case(
                    id=uuid.uuid4(), number=next(numbers), channel="sms", anonymised_text=text,
                    **{"received_at": utcnow(), **columns},
                )  # fmt: skip
                session.add(case)
                session.flush()
                acts = [code] if code != "none" else []
                session.add_all(Act(case_id=case.id, violation_code=each, is_human=is_human) for each in acts)
                session.add(
                    Finding(
                        case_id=case.id, kind="violation", value={"code": code}, confidence=0.9, state=state
                    )
                )

    return add


@pytest.fixture
def few_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thirtieth of the shipped examples of two kinds: learning from all takes minutes each time."""
    few = [example for example in own_examples() if set(example.codes) <= set(KINDS)][::30]
    monkeypatch.setattr(retraining, "own_examples", lambda: iter(few))


def own_words(count: int) -> list[tuple[str, str]]:
    """Cases in words that no shipped example has, so that only learning can tell them apart."""
    codes = ("denial_of_justice", "land_and_livelihood")
    words = ("zorgo bramtil", "quipsal vendrok")
    return [(f"{words[number % 2]} affaire {number}", codes[number % 2]) for number in range(count)]


def examples_now() -> list[Example]:
    with transaction() as session:
        return decided_examples(session)


def models() -> list[TriageModel]:
    db.session.rollback()
    return list(db.session.scalars(select(TriageModel).order_by(TriageModel.version)))


def actions() -> list[tuple[str, str]]:
    db.session.rollback()
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.sequence))
    return [(entry.action, entry.subject) for entry in entries if entry.subject.startswith("triage_model")]


def model(seed: int) -> Model:
    """A small model that differs from one seed to another."""
    told = [Example(f"{word} {seed}", (code,)) for code, words in KINDS.items() for word in words.split()]
    return train(told, seed=seed, version=f"test-{seed}")


def learnt(seed: int, *, is_better: bool = True, running: int = 0) -> Learnt:
    return Learnt(model(seed), 40, running, 0.5, 0.6 if is_better else 0.4, is_better, "a test")


def keep(*args: Any, **keywords: Any) -> int:
    with transaction() as session:
        kept = register.keep(session, learnt(*args, **keywords), actor="worker")
        assert kept is not None
        return kept.version


def test_only_what_people_decided_teaches(decide: Callable[..., None]) -> None:
    decide([("accepted", "pillage")])
    decide([("corrected", "killing")], state=FindingState.CORRECTED)
    decide([("nothing happened", "none")])
    decide(
        [("verified", "torture")],
        state=FindingState.PROPOSED,
        is_human=False,
        verification=Verification.VERIFIED,
    )
    decide([("only proposed", "pillage")], state=FindingState.PROPOSED, is_human=False)
    decide([("an act nobody looked at", "pillage")], is_human=False)
    decide([("withdrawn", "pillage")], is_withdrawn=True)
    decide([("invented", "pillage")], is_demonstration=True)
    decide([("", "pillage")])
    assert [(example.text, example.codes) for example in examples_now()] == [
        ("accepted", ("pillage",)),
        ("corrected", ("killing",)),
        ("nothing happened", ("none",)),
        ("verified", ("torture",)),
    ]


def test_tokens_that_stand_for_people_are_not_learnt(decide: Callable[..., None]) -> None:
    decide([("[PERSONNE-1: femme, victime] a fui, appelez [TELEPHONE-1]", "forced_displacement")])
    (example,) = examples_now()
    assert example.text.split() == ["a", "fui,", "appelez"]


@given(st.lists(st.text(), max_size=60))
def test_a_text_is_on_one_side_whatever_comes_with_it(texts: list[str]) -> None:
    parts = split([Example(text, ("killing",)) for text in texts])
    assert len(parts.learnt_from) + len(parts.held_back) == len(texts)
    apart = {example.text for example in parts.held_back}
    assert apart.isdisjoint(example.text for example in parts.learnt_from)
    for text in texts:
        alone = split([Example(text, ("killing",))])
        assert bool(alone.held_back) == (text in apart)


def test_about_a_quarter_is_held_back() -> None:
    parts = split([Example(f"texte {number}", ("killing",)) for number in range(1000)])
    assert 200 < len(parts.held_back) < 300


def test_too_few_cases_change_nothing(decide: Callable[..., None]) -> None:
    decide(own_words(39))
    assert (retrain(actor="worker").result, models(), actions()) == ("too_few", [], [])


@pytest.mark.usefixtures("few_shipped")
@pytest.mark.slow
def test_a_better_model_runs_within_a_minute_and_can_be_taken_back(
    decide: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(own_words(80))
    monkeypatch.setattr(current, "LOOKED_UP_EVERY_SECONDS", 0)
    assert learnt_model() is None
    outcome = retrain(actor="worker")
    assert (outcome.result, outcome.version, outcome.cases) == (ModelState.ACTIVE, 1, 80)
    assert (outcome.macro_f1_candidate or 0) > (outcome.macro_f1_running or 0)
    running = learnt_model()
    assert running is not None
    assert running.opinions("zorgo bramtil", 0.3)[0].code == "denial_of_justice"
    decide(own_words(6))
    assert retrain(actor="worker").result == ModelState.REJECTED  # it can't be better than right
    assert learnt_model() is running
    with transaction() as session:
        register.use(session, register.SHIPPED, actor="command")
    assert learnt_model() is None
    assert [each.state for each in models()] == [ModelState.RETIRED, ModelState.REJECTED]
    assert actions() == [
        ("triage_model.learnt", "triage_model:1"),
        ("triage_model.changed", "triage_model:1"),
        ("triage_model.learnt", "triage_model:2"),
        ("triage_model.changed", "triage_model:0"),
    ]
    assert list(audit.verify(db.session())) == []


@pytest.mark.usefixtures("few_shipped")
@pytest.mark.slow
def test_learning_again_from_the_same_cases_changes_nothing(decide: Callable[..., None]) -> None:
    decide(own_words(60))
    first = retrain(actor="worker")
    with transaction() as session:
        register.use(session, register.SHIPPED, actor="command")
    assert (first.result, retrain(actor="worker").result, len(models())) == ("active", "nothing_new", 1)


def test_promoting_retires_the_earlier_one_and_any_promoted_one_can_come_back(app: Flask) -> None:
    first, second = keep(1), keep(2, running=1)
    assert [each.state for each in models()] == [ModelState.RETIRED, ModelState.ACTIVE]
    with transaction() as session:
        register.use(session, first, actor="command")
    assert [each.state for each in models()] == [ModelState.ACTIVE, ModelState.RETIRED]
    assert second == 2


def test_one_compared_with_what_no_longer_runs_waits_as_a_candidate(app: Flask) -> None:
    keep(1)
    keep(2, running=0)
    assert [each.state for each in models()] == [ModelState.ACTIVE, ModelState.CANDIDATE]


def test_one_that_was_not_better_never_runs(app: Flask) -> None:
    version = keep(1, is_better=False)
    for wanted in (version, 99):
        with pytest.raises(CannotUse), transaction() as session:
            register.use(session, wanted, actor="command")
    assert [each.state for each in models()] == [ModelState.REJECTED]


def test_a_kept_model_is_the_one_that_was_learnt(app: Flask) -> None:
    keep(1)
    (kept,) = models()
    again = register.from_bytes(kept.data, kept.digest)
    text = "troupeau de boeufs"
    assert again.opinions(text, 0.0) == model(1).opinions(text, 0.0)


def test_damaged_weights_leave_the_shipped_model_running(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(current.logger, "warning", lambda event, **_: told.append(event), raising=False)
    keep(1)
    with transaction() as session:
        kept = session.get_one(TriageModel, 1)
        kept.data = kept.data[:-1] + b"x"
    assert learnt_model() is None
    assert told == ["learnt_model_unreadable"]


def test_learning_goes_on_from_the_shipped_model_when_the_active_one_cannot_be_read(app: Flask) -> None:
    keep(1)
    with transaction() as session:
        session.execute(update(TriageModel).values(data=b"damaged"))
    assert retrain(actor="worker").result == "too_few"


def test_the_clock_asks_for_it_weekly_and_a_worker_does_it(
    settings: Settings, decide: Callable[..., None], work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(own_words(3))
    told: list[str] = []
    monkeypatch.setattr("workers.jobs.retrain", lambda actor: told.append(retrain(actor=actor).result))
    client = connection(settings.redis_url)
    job = JSONCronJob(QUEUE_OF[JobName.RETRAIN_TRIAGE], func=jobs.retrain_triage, cron=RETRAINING)
    assert b"own" not in (client.dump(job.enqueue(client).key) or b"")
    work()
    assert told == ["too_few"]


def test_the_commands_list_learn_and_go_back(
    app: Flask, decide: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "worker_app", lambda: app)
    keep(1)
    run = CliRunner().invoke
    assert "1  " in run(model_commands, ["list"]).output
    assert run(model_commands, ["use", "7"]).exit_code == 1
    assert "Version 0 runs" in run(model_commands, ["use", "0"]).output
    assert "0  shipped  active" in run(model_commands, ["list"]).output
    assert "Too few: 0 decided cases" in run(model_commands, ["train"]).output
