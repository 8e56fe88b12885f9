"""Figures for everybody, from the desk's click to the page that nobody needs an account for, and back again."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import docx
import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from nacl.signing import SigningKey
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import db, transaction
from app.models import (
    Act,
    AuditEntry,
    Case,
    Involvement,
    InvolvementRole,
    Person,
    PersonKind,
    Publication,
    PublicationState,
    Role,
    User,
    Verification,
)
from app.publications.periods import Period
from app.publications.rules import latest_due
from tests.conftest import csrf_token
from workers.processing import Keys
from workers.publications.counting import Counts, count, verified_cases
from workers.publications.report import compose, write

DESK = "/desk/figures/publications"
PERIOD = latest_due(utcnow().date())


@pytest.fixture
def keys(keys: Keys) -> Keys:
    """The workers' keys with one to sign exports."""
    return replace(keys, workers=replace(keys.workers, export_key=SigningKey(b"e" * 32)))


@pytest.fixture
def told_of(app: Flask) -> None:
    """A quarter with 12 verified killings in Mopti, 9 pillages in Gao, 2 in Kidal and 3 unverified; one withdrawn."""
    with transaction() as session:
        made = (
            [("ML05", "killing", Verification.VERIFIED)] * 12
            + [("ML07", "pillage", Verification.VERIFIED)] * 9
            + [("ML08", "pillage", Verification.VERIFIED)] * 2
            + [("ML05", "killing", Verification.UNVERIFIED)] * 9
        )
        for number, (region, kind, verification) in enumerate(made, 1):
            case = _case(number, region, verification)
            case.acts.append(Act(id=uuid.uuid4(), violation_code=kind, is_main=True))
            session.add(case)
            session.flush()
            _accuse(session, case, "armed_group" if kind == "killing" else "state")
        session.add(_case(90, "ML05", Verification.VERIFIED, is_withdrawn=True))
        session.add(_case(91, "ML05", Verification.VERIFIED, received_at=PERIOD.ends_at))
        session.add(_case(92, "ML05", Verification.VERIFIED, is_demonstration=True))


def _case(number: int, region: str, verification: str, **columns: object) -> Case:
    received_at = PERIOD.begins_at + timedelta(days=40)
    values = {"received_at": received_at, "verified_at": received_at, **columns}
    return Case(
        id=uuid.uuid4(), number=number, channel="sms", region_code=region, verification=verification, **values
    )


def _accuse(session: Session, case: Case, category: str) -> None:
    """An author on record, and a girl as victim."""
    author = Person(id=uuid.uuid4(), case_id=case.id, kind=PersonKind.GROUP, actor_category=category)
    girl = Person(
        id=uuid.uuid4(), case_id=case.id, kind=PersonKind.INDIVIDUAL, sex="female", age_group="child"
    )
    parts = ((author, InvolvementRole.ALLEGED_PERPETRATOR), (girl, InvolvementRole.VICTIM))
    for person, role in parts:
        session.add(person)
        session.flush()
        part = Involvement(id=uuid.uuid4(), case_id=case.id, person_id=person.id, role=role)
        session.add(part)


@pytest.fixture
def desk(app: Flask, make_user: Callable[..., User], sign_in: Callable[..., None]) -> FlaskClient:
    """A browser of an analyst of the desk."""
    client = app.test_client()
    sign_in(client, make_user(role=Role.ANALYST))
    with client.session_transaction(path="/desk") as session:
        session["is_strong"] = True
    return client


def test_what_is_counted_is_what_an_export_of_those_days_holds(
    told_of: None, make_user: Callable[..., User]
) -> None:
    """The same cases, and each under the words that its authors decide: violations by the State, abuses by others."""
    analyst = make_user(role=Role.ANALYST)
    counts: Counts = count(db.session(), PERIOD, analyst)
    exported = db.session.scalars(verified_cases(PERIOD, analyst)).all()
    assert (sum(counts.received.values()), counts.verified_total) == (32, 23)
    assert len(exported) == sum(counts.places.values()) == 23
    assert counts.violations == {("ML05", "killing"): 12, ("ML07", "pillage"): 9, ("ML08", "pillage"): 2}
    assert counts.natures == {("killing", "abuse"): 12, ("pillage", "violation"): 11}
    assert counts.authors == {"armed_group": 12, "state": 11}
    assert counts.victims["female", "minor"] == 23
    assert count(db.session(), PERIOD) == counts


