"""The administrator's overview; gateways, wordings and prompts have pages of their own."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.administration import queries
from app.administration.limits import Budget, budget_of_today
from app.casework.wording import violation_label
from app.clock import utcnow
from app.current import current_settings
from app.database import db
from app.models import RoutingRule
from app.reference import geography

blueprint = Blueprint("administration", __name__, url_prefix="/desk/administration")


@blueprint.app_template_global("todays_budget")
def todays_budget() -> Budget:
    """How much of the day's budget of messages is used, for the warning above the administration's pages."""
    return budget_of_today(db.session(), utcnow())


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Health first, then who is who and which rules send what to whom."""
    session = db.session()
    return render_template(
        "desk/administration.html",
        health=queries.health(session, current_settings()),
        organisations=queries.organisations(session),
        people=queries.people(session),
        rules=queries.rules(session),
        violations_of=_violations_of,
        regions_of=_regions_of,
    )


def _violations_of(rule: RoutingRule) -> str:
    return ", ".join(violation_label(code) for code in rule.violations)


def _regions_of(rule: RoutingRule) -> str:
    return ", ".join(geography.region_name(code) or code for code in rule.region_codes)
