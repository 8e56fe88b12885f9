"""How gateways are doing: nothing of it depends on the period, it is today's."""

from __future__ import annotations

from datetime import datetime

from flask_babel import format_datetime, gettext
from sqlalchemy.orm import Session

from app.figures.tables import Cell, Panel, Table
from app.messaging.figures import GatewayFigures, gateway_figures, messaging_figures


def gateways(session: Session, now: datetime) -> Panel:
    """Each gateway with what waits, what failed today, and when it last worked."""
    whole = messaging_figures(session, now)
    lead = gettext(
        "Today %(sent)s of at most %(most)s texts; %(waiting)s wait to go out.",
        sent=whole.messages_today,
        most=whole.messages_per_day,
        waiting=whole.backlog,
    )
    headings = [
        gettext("Gateway"),
        gettext("Last in"),
        gettext("Last out"),
        gettext("Waiting"),
        gettext("Tried today"),
        gettext("Failed (%)"),
        gettext("Last check"),
    ]
    rows = [_row(each) for each in gateway_figures(session, now)]
    return Panel("gateways", gettext("Gateways"), lead, Table(headings, rows))


def _row(figures: GatewayFigures) -> list[Cell]:
    failed = figures.failure_rate
    return [
        figures.slug,
        _moment(figures.last_in_at),
        _moment(figures.last_out_at),
        figures.backlog,
        figures.attempts_today,
        None if failed is None else round(100 * failed, 1),
        gettext("answered") if figures.checked_at and not figures.check_finding else _unwell(figures),
    ]


def _moment(at: datetime | None) -> str | None:
    return format_datetime(at, "d MMM HH:mm") if at else None


def _unwell(figures: GatewayFigures) -> str | None:
    return gettext("did not answer") if figures.checked_at else None
