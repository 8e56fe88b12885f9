"""A wrong mask goes away, people's corrections outlive a second run, and accepted words are used."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.casework.masking import ask_unmasking, mask_words
from app.casework.tokens import MaskLabel, tokens_in
from app.database import db, transaction
from app.models import (
    AuditEntry,
    Case,
    CorrectionState,
    Finding,
    MaskCorrection,
    Message,
    NameKind,
    NameSuggestion,
    SuggestionState,
    User,
)
from app.naming import decide, suggest
from app.settings import Settings
from tests.workers.test_processing import accept
from workers import names, processing
from workers.anonymise import anonymise
from workers.opening import open_sealed
from workers.pipeline import AcceptedNames, Learnt, understand
from workers.processing import Keys
from workers.unmasking import unmask

pytestmark = pytest.mark.slow
Work = Callable[[], None]


def stored() -> tuple[Case, Message]:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Case)).one(), db.session.scalars(select(Message)).one()


def token_of(keys: Keys, words: str) -> str:
    _, message = stored()
    tokens = open_sealed(keys.workers, message.sealed_tokens or b"")
    return next(token for token, original in tokens.items() if words in original)


def hide(user: User, words: str) -> str:
    case, message = stored()
    with transaction() as session:
        return mask_words(session, user, case.id, message.id, words, MaskLabel.PERSON).token


def show(user: User, token: str, work: Work) -> uuid.UUID:
    case, message = stored()
    with transaction() as session:
        asked = ask_unmasking(session, user, case.id, message.id, token, is_confirmed=True)
    work()
    stored()
    return asked.id


def correction(identifier: uuid.UUID) -> MaskCorrection:
    return db.session.get_one(MaskCorrection, identifier)


def test_a_wrong_mask_goes_away_and_evidence_follows(
    settings: Settings, keys: Keys, work: Work, make_user: Callable[..., User]
) -> None:
    accept(settings)
    work()
    token = token_of(keys, "Amadou")
    identifier = show(make_user(), token, work)
    case, message = stored()
    assert "mon frère Amadou Traoré est blessé" in (message.anonymised_text or "")
    assert case.anonymised_text == message.anonymised_text
    assert "amadou" in case.search_text
    assert correction(identifier).state == CorrectionState.DONE
    assert token not in open_sealed(keys.workers, message.sealed_tokens or b"")
    assert "[TELEPHONE-1]" in open_sealed(keys.workers, message.sealed_tokens or b"")
    urgency = db.session.scalars(select(Finding).where(Finding.kind == "urgency")).one()
    assert any("blessé" in (message.anonymised_text or "")[start:end] for start, end in urgency.evidence)
    suggested = {(each.word, each.kind) for each in db.session.scalars(select(NameSuggestion))}
    assert suggested == {("amadou", "not_a_name"), ("traore", "not_a_name")}
    trail = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "case.words_unmasked")).one()
    assert "Amadou" not in str(trail.detail)


def test_doing_it_twice_changes_nothing_more(
    settings: Settings, keys: Keys, work: Work, make_user: Callable[..., User]
) -> None:
    accept(settings)
    work()
    identifier = show(make_user(), token_of(keys, "Amadou"), work)
    before = stored()[1].anonymised_text

    unmask(keys, identifier)
    assert stored()[1].anonymised_text == before
    assert (
        len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "case.words_unmasked")).all())
        == 1
    )


def test_words_that_can_not_be_opened_leave_the_mask_where_it_is(
    settings: Settings, keys: Keys, work: Work, make_user: Callable[..., User]
) -> None:
    accept(settings)
    work()
    token = token_of(keys, "Amadou")
    with transaction() as session:
        session.scalars(select(Message)).one().sealed_tokens = b"\x01damaged"
    identifier = show(make_user(), token, work)
    assert correction(identifier).state == CorrectionState.FAILED
    assert token in (stored()[1].anonymised_text or "")


def test_a_second_run_undoes_no_correction(
    settings: Settings, keys: Keys, work: Work, make_user: Callable[..., User]
) -> None:
    user, receipt = make_user(), accept(settings)
    work()
    hidden = hide(user, "boeufs")
    show(user, token_of(keys, "Amadou"), work)
    before = stored()[1].anonymised_text or ""
    processing.process_report(keys, receipt.report_id)
    case, message = stored()
    assert message.anonymised_text == before
    assert case.anonymised_text == before
    assert (hidden in before, "boeufs" in before, "Amadou Traoré" in before) == (True, False, True)
    assert all(
        "Amadou" not in words for words in open_sealed(keys.workers, message.sealed_tokens or b"").values()
    )
    for finding in case.findings:
        assert all(0 <= start < end <= len(before) for start, end in finding.evidence)
        assert "boeufs" not in str(finding.explanation)
    place = next(each for each in case.findings if each.kind == "place")
    assert before[slice(*place.evidence[0])] == "Koro"


def test_a_mask_by_a_person_can_be_taken_away_again_for_good(
    settings: Settings, keys: Keys, work: Work, make_user: Callable[..., User]
) -> None:
    user, receipt = make_user(), accept(settings)
    work()
    before = stored()[1].anonymised_text
    hidden = hide(user, "boeufs")
    show(user, hidden, work)
    assert stored()[1].anonymised_text == before
    processing.process_report(keys, receipt.report_id)
    assert stored()[1].anonymised_text == before
    kinds = {each.kind for each in db.session.scalars(select(NameSuggestion))}
    assert kinds == {"name"}  # a slip of the hand says nothing about the machine


def test_accepted_words_are_used_on_the_next_message(
    settings: Settings, work: Work, make_user: Callable[..., User]
) -> None:
    with transaction() as session:
        suggest(session, "zorbila", NameKind.NAME)
        suggest(session, "Traoré", NameKind.NOT_A_NAME)
        everything = [each.id for each in session.scalars(select(NameSuggestion))]
    user = make_user()
    names.forget()
    assert names.accepted_names() == AcceptedNames()
    with transaction() as session:
        decide(session, user, everything, SuggestionState.ACCEPTED)
    assert names.accepted_names() == AcceptedNames()  # read again within a minute
    names.forget()
    accept(settings, text="zorbila a été frappé à Koro hier")
    work()
    assert "zorbila" not in (stored()[1].anonymised_text or "").lower()


@pytest.mark.parametrize("text", ["zorbila a été frappé au marché", "On a vu Zorbila hier soir"])
def test_a_word_of_the_house_is_a_listed_name(text: str) -> None:
    assert tokens_in(anonymise(text, names=frozenset({"zorbila"})).text) == ("[PERSONNE-1]",)


def test_a_word_said_to_be_no_name_is_left_by_lists_and_tagger_but_not_by_a_title() -> None:
    said = frozenset({"Coulibaly"})
    assert anonymise("nous avons vu coulibaly au marché").text != "nous avons vu coulibaly au marché"
    assert anonymise("nous avons vu coulibaly au marché", not_names=said).text.count("[PERSONNE") == 0
    assert "coulibaly" not in anonymise("il se nomme Coulibaly", not_names=said).text.lower()


def test_the_pipeline_hands_the_words_on() -> None:
    learnt = Learnt(words=AcceptedNames(names=frozenset({"zorbila"})))
    understood = understand("zorbila a été frappé", datetime(2026, 3, 1, tzinfo=UTC), {}, learnt=learnt)
    assert understood.tokens == {"[PERSONNE-1]": "zorbila"}
