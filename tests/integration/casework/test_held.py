"""An addition that may still identify somebody: no other organisation reads or finds the account.

That no export holds it either, tests/workers/exports show.
"""

from __future__ import annotations

from app.models import UNSAFE_ADDITION, OrganisationKind, Role

from .conftest import Enter
from .desk import PILLAGE, address, fresh, post, refer, report_case


def test_only_the_desk_reads_the_account_until_it_has_said_that_it_did(enter: Enter) -> None:
    partner, person = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    desk, _ = enter()
    case = report_case(PILLAGE, needs_person=UNSAFE_ADDITION)
    refer(case, person)
    assert "boeufs" in desk.get(address(case)).text
    assert "boeufs" not in partner.get(address(case)).text
    assert "boeufs" not in partner.get("/desk/").text
    assert case.reference not in partner.get("/desk/?q=boeufs").text
    assert case.reference in desk.get("/desk/?q=boeufs").text
    post(partner, address(case), address(case, "status"), status="in_progress")
    assert fresh(case).needs_person == UNSAFE_ADDITION  # a partner can't say that it is safe
    post(desk, address(case), address(case, "status"), status="in_progress")
    assert fresh(case).needs_person == ""
    assert "boeufs" in partner.get(address(case)).text
