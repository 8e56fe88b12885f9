"""Looking for cases about the same event or the same person: an index finds candidates, the engine judges them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.conclusions import Conclusion
from app.casework.likeness import Keys, cases_sharing
from app.models import Act, Case
from app.models.likeness import LikenessKind
from workers.anonymise.pseudonyms import phone_pseudonym, pseudonym
from workers.contracts import FindingKind
from workers.triage.explanation import LANGUAGES, explain
from workers.triage.signatures import bands, event_keys
from workers.triage.twins import Candidate, similar

CANDIDATES_OF_A_KIND = 60
NAMESAKES = 10
NAMESAKE_CONFIDENCE = 0.6  # a full name is not one person
SAME_PHONE_CONFIDENCE = 0.9


def keys_of(case: Case, text: str, tokens: Mapping[str, str], pseudonym_key: bytes) -> Keys:
    """By what this message can be found again; `tokens` are opened, what is kept of them is keyed."""
    people = (pseudonym(pseudonym_key, name) for token, name in tokens.items() if "PERSONNE" in token)
    phones = (
        phone_pseudonym(pseudonym_key, number) for token, number in tokens.items() if "TELEPHONE" in token
    )
    events = event_keys(case.region_code, case.occurred_from, _codes(case))
    return {
        LikenessKind.TEXT: [band.to_bytes(8, "big") for band in bands(text)],
        LikenessKind.EVENT: [hashlib.sha256(key.encode()).digest() for key in events],
        LikenessKind.PERSON: [digest for digest in people if digest],
        LikenessKind.PHONE: [digest for digest in phones if digest],
    }


def likely_twins(session: Session, case: Case, keys: Keys) -> list[Conclusion]:
    """Cases that may be about the same event, for a person to decide on."""
    sharing = {
        case_id: None
        for kind in (LikenessKind.TEXT, LikenessKind.EVENT)
        for case_id in cases_sharing(session, case, kind, keys[kind], limit=CANDIDATES_OF_A_KIND)
    }
    candidates = _candidates(session, list(sharing))
    found = similar(
        case.anonymised_text, candidates, occurred_from=case.occurred_from, violations=frozenset(_codes(case))
    )
    return [_conclusion(twin.kind, twin.value["case_id"], twin.confidence, twin.rule) for twin in found]


def same_people(session: Session, case: Case, keys: Keys) -> list[Conclusion]:
    """Cases that name the same person or telephone, without saying whom."""
    kinds = (
        (LikenessKind.PHONE, SAME_PHONE_CONFIDENCE, "same telephone"),
        (LikenessKind.PERSON, NAMESAKE_CONFIDENCE, "same full name"),
    )
    found: dict[uuid.UUID, Conclusion] = {}
    for kind, confidence, rule in kinds:
        for case_id in cases_sharing(session, case, kind, keys[kind], limit=NAMESAKES):
            found.setdefault(case_id, _conclusion(FindingKind.SAME_PERSON, str(case_id), confidence, rule))
    return list(found.values())


def _conclusion(kind: FindingKind, case_id: str, confidence: float, rule: str) -> Conclusion:
    value, sure = {"case_id": case_id}, round(confidence, 3)
    sentences = {language: explain(str(kind), value, sure, rule, (), language) for language in LANGUAGES}
    return Conclusion(str(kind), value, sure, rule, explanation=sentences)


def _codes(case: Case) -> set[str]:
    return {act.violation_code for act in case.acts}


def _candidates(session: Session, case_ids: Sequence[uuid.UUID]) -> list[Candidate]:
    codes: dict[uuid.UUID, set[str]] = {}
    for case_id, code in session.execute(
        select(Act.case_id, Act.violation_code).where(Act.case_id.in_(case_ids), Act.removed_at.is_(None))
    ):
        codes.setdefault(case_id, set()).add(code)
    others = select(Case.id, Case.anonymised_text, Case.region_code, Case.occurred_from)
    return [
        Candidate(str(other_id), text, region, day, frozenset(codes.get(other_id, set())))
        for other_id, text, region, day in session.execute(
            others.where(Case.id.in_(case_ids)).order_by(Case.id)
        )
    ]
