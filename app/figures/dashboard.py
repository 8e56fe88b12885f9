"""What the dashboard shows to whom: the desk all of it, an organisation what concerns its own referrals."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.figures.case_panels import actors, languages, verifications, violations, volumes
from app.figures.durations import Measure
from app.figures.gateway_panel import gateways
from app.figures.periods import Period
from app.figures.place_panel import places
from app.figures.sources import Figures, figures_for
from app.figures.spans import day_of
from app.figures.tables import Panel
from app.figures.work_panels import backlog, referrals, score, waiting
from app.models import Organisation, User

Draw = Callable[[], Panel]


def panels(session: Session, user: User, period: Period, now: datetime) -> Mapping[str, Draw]:
    """Every panel that this person may see, by its code, in the order of the page; each is drawn when it is called."""
    figures = figures_for(session, user, period)
    if user.organisation.sees_every_case:
        return {**_about_cases(figures, period), **_about_work(session, figures, period, now)}
    return {**_about_cases(figures, period), **_about_answers(user, figures, period)}


def _about_cases(figures: Figures, period: Period) -> dict[str, Draw]:
    return {
        "volumes": lambda: volumes(figures, period),
        "verifications": lambda: verifications(figures, period),
        "places": lambda: places(figures, period),
        "violations": lambda: violations(figures, period),
        "actors": lambda: actors(figures, period),
        "languages": lambda: languages(figures, period),
    }


def _about_work(session: Session, figures: Figures, period: Period, now: datetime) -> dict[str, Draw]:
    month = min(day_of(now), period.last)
    return {
        str(Measure.TRIAGE): lambda: _triage(figures, period),
        str(Measure.FIRST_ANSWER): lambda: _first_answer(figures, period),
        str(Measure.VERIFICATION): lambda: _verification(figures, period),
        "backlog": lambda: backlog(figures, period, day_of(now)),
        "referrals": lambda: referrals(figures, period, _names(session)),
        str(Measure.REFERRAL_ANSWER): lambda: _referral_answer(figures, period),
        "score": lambda: score(figures, month),
        "gateways": lambda: gateways(session, now),
    }


def _about_answers(user: User, figures: Figures, period: Period) -> dict[str, Draw]:
    own = {user.organisation_id: user.organisation.name}
    return {
        "referrals": lambda: referrals(figures, period, own),
        str(Measure.REFERRAL_ANSWER): lambda: _referral_answer(figures, period),
    }


def _names(session: Session) -> dict[uuid.UUID, str]:
    return dict(session.execute(select(Organisation.id, Organisation.name)).all())


def _triage(figures: Figures, period: Period) -> Panel:
    lead = gettext("From the report until a colleague first did something with the case.") + " " + _so_far()
    return waiting(figures, period, Measure.TRIAGE, gettext("Time to triage"), lead)


def _first_answer(figures: Figures, period: Period) -> Panel:
    lead = gettext("From the report until a colleague first wrote to the reporter.") + " " + _so_far()
    return waiting(figures, period, Measure.FIRST_ANSWER, gettext("Time to the first answer"), lead)


def _verification(figures: Figures, period: Period) -> Panel:
    lead = gettext("From the report until it was said whether it is established.") + " " + _so_far()
    return waiting(figures, period, Measure.VERIFICATION, gettext("Time to verification"), lead)


def _referral_answer(figures: Figures, period: Period) -> Panel:
    lead = gettext("From a referral until its organisation last answered.") + " " + _so_far()
    return waiting(
        figures, period, Measure.REFERRAL_ANSWER, gettext("Time to an organisation’s answer"), lead
    )


def _so_far() -> str:
    """Young cases are missing as long as they wait: their time looks shorter than it will be."""
    return gettext("What still waits isn’t in it, so the last weeks look shorter than they will be.")
