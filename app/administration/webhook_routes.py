"""Webhooks of organisations: added, tested, watched, switched off; a secret is shown once."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.administration import queries
from app.current import current_settings
from app.database import db, transaction
from app.models import Organisation, WebhookEndpoint
from app.notifications import endpoints
from app.notifications.addresses import AddressRefused
from app.notifications.endpoints import KindsMissing, UnknownEndpoint
from app.notifications.kinds import webhook_kinds
from app.notifications.wording import ADDRESS_PROBLEMS, DISABLED, STATES, WEBHOOK_KINDS, failure_in_words

blueprint = Blueprint("webhook_endpoints", __name__, url_prefix="/desk/administration/webhooks")


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """The endpoints with what was lately told to them, and a form for another."""
    return _page(FormState())


@blueprint.post("")
def add() -> ResponseReturnValue:
    """Add an endpoint and show its secret, this once."""
    try:
        with transaction() as session:
            organisation = _active(session, request.form.get("organisation", ""))
            if organisation is None:
                return _refuse("add", "organisation", "organisation")
            made = endpoints.add_endpoint(
                session,
                current_settings(),
                current_user(),
                organisation,
                request.form.get("url", "").strip(),
                request.form.getlist("kinds"),
            )
    except AddressRefused as refused:
        return _refuse("add", "url", refused.code)
    except KindsMissing:
        return _refuse("add", "kinds", "kinds")
    return _page(FormState(), made)


@blueprint.post("/<uuid:endpoint_id>")
def change(endpoint_id: uuid.UUID) -> ResponseReturnValue:
    """Choose what an endpoint hears of, and whether it hears at all."""
    is_enabled = request.form.get("enabled") == "yes"
    try:
        with transaction() as session:
            endpoints.change_endpoint(
                session, current_user(), endpoint_id, request.form.getlist("kinds"), is_enabled=is_enabled
            )
    except UnknownEndpoint:
        abort(HTTPStatus.NOT_FOUND)
    except KindsMissing:
        return _refuse(f"endpoint-{endpoint_id}", "kinds", "kinds")
    flash(gettext("Kept."))
    return _back(endpoint_id)


@blueprint.post("/<uuid:endpoint_id>/rotate")
def rotate(endpoint_id: uuid.UUID) -> ResponseReturnValue:
    """Give a new secret, shown this once."""
    if request.form.get("confirmed") != "yes":
        abort(HTTPStatus.BAD_REQUEST)
    try:
        with transaction() as session:
            made = endpoints.rotate_secret(session, current_settings(), current_user(), endpoint_id)
    except UnknownEndpoint:
        abort(HTTPStatus.NOT_FOUND)
    return _page(FormState(), made)


@blueprint.post("/<uuid:endpoint_id>/test")
def send_test(endpoint_id: uuid.UUID) -> ResponseReturnValue:
    """Send something that is about nothing."""
    try:
        with transaction() as session:
            endpoints.send_test(session, current_user(), endpoint_id)
    except UnknownEndpoint:
        abort(HTTPStatus.NOT_FOUND)
    flash(gettext("A test is on its way. Look again in a minute."))
    return _back(endpoint_id)


def _active(session: Session, typed: str) -> Organisation | None:
    try:
        found = session.get(Organisation, uuid.UUID(typed))
    except ValueError:
        return None
    return found if found is not None and found.is_active else None


def _back(endpoint_id: uuid.UUID) -> ResponseReturnValue:
    address = url_for("webhook_endpoints.overview", _anchor=f"endpoint-{endpoint_id}")
    return redirect(address, HTTPStatus.SEE_OTHER)


def _refuse(name: str, field: str, code: str) -> ResponseReturnValue:
    return _page(FormState(name, request.form.to_dict(), {field: str(ADDRESS_PROBLEMS[code])}))


def _page(form: FormState, made: tuple[WebhookEndpoint, str] | None = None) -> ResponseReturnValue:
    session = db.session()
    found = endpoints.endpoints(session)
    page = render_template(
        "desk/administration/webhooks.html",
        form=form,
        made=made[0] if made else None,
        secret=made[1] if made else "",
        endpoints=found,
        deliveries={each.id: endpoints.last_deliveries(session, each.id) for each in found},
        organisations=[(each.id, each.name) for each in queries.organisations(session) if each.is_active],
        kinds=[(str(kind), WEBHOOK_KINDS[kind]) for kind in webhook_kinds()],
        chosen=request.form.getlist("kinds"),
        kind_words=WEBHOOK_KINDS,
        state_words=STATES,
        disabled_words=DISABLED,
        failure_in_words=failure_in_words,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
