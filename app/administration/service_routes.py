"""Sign-in by organisations' own services (OpenID Connect): set, changed, switched off by administrators."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from sqlalchemy import select

from app.accounts import services
from app.accounts.forms import FormState
from app.accounts.service import AccountError
from app.accounts.services import ServiceContent
from app.accounts.session import current_user
from app.current import current_settings
from app.database import db, transaction
from app.models import Organisation

blueprint = Blueprint("sign_in_services", __name__, url_prefix="/desk/administration/sign-in-services")

_PROBLEMS = {
    "organisation": ("organisation", lazy_gettext("Choose an organisation.")),
    "slug": ("slug", lazy_gettext("Use small letters, digits and hyphens, for example cndh.")),
    "slug_taken": ("slug", lazy_gettext("Another organisation has this word already.")),
    "issuer": ("issuer", lazy_gettext("Enter an address that begins with https:// and can be reached.")),
    "client_id": ("client_id", lazy_gettext("Enter what the service calls this installation.")),
    "domain": ("email_domain", lazy_gettext("Enter a domain such as example.org.")),
    "secret": ("secret", lazy_gettext("Enter the secret that the service gave.")),
}
_SHOWN = ("organisation", "slug", "issuer", "client_id", "email_domain")


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Every organisation's service, and the form to set one."""
    return _page(FormState())


@blueprint.post("")
def keep() -> ResponseReturnValue:
    """Set or change an organisation's service."""
    try:
        with transaction() as session:
            services.keep(session, current_user(), _organisation(), _content())
    except AccountError as error:
        where, message = _PROBLEMS[error.code]
        typed = {name: request.form.get(name, "")[:300] for name in _SHOWN}
        return _page(FormState("service", typed, {where: str(message)})), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(gettext("Kept."))
    return redirect(url_for("sign_in_services.overview"), HTTPStatus.SEE_OTHER)


def _organisation() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("organisation", ""))
    except ValueError as error:
        raise AccountError("organisation") from error


def _content() -> ServiceContent:
    typed = {name: value.strip() for name, value in request.form.items()}
    return ServiceContent(
        slug=typed.get("slug", ""),
        issuer=typed.get("issuer", "")[:300],
        client_id=typed.get("client_id", ""),
        email_domain=typed.get("email_domain", "").lower().removeprefix("@"),
        secret=typed.get("secret", "")[:500],
        is_enabled=typed.get("is_enabled") == "yes",
    )


def _page(form: FormState) -> str:
    session = db.session()
    every = select(Organisation).where(Organisation.is_active).order_by(Organisation.name)
    return render_template(
        "desk/administration/services.html",
        form=form,
        services=services.services(session),
        organisations=[(str(each.id), each.name) for each in session.scalars(every)],
        public_url=current_settings().public_url,
    )
