"""Views that people save, what slides in, and orders."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.casework.cursor import after
from app.casework.inbox_schemas import address_back, inbox_filter
from app.casework.views import InboxFilter, Order, address_of
from app.clock import utcnow
from app.models import CaseStatus, Organisation, OrganisationKind, Role, User
from tests.conftest import csrf_token

from .conftest import Enter
from .desk import KORO, PILLAGE, refer, report_case

KEY = b"1" * 32  # the secret key of tests.conftest.make_settings
Views = dict[str, tuple[str, str]]


def post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    fields["csrf_token"] = csrf_token(client, "/desk/")
    return client.post(path, data=fields, follow_redirects=True)


def views(client: FlaskClient) -> Views:
    """Name to (id, count) of the saved views on the page."""
    found = re.findall(
        r'data-view="([0-9a-f-]{36})"[^>]*>(.+?) <span class="count">(\d+)', client.get("/desk/").text
    )
    return {name: (key, count) for key, name, count in found}


def test_a_view_is_saved_renamed_deleted_and_put_back(enter: Enter) -> None:
    client, _ = enter()
    report_case(PILLAGE, KORO)
    page = post(client, "/desk/views", name="  Koro,   pillages ", back="region=ML19&violation=pillage")
    assert 'aria-current="page">Koro, pillages' in page.text
    key = views(client)["Koro, pillages"][0]
    assert views(client) == {"Koro, pillages": (key, "1")}
    post(client, f"/desk/views/{key}", name="Koro")
    post(client, f"/desk/views/{key}/delete")
    assert views(client) == {}
    assert "View deleted: Koro" in client.get("/desk/").text
    post(client, f"/desk/views/{key}/restore")
    assert views(client) == {"Koro": (key, "1")}


def test_a_view_needs_a_name_of_its_own_and_something_to_filter(enter: Enter) -> None:
    client, _ = enter()
    post(client, "/desk/views", name="Urgent", back="urgency=3")
    for name, back in (("urgent", "urgency=2"), (" ", "urgency=2"), ("a" * 61, "urgency=2")):
        assert "a name of its own" in post(client, "/desk/views", name=name, back=back).text
    assert "what everybody sees anyway" in post(client, "/desk/views", name="x", back="rubbish=1").text
    assert list(views(client)) == ["Urgent"]


def test_a_supervisor_shares_a_view_with_the_organisation_and_nobody_else(
    enter: Enter, make_user: Callable[..., User], sign_in: Callable[[FlaskClient, User], None], app: Any
) -> None:
    supervisor, user = enter(Role.SUPERVISOR)
    monitor, stranger = app.test_client(), enter(Role.SUPERVISOR, OrganisationKind.CNDH)[0]
    sign_in(monitor, make_user(Role.MONITOR, organisation=user.organisation))
    post(supervisor, "/desk/views", name="Team", back="urgency=3", is_shared="1")
    assert list(views(monitor)) == ["Team"]
    assert views(stranger) == {}
    key = views(monitor)["Team"][0]
    for path in (f"/desk/views/{key}", f"/desk/views/{key}/delete", f"/desk/views/{key}/restore"):
        assert post(monitor, path, name="Mine").status_code == 404
    assert post(monitor, "/desk/views", name="Ours", back="urgency=3", is_shared="1").status_code == 403
    assert isinstance(user.organisation, Organisation)


def test_new_rows_are_handed_out_for_the_filter_of_the_page_with_a_new_mark(enter: Enter) -> None:
    client, _ = enter()
    report_case()
    page = client.get("/desk/?region=ML19").text
    rows = re.search(r'data-rows="([^"]+)"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    koro, elsewhere = report_case(PILLAGE, KORO), report_case()
    fragment = client.get(rows).text
    assert koro.reference in fragment
    assert elsewhere.reference not in fragment
    again = re.search(r'data-fresh="([^"]+)"', fragment)[1].replace("&amp;", "&")  # type: ignore[index]
    answer = client.get(again).json
    assert answer is not None
    assert (answer["count"], answer["views"]["open"]) == (0, "3")
    assert client.get("/desk/fresh/rows?since=x").status_code == 400


def test_each_order_goes_on_where_a_page_ended(enter: Enter) -> None:
    client, _ = enter()
    now = utcnow()
    cases = [
        report_case(
            urgency=number % 3,
            received_at=now - timedelta(hours=number),
            updated_at=now - timedelta(days=number % 5),
        )
        for number in range(8)
    ]
    expected = {
        Order.URGENCY: sorted(cases, key=lambda case: (case.urgency, case.received_at), reverse=True),
        Order.NEWEST: sorted(cases, key=lambda case: case.received_at, reverse=True),
        Order.OLDEST: sorted(cases, key=lambda case: case.received_at),
        Order.CHANGED: sorted(cases, key=lambda case: (case.updated_at, case.id), reverse=True),
    }
    for order, ordered in expected.items():
        rest = client.get(f"/desk/?order={order}&after={after(ordered[3], order).encode(KEY)}").text
        found = re.findall(r'class="reference">(S-\d+)', rest)
        assert found == [case.reference for case in ordered[4:]], order


def test_a_partner_shown_only_the_summary_can_filter_by_nothing_beyond_it(enter: Enter) -> None:
    client, partner = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    case = report_case(PILLAGE, KORO)
    refer(case, partner)
    today = utcnow().date().isoformat()
    for query in ("?q=boeufs", "?channel=sms", "?language=fra", f"?received_from={today}"):
        summary = case.reference in client.get("/desk/" + query).text
        assert summary is (not is_summary(case)), query
    assert case.reference in client.get("/desk/?region=ML19&violation=pillage").text


def is_summary(case: Any) -> bool:
    from .desk import fresh

    return all(referral.disclosure == "summary" for referral in fresh(case).referrals)


filters = st.builds(
    InboxFilter,
    status=st.sampled_from(["open", "all", *map(str, CaseStatus)]),
    urgency=st.none() | st.integers(0, 3),
    received_from=st.none() | st.dates(),
    needs_person=st.booleans(),
    overdue=st.booleans(),
    assignee=st.none() | st.uuids(),
    order=st.sampled_from(list(map(str, Order))),
    q=st.sampled_from(["", "deux mots", "50% & plus", "é+ü"]),
)


@given(filters)
def test_an_address_says_all_of_a_filter(wanted: InboxFilter) -> None:
    assert inbox_filter(address_of(wanted)) == wanted


@given(st.text(max_size=200))
def test_any_way_back_is_an_address_of_ours(word: str) -> None:
    assert address_back("q=" + word + "&assignee=" + str(uuid.uuid4())).keys() <= {"q", "assignee"} | set(
        InboxFilter.__dataclass_fields__
    )