def test_figures_go_public_only_by_hand_and_come_back_with_a_reason(
    told_of: None, desk: FlaskClient, client: FlaskClient, work: Callable[[], None]
) -> None:
    """Counted, looked at, published; page, data, charts and catalogue agree; retracted, they are gone."""
    assert "data/1" not in client.get("/figures?lang=en").text
    asked = desk.post(DESK, data={"period": PERIOD.code, "csrf_token": csrf_token(desk, DESK)})
    assert asked.status_code == 303, asked.text
    work()
    page = desk.get(asked.location)
    found = db.session.scalars(db.select(Publication)).one()
    assert found.state == PublicationState.PROPOSED
    assert found.digest in page.text
    assert client.get("/figures/data/1.json").status_code == 404
    assert again(desk) == 422, "a period is counted once"
    token = csrf_token(desk, asked.location)
    stale = desk.post(f"{asked.location}/publishing", data={"digest": "0" * 64, "csrf_token": token})
    assert stale.status_code == 422
    told = desk.post(f"{asked.location}/publishing", data={"digest": found.digest, "csrf_token": token})
    assert told.status_code == 303
    everybody_reads(client, found.digest)
    gone = desk.post(
        f"{asked.location}/retraction", data={"reason": "Counted twice by mistake.", "csrf_token": token}
    )
    assert gone.status_code == 303
    assert client.get("/figures/data/1.json").status_code == 410
    assert client.get(f"/figures/{PERIOD.code}").status_code == 410
    assert "Counted twice by mistake." in client.get("/figures?lang=en").text


def test_figures_too_few_to_be_shown_are_not_proposed_and_the_audit_trail_says_why(
    desk: FlaskClient, work: Callable[[], None]
) -> None:
    with transaction() as session:
        session.add(_case(1, "ML05", Verification.VERIFIED))
    asked = desk.post(DESK, data={"period": PERIOD.code, "csrf_token": csrf_token(desk, DESK)})
    work()
    found = db.session.scalars(db.select(Publication)).one()
    assert (found.state, found.failure, found.document) == (PublicationState.FAILED, "too_few", "")
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "publication.failed")).one()
    assert (entry.actor, entry.subject) == ("worker", f"publication:{found.id}")
    assert entry.detail == {"number": found.number, "period": PERIOD.code, "code": "too_few"}
    assert desk.get(asked.location).status_code == 200


def again(desk: FlaskClient) -> int:
    """Asking for the same period once more."""
    return desk.post(DESK, data={"period": PERIOD.code, "csrf_token": csrf_token(desk, DESK)}).status_code


def everybody_reads(client: FlaskClient, digest: str) -> None:
    """What one without an account gets."""
    data = client.get("/figures/data/1.json")
    assert hashlib.sha256(data.data).hexdigest() == digest
    tables = {table["code"]: table for table in json.loads(data.text)["tables"]}
    regions = dict(
        zip(tables["regions"]["rows"], (line[0] for line in tables["regions"]["cells"]), strict=True)
    )
    assert regions["ML05"] == 12
    assert regions["ML08"] is None, "two cases are too few"
    assert regions["ML07"] is None, "and the total would give them away"
    assert "cercles" not in tables
    assert (
        client.get("/figures/data/1.json", headers={"If-None-Match": data.headers["ETag"]}).status_code == 304
    )
    assert data.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in data.headers["Cache-Control"]
    lines = list(csv.DictReader(io.StringIO(client.get("/figures/data/1.csv").text)))
    hidden = [line for line in lines if line["row_code"] == "ML08"]
    assert [(line["figure"], line["status"]) for line in hidden] == [("", "hidden")]
    page_is_small_and_safe(client)
    catalogue_matches(client)
    embeds_are_alone(client)


def page_is_small_and_safe(client: FlaskClient) -> None:
    """Fit for 2G, in the languages of the public site, and not kept in a phone."""
    for language in ("fr", "en", "bm"):
        page = client.get(f"/figures?lang={language}", headers={"Accept-Encoding": "gzip"})
        assert page.status_code == 200
        assert len(page.data) < 14 * 1024
        assert page.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in page.headers
        text = gzip.decompress(page.data).decode()
        assert ('<span lang="fr" dir="ltr">Féminin</span>' in text) is (
            language == "bm"
        )  # no Bambara for it yet
        assert ("Mara" in text) is (language == "bm")
        addresses = re.findall(r'src="(/figures/charts/[^"]+)"', text)
        assert addresses
        for address in addresses if language == "fr" else ():
            chart = client.get(address.replace("&amp;", "&"))
            assert chart.mimetype == "image/svg+xml", address
            assert b"<title" in chart.data
            assert b"<script" not in chart.data


