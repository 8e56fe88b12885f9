"""The console's pages for gateways: the list with how each does, adding and changing one, tests, and the limits."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError
from redis.exceptions import RedisError

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.administration import gateway_forms, gateways, limits
from app.administration.gateway_forms import GatewayProblem
from app.administration.gateway_steps import addresses, steps
from app.administration.gateway_values import PATH_SECRET, is_secret, is_usually_left
from app.administration.gateway_views import gateway_views
from app.administration.gateway_wording import init_gateway_wording
from app.administration.gateways import NoSuchGateway, Saved
from app.administration.testing import CannotSend, NotANumber, ask_for_check
from app.administration.testing import send_test as queue_test
from app.clock import utcnow
from app.current import current_settings
from app.database import db, transaction
from app.intake.gateways import providers
from app.intake.gateways.protocol import Provider
from app.languages import page_language
from app.messaging.policy import current_policy
from app.models import Gateway

blueprint = Blueprint("gateways", __name__, url_prefix="/desk/administration/gateways")
init_gateway_wording(blueprint)
_MOVES = {"up": -1, "down": 1}
_SWITCHES = {"enable": True, "disable": False}
_NAMES = {
    "VALUE": gateway_forms.VALUE,
    "FORGET": gateway_forms.FORGET,
    "RENEW": gateway_forms.RENEW,
    "PATH_SECRET": PATH_SECRET,
    "DEFAULT_RATE": gateway_forms.DEFAULT_RATE,
}


@blueprint.errorhandler(NoSuchGateway)
def not_found(_error: NoSuchGateway) -> ResponseReturnValue:
    """Nothing of that name can be changed here."""
    return render_template("error.html", status=HTTPStatus.NOT_FOUND), HTTPStatus.NOT_FOUND


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Every gateway and how it does, the limits, and today's use of them."""
    return _list(FormState())


@blueprint.get("/new")
def choose_provider() -> ResponseReturnValue:
    """The providers that this version knows."""
    return render_template("desk/administration/gateway_providers.html", providers=providers().values())


@blueprint.get("/new/<provider>")
def new_gateway(provider: str) -> ResponseReturnValue:
    """An empty form for a gateway of one provider."""
    return _form(_provider(provider), None, FormState())


@blueprint.post("/new/<provider>")
def add_gateway(provider: str) -> ResponseReturnValue:
    """Add a gateway. The answer shows its addresses, whose secret is shown this once: it is kept in no session."""
    chosen = _provider(provider)
    try:
        given = gateway_forms.read_form(chosen, request.form)
        with transaction() as session:
            saved = gateways.add_gateway(session, current_settings(), chosen, given, actor=_actor())
    except GatewayProblem as problem:
        return _refused(chosen, None, problem)
    return _next_steps(chosen, saved), HTTPStatus.CREATED


@blueprint.get("/<slug>")
def edit_gateway(slug: str) -> ResponseReturnValue:
    """The form of a gateway, without its secrets."""
    row = gateways.find(db.session(), slug)
    return _form(providers()[row.provider], row, FormState())


