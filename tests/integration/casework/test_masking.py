"""Hiding more words, taking wrong masks away, and what the lists and figures make of it."""

from __future__ import annotations

import uuid

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.casework.conclusions import Conclusion
from app.casework.tokens import MaskLabel as Label
from app.casework.tokens import edited, hiding, next_token, shifted, showing, tokens_in
from app.clock import utcnow
from app.database import db, transaction
from app.models import (
    AuditEntry,
    Case,
    CaseEvent,
    CorrectionState,
    Finding,
    FindingState,
    MaskChange,
    MaskCorrection,
    Message,
    NameKind,
    NameSuggestion,
    OrganisationKind,
    OwedWork,
    Role,
    SuggestionState,
)
from app.naming import decide, suggest
from app.naming.queries import accepted_words, figures, month_start
from app.queue import JobName
from tests.conftest import csrf_token
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import address, fresh, post, refer, report_case

TEXT = "Hámadoun et HAMADOUN ont vu [PERSONNE-1] blessé à Koro ; hamadounien reste"
WOUNDED = Conclusion(
    "urgency", {"level": 2}, 0.8, "urgency.injured", [[28, 47]], {"fr": "« [PERSONNE-1] blessé »"}
)
SEEN_BY = Conclusion("violation", {"code": "pillage"}, 0.9, "rule", [[0, 8]], {"fr": "« Hámadoun »"})
DOUBT = Conclusion("doubt", {"reason": "unknown_capital"}, 0.5, "review:unknown_capital", [[12, 20]])
words_around = st.text("abé -,.'\n", max_size=12)


def masked_case() -> Case:
    return report_case(WOUNDED, SEEN_BY, DOUBT, text=TEXT)


def message_of(case: Case) -> Message:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Message)).one()


def mask(client: FlaskClient, case: Case, words: str, label: str = "person", status: int = 303) -> str:
    target = address(case, "messages", message_of(case).id, "masks")
    answer = post(client, address(case), target, words=words, label=label, section="account")
    assert answer.status_code == status, answer.text
    message_of(case)  # what follows reads the database as it stands now
    return answer.text


def unmask(client: FlaskClient, case: Case, token: str, status: int = 303, **more: str) -> str:
    target = address(case, "messages", message_of(case).id, "unmasking")
    answer = post(client, address(case), target, token=token, section="account", **more)
    assert answer.status_code == status, answer.text
    message_of(case)  # what follows reads the database as it stands now
    return answer.text


def finding(kind: str) -> Finding:
    return db.session.scalars(select(Finding).where(Finding.kind == kind)).one()


def test_every_whole_occurrence_is_hidden_whatever_its_case_and_accents(enter: Enter) -> None:
    client, _ = enter()
    case = masked_case()
    mask(client, case, " hamadoun ")
    expected = "[PERSONNE-2] et [PERSONNE-2] ont vu [PERSONNE-1] blessé à Koro ; hamadounien reste"
    assert message_of(case).anonymised_text == expected
    assert fresh(case).anonymised_text == expected
    assert "hamadoun et" not in fresh(case).search_text
    assert "[PERSONNE-2]" in client.get(address(case)).text


def test_evidence_follows_the_words_and_leaves_those_that_are_hidden(enter: Enter) -> None:
    client, _ = enter()
    case = masked_case()
    mask(client, case, "hamadoun")
    text = message_of(case).anonymised_text or ""
    assert text[slice(*finding("urgency").evidence[0])] == "[PERSONNE-1] blessé"
    assert finding("urgency").explanation == {"fr": "« [PERSONNE-1] blessé »"}
    assert (finding("violation").evidence, finding("violation").explanation) == ([], {})
    assert finding("doubt").state == FindingState.ACCEPTED


def test_the_hidden_words_stand_nowhere_in_the_clear_but_as_a_word_of_no_case(enter: Enter) -> None:
    client, _ = enter()
    case = masked_case()
    with transaction() as session:
        session.get_one(Message, message_of(case).id).anonymised_text = "Hamadoun Cissouma est là"
    mask(client, case, "hamadoun cissouma")
    db.session.rollback()
    for table in db.metadata.sorted_tables:
        rows = repr(db.session.execute(select(table)).all()).lower()
        assert ("cissouma" in rows) == (table.name == "name_suggestion"), table.name
    suggestions = {(each.word, each.kind, each.count) for each in db.session.scalars(select(NameSuggestion))}
    assert suggestions == {("hamadoun", "name", 1), ("cissouma", "name", 1)}
    assert {"message_id", "case_id"}.isdisjoint(NameSuggestion.__table__.columns.keys())


