"""The installable page, and where sealed reports are handed over."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.clock import utcnow
from app.current import current_settings
from app.intake.service import NewReport, submit
from app.languages import NAMES
from app.models import Channel
from app.offline import keeping
from app.offline.built import send_compressed
from app.offline.schemas import MALFORMED, TOO_LARGE, Sealed, SealedIn, is_too_large
from app.public import proof
from app.public.compressing import init_compression
from app.security import csp_nonce, is_from_another_site

blueprint = Blueprint("offline", __name__)

blueprint.before_app_request(send_compressed)
blueprint.record_once(init_compression)

LARGEST_BODY_BYTES = 128 * 1024
# As everywhere, and besides: libsodium is WebAssembly, and the module that holds it is fetched by import().
_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
    "img-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@blueprint.get("/app")
def page() -> ResponseReturnValue:
    """The page on which people write without a network. It holds nobody's data, and a phone may keep it."""
    return keeping.render_page(), {"Content-Security-Policy": _POLICY.format(nonce=csp_nonce())}


@blueprint.get("/app/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """What a home screen shows of it."""
    response = Response(content_type="application/manifest+json")
    response.set_data(keeping.manifest_text())
    return response


@blueprint.get("/service-worker.js")
def service_worker() -> ResponseReturnValue:
    """The script that keeps the page. It may look after /app only, and asks for no more."""
    if not keeping.is_built():
        abort(HTTPStatus.NOT_FOUND)
    return Response(keeping.render_service_worker(), content_type="text/javascript; charset=utf-8")


@blueprint.post("/sealed")
def take_sealed() -> ResponseReturnValue:
    """Store a report that a phone sealed, once per key, and give its code; a repetition gets the same code.

    Where it can't be taken the answer is {"problem": code}: `malformed` and `too_large` for good; `too_many` and
    `unavailable` for now, and the phone keeps what it has.
    """
    if is_from_another_site():
        abort(HTTPStatus.FORBIDDEN)
    request.max_content_length = LARGEST_BODY_BYTES
    try:
        given: Sealed = SealedIn().load(request.get_json(silent=True) or {})
    except ValidationError as error:
        if is_too_large(error):
            return _problem(TOO_LARGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return _problem(MALFORMED, HTTPStatus.BAD_REQUEST)
    if not proof.may_send({"token": given.key, proof.FIELD: given.proof}):
        return _problem("too_many", HTTPStatus.TOO_MANY_REQUESTS)
    return _store(given)


def _store(given: Sealed) -> ResponseReturnValue:
    try:
        receipt = submit(current_settings(), _new_report(given))
    except SQLAlchemyError:
        return _problem("unavailable", HTTPStatus.SERVICE_UNAVAILABLE)
    return {"code": receipt.code}, HTTPStatus.OK if receipt.is_repeat else HTTPStatus.CREATED


def _new_report(given: Sealed) -> NewReport:
    settings = current_settings()
    return NewReport(
        channel=Channel.WEB,
        reference=f"offline:{given.key}",
        content={},
        sealed_content=given.sealed,
        consent=given.consent,
        received_at=utcnow(),
        language=given.language if given.language in NAMES else settings.default_language,
        is_demonstration=settings.demonstration,
    )


def _problem(code: str, status: HTTPStatus) -> ResponseReturnValue:
    return {"problem": code}, status