@blueprint.post("/<slug>")
def change_gateway(slug: str) -> ResponseReturnValue:
    """Save the form of a gateway; or switch it on or off, or move it up or down in the order."""
    act = request.form.get("act", "save")
    if act in _MOVES:
        with transaction() as session:
            gateways.prefer(session, slug, places=_MOVES[act], actor=_actor())
    elif act in _SWITCHES:
        with transaction() as session:
            gateways.set_enabled(session, slug, is_enabled=_SWITCHES[act], actor=_actor())
    else:
        return _save(gateways.find(db.session(), slug))
    return redirect(url_for("gateways.overview", _anchor=f"gateway-{slug}"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<slug>/test")
def send_test(slug: str) -> ResponseReturnValue:
    """Send a test to the number typed. What became of it stands in the list."""
    form_name, user = f"test-{slug}", current_user()
    try:
        with transaction() as session:
            number = request.form.get("number", "")
            queue_test(
                session, current_settings(), slug, number, page_language(), actor=_actor(), user_id=user.id
            )
    except NotANumber:
        problem = gettext("Enter a phone number, for example 76 12 34 56 or +223 76 12 34 56.")
        return _list(FormState(form_name, {}, {"number": problem})), HTTPStatus.UNPROCESSABLE_ENTITY
    except CannotSend:
        problem = gettext("This gateway doesn’t send at present.")
        return _list(FormState(form_name, {}, {"number": problem})), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(
        gettext(
            "The test is on its way. What became of it stands beside the gateway: look again in a moment."
        )
    )
    return redirect(url_for("gateways.overview", _anchor=f"gateway-{slug}"), HTTPStatus.SEE_OTHER)


@blueprint.post("/check")
def check_now() -> ResponseReturnValue:
    """Have every provider asked whether it answers."""
    try:
        ask_for_check(current_settings())
        flash(gettext("The gateways are being checked. Look again in a moment."))
    except RedisError:
        flash(gettext("The queue doesn’t answer, so nothing can be checked now."))
    return redirect(url_for("gateways.overview"), HTTPStatus.SEE_OTHER)


@blueprint.post("/limits")
def change_policy() -> ResponseReturnValue:
    """Set how much the machine may write."""
    try:
        typed = limits.PolicyIn().load(request.form.to_dict())
    except ValidationError as error:
        form = FormState("limits", request.form.to_dict(), limits.problems_of(error))
        return _list(form), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction() as session:
        limits.change_policy(session, typed, actor=_actor())
    flash(gettext("The limits are kept."))
    return redirect(url_for("gateways.overview", _anchor="limits"), HTTPStatus.SEE_OTHER)


def _list(form: FormState) -> str:
    session, now = db.session(), utcnow()
    return render_template(
        "desk/administration/gateways.html",
        views=gateway_views(session, current_settings(), now),
        policy=current_policy(session),
        budget=limits.budget_of_today(session, now),
        form=form,
    )


def _form(provider: Provider, row: Gateway | None, form: FormState) -> str:
    kept = gateways.kept_secrets(current_settings(), row) if row else frozenset()
    return render_template(
        "desk/administration/gateway.html",
        provider=provider,
        gateway=row,
        kept=kept,
        names=_NAMES,
        labels=_labels(provider),
        usual_fields=[each for each in provider.fields if is_usually_left(each)],
        currency=current_policy(db.session()).currency,
        addresses=addresses(current_settings(), provider, row.slug) if row else (),
        form=form,
    )


def _labels(provider: Provider) -> dict[str, str]:
    """What the fields of the form are called, for the summary of what is wrong."""
    labels = {gateway_forms.VALUE + each.name: str(each.label) for each in provider.fields}
    return labels | {
        "label": gettext("Name"),
        "price_per_segment": gettext("Price of one SMS"),
        "segments_per_minute": gettext("SMS a minute at most"),
    }


def _save(row: Gateway) -> ResponseReturnValue:
    provider, settings = providers()[row.provider], current_settings()
    try:
        given = gateway_forms.read_form(provider, request.form, gateways.kept_secrets(settings, row))
        with transaction() as session:
            saved = gateways.change_gateway(session, settings, row.slug, given, actor=_actor())
    except GatewayProblem as problem:
        return _refused(provider, row, problem)
    if saved.path_secret:
        return _next_steps(provider, saved)
    flash(gettext("The gateway is kept."))
    return redirect(url_for("gateways.overview", _anchor=f"gateway-{row.slug}"), HTTPStatus.SEE_OTHER)


def _refused(provider: Provider, row: Gateway | None, problem: GatewayProblem) -> tuple[str, HTTPStatus]:
    """The form again; secrets are to be typed again, since they are never sent back."""
    form = FormState("gateway", _without_secrets(provider), problem.in_words())
    return _form(provider, row, form), HTTPStatus.UNPROCESSABLE_ENTITY


def _without_secrets(provider: Provider) -> dict[str, Any]:
    hidden = {gateway_forms.VALUE + each.name for each in provider.fields if is_secret(each)}
    return {name: value for name, value in request.form.items() if name not in hidden}


def _next_steps(provider: Provider, saved: Saved) -> str:
    slug = saved.gateway.slug
    return render_template(
        "desk/administration/gateway_steps.html",
        gateway=saved.gateway,
        provider=provider,
        addresses=addresses(current_settings(), provider, slug, saved.path_secret),
        has_secret=bool(saved.path_secret),
        steps=steps(provider),
    )


def _provider(name: str) -> Provider:
    return providers().get(name) or abort(HTTPStatus.NOT_FOUND)


def _actor() -> str:
    return f"user:{current_user().id}"
