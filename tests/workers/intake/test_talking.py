"""After a report is understood: at most two short questions, one after the other, only for what isn't known."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.database import db, transaction
from app.intake import receipts
from app.messaging import dialogue
from app.models import (
    UNSAFE_ADDITION,
    Arrival,
    ArrivalOutcome,
    Case,
    Contact,
    Conversation,
    Direction,
    Message,
    MessagePurpose,
    OwedWork,
    Referral,
    Report,
)
from app.queue import JobName
from tests.workers.intake.conftest import Phone
from tests.workers.intake.test_taking_in import ask
from tests.workers.test_processing import add_rule
from workers import processing, understanding
from workers.contracts import Finding as Told
from workers.contracts import FindingKind
from workers.intake.elsewhere import About, is_about_something_else, told_in
from workers.processing import Keys

VAGUE = "des hommes armés ont pris 20 boeufs"  # nowhere, at no time, unsure how urgent
Answers = Callable[[], list[str]]


@pytest.fixture
def understand(keys: Keys) -> Callable[[Phone], None]:
    """Do the work that is owed, at the phone's moment, as workers would."""

    def run(phone: Phone) -> None:
        with time_machine.travel(phone.moment + timedelta(seconds=1), tick=False):
            while (work := _next_work()) is not None:
                job = (
                    processing.process_report
                    if work[0] == JobName.PROCESS_REPORT
                    else processing.process_answer
                )
                job(keys, work[1])

    return run


def _next_work() -> tuple[str, uuid.UUID] | None:
    with transaction() as session:
        work = session.scalars(
            select(OwedWork)
            .where(
                OwedWork.done_at.is_(None), OwedWork.job.in_([JobName.PROCESS_REPORT, JobName.PROCESS_ANSWER])
            )
            .order_by(OwedWork.created_at)
        ).first()
        if work is None:
            return None
        work.done_at = work.available_at
        return work.job, work.subject_id


Understand = Callable[[Phone], None]


def prompts() -> list[str]:
    db.session.rollback()
    statement = (
        select(Message.template).where(Message.purpose == MessagePurpose.PROMPT).order_by(Message.created_at)
    )
    return [str(template) for template in db.session.scalars(statement)]


def only_case() -> Case:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Case)).one()


@pytest.mark.slow
def test_two_questions_one_after_the_other_and_then_thanks(
    phone: Phone, answers: Answers, understand: Understand
) -> None:
    phone.write(VAGUE)
    understand(phone)
    assert prompts() == ["prompt_danger"]
    phone.later(minutes=5).write("calme")
    understand(phone)
    assert prompts() == ["prompt_danger", "prompt_where"]
    phone.later(minutes=5).write("c'était à Koro")
    understand(phone)
    assert len(prompts()) == 2
    assert (answers()[0], answers()[-1]) == ("received", "thanks")
    assert only_case().region_code is not None
    phone.later(minutes=5).write("ils avaient deux motos")
    understand(phone)
    assert (len(prompts()), answers()[-1]) == (2, "added")


@pytest.mark.slow
def test_what_the_machine_says_is_no_question_on_the_receipt_page(
    phone: Phone, understand: Understand
) -> None:
    phone.write(VAGUE)
    understand(phone)
    db.session.rollback()
    shown = receipts.view(db.session(), db.session.scalars(select(Report)).one())
    assert (shown.state, shown.exchanges) == ("received", ())


