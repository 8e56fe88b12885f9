"""What waits for the person signed in, and how they want to be told of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.forms import FormState
from app.accounts.session import current_user, signed_in_user
from app.current import current_limits, current_settings
from app.database import db, transaction
from app.limits import SIGN_INS
from app.messaging.hours import clock
from app.messaging.numbers import NotANumber
from app.models import Notification, User
from app.notices.queries import SHOWN, count_unread, notices
from app.notices.schemas import PreferenceIn
from app.notifications import preferences
from app.notifications.preferences import PreferenceRefused
from app.notifications.service import mark_read
from app.notifications.wording import KEY_PROBLEMS, KINDS, PHONE_PROBLEMS, PROBLEMS, RHYTHMS

blueprint = Blueprint("notifications", __name__, url_prefix="/desk/notifications")
_MOST_IN_THE_BELL = 99
_LONGEST_KEY = preferences.LARGEST_KEY * 2  # more isn't even looked at


@blueprint.app_template_global("waiting_notices")
def waiting_notices() -> int:
    """How much waits for the person signed in; none for nobody."""
    user = signed_in_user()
    return min(count_unread(db.session(), user), _MOST_IN_THE_BELL) if user else 0


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """What waits and waited, the newest first."""
    found = notices(db.session(), current_user(), before=_before(request.args.get("before", "")))
    shown = found[:SHOWN]
    older = shown[-1].created_at.timestamp() if len(found) > SHOWN else None
    return render_template("desk/notifications.html", notices=shown, older=older, kinds=KINDS)


@blueprint.get("/fresh")
def fresh() -> ResponseReturnValue:
    """How much waits, for the bell of a page that is open."""
    return {"count": waiting_notices()}


@blueprint.post("/read")
def read_all() -> ResponseReturnValue:
    """Everything was read."""
    with transaction() as session:
        mark_read(session, current_user())
    flash(gettext("Everything is marked as read."))
    return redirect(url_for("notifications.overview"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:notification_id>/read")
def read_one(notification_id: uuid.UUID) -> ResponseReturnValue:
    """One line was read; somebody else's doesn't exist."""
    with transaction() as session:
        user = current_user()
        waiting = session.get(Notification, notification_id)
        if waiting is None or waiting.user_id != user.id:
            abort(HTTPStatus.NOT_FOUND)
        mark_read(session, user, notification_id=notification_id)
    return redirect(url_for("notifications.overview"), HTTPStatus.SEE_OTHER)


@blueprint.get("/settings")
def settings_form() -> ResponseReturnValue:
    """How the person wants to be told."""
    return _settings(FormState())


@blueprint.post("/settings")
def change_settings() -> ResponseReturnValue:
    """Keep rhythms and quiet hours."""

    def act(session: Session, user: User, form: Mapping[str, str]) -> None:
        preferences.change_preference(session, user, PreferenceIn().load(form))

    return _change("ways", act, gettext("Kept."), {"quiet": "quiet_from"})


@blueprint.post("/settings/key")
def give_key() -> ResponseReturnValue:
    """Take a key for mails; a worker looks at it."""

    def act(session: Session, user: User, form: Mapping[str, str]) -> None:
        preferences.offer_key(session, user, form.get("key", "")[:_LONGEST_KEY])

    where = {"key_private": "key", "key_unknown": "key", "key_long": "key"}
    return _change("key", act, gettext("The key is being checked."), where)


@blueprint.post("/settings/key/remove")
def remove_key() -> ResponseReturnValue:
    """Encrypt no more."""

    def act(session: Session, user: User, _form: Mapping[str, str]) -> None:
        preferences.remove_keys(session, user)

    return _change("key", act, gettext("The key is removed."), {})


@blueprint.post("/settings/phone")
def give_phone() -> ResponseReturnValue:
    """Take a number, to which a code goes."""

    def act(session: Session, user: User, form: Mapping[str, str]) -> None:
        _count_try(user)
        try:
            preferences.give_phone(session, current_settings(), user, form.get("number", "")[:40])
        except NotANumber:
            raise PreferenceRefused("number") from None

    return _change(
        "phone",
        act,
        gettext("A code is on its way to this phone."),
        {"number": "number", "too_many": "number"},
    )


@blueprint.post("/settings/phone/confirm")
def confirm_phone() -> ResponseReturnValue:
    """Take the code that came by text."""
    with transaction() as session:
        user = current_user()
        is_right = preferences.confirm_phone(session, current_settings(), user, request.form.get("code", ""))
    if not is_right:
        state = FormState("confirm", {}, {"code": str(PROBLEMS["code"])})
        return _settings(state), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(gettext("This phone is confirmed."))
    return redirect(url_for("notifications.settings_form"), HTTPStatus.SEE_OTHER)


@blueprint.post("/settings/phone/remove")
def remove_phone() -> ResponseReturnValue:
    """Forget the number."""

    def act(session: Session, user: User, _form: Mapping[str, str]) -> None:
        preferences.remove_phone(session, user)

    return _change("phone", act, gettext("The number is removed."), {})


def _count_try(user: User) -> None:
    """Codes cost money and disturb whose number it is: a few in a quarter of an hour. Raises PreferenceRefused."""
    limits, key = current_limits(), f"notice-phone:{user.id}"
    if not limits.is_allowed(SIGN_INS, key):
        raise PreferenceRefused("too_many")
    limits.count(SIGN_INS, key)


Act = Callable[[Session, User, Mapping[str, str]], None]


def _change(name: str, act: Act, done: str, where: Mapping[str, str]) -> ResponseReturnValue:
    """Do one thing in one transaction and go back to the settings, or show them with what is wrong."""
    form = request.form.to_dict()
    try:
        with transaction() as session:
            act(session, current_user(), form)
    except PreferenceRefused as refused:
        errors = {where.get(refused.code, ""): str(PROBLEMS[refused.code])}
        shown = {} if refused.code == "key_private" else form
        return _settings(FormState(name, shown, errors)), HTTPStatus.UNPROCESSABLE_ENTITY
    except ValidationError as error:
        errors = {
            field: str(PROBLEMS.get(codes[0], codes[0])) for field, codes in error.messages_dict.items()
        }
        return _settings(FormState(name, form, errors)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(done)
    return redirect(url_for("notifications.settings_form", _anchor=name), HTTPStatus.SEE_OTHER)


def _settings(form: FormState) -> str:
    session, user = db.session(), current_user()
    return render_template(
        "desk/notification_settings.html",
        form=form,
        user=user,
        preference=preferences.preference_of(session, user.id),
        keys=preferences.keys_of(session, user.id),
        phone=preferences.phone_of(session, user.id),
        is_mail_on=bool(current_settings().mail_sender),
        rhythms=[(str(rhythm), words) for rhythm, words in RHYTHMS.items()],
        key_problems=KEY_PROBLEMS,
        phone_problems=PHONE_PROBLEMS,
        clock=clock,
    )


def _before(typed: str) -> datetime | None:
    """The moment that a page of older lines begins at."""
    try:
        return datetime.fromtimestamp(float(typed[:20]), UTC) if typed else None
    except (ValueError, OverflowError, OSError):
        abort(HTTPStatus.BAD_REQUEST)
