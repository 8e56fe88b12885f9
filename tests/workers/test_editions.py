"""Figures of the same days handed out twice: who has both learns of nobody in particular."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.casework.errors import CaseworkError
from app.clock import utcnow
from app.database import db, transaction
from app.models import Act, Case, Publication, PublicationState, Role, User
from app.publications import document, service
from app.publications.periods import Period
from app.publications.rules import latest_due
from workers.exports.ledger import LedgerMoved
from workers.publications.arranging import arrange
from workers.publications.counting import Counts, count
from workers.publications.editions import next_edition, packed, quarters_of, steadied, unpacked
from workers.publications.snapshots import count_publication

THRESHOLD = 5
PERIOD = latest_due(utcnow().date())
NUMBERS = st.integers(0, 40)


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    """Counts of one period whose tables agree with each other."""
    places = draw(st.dictionaries(st.tuples(st.sampled_from(["ML05", "ML07"]), st.just("")), NUMBERS))
    total = sum(places.values())
    first = draw(st.integers(0, total))
    verified = {"2026-04": first, "2026-05": total - first}
    others = {month: draw(NUMBERS) for month in verified}
    kinds = draw(st.dictionaries(st.sampled_from(["killing", "pillage"]), NUMBERS))
    return Counts(
        received={month: verified[month] + others[month] for month in verified},
        verified=verified,
        places=places,
        violations={("ML05", kind): number for kind, number in kinds.items()},
        natures={(kind, "abuse"): number for kind, number in kinds.items()},
        authors=draw(st.dictionaries(st.sampled_from(["state", "armed_group"]), NUMBERS)),
        victims=draw(st.dictionaries(st.just(("female", "minor")), NUMBERS)),
        referrals={},
    )


@given(counts(), counts())
def test_no_figure_moves_by_few_and_tables_go_on_agreeing(earlier: Counts, now: Counts) -> None:
    edition = steadied(earlier, now, THRESHOLD)
    for name in ("verified", "places", "violations", "natures", "authors", "victims"):
        before, after = getattr(earlier, name), getattr(edition, name)
        moved = {abs(after.get(leaf, 0) - before.get(leaf, 0)) for leaf in {*before, *after}}
        assert all(number == 0 or number >= THRESHOLD for number in moved), name
    assert edition.verified_total == sum(edition.places.values())
    assert all(edition.received[month] >= edition.verified[month] for month in edition.verified)
    assert unpacked(packed(edition)) == edition


def add(many: int, region: str, kind: str = "killing") -> None:
    """More verified cases of the period."""
    moment = PERIOD.begins_at + timedelta(days=40)
    with transaction() as session:
        first = session.query(Case).count() + 1
        for number in range(first, first + many):
            case = Case(
                id=uuid.uuid4(),
                number=number,
                channel="sms",
                region_code=region,
                verification="verified",
                received_at=moment,
                verified_at=moment,
            )
            case.acts.append(Act(id=uuid.uuid4(), violation_code=kind, is_main=True))
            session.add(case)


def test_one_case_more_changes_nothing_that_was_handed_out_and_a_year_is_its_quarters(app: Flask) -> None:
    with app.app_context():
        add(12, "ML05")
        first = next_edition(db.session(), PERIOD, THRESHOLD)
        assert first.counts == count(db.session(), PERIOD), "the first one is exact"
        beside = next_edition(db.session(), PERIOD, THRESHOLD)
        with transaction() as session:
            first.note(session)
        with pytest.raises(LedgerMoved), transaction() as session:
            beside.note(session)  # it was not compared with the first
        add(1, "ML05")
        second = next_edition(db.session(), PERIOD, THRESHOLD)
        assert arrange(second.counts, PERIOD, THRESHOLD) == arrange(first.counts, PERIOD, THRESHOLD)
        year = Period(PERIOD.year, 1, 12)
        assert PERIOD in quarters_of(year)
        assert next_edition(db.session(), year, THRESHOLD).counts.verified_total == 12, "not even in a year"
        add(6, "ML07", "pillage")
        held = next_edition(db.session(), PERIOD, THRESHOLD).counts
        assert held.places == first.counts.places, "they came together with one that must not be seen"
        add(4, "ML05")
        third = next_edition(db.session(), PERIOD, THRESHOLD).counts
        assert third.places == {("ML05", ""): 17, ("ML07", ""): 6}


def test_a_period_counted_anew_repeats_what_was_public_until_many_have_come(
    app: Flask, make_user: Callable[..., User]
) -> None:
    analyst = make_user(role=Role.ANALYST)
    add(12, "ML05")

    def counted() -> Publication:
        with transaction() as session:
            asked = service.ask(session, session.get_one(User, analyst.id), PERIOD).id
        count_publication(asked)
        db.session.expire_all()
        return db.session.get_one(Publication, asked)

    def publish(found: Publication) -> None:
        with transaction() as session:
            service.publish(session, session.get_one(User, analyst.id), found.id, digest=found.digest)

    first = counted()
    publish(first)
    add(1, "ML05")
    with transaction() as session:
        service.retract(session, session.get_one(User, analyst.id), first.id, "A wrong map.")
    second = counted()
    assert (second.state, second.failure) == (PublicationState.PROPOSED, "")
    assert document.read(second.document) == document.read(first.document)
    add(9, "ML05")
    report = next_edition(db.session(), PERIOD, THRESHOLD)
    with transaction() as session:
        report.note(session)  # a report of the same days was handed to somebody
    with pytest.raises(CaseworkError, match="publication_overtaken"):
        publish(second)
