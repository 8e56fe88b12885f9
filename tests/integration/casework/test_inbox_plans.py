"""PostgreSQL reads the inbox from its indexes: with thousands of cases no statement of it goes through them all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Executable, func, select, text

from app.casework import queries
from app.casework.cursor import after, in_order
from app.casework.views import STANDARD_VIEWS, InboxFilter, Order
from app.casework.visibility import visible_cases
from app.database import db, transaction
from app.models import Case, OrganisationKind, Role, User
from workers.benchmarks.many_cases import RARE_WORD, People, write_cases

from .conftest import Enter

pytestmark = pytest.mark.slow

CASES = 6000  # enough for PostgreSQL to prefer the indexes by itself
FILTERS = {
    **STANDARD_VIEWS,
    "region": InboxFilter(region="ML05"),
    "cercle": InboxFilter(cercle="ML0502"),
    "violation": InboxFilter(violation="torture"),
    "alleged author": InboxFilter(actor="state"),
    "language": InboxFilter(language="eng", status="all"),
    "channel": InboxFilter(channel="voice", status="all"),
    "verification": InboxFilter(verification="false", status="all"),
    "period": InboxFilter(received_from=date(2020, 1, 1), received_to=date(2020, 2, 1), status="all"),
    "rare word": InboxFilter(q=RARE_WORD, status="all"),
    "reference": InboxFilter(q="S-000123", status="all"),
    "newest": InboxFilter(order=Order.NEWEST, status="all"),
    "oldest": InboxFilter(order=Order.OLDEST, status="all"),
    "changed": InboxFilter(order=Order.CHANGED, status="all"),
}


def plan(statement: Any) -> str:
    """How PostgreSQL would run a statement."""
    compiled = statement.compile(db.engine, compile_kwargs={"render_postcompile": True})
    found = db.session.connection().exec_driver_sql(f"EXPLAIN {compiled}", compiled.params)
    return "\n".join(row[0] for row in found)


def statements(user: User, wanted: InboxFilter) -> Iterator[Executable]:
    """What finds a page, and the page after it. (A count stops by itself wherever it begins: that may be the table.)"""
    found, most = queries.matching(user, wanted), queries.PAGE_SIZE + 1
    yield queries.first_ids(found, wanted.order, most)
    first = db.session.scalars(found.order_by(*in_order(wanted.order)).limit(1)).first()
    if first is not None:
        yield queries.first_ids(
            found.where(after(first, wanted.order).is_before(wanted.order)), wanted.order, most
        )


def read_through(user: User) -> list[tuple[str, int]]:
    """The filters, and whether their first page or the next, for which all cases are gone through."""
    return [
        (name, at)
        for name, wanted in FILTERS.items()
        for at, statement in enumerate(statements(user, wanted))
        if "Seq Scan on casefile" in plan(statement)
    ]


def counted_together(user: User) -> str:
    """How the tabs of somebody outside the desk are counted, but for the closed cases."""
    return plan(
        queries.in_one_pass(user, [view for view in STANDARD_VIEWS.values() if view.status == "open"])
    )


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_no_page_or_search_goes_through_all_cases(enter: Enter) -> None:
    desk = enter()[1]
    others = [enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)[1] for _ in range(12)]
    with transaction() as session:
        session.merge(others[1].organisation).conflict_actors = ["gendarmerie"]
        write_cases(session, People([desk], [user.organisation for user in others]), CASES)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    assert db.session.scalar(select(func.count()).select_from(Case)) == CASES
    assert read_through(desk) == []
    small, busiest = others[1], others[0]  # which sees one case in forty, and one in eight
    # Of so few cases, reading all is right for who wants the closed ones too.
    assert [name for name, _ in read_through(small) if FILTERS[name].status == "open"] == []
    assert db.session.scalar(visible_cases(small).with_only_columns(func.count()))
    opened = counted_together(busiest)
    assert "Index Only Scan using ix_casefile_open_inbox" in opened
    assert "Seq Scan on casefile" not in opened
    assert "ix_casefile_search" in plan(next(statements(desk, FILTERS["rare word"])))
