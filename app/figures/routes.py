"""The page of figures, and each of its tables as a file."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from app.accounts.session import current_user
from app.clock import utcnow
from app.database import db
from app.figures.dashboard import panels
from app.figures.drawing import spoken
from app.figures.periods import Choice, Period, asked_period
from app.figures.sources import counted_at
from app.figures.spans import day_of
from app.figures.tables import as_csv
from app.languages import words_language

blueprint = Blueprint("figures", __name__, url_prefix="/desk/figures")


@blueprint.get("")
def dashboard() -> ResponseReturnValue:
    """All that this person may see of a period."""
    session, user, period = db.session(), current_user(), _period()
    is_desk = user.organisation.sees_every_case
    return render_template(
        "desk/figures.html",
        period=period,
        choices=Choice,
        address=_address(period),
        panels=[draw() for draw in panels(session, user, period, utcnow()).values()],
        is_desk=is_desk,
        counted_at=counted_at(session) if is_desk else None,
    )


@blueprint.get("/<code>.csv")
def table(code: str) -> ResponseReturnValue:
    """One table as CSV."""
    found = panels(db.session(), current_user(), _period(), utcnow()).get(code)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    answer = Response(as_csv(found().table), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="seere-figures-{code}.csv"'
    return answer


def _period() -> Period:
    return asked_period(request.args.to_dict(), day_of(utcnow()))


def _address(period: Period) -> dict[str, str]:
    """What asks for the same period again."""
    return {
        "period": Choice.DATES,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
    }


@blueprint.app_template_filter("figure")
def figure(number: float) -> str:
    """A figure as it is written in the language of the page."""
    return spoken(number, words_language())


@blueprint.app_template_filter("figure_day")
def figure_day(day: date) -> str:
    """A day in full."""
    return str(format_date(day, "d MMMM y"))