def test_history_and_trail_hold_the_token_and_not_the_words(enter: Enter) -> None:
    client, user = enter()
    case = masked_case()
    mask(client, case, "hamadoun")
    event = db.session.scalars(select(CaseEvent).where(CaseEvent.kind == "words_masked")).one()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "case.words_masked")).one()
    assert event.user_id == user.id
    assert event.detail == entry.detail
    assert entry.detail["token"] == "[PERSONNE-2]"
    assert "hamadoun" not in str(entry.detail).lower()


@pytest.mark.parametrize(
    "words", ["", "a", "[PERSONNE-1]", "PERSONNE", "nobody", "x" * 300, "\x00", "'; --", ".*", "x" * 6000]
)
def test_what_can_not_be_hidden_changes_nothing_and_says_so(enter: Enter, words: str) -> None:
    client, _ = enter()
    case = masked_case()
    page = mask(client, case, words, status=422)
    assert "field-problem" in page
    assert message_of(case).anonymised_text == TEXT


def test_a_telephone_and_something_else_get_tokens_of_their_own(enter: Enter) -> None:
    client, _ = enter()
    case = masked_case()
    mask(client, case, "Koro", label="phone")
    mask(client, case, "reste", label="other")
    assert {"[TELEPHONE-1]", "[IDENTITE-1]"} < set(tokens_in(message_of(case).anonymised_text or ""))
    assert db.session.scalars(select(NameSuggestion)).all() == []
    mask(client, case, "blessé", label="nonsense", status=422)


def test_a_message_of_another_case_can_not_be_reached(enter: Enter) -> None:
    client, _ = enter()
    case, other = masked_case(), report_case()
    for part in ("masks", "unmasking"):
        for foreign in (other.reports[0].messages[0].id, uuid.uuid4()):
            target = address(case, "messages", foreign, part)
            answer = post(client, address(case), target, words="Koro", label="person", token="[PERSONNE-1]")
            assert answer.status_code == 404


def test_taking_a_mask_away_is_left_to_a_worker_once_confirmed(enter: Enter) -> None:
    client, _ = enter()
    case = masked_case()
    unmask(client, case, "[PERSONNE-1]", status=422)
    unmask(client, case, "[PERSONNE-9]", status=422, confirmed="1")
    unmask(client, case, "[PERSONNE-1]", confirmed="1")
    correction = db.session.scalars(select(MaskCorrection)).one()
    work = db.session.scalars(select(OwedWork).where(OwedWork.job == JobName.UNMASK_WORDS)).one()
    assert (correction.state, work.subject_id) == (CorrectionState.PENDING, correction.id)
    assert "being taken away" in client.get(address(case)).text
    unmask(client, case, "[PERSONNE-1]", status=422, confirmed="1")


def test_only_the_desk_takes_masks_away(enter: Enter) -> None:
    client, user = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    case = report_case(text=TEXT, assigned_to_id=user.id)
    refer(case, user)
    assert "unmasking" not in client.get(address(case)).text
    unmask(client, case, "[PERSONNE-1]", status=403, confirmed="1")
    mask(client, case, "hamadoun")


def test_words_are_used_only_once_a_supervisor_of_the_desk_accepted_them(enter: Enter) -> None:
    client, _ = enter(Role.SUPERVISOR)
    assert "There is no word to decide on" in client.get("/desk/names").text
    with transaction() as session:
        suggest(session, "Tiéman d'Ansongo N'Tji", NameKind.NAME)
        suggest(session, "TIEMAN", NameKind.NAME)
    assert accepted_words(db.session(), NameKind.NAME) == frozenset()
    found = {each.word: each for each in db.session.scalars(select(NameSuggestion))}
    assert {word: each.count for word, each in found.items()} == {"tieman": 2, "ansongo": 1, "ntji": 1}
    token = csrf_token(client, "/desk/names")
    ticked = [str(found["tieman"].id), str(found["ntji"].id), "nonsense"]
    answer = client.post("/desk/names", data={"csrf_token": token, "word": ticked, "decision": "accepted"})
    assert answer.status_code == 303
    db.session.rollback()
    assert accepted_words(db.session(), NameKind.NAME) == {"tieman", "ntji"}
    assert "tieman" in client.get("/desk/names?state=accepted").text
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "name.decided")).all()
    assert len(entries) == 2
    assert "tieman" not in str([entry.detail for entry in entries])
    nothing = client.post("/desk/names", data={"csrf_token": token, "decision": "accepted", "word": "\x00"})
    assert nothing.status_code == 422
    assert client.get("/desk/names?state=\x00%ff").status_code == 200


