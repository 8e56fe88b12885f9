"""What a recording says is written down by a colleague, sealed at once, and read by the machine like any message."""

from __future__ import annotations

import json
from typing import Any

import pytest
from nacl.bindings import sodium_unpad
from nacl.public import SealedBox
from sqlalchemy import select

from app.database import db, transaction
from app.models import Attachment, AuditEntry, Case, Message, OrganisationKind, Report
from app.sealing import KEY_ID_BYTES, PADDING_BLOCK_BYTES, seal
from tests.conftest import INTAKE_KEY
from tests.integration.openings.sealed import keep_file

from .conftest import Enter
from .desk import address, fresh, post, refer
from .talking import message_of, owed, phone_case, report_of

SAID = "Ils ont pris Amadou Traoré au marché."


def opened(message: Message) -> dict[str, Any]:
    """What a worker finds in a message."""
    db.session.rollback()
    db.session.expire_all()
    sealed = db.session.get_one(Message, message.id).sealed_content or b""
    content: dict[str, Any] = json.loads(
        sodium_unpad(SealedBox(INTAKE_KEY).decrypt(sealed[1 + KEY_ID_BYTES :]), PADDING_BLOCK_BYTES)
    )
    return content


def recorded_case(reason: str = "recording_to_type", content_type: str = "audio/ogg") -> Case:
    """A case of a call whose recording nobody has listened to yet."""
    case, _ = phone_case(channel="voice", text="")
    with transaction() as session:
        message = session.get_one(Message, message_of(case).id)
        message.anonymised_text = None
        message.sealed_content = seal({"sender": "+22376543210"}, bytes(INTAKE_KEY.public_key))
        session.get_one(Case, case.id).needs_person = reason
        session.get_one(Report, message.report_id).state = "needs_person"
    if content_type:
        keep_file(case, content_type)
    return case


def write(client: Any, case: Case, text: str) -> int:
    target = address(case, "messages", message_of(case).id, "recording")
    return int(post(client, address(case), target, text=text).status_code)


def test_the_case_asks_to_listen_and_to_write_down(enter: Enter) -> None:
    client, _ = enter()
    page = client.get(address(recorded_case())).text
    assert "listen to it and write down what was said" in page
    assert ">Listen</" in page
    assert "Keep what it says" in page


def test_what_was_said_is_sealed_and_owed_to_the_machine(enter: Enter) -> None:
    client, user = enter()
    case = recorded_case()
    assert write(client, case, f"  {SAID}\r\n") == 303
    assert opened(message_of(case)) == {"text": SAID, "typed_by": str(user.id)}
    assert owed() == [("process_report", report_of(case).id)]
    assert "Traor" not in client.get(address(case)).text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "message.typed")).one()
    assert entry.detail == {"message": str(message_of(case).id)}
    assert "Recording written down" in client.get(address(case)).text


def test_it_can_be_written_again_better(enter: Enter) -> None:
    client, _ = enter()
    case = recorded_case()
    write(client, case, "mal entendu")
    write(client, case, SAID)
    assert opened(message_of(case))["text"] == SAID
    assert len(owed()) == 1


def test_nothing_and_too_much_are_refused(enter: Enter) -> None:
    client, _ = enter()
    case = recorded_case()
    for unfit in ("", " \x00 ", "a" * 20_001):
        assert write(client, case, unfit) == 422
    assert owed() == []


def test_a_message_that_nobody_could_decode_is_opened_and_written_down_and_never_lost(enter: Enter) -> None:
    client, _ = enter()
    case = recorded_case("undecodable", content_type="")
    as_it_came = message_of(case).sealed_content
    assert "Open the message as it came" in client.get(address(case)).text
    assert write(client, case, SAID) == 303
    db.session.rollback()
    assert db.session.scalars(select(Attachment.sealed_original)).all() == [as_it_came]
    assert ">Open the file</" not in client.get(address(case)).text


@pytest.mark.parametrize("kind", [OrganisationKind.CIVIL_SOCIETY, OrganisationKind.CNDH])
def test_a_partner_neither_listens_nor_writes(enter: Enter, kind: OrganisationKind) -> None:
    client, user = enter(kind=kind)
    case = recorded_case()
    refer(case, user)
    assert write(client, case, SAID) == 403
    page = client.get(address(case)).text
    assert "Keep what it says" not in page
    assert ">Listen</" not in page


def test_a_text_that_was_made_safe_can_not_be_written_over(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case()
    assert write(client, case, SAID) == 404
    assert fresh(case).version == case.version