def catalogue_matches(client: FlaskClient) -> None:
    """DCAT names files that are there, with their true digests and sizes."""
    catalogue = json.loads(client.get("/figures/catalogue.jsonld").text)
    assert catalogue["@type"] == "dcat:Catalog"
    for file in catalogue["dcat:dataset"][0]["dcat:distribution"]:
        got = client.get(file["dcat:downloadURL"]["@id"].removeprefix("http://localhost")).data
        assert hashlib.sha256(got).hexdigest() == file["spdx:checksum"]["spdx:checksumValue"]["@value"]
        assert str(len(got)) == file["dcat:byteSize"]["@value"]


def embeds_are_alone(client: FlaskClient) -> None:
    """Other sites may frame the embed, and nothing else."""
    embed = client.get("/figures/embed/regions?lang=en")
    assert "frame-ancestors *" in embed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in embed.headers
    assert "<svg" in embed.text
    page = client.get("/figures")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    assert client.get("/figures/embed/nothing").status_code == 404


def test_only_the_desk_publishes_and_only_what_is_over(
    app: Flask, make_user: Callable[..., User], sign_in: Callable[..., None], desk: FlaskClient
) -> None:
    """A monitor can't; and nobody can for days that just passed."""
    monitor = app.test_client()
    sign_in(monitor, make_user(role=Role.MONITOR))
    assert monitor.get(DESK).status_code == 403
    fresh = Period.quarter_of(date.today())  # noqa: DTZ011 - any day of this quarter does
    token = csrf_token(desk, DESK)
    assert desk.post(DESK, data={"period": fresh.code, "csrf_token": token}).status_code == 422
    assert desk.post(DESK, data={"period": "soon", "csrf_token": token}).status_code == 422


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_report_is_an_export_with_its_figures_and_hides_what_they_hide(
    told_of: None, desk: FlaskClient, work: Callable[[], None], tmp_path: Path
) -> None:
    """Asked for with one click; signed; its words, its table and its CSV tell the same; a DOCX says so too."""
    page = "/desk/figures/reports"
    wanted = {"period": PERIOD.code, "file_format": "pdf", "language": "fr"}
    asked = desk.post(page, data={**wanted, "csrf_token": csrf_token(desk, page)})
    assert asked.status_code == 303, asked.text
    work()
    package = desk.get(f"{asked.location}/file", buffered=True)
    with zipfile.ZipFile(io.BytesIO(package.data)) as archive:
        assert {"manifest.json", "manifest.json.minisig"} < set(archive.namelist())
        paper = pypdf.PdfReader(io.BytesIO(archive.read(f"report-{PERIOD.code}.pdf")))
        lines = list(
            csv.DictReader(io.StringIO(archive.read(f"figures-{PERIOD.code}.csv").decode("utf-8-sig")))
        )
    text = " ".join(" ".join(each.extract_text() for each in paper.pages).split())
    assert "32 cas ont été reçus" in text
    assert "23 cas sont vérifiés" in text
    assert "Mentions attribuées à l’État seul : 11 mentions" in text
    shown = {line["row_code"]: line["figure"] for line in lines if line["table"] == "regions"}
    assert (shown["ML05"], shown["ML07"], shown["ML08"], shown["TOTAL"]) == ("12", "", "", "23")
    report = compose(db.session(), None, PERIOD, "en", utcnow())
    note = docx.Document(str(write(report, tmp_path, "docx")))
    regions = next(table for table in note.tables if table.cell(0, 0).text == "Region")
    assert [[cell.text for cell in row.cells] for row in regions.rows][1:] == [
        ["Mopti", "12"], ["Gao", "·"], ["Kidal", "·"], ["Total", "23"]
    ]  # fmt: skip
    pictures = [shape._inline.docPr.get("descr") for shape in note.inline_shapes]
    assert len(pictures) == 6
    assert all(pictures)


def test_the_text_of_the_report_is_looked_at_before_it_is_in_force(desk: FlaskClient) -> None:
    """A slip is told with its line and changes nothing; an earlier version can be put in force again."""
    page = "/desk/figures/reports/text/fr"
    token = csrf_token(desk, page)
    typed = {"csrf_token": token, "version": "0", "reason": "Une phrase de plus."}
    slip = desk.post(page, data={**typed, "source": "# T\n{{ nobody }}", "go": "save"})
    assert slip.status_code == 422
    assert "Line 2" in slip.text
    looked = desk.post(page, data={**typed, "source": "# Titre\n\n{{ period }}", "go": "preview"})
    assert "deuxième trimestre 2026" in looked.text
    assert "Titre" not in desk.get(page).text
    kept = desk.post(page, data={**typed, "source": "# Titre\n\n{{ period }}", "go": "save"})
    assert kept.status_code == 303
    assert "Titre" in desk.get(page).text
    late = desk.post(page, data={**typed, "source": "# Autre", "go": "save"})
    assert late.status_code == 409
    assert "Titre" not in desk.get(f"{page}?version=0").text
