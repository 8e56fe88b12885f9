"""Pages of exports to people of partners: what is the desk's stays there, whatever they ask for."""

from __future__ import annotations

import uuid

from app.clock import utcnow
from app.database import db, transaction
from app.models import DeliveryTarget, ExportSchedule, OrganisationKind, Role
from tests.conftest import csrf_token
from tests.integration.casework.conftest import Enter


def test_a_partner_learns_nothing_of_standing_exports(enter: Enter) -> None:
    _, desk = enter(Role.ANALYST)
    schedule = ExportSchedule(
        id=uuid.uuid4(), name="Pour le greffe", filters={"period": "verified"}, level="partner",
        file_format="csv", language="fr", organisation_id=desk.organisation_id, purpose="purpose enough",
        recurrence="week", day=1, hour=3, next_at=utcnow(), created_by_id=desk.id,
    )  # fmt: skip
    with transaction() as session:
        session.add(schedule)
    stranger, _ = enter(Role.ANALYST, OrganisationKind.CIVIL_SOCIETY)
    home = "/desk/exports/schedules"
    own = f"{home}/{schedule.id}"
    for address in (home, own, f"{home}/new"):
        answer = stranger.get(address)
        assert (answer.status_code, "greffe" in answer.text) == (403, False), address
    token = csrf_token(stranger, "/desk/account")
    for address, typed in (
        (own, {"do": "pause"}),
        (f"{own}/remove", {}),
        (f"{own}/remove", {"confirmed": "yes"}),
    ):
        answer = stranger.post(address, data={"csrf_token": token, **typed})
        assert (answer.status_code, "greffe" in answer.text) == (403, False), address
    form = stranger.get("/desk/exports/new").text
    assert desk.organisation.name not in form, "who else there is"


def test_a_private_key_that_somebody_gave_by_mistake_is_kept_nowhere(enter: Enter) -> None:
    browser, user = enter(Role.ADMINISTRATOR)
    home = "/desk/administration/deliveries"
    given = "-----BEGIN PGP PRIVATE KEY BLOCK-----\nabcd\n-----END PGP PRIVATE KEY BLOCK-----"
    typed = {
        "name": "Serveur",
        "kind": "webhook",
        "organisation": str(user.organisation_id),
        "certificate": given,
    }
    answer = browser.post(home, data={"csrf_token": csrf_token(browser, home), **typed})
    assert (answer.status_code, "private key" in answer.text) == (422, True)
    assert "abcd" not in answer.text
    assert db.session.query(DeliveryTarget).count() == 0
