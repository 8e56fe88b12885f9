"""The administrator's overview; gateways, wordings and prompts have pages of their own."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.administration import queries
from app.administration.limits import Budget, budget_of_today
from app.clock import utcnow
from app.current import current_settings
from app.database import db
from app.rules import queries as rule_queries
from app.rules.choices import actor_name
from app.rules.content import content_of
from app.rules.wording import sentence

blueprint = Blueprint("administration", __name__, url_prefix="/desk/administration")


@blueprint.app_template_global("todays_budget")
def todays_budget() -> Budget:
    """How much of the day's budget of messages is used, for the warning above the administration's pages."""
    return budget_of_today(db.session(), utcnow())


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Health first, then who is who and which rules send what to whom."""
    session = db.session()
    names = rule_queries.names(session)
    return render_template(
        "desk/administration.html",
        health=queries.health(session, current_settings()),
        organisations=queries.organisations(session),
        people=queries.people(session),
        rules=rule_queries.all_rules(session),
        rule_words=lambda rule: sentence(content_of(rule), names),
        actor_name=actor_name,
    )
