"""Reports that a phone sealed: the web process couldn't look inside, so anything may be. None may stop a worker."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.bindings import sodium_pad
from nacl.public import PrivateKey, SealedBox
from sqlalchemy import select

from app.clock import utcnow
from app.database import db
from app.intake.consent import LEAST
from app.intake.service import NewReport, submit
from app.intake.submission import Submission, from_content
from app.models import Case, Channel, Report, ReportState
from app.sealing import PADDING_BLOCK_BYTES, VERSION, key_id, seal
from app.settings import Settings
from tests.conftest import INTAKE_KEY
from workers.opening import CannotOpen, open_sealed
from workers.settings import WorkerSettings

Work = Callable[[], None]
TEXT = "des hommes armés ont pris 20 boeufs à Koro hier, mon frère Amadou Traoré est blessé"
PUBLIC_KEY = bytes(INTAKE_KEY.public_key)
WORKER = WorkerSettings({key_id(PUBLIC_KEY): INTAKE_KEY}, b"p" * 32)


def sealed_bytes(content: bytes, *, pads: bool = True) -> bytes:
    """Whatever bytes, sealed the way a phone does it."""
    padded = sodium_pad(content, PADDING_BLOCK_BYTES) if pads else content
    return VERSION + key_id(PUBLIC_KEY) + SealedBox(INTAKE_KEY.public_key).encrypt(padded)


def take(settings: Settings, sealed: bytes) -> None:
    """Store a report as POST /sealed does."""
    reference = f"offline:{secrets.token_hex(16)}"
    submit(settings, NewReport(Channel.WEB, reference, {}, utcnow(), sealed_content=sealed, consent=LEAST))


def states() -> list[str]:
    """How far each report is."""
    db.session.rollback()
    return list(db.session.scalars(select(Report.state).order_by(Report.received_at)))


def cases() -> list[Case]:
    """Every case there is."""
    db.session.rollback()
    return list(db.session.scalars(select(Case)))


@pytest.mark.slow
def test_it_becomes_a_case_like_any_other(settings: Settings, work: Work) -> None:
    take(settings, seal({"text": TEXT, "place": "ML05", "when": "le 1er mars 2026"}, PUBLIC_KEY))
    work()
    assert states() == [ReportState.PROCESSED]
    assert "pillage" in {act.violation_code for act in cases()[0].acts}


ODD = [
    {},
    {"text": ""},
    {"text": None},
    {"text": ["a", "b"]},
    {"text": {"a": 1}},
    {"text": 10**400},
    {"text": "nul \0 and half a pair \ud83d", "where": "\0"},
    {"text": TEXT, "where": 5, "when": [1], "contact": {}, "place": ["ML01"], "position": "here"},
    {"text": TEXT, "place": "nowhere", "position": [10**400, 0, 0]},
    {"text": TEXT, "position": [14.5, -4.2, 1e308]},
    {"text": TEXT, "answers": {"a": {"b": [[[]]]}, "c": [{"d": 1}, 2]}, "questionnaire": 10**30},
    {"text": TEXT, "answers": ["list"], "questionnaire": "one"},
    {"text": TEXT, "sender": ["+22376999999"], "unknown": "field"},
    {"text": "a" * 40_000},
]


@pytest.mark.slow
def test_odd_content_goes_to_a_person_or_is_read_as_far_as_it_can_be(settings: Settings, work: Work) -> None:
    for content in ODD:
        take(settings, seal(content, PUBLIC_KEY))
    work()
    assert len(states()) == len(ODD)
    assert set(states()) <= {ReportState.PROCESSED, ReportState.NEEDS_PERSON}
    assert len(cases()) == len(ODD)


@pytest.mark.slow
def test_what_is_no_mapping_goes_to_a_person_unread(settings: Settings, work: Work) -> None:
    boxes = [
        *(
            sealed_bytes(content)
            for content in (b"[]", b"7", b'"text"', b"null", b"{", b"\xff\xfe", b"[" * 50_000)
        ),
        sealed_bytes(b"{}", pads=False),
        VERSION + key_id(PUBLIC_KEY) + secrets.token_bytes(48 + 256),
        seal({"text": TEXT}, bytes(PrivateKey.generate().public_key)),
    ]
    for box in boxes:
        take(settings, box)
    work()
    assert states() == [ReportState.NEEDS_PERSON] * len(boxes)
    assert [case.needs_person for case in cases()] == ["unreadable"] * len(boxes)


@pytest.mark.slow
def test_nobody_can_write_in_the_name_of_a_phone(settings: Settings, work: Work) -> None:
    """An SMS carries its sender; what a phone seals itself could carry anybody's number."""
    sms = NewReport(Channel.SMS, "SM1", {"text": TEXT, "sender": "+22376999999"}, utcnow(), gateway="twilio")
    submit(settings, sms)
    take(settings, seal({"text": "Ce n'était rien.", "sender": "+22376999999"}, PUBLIC_KEY))
    work()
    db.session.rollback()
    by_channel = {report.channel: report for report in db.session.scalars(select(Report))}
    assert by_channel[Channel.SMS].contact_id is not None
    assert by_channel[Channel.WEB].contact_id is None
    assert by_channel[Channel.WEB].case_id != by_channel[Channel.SMS].case_id


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
NAMES = ("text", "where", "place", "when", "contact", "position", "answers", "questionnaire")


@given(content=st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_mapping_is_a_submission_of_the_right_types(content: dict[str, Any]) -> None:
    read = from_content(json.loads(json.dumps(content)))
    assert isinstance(read, Submission)
    assert all(isinstance(getattr(read, name), str) for name in NAMES[:5])
    assert 0 <= read.questionnaire_version < 2**31
    assert all(isinstance(value, str | list) for value in read.answers.values())
    assert from_content(read.as_content()).as_content() == read.as_content()


@given(content=st.binary(max_size=600))
def test_any_bytes_open_as_a_mapping_or_not_at_all(content: bytes) -> None:
    for box in (sealed_bytes(content), sealed_bytes(content, pads=False), content):
        try:
            assert isinstance(open_sealed(WORKER, box), dict)
        except CannotOpen:
            continue
