"""The second step of signing in, and proving oneself once more before what is sensitive."""

from __future__ import annotations

from http import HTTPStatus

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import audit
from app.accounts import factors, halfway, passkeys, throttling
from app.accounts.blueprint import blueprint
from app.accounts.desk_pages import safe_next
from app.accounts.entering import enter, go_in, note_proof
from app.accounts.factors import Factors, factors_of
from app.accounts.forms import FormState
from app.accounts.passwords import MAXIMUM_LENGTH, is_correct
from app.accounts.session import current_user, signed_in_user
from app.accounts.waiting import too_many
from app.audit import Action
from app.clock import utcnow
from app.database import db, transaction
from app.models import User


@blueprint.get("/sign-in/factor")
def factor_form() -> ResponseReturnValue:
    """Ask who gave a password for one of their second factors; anybody else is sent to give a password."""
    user = halfway.expected()
    if user is None or signed_in_user() is not None:
        return redirect(url_for("accounts.sign_in_form"))
    return _page(user, FormState(), is_again=False)


@blueprint.post("/sign-in/factor")
def give_factor() -> ResponseReturnValue:
    """Check the second factor, and let the person in."""
    user = halfway.expected()
    if user is None:
        return redirect(url_for("accounts.sign_in_form"), HTTPStatus.SEE_OTHER)
    onward = safe_next(halfway.onward()) or ""
    if refused := _check(user, is_again=False):
        return refused
    enter(user, way=_way(), is_strong=True)
    return go_in(user, onward)


@blueprint.get("/account/prove")
def prove_form() -> ResponseReturnValue:
    """Ask once more for the password or a factor, before what changes how the person gets in."""
    return _page(current_user(), FormState(), is_again=True)


@blueprint.post("/account/prove")
def prove() -> ResponseReturnValue:
    """Check it, and go back to where it was asked."""
    user = current_user()
    if refused := _check(user, is_again=True):
        return refused
    note_proof(is_strong=_way() != "password")
    onward = safe_next(request.form.get("next", "")) or url_for("accounts.factors")
    return redirect(onward, HTTPStatus.SEE_OTHER)


def _way() -> str:
    way = request.values.get("way", "")
    return way if way in {"passkey", "app", "code", "password"} else ""


def _check(user: User, *, is_again: bool) -> ResponseReturnValue | None:
    """What to answer to a proof that fails; None for one that holds. A password is a proof only of who is in."""
    way, challenge = _way(), passkeys.take_challenge("ask")
    if not way or (way == "password" and not is_again):
        abort(HTTPStatus.BAD_REQUEST)
    tried = throttling.attempt(f"factor:{user.id}", email=user.email)
    if tried.wait_seconds:
        form = FormState("factor", {}, {"typed": too_many(tried.wait_seconds)})
        return _page(user, form, is_again=is_again), HTTPStatus.TOO_MANY_REQUESTS
    if not _holds(user, way, challenge):
        form = FormState("factor", {}, {"typed": _wrong(way)})
        return _page(user, form, is_again=is_again), HTTPStatus.UNPROCESSABLE_ENTITY
    tried.succeeded()
    return None


def _holds(user: User, way: str, challenge: bytes | None) -> bool:
    typed = request.form.get("typed", "")[:20_000]
    if way == "password":
        return is_correct(user.password_hash, typed[:MAXIMUM_LENGTH])
    with transaction() as session:
        user = session.get_one(User, user.id)
        is_right = factors.use(session, user, way, typed, utcnow(), challenge)
        if not is_right:
            detail = {"way": way}
            audit.record(session, Action.FACTOR_REFUSED, f"user:{user.id}", actor="anonymous", detail=detail)
        elif way == "code":
            audit.record(session, Action.SPARE_CODE_USED, f"user:{user.id}", actor=f"user:{user.id}")
    return is_right


def _wrong(way: str) -> str:
    if way == "app":
        return gettext(
            "This is not the code that counts now, or it was used already. Wait for the next one in your app."
        )
    if way == "code":
        return gettext("This is not one of your unused recovery codes. Compare it with your paper.")
    if way == "password":
        return gettext("This is not your present password.")
    return gettext("Your passkey didn’t answer as it should. Try again, or use another way.")


def _page(user: User, form: FormState, *, is_again: bool) -> str:
    session = db.session()
    owned = factors_of(session, user)
    ways = _ways(owned, is_again=is_again)
    way = _way() if _way() in ways else ways[0]
    return render_template(
        "desk/sign_in_factor.html",
        form=form,
        user_email=user.email,
        is_again=is_again,
        ways=ways,
        way=way,
        codes_left=owned.codes_left,
        next=safe_next(request.values.get("next", "")) or "",
        options=passkeys.options_to_ask(session, user) if way == "passkey" else "",
    )


def _ways(owned: Factors, *, is_again: bool) -> tuple[str, ...]:
    return (*owned.ways, "password") if is_again else owned.ways
