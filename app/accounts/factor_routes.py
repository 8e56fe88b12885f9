"""One's own second factors: an authenticator app, passkeys, recovery codes; added, renewed, removed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from functools import wraps
from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.accounts import app_codes, factors, passkeys, server_box
from app.accounts import own_factors as service
from app.accounts.blueprint import blueprint
from app.accounts.desk_pages import landing, safe_next
from app.accounts.entering import is_recent, note_proof
from app.accounts.forms import FormState
from app.accounts.session import STRONG, current_user
from app.clock import utcnow
from app.database import db, transaction
from app.models import User

_PENDING = "pending_app_secret"  # in the session, sealed, until a first code of it was given
_PURPOSE = "pending-app-secret"


def proved(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Only for who proved themselves within the last ten minutes; others are asked to, and come back."""

    @wraps(view)
    def asked(*args: object, **keywords: object) -> ResponseReturnValue:
        if is_recent():
            return view(*args, **keywords)
        onward = request.path if request.method == "GET" else url_for("accounts.factors")
        return redirect(url_for("accounts.prove_form", next=onward), HTTPStatus.SEE_OTHER)

    return asked


@blueprint.get("/account/factors", endpoint="factors")
def factors_overview() -> ResponseReturnValue:
    """What one has, and how to add another."""
    return _page(FormState())


@blueprint.get("/account/factors/app")
@proved
def app_form() -> ResponseReturnValue:
    """A secret for an authenticator app, as a picture and as text."""
    secret = app_codes.new_secret()
    browser[_PENDING] = server_box.close(_PURPOSE, secret.encode("ascii")).hex()
    return _app_page(secret, FormState())


@blueprint.post("/account/factors/app")
@proved
def add_app() -> ResponseReturnValue:
    """Keep the app once it gave a first code that fits."""
    secret = _pending_secret()
    if secret is None:
        return redirect(url_for("accounts.app_form"), HTTPStatus.SEE_OTHER)
    step = app_codes.step_of(secret, request.form.get("typed", ""), utcnow())
    if step is None:
        wrong = gettext("This code doesn’t fit. Check that the clock of your phone is right.")
        return _app_page(secret, FormState("app", {}, {"typed": wrong})), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction() as session:
        codes = service.add_app(session, _self(session), secret, step)
    browser.pop(_PENDING, None)
    return _added(codes)


@blueprint.get("/account/factors/passkey")
@proved
def passkey_form() -> ResponseReturnValue:
    """Have the browser make a passkey."""
    return _passkey_page(FormState())


@blueprint.post("/account/factors/passkey")
@proved
def add_passkey() -> ResponseReturnValue:
    """Keep the passkey that the browser made."""
    challenge = passkeys.take_challenge("add")
    answer, name = request.form.get("answer", "")[:20_000], request.form.get("name", "")
    with transaction() as session:
        codes = service.add_passkey(session, _self(session), answer, name, challenge)
    if codes is None:
        wrong = gettext("No passkey was made. Try again, or use an authenticator app.")
        form = FormState("passkey", {"name": name[: passkeys.LONGEST_NAME]}, {"name": wrong})
        return _passkey_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    return _added(codes)


@blueprint.post("/account/factors/passkeys/<uuid:passkey_id>/remove")
@proved
def remove_passkey(passkey_id: uuid.UUID) -> ResponseReturnValue:
    """Forget a passkey."""
    with transaction() as session:
        is_removed = service.remove_passkey(session, _self(session), passkey_id)
    if not is_removed:
        abort(HTTPStatus.NOT_FOUND)
    return _removed()


@blueprint.post("/account/factors/app/remove")
@proved
def remove_app() -> ResponseReturnValue:
    """Forget the authenticator app."""
    with transaction() as session:
        service.remove_app(session, _self(session))
    return _removed()


@blueprint.post("/account/factors/codes")
@proved
def renew_codes() -> ResponseReturnValue:
    """Ten new recovery codes, in place of those that were left."""
    with transaction() as session:
        user = _self(session)
        if not factors.factors_of(session, user).is_any:
            abort(HTTPStatus.BAD_REQUEST)
        codes = service.renew_codes(session, user)
    return _codes(codes)


def _self(session: Session) -> User:
    return session.get_one(User, current_user().id)


def _pending_secret() -> str | None:
    try:
        opened = server_box.open_closed(_PURPOSE, bytes.fromhex(str(browser.get(_PENDING, ""))))
    except ValueError:
        return None
    return opened.decode("ascii") if opened else None


def _added(codes: Sequence[str]) -> ResponseReturnValue:
    """The session is strong from now on; with a first factor come the recovery codes, shown this once."""
    note_proof(is_strong=True)
    if codes:
        return _codes(codes)
    flash(gettext("Added. You are asked for it when you sign in."))
    return redirect(url_for("accounts.factors"), HTTPStatus.SEE_OTHER)


def _removed() -> ResponseReturnValue:
    if not factors.factors_of(db.session(), current_user()).is_any:
        browser[STRONG] = False
    flash(gettext("Removed."))
    return redirect(url_for("accounts.factors"), HTTPStatus.SEE_OTHER)


def _onward() -> str:
    return safe_next(request.values.get("next", "")) or landing(current_user())


def _page(form: FormState) -> str:
    user = current_user()
    return render_template(
        "desk/account_factors.html",
        form=form,
        user=user,
        factors=factors.factors_of(db.session(), user),
        is_asked=factors.is_asked_of(user),
        next=_onward(),
    )


def _app_page(secret: str, form: FormState) -> str:
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    picture = app_codes.picture(current_user(), secret)
    return render_template("desk/factor_app.html", form=form, secret=groups, picture=picture)


def _passkey_page(form: FormState) -> str:
    options = passkeys.options_to_add(db.session(), current_user())
    return render_template("desk/factor_passkey.html", form=form, options=options)


def _codes(codes: Sequence[str]) -> str:
    return render_template("desk/factor_codes.html", codes=codes, user=current_user(), next=_onward())
