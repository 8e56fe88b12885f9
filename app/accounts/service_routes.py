"""Signing in by an organisation's own service (OpenID Connect).

What has to come back unchanged is in a signed cookie of its own for ten minutes: the session's cookie isn't sent when
another site leads here. For the same reason the way back ends on a page that goes on by itself.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from itsdangerous import BadData, URLSafeTimedSerializer

from app.accounts import services
from app.accounts.blueprint import blueprint
from app.accounts.desk_pages import safe_next
from app.accounts.entering import go_on
from app.accounts.forms import FormState
from app.accounts.openid import Client, Question, ServiceRefused, begin, finish
from app.accounts.service import AccountError
from app.audit import Action, record
from app.current import current_settings
from app.database import close_session, db, transaction
from app.models import SignInService, User

COOKIE = "seere_with"
PATH = "/desk/sign-in/with"
SECONDS = 600
_SALT = "sign-in-with"


@blueprint.get("/sign-in/with/<slug>")
def service_form(slug: str) -> ResponseReturnValue:
    """The sign-in page with the button of an organisation's service."""
    return _page(_found(slug), "")


@blueprint.get("/sign-in/with/<slug>/go")
def go_to_service(slug: str) -> ResponseReturnValue:
    """On to the service, with what has to come back unchanged kept in this browser."""
    service = _found(slug)
    client = _client(service)
    close_session()  # no connection is held while the service is asked
    try:
        address, question = begin(client)
    except ServiceRefused:
        return _page(_found(slug), _unreachable()), HTTPStatus.BAD_GATEWAY
    answer = make_response(redirect(address, HTTPStatus.SEE_OTHER))
    kept = [slug, question.state, question.nonce, question.verifier, request.args.get("next", "")]
    return _with_cookie(answer, _serializer().dumps(kept))


@blueprint.get("/sign-in/with/<slug>/back")
def back_from_service(slug: str) -> ResponseReturnValue:
    """Back from the service: let in who was invited, and nobody else."""
    service, kept = _found(slug), _kept(slug)
    user = _person(service, kept[0]) if kept is not None else None
    if user is None or kept is None:
        return _refused(slug)
    return _let_in(user, safe_next(kept[1]) or "")


def _person(service: SignInService, question: Question) -> User | None:
    client, service_id = _client(service), service.id
    close_session()
    try:
        identity = finish(client, question, request.args)
        with transaction() as session:
            return services.person_of(session, session.get_one(SignInService, service_id), identity)
    except (ServiceRefused, AccountError):
        return None


def _let_in(user: User, onward: str) -> ResponseReturnValue:
    goal = make_response(go_on(user, onward, way="service"))
    answer = make_response(render_template("desk/sign_in_back.html", goal=goal.location))
    return _with_cookie(answer, "")


def _refused(slug: str) -> ResponseReturnValue:
    with transaction() as session:
        record(session, Action.SIGN_IN_REFUSED, "user:unknown", actor="anonymous", detail={"way": "service"})
    words = gettext(
        "Your organisation’s service did not let us know you as somebody who was invited here. Ask who invited you."
    )
    return _with_cookie(make_response(_page(_found(slug), words), HTTPStatus.UNPROCESSABLE_ENTITY), "")


def _found(slug: str) -> SignInService:
    service = services.by_slug(db.session(), slug)
    if service is None:
        abort(HTTPStatus.NOT_FOUND)
    return service


def _client(service: SignInService) -> Client:
    settings = current_settings()
    back = f"{settings.public_url}{url_for('accounts.back_from_service', slug=service.slug)}"
    return Client(service.issuer, service.client_id, services.secret_of(service), back)


def _kept(slug: str) -> tuple[Question, str] | None:
    try:
        kept = _serializer().loads(request.cookies.get(COOKIE, ""), max_age=SECONDS)
    except BadData:
        return None
    if not isinstance(kept, list) or len(kept) != 5 or kept[0] != slug:
        return None
    return Question(*map(str, kept[1:4])), str(kept[4])


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_settings().secret_key, salt=_SALT)


def _with_cookie(answer: Response, value: str) -> Response:
    answer.set_cookie(
        COOKIE,
        value,
        max_age=SECONDS if value else 0,
        path=PATH,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer


def _unreachable() -> str:
    return gettext(
        "Your organisation’s service doesn’t answer. Sign in with your password, or try again later."
    )


def _page(service: SignInService, problem: str) -> str:
    form = FormState("sign-in", {}, {"email": problem} if problem else {})
    onward = safe_next(request.args.get("next", ""))
    return render_template("desk/sign_in.html", form=form, next=onward, service=service)