def test_a_word_is_never_used_both_ways(enter: Enter) -> None:
    _, user = enter(Role.SUPERVISOR)
    with transaction() as session:
        suggest(session, "Koro", NameKind.NAME)
        suggest(session, "Koro", NameKind.NOT_A_NAME)
        ids = {each.kind: each.id for each in session.scalars(select(NameSuggestion))}
        decide(session, user, [ids["name"]], SuggestionState.ACCEPTED)
        decide(session, user, [ids["not_a_name"]], SuggestionState.ACCEPTED)
    assert accepted_words(db.session(), NameKind.NAME) == frozenset()
    assert accepted_words(db.session(), NameKind.NOT_A_NAME) == {"koro"}


def test_partners_and_monitors_do_not_see_the_words(enter: Enter) -> None:
    for role, kind in (
        (Role.MONITOR, OrganisationKind.DESK),
        (Role.SUPERVISOR, OrganisationKind.CIVIL_SOCIETY),
    ):
        client, _ = enter(role, kind)
        assert client.get("/desk/names").status_code == 403
        assert "/desk/names" not in client.get("/desk/").text


def test_the_figures_tell_the_machines_masks_from_those_of_people(enter: Enter) -> None:
    client, user = enter(Role.SUPERVISOR)
    case = masked_case()
    mask(client, case, "hamadoun")
    message = message_of(case)
    with transaction() as session:
        gone = {
            "message_id": message.id,
            "made_by_id": user.id,
            "made_at": utcnow(),
            "change": MaskChange.REMOVED,
        }
        session.add(MaskCorrection(token="[PERSONNE-7]", state=CorrectionState.DONE, **gone))
    person = next(each for each in figures(db.session(), month_start()) if each.label is Label.PERSON)
    assert (person.by_machine, person.removed, person.added, person.precision) == (2, 1, 1, 0.5)
    assert "50\u00a0%" in client.get("/desk/names").text


@given(words_around, words_around, st.sampled_from(["Moussa", "N'Golo Dembélé", "76 12 34 56", "ɓii Ɗo"]))
def test_hiding_and_showing_again_gives_the_text_back(before: str, after: str, words: str) -> None:
    text = f"{before} {words} {after}"
    edits = hiding(text, words.upper(), "[PERSONNE-1]")
    hidden = edited(text, edits)
    assert words not in hidden
    back = showing(hidden, "[PERSONNE-1]", words)
    assert edited(hidden, back) == text


@given(words_around, words_around, st.data())
def test_words_outside_a_mask_stay_under_their_evidence(before: str, after: str, data: st.DataObject) -> None:
    text = f"{before} Moussa {after}"
    edits = hiding(text, "moussa", "[PERSONNE-12]")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    moved = shifted([[start, end]], edits, is_hidden_dropped=True)
    hidden = edited(text, edits)
    for new_start, new_end in moved:
        assert 0 <= new_start <= new_end <= len(hidden)
        if end <= edits[0].start or start >= edits[0].end:
            assert hidden[new_start:new_end] == text[start:end]
        elif start <= edits[0].start and end >= edits[0].end:
            assert hidden[new_start:new_end] == text[start:end].replace("Moussa", "[PERSONNE-12]")


def test_a_number_is_never_given_out_twice() -> None:
    assert next_token(["[PERSONNE-2]", "[PERSONNE-4]", "[TELEPHONE-9]"], Label.PERSON) == "[PERSONNE-5]"
    assert next_token([], Label.OTHER) == "[IDENTITE-1]"