@pytest.mark.slow
def test_an_addition_that_may_identify_somebody_is_read_by_a_person(
    phone: Phone, understand: Understand, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.write("des hommes armés ont pris 20 boeufs à Koro hier")
    understand(phone)
    with transaction() as session:
        session.execute(update(Case).values(needs_person=""))
    really = understanding.understand

    def risky(*given: object, **named: object) -> object:
        understood = really(*given, **named)  # type: ignore[arg-type]
        return replace(understood, anonymised=replace(understood.anonymised, residual_risk=0.4))

    monkeypatch.setattr(understanding, "understand", risky)
    phone.later(minutes=1).write("celui qui boite, le boulanger")
    understand(phone)
    assert only_case().needs_person == UNSAFE_ADDITION


@pytest.mark.slow
def test_nothing_is_asked_that_the_report_tells(phone: Phone, understand: Understand) -> None:
    phone.write("des hommes armés nous attaquent en ce moment à Koro, aidez-nous, mon frère est blessé")
    understand(phone)
    assert "prompt_where" not in prompts()
    assert "prompt_danger" not in prompts()


@pytest.mark.slow
def test_the_second_question_waits_for_an_answer_to_the_first(
    phone: Phone, keys: Keys, understand: Understand
) -> None:
    phone.write(VAGUE)
    understand(phone)
    report_id = db.session.scalars(select(Report.id)).one()
    processing.process_report(keys, report_id)
    processing.process_report(keys, report_id)
    assert len(prompts()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("silence", ["stopped", "never", "machine", "colleague", "new"])
def test_who_must_not_be_written_to_is_asked_nothing(
    phone: Phone, understand: Understand, silence: str
) -> None:
    phone.write(VAGUE)
    if silence == "stopped":
        phone.later(seconds=5).write("STOP")
    elif silence == "new":
        phone.later(seconds=5).write("NEW")
    elif silence == "colleague":
        ask(phone, db.session.scalars(select(Report)).one())
    else:
        columns = {"never": {"is_never_written": True}, "machine": {"is_machine": True}}[silence]
        with transaction() as session:
            session.execute(update(Contact).values(**columns))
    understand(phone)
    assert prompts() == []


@pytest.mark.slow
def test_a_report_understood_much_later_asks_nothing(phone: Phone, understand: Understand) -> None:
    phone.write(VAGUE)
    understand(phone.later(hours=7))
    assert prompts() == []


@pytest.mark.slow
def test_a_greeting_is_asked_nothing(phone: Phone, understand: Understand) -> None:
    phone.write("bonjour, est ce que votre service est gratuit ?")
    understand(phone)
    assert {finding.value.get("code") for finding in only_case().findings if finding.kind == "violation"} <= {
        "none"
    }
    assert prompts() == []


@pytest.mark.slow
@pytest.mark.parametrize(("word", "raised"), [("DANGER", True), ("c'est dangereux", True), ("CALME", False)])
def test_danger_answered_makes_the_case_most_urgent_and_says_why(
    phone: Phone, understand: Understand, word: str, raised: bool
) -> None:
    phone.write(VAGUE)
    understand(phone)
    with transaction() as session:  # whatever was asked first, danger was asked too
        session.execute(
            update(Message).where(Message.purpose == MessagePurpose.PROMPT).values(template="prompt_danger")
        )
    before = only_case().urgency
    phone.later(minutes=2).write(word)
    understand(phone)
    case = only_case()
    found = [finding for finding in case.findings if finding.rule == "dialogue:danger"]
    assert case.urgency == (3 if raised else before)
    assert bool(found) is raised
    for finding in found:
        message = db.session.get_one(Message, finding.message_id)
        start, end = finding.evidence[0]
        assert (message.anonymised_text or "")[start:end].lower() in word.lower()
        assert finding.explanation["fr"]
        assert finding.explanation["en"]


@pytest.mark.slow
def test_the_place_that_was_missing_lets_the_case_be_routed(phone: Phone, understand: Understand) -> None:
    add_rule("Herders", violations=["pillage"])
    phone.write("des hommes armés ont pris 20 boeufs hier, mon frère est blessé")
    understand(phone)
    if only_case().needs_person != "no_place":
        pytest.fail(f"the report was to lack only its place, not {only_case().needs_person!r}")
    phone.later(minutes=5).write("c'était à Koro")
    understand(phone)
    assert only_case().needs_person == ""
    assert db.session.scalars(select(Referral)).unique().all()


@pytest.mark.slow
def test_another_place_after_a_long_silence_is_another_report_with_its_own_code(
    phone: Phone, answers: Answers, understand: Understand
) -> None:
    phone.write("des hommes armés ont pris 20 boeufs à Koro hier")
    understand(phone)
    taken = phone.later(hours=7).write("le marché de Kayes a été pillé ce matin par des hommes armés")
    assert taken.outcome == ArrivalOutcome.ADDED
    understand(phone)
    db.session.rollback()
    reports = db.session.scalars(select(Report).order_by(Report.received_at)).all()
    message = db.session.get_one(Message, taken.message_id)
    assert len(reports) == 2
    assert message.report_id == reports[1].id
    assert reports[1].channel_reference == db.session.get_one(Arrival, taken.id).reference
    assert len(db.session.scalars(select(Case)).all()) == 2
    assert answers().count("received") == 2
    assert "added" not in answers()
    assert db.session.scalars(select(Conversation.report_id)).one() == reports[1].id


@pytest.mark.slow
def test_more_of_the_same_after_a_long_silence_stays_and_is_acknowledged(
    phone: Phone, answers: Answers, understand: Understand
) -> None:
    phone.write("des hommes armés ont pris 20 boeufs à Koro hier, on est en danger maintenant")
    understand(phone)
    phone.later(hours=7).write("ils avaient deux motos")
    assert answers()[-1] != "added"
    understand(phone)
    assert len(db.session.scalars(select(Report)).all()) == 1
    assert answers()[-1] in {"added", "thanks"}


@pytest.mark.slow
def test_an_addition_that_overtakes_its_report_is_understood_after_it(phone: Phone, keys: Keys) -> None:
    phone.write("des hommes armés ont pris 20 boeufs à Koro hier")
    added = phone.later(minutes=1).write("ils avaient deux motos")
    assert added.message_id is not None
    processing.process_answer(keys, added.message_id)
    case = only_case()
    assert case.anonymised_text.splitlines()[0].startswith("des hommes")
    assert case.anonymised_text.endswith("deux motos")


@pytest.mark.slow
def test_a_report_that_grew_while_it_was_read_is_read_anew(
    phone: Phone, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.write("des hommes armés sont venus à Koro et ont")
    report_id = db.session.scalars(select(Report.id)).one()
    really = understanding.understand
    seen = []

    def interrupted(text: str, *given: object, **named: object) -> object:
        if not seen:
            seen.append(text)
            phone.later(minutes=1).write("suite: pris 20 boeufs")
        return really(text, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(understanding, "understand", interrupted)
    processing.process_report(keys, report_id)
    assert only_case().anonymised_text == "des hommes armés sont venus à Koro et ont pris 20 boeufs"


@pytest.mark.slow
def test_an_addition_that_cannot_be_made_safe_goes_to_a_person(
    phone: Phone, understand: Understand, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.write("des hommes armés ont pris 20 boeufs à Koro hier")
    understand(phone)

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("mon frère Amadou")

    monkeypatch.setattr("workers.pipeline.anonymise", broken)
    phone.later(minutes=1).write("mon frère Amadou")
    understand(phone)
    case = only_case()
    assert (case.needs_person, "Amadou" in case.anonymised_text) == ("anonymisation_failed", False)
    kept = select(Message.anonymised_text).where(Message.direction == Direction.INBOUND)
    assert sorted(map(bool, db.session.scalars(kept))) == [False, True]


KORO_PLACE = {"region_code": "ML05", "cercle_code": "ML0504", "name": "Koro"}


@pytest.mark.parametrize(
    ("open_report", "told", "hours", "elsewhere"),
    [
        (About("ML05", "ML0504", "pillage"), About("ML01", None, None), 7, True),
        (About("ML05", "ML0504", "pillage"), About("ML05", "ML0501", None), 7, True),
        (About("ML05", "ML0504", "pillage"), About(None, None, "killing"), 7, True),
        (About("ML05", "ML0504", "pillage"), About("ML05", "ML0504", "pillage"), 7, False),
        (About("ML05", "ML0504", "pillage"), About("ML01", None, "killing"), 5, False),
        (About("ML05", "ML0504", "pillage"), About(), 40, False),
        (About(), About("ML01", None, "killing"), 40, False),
    ],
)
def test_the_rule_by_which_a_later_message_is_about_something_else(
    open_report: About, told: About, hours: int, elsewhere: bool
) -> None:
    assert is_about_something_else(open_report, told, timedelta(hours=hours)) is elsewhere


@given(st.floats(0, 1))
def test_only_what_triage_is_sure_of_says_what_a_message_is_about(confidence: float) -> None:
    findings = [
        Told(FindingKind.PLACE, KORO_PLACE, confidence, "rule"),
        Told(FindingKind.VIOLATION, {"code": "pillage"}, confidence, "rule"),
    ]
    is_sure = confidence >= dialogue.thresholds().elsewhere_confidence
    assert told_in(findings) == (About("ML05", "ML0504", "pillage") if is_sure else About())
