"""The last step of every way in: a session begins, is listed, and a new device is told to its owner."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from flask import redirect, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue

from app import audit
from app.accounts import devices, factors, halfway, session
from app.accounts.desk_pages import landing
from app.accounts.open_sessions import forget_old
from app.accounts.session import PROVED_AT, STRONG
from app.audit import Action
from app.clock import utcnow
from app.database import db, transaction
from app.models import User, UserSession
from app.notifications.kinds import NoticeKind
from app.notifications.service import notify

RECENT = timedelta(minutes=10)  # how long a proof is enough for what changes how one gets in


def enter(user: User, *, way: str, is_strong: bool) -> None:
    """Begin a session for somebody who proved who they are; `way` is how, for the audit trail."""
    now = utcnow()
    with transaction() as writing:
        user = writing.get_one(User, user.id)
        is_new = devices.remember(writing, user, now)
        listed = UserSession(user_id=user.id, device=devices.described(), started_at=now, seen_at=now)
        writing.add(listed)
        forget_old(writing, user, now)
        user.last_signed_in_at = now
        actor, detail = f"user:{user.id}", {"way": way, "new_device": is_new}
        audit.record(writing, Action.SIGNED_IN, actor, actor=actor, detail=detail)
        if is_new:
            notify(writing, NoticeKind.NEW_DEVICE, [user])
    session.begin(user, listed, is_strong=is_strong)


def go_on(user: User, onward: str, *, way: str) -> ResponseReturnValue:
    """After the first proof: on to the second factor if the person has one, else in."""
    if factors.factors_of(db.session(), user).is_any:
        halfway.begin(user, onward)
        return redirect(url_for("accounts.factor_form"), HTTPStatus.SEE_OTHER)
    enter(user, way=way, is_strong=False)
    return go_in(user, onward)


def go_in(user: User, onward: str) -> ResponseReturnValue:
    """To where the person wanted to go; by the page of second factors if they need one and have none."""
    goal = onward or landing(user)
    if factors.is_asked_of(user) and not session.is_strong():
        return redirect(url_for("accounts.factors", next=goal), HTTPStatus.SEE_OTHER)
    return redirect(goal, HTTPStatus.SEE_OTHER)


def begin_again(user: User) -> None:
    """Go on after what ended every session of the person: as strong as before."""
    enter(user, way="again", is_strong=session.is_strong())


def is_recent() -> bool:
    """Whether the person proved who they are a moment ago."""
    age = utcnow().timestamp() - float(browser.get(PROVED_AT, 0.0))
    return age <= RECENT.total_seconds()


def note_proof(*, is_strong: bool) -> None:
    """The person of this session proved once more who they are; with a factor, the session is strong from now on."""
    browser[PROVED_AT] = utcnow().timestamp()
    browser[STRONG] = is_strong or browser.get(STRONG) is True
