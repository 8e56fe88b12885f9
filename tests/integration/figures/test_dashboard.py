"""The page of figures: the desk sees all cases, an organisation its own referrals; charts, tables and files agree."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from xml.etree import ElementTree

from flask import Flask
from flask.testing import FlaskClient

from app.casework import service
from app.clock import utcnow
from app.database import transaction
from app.models import CaseStatus, FindingState, OrganisationKind, ReferralState, Role, User
from tests.integration.casework.desk import GENDARMES, KORO, PILLAGE, TORTURE, fresh, refer, report_case
from workers.figures.refreshing import refresh

SVG = re.compile(r'<svg xmlns="[^"]+" class="chart".*?</svg>', re.DOTALL)


def table(client: FlaskClient, code: str, **asked: str) -> dict[str, list[str]]:
    """A table as its file has it, by its first column."""
    answer = client.get(f"/desk/figures/{code}.csv", query_string=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"] == f'attachment; filename="seere-figures-{code}.csv"'
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    return {row[0]: row[1:] for row in rows[1:]}


def test_what_the_desk_and_an_organisation_see(
    app: Flask,
    make_user: Callable[..., User],
    sign_in: Callable[[FlaskClient, User], None],
) -> None:
    supervisor, monitor = make_user(Role.SUPERVISOR), make_user(Role.MONITOR)
    partner = make_user(Role.ANALYST, OrganisationKind.CNDH)
    other = make_user(Role.ANALYST, OrganisationKind.CIVIL_SOCIETY)
    now = utcnow()
    shared = report_case(PILLAGE, GENDARMES, KORO, received_at=now - timedelta(hours=30))
    report_case(TORTURE, channel="web", received_at=now - timedelta(days=9))
    report_case(TORTURE, received_at=now - timedelta(days=400))
    withdrawn = report_case(TORTURE, received_at=now)
    with transaction() as session:
        session.merge(withdrawn).is_withdrawn = True
    refer(shared, partner, ReferralState.ACCEPTED)
    finding = next(each for each in fresh(shared).findings if each.kind == "violation")
    with transaction() as session:
        user = session.get_one(User, monitor.id)
        service.decide_finding(session, user, finding.id, decision=FindingState.ACCEPTED)
        service.change_status(session, user, shared.id, CaseStatus.CLOSED)
    refresh()

    desk, colleague, partners, others = (app.test_client() for _ in range(4))
    for client, person in ((desk, supervisor), (colleague, monitor), (partners, partner), (others, other)):
        sign_in(client, person)

    page = desk.get("/desk/figures").text
    charts = [ElementTree.fromstring(each) for each in SVG.findall(page)]  # noqa: S314 - our own page
    names = [each.attrib["aria-labelledby"] for each in charts]
    assert len(charts) == len(set(names)) >= 9
    assert 'style="' not in page
    assert len(re.findall(r"<details>", page)) == len(charts)
    assert "2 cases" in page
    assert '<th scope="col">Cercle</th><th scope="col" class="numeric">Cases</th>' in page
    assert colleague.get("/desk/figures").status_code == 403

    violations = table(desk, "violations")
    assert sorted(number for (number,) in violations.values()) == ["1", "1"]
    assert ["", "1"] in table(desk, "places").values()
    assert table(desk, "triage")["The whole period"][0] == "1"
    assert 29 < float(table(desk, "triage")["The whole period"][1]) < 31
    (judged,) = table(desk, "score").values()
    assert judged == ["1", "0", "0", "100.0"]
    backlog = list(table(desk, "backlog").values())
    assert [backlog[0], backlog[-1]] == [["1"], ["2"]]
    year_ago = (now - timedelta(days=500)).date().isoformat()
    asked = {"period": "dates", "first": year_ago, "last": now.date().isoformat()}
    assert sorted(table(desk, "violations", **asked).values()) == [["1"], ["2"]]
    assert desk.get("/desk/figures?period=dates&first=x&last=0001-01-01").status_code == 200
    assert desk.get("/desk/figures/nothing.csv").status_code == 404

    assert "1 case" in partners.get("/desk/figures").text
    assert set(table(partners, "violations")) <= set(violations)
    assert list(table(partners, "referrals")) == [partner.organisation.name, "All"]
    assert table(others, "violations") == {}
    for code in ("score", "triage", "backlog", "gateways"):
        assert partners.get(f"/desk/figures/{code}.csv").status_code == 404
