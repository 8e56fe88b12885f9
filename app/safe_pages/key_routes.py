"""The organisation's key: making it, its recovery code, replacing it, moving reports, getting back in."""

from __future__ import annotations

import hmac
import time
import uuid
from http import HTTPStatus

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from nacl.public import PrivateKey

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.current import current_limits
from app.database import db, transaction
from app.limits import WRONG_CODES
from app.receipts import GROUP, normalise
from app.safe import generations, keeping, making, recovery, rotation
from app.safe.errors import SafeError
from app.safe.grants import check_may_act
from app.safe.holding import Unlocked
from app.safe.recovery_codes import last_group
from app.safe.rotation import Moved
from app.safe.unlocking import must_be_unlocked
from app.safe_pages.blueprint import blueprint
from app.safe_pages.pages import refused
from app.safe_pages.words import status_for, words_for

_SHOWN_CODE = "safe_code"  # in the session: the new key's id and its code, under the key of the safe's cookie
_PATIENCE_SECONDS = 8.0  # of one request; what is left after it is a button away


@blueprint.post("/key")
def begin_key() -> ResponseReturnValue:
    """Make the organisation's first key or the next one; its recovery code is shown on the following page."""
    try:
        held = must_be_unlocked()
        check_may_act(current_user(), held)
        prepared = generations.prepare()
        with transaction() as opened:
            key = making.begin(opened, current_user(), held, prepared)
    except SafeError as error:
        return refused(error.code)
    session[_SHOWN_CODE] = {"key": str(key.id), "code": keeping.close(prepared.code)}
    return redirect(url_for("safe.code"), HTTPStatus.SEE_OTHER)


@blueprint.get("/code")
def code() -> ResponseReturnValue:
    """The recovery code, to print; shown until its end was typed back."""
    shown = _shown_code()
    return _code_page(FormState(), shown[1]) if shown else _code_gone()


def _code_gone() -> ResponseReturnValue:
    flash(words_for("code_gone"))
    return redirect(url_for("safe.overview"), HTTPStatus.SEE_OTHER)


@blueprint.post("/code")
def confirm_code() -> ResponseReturnValue:
    """Put the new key to use once the end of its code was typed back, and begin to move reports to it."""
    shown = _shown_code()
    typed = normalise(request.form.get("typed", ""), symbols=GROUP) or ""
    if shown is None:
        return _code_gone()
    if not hmac.compare_digest(typed, last_group(shown[1])):
        wrong = FormState("code", {}, {"typed": words_for("code_differs")})
        return _code_page(wrong, shown[1]), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        held = must_be_unlocked()
        with transaction() as opened:
            making.put_to_use(opened, current_user(), held, shown[0])
        session.pop(_SHOWN_CODE, None)
        return _moved(_move_for_a_while(held))
    except SafeError as error:
        return refused(error.code)


@blueprint.post("/move")
def move() -> ResponseReturnValue:
    """Go on moving reports to the key in use."""
    try:
        return _moved(_move_for_a_while(must_be_unlocked()))
    except SafeError as error:
        return refused(error.code)


@blueprint.get("/recover")
def recover_form() -> ResponseReturnValue:
    """The recovery code, for who can be let in by nobody."""
    return render_template("desk/safe_recover.html", form=FormState(), user=current_user())


@blueprint.post("/recover")
def recover() -> ResponseReturnValue:
    """Get in with the recovery code."""
    user = current_user()
    try:
        held = must_be_unlocked()
        check_may_act(user, held)
        opened = _opened_with(request.form.get("code", ""), f"safe-code:{user.organisation_id}")
        with transaction() as writing:
            recovery.let_in(writing, user, held, opened)
    except SafeError as error:
        if not error.code.startswith(("code", "too_many")):
            return refused(error.code)
        state = FormState("recover", {}, {"code": words_for(error.code)})
        page = render_template("desk/safe_recover.html", form=state, user=user)
        return page, status_for(error.code)
    flash(gettext("You can open from now on."))
    return redirect(url_for("safe.overview"), HTTPStatus.SEE_OTHER)


def _opened_with(typed: str, who: str) -> dict[uuid.UUID, PrivateKey]:
    """The keys that a code opens; wrong ones are counted. Raises SafeError."""
    limits = current_limits()
    if not limits.is_allowed(WRONG_CODES, who):
        raise SafeError("too_many")
    keys = generations.usable_keys(db.session(), current_user().organisation_id)
    try:
        return dict(recovery.open_with_code(keys, typed))
    except SafeError:
        limits.count(WRONG_CODES, who)
        raise


def _shown_code() -> tuple[uuid.UUID, str] | None:
    """The new key and its code, as long as this browser may see it."""
    shown = session.get(_SHOWN_CODE)
    code = keeping.read(str(shown["code"])) if isinstance(shown, dict) else None
    return (uuid.UUID(shown["key"]), code) if isinstance(shown, dict) and code else None


def _code_page(form: FormState, code: str) -> str:
    return render_template("desk/safe_code.html", form=form, code=code, user=current_user())


def _move_for_a_while(held: Unlocked) -> Moved:
    """Batch after batch, each in a transaction of its own, until nothing is left or this request took long enough."""
    until, unreadable, after = time.monotonic() + _PATIENCE_SECONDS, 0, None
    while True:
        with transaction() as opened:
            done = rotation.move_batch(opened, current_user(), held, after=after)
        unreadable, after = unreadable + done.unreadable, done.after
        if after is None or time.monotonic() > until:
            return Moved(done.moved, unreadable, done.left, after)


def _moved(done: Moved) -> ResponseReturnValue:
    if done.left == 0:
        flash(gettext("The safe has its new key."))
    elif done.unreadable:
        flash(
            ngettext(
                "%(num)s report could not be moved by you: another member should try.",
                "%(num)s reports could not be moved by you: another member should try.",
                done.unreadable,
            )
        )
    return redirect(url_for("safe.overview"), HTTPStatus.SEE_OTHER)
