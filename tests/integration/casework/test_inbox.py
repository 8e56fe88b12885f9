"""The inbox: order, pages, filters, search, and what is new."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.casework.cursor import BadCursor, Cursor, decode
from app.casework.freshness import Mark
from app.casework.freshness import decode as decode_mark
from app.clock import utcnow
from app.models import OrganisationKind, Role

from .conftest import Enter
from .desk import GENDARMES, KORO, PILLAGE, TORTURE, URGENT, refer, report_case

KEY = b"1" * 32  # the secret key of tests.conftest.make_settings
NOW = datetime(2026, 3, 12, 10, tzinfo=UTC)


def shown(client: FlaskClient, query: str = "") -> list[str]:
    answer = client.get("/desk/" + query)
    assert answer.status_code == 200
    return re.findall(r'class="reference">(S-\d+)', answer.text)


def test_the_most_urgent_come_first_and_of_these_the_newest(enter: Enter) -> None:
    client, _ = enter()
    old_urgent = report_case(urgency=3, received_at=NOW - timedelta(days=9))
    new_routine = report_case(urgency=0, received_at=NOW)
    new_urgent = report_case(urgency=3, received_at=NOW - timedelta(days=1))
    assert shown(client) == [case.reference for case in (new_urgent, old_urgent, new_routine)]


def test_pages_show_every_case_once_even_where_all_are_alike(enter: Enter, make_case: Any) -> None:
    client, _ = enter()
    expected = {make_case(urgency=1, received_at=NOW).reference for _ in range(60)}
    seen: list[str] = []
    query = ""
    for _ in range(3):
        seen += shown(client, query)
        following = re.search(r"\?after=([\w-]+)", client.get("/desk/" + query).text)
        query = f"?after={following[1]}" if following else ""
    assert query == ""
    assert len(seen) == 60
    assert set(seen) == expected


def test_filters_narrow_the_list(enter: Enter) -> None:
    client, user = enter()
    koro = report_case(PILLAGE, KORO, URGENT, GENDARMES, received_at=NOW)
    other = report_case(TORTURE, channel="web", urgency=0, status="closed", received_at=NOW)
    mine = report_case(TORTURE, urgency=1, assigned_to_id=user.id, needs_person="no_place", received_at=NOW)
    assert shown(client, "?region=ML19") == [koro.reference]
    assert shown(client, "?violation=pillage") == [koro.reference]
    assert shown(client, "?urgency=2") == [koro.reference]
    assert shown(client, "?status=closed") == [other.reference]
    assert shown(client, "?status=all&channel=web") == [other.reference]
    assert shown(client, "?needs_person=1") == [mine.reference]
    assert shown(client, "?mine=1") == shown(client, f"?assignee={user.id}") == [mine.reference]
    assert shown(client, "?unassigned=1") == shown(client, "?actor=state") == [koro.reference]
    assert shown(client, "?status=all&received_to=2026-03-11") == []
    assert shown(client, "?received_from=2026-03-12&received_to=2026-03-12") == [
        koro.reference,
        mine.reference,
    ]
    assert shown(client, "?language=fra&order=oldest&unassigned=1") == [koro.reference]
    assert shown(client, "?cercle=ML1905") == shown(client, "?language=bam") == []
    assert shown(client, "?verification=verified") == []


def test_tabs_count_what_they_show(enter: Enter) -> None:
    client, user = enter()
    report_case(urgency=3)
    report_case(urgency=0, assigned_to_id=user.id)
    report_case(urgency=0, status="closed")
    report_case(urgency=1, needs_person="no_place", received_at=utcnow() - timedelta(days=9))
    report_case(status="waiting_for_reporter", urgency=0)
    late = report_case(status="in_progress", urgency=0)
    _, partner = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    refer(late, partner)  # its deadline is this moment
    counts = dict(re.findall(r'data-view="(\w+)".*?class="count">(\d+)', client.get("/desk/").text))
    assert counts == {
        "open": "5",
        "mine": "1",
        "ours": "1",
        "person": "1",
        "urgent": "1",
        "overdue": "2",
        "waiting": "1",
        "closed": "1",
    }
    for view, query in (("overdue", "?overdue=1"), ("ours", "?ours=1"), ("closed", "?status=closed")):
        assert len(shown(client, query)) == int(counts[view])


def test_the_number_of_matches_is_told(enter: Enter) -> None:
    client, _ = enter()
    report_case(status="closed")
    report_case()
    report_case(TORTURE)
    for query, told in (("?status=all", "3 cases"), ("?violation=torture", "1 case<"), ("?q=zzz", "0 cases")):
        assert told in client.get("/desk/" + query).text


def test_search_needs_every_word_and_takes_no_wildcards(enter: Enter) -> None:
    client, _ = enter()
    first = report_case(text="Les éleveurs de Bɔrɔ ont payé 50% de taxe", urgency=2)
    second = report_case(text="Les éleveurs ont fui", urgency=1)
    assert shown(client, "?q=" + quote("ÉLEVEURS")) == [first.reference, second.reference]
    assert shown(client, "?q=" + quote("eleveurs boro")) == [first.reference]
    assert shown(client, "?q=" + quote("50%")) == [first.reference]
    assert shown(client, "?q=_") == []
    assert shown(client, f"?q={second.reference}") == [second.reference]


ODD_QUERIES = [
    "?q=%00",
    "?q=%ED%A0%80%FF",
    "?q=" + "a" * 20_000,
    "?q=" + "9" * 3000,
    "?q=S-99999999999999999999",
    "?urgency=99999999999999999999",
    "?urgency=-1&status=x&violation='&region=%00&channel=fax&verification=%27",
    "?mine=perhaps&needs_person=%00",
    "?region=ZZ99&violation=no_such_thing",
]


def test_any_address_gives_a_page(enter: Enter) -> None:
    client, _ = enter()
    for query in ODD_QUERIES:
        assert client.get("/desk/" + query).status_code == 200


def test_a_place_we_did_not_give_out_is_refused(enter: Enter) -> None:
    client, _ = enter()
    for word in ("zz", "%00", "a" * 9000, Cursor(2, NOW, uuid.uuid4()).encode(KEY)[:-6]):
        assert client.get(f"/desk/?after={word}").status_code == 400


@given(st.integers(0, 3), st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_place_comes_back_as_it_was(urgency: int, moment: datetime, case_id: uuid.UUID) -> None:
    place = Cursor(urgency, moment, case_id)
    assert decode(place.encode(KEY), KEY) == place


@given(st.text(max_size=300))
def test_other_words_are_no_place(word: str) -> None:
    with pytest.raises(BadCursor):
        decode(word, KEY)


@given(st.text(max_size=60))
def test_other_words_are_no_mark(word: str) -> None:
    mark = decode_mark(word)
    assert mark is None or mark == decode_mark(mark.encode())


def test_what_is_new_is_counted_for_the_desk_and_for_a_partner(enter: Enter) -> None:
    report_case()
    client, _ = enter()
    partner_client, partner = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    since = [re.search(r"since=([\d.]+)", each.get("/desk/").text)[1] for each in (client, partner_client)]  # type: ignore[index]
    case = report_case(received_at=NOW - timedelta(days=400))
    assert client.get(f"/desk/fresh?since={since[0]}").json["count"] == 1
    assert partner_client.get(f"/desk/fresh?since={since[1]}").json["count"] == 0
    refer(case, partner)
    assert partner_client.get(f"/desk/fresh?since={since[1]}").json["count"] == 1


def test_a_mark_that_is_none_is_refused(enter: Enter) -> None:
    client, _ = enter()
    for since in ("", "x", "1.", "%00", "1." + "9" * 400, "99999999999.1", "²." + "1"):
        assert client.get(f"/desk/fresh?since={since}").status_code == 400
    assert client.get("/desk/fresh?since=" + Mark(1, NOW).encode()).status_code == 200


def test_empty_lists_say_why(enter: Enter) -> None:
    client, _ = enter()
    assert "New reports appear here" in client.get("/desk/").text
    assert "Clear all filters" in client.get("/desk/?q=zzz").text
