"""What everybody may read at /figures: a page without script, open data, pictures, and pages to be embedded.

Nothing here is counted when it is asked for: a page shows a snapshot that the desk published. Data and pictures are
the same for everybody and may be kept by caches; the page itself isn't, as no page of this site is kept in a phone.
"""

from __future__ import annotations

import hashlib
import json
from http import HTTPStatus

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.current import current_settings
from app.database import db
from app.languages import page_language
from app.models import Publication, PublicationState
from app.public.appearance import offer_onion
from app.public.compressing import init_compression
from app.publications import document, drawing, page_words, queries
from app.publications.catalogue import catalogue
from app.publications.periods import Period
from app.publications.rules import rules
from app.publications.tables import PeriodFigures
from app.security import csp_nonce

blueprint = Blueprint("publications", __name__, url_prefix="/figures")
blueprint.after_request(offer_onion)
blueprint.record_once(init_compression)

KEPT_SECONDS = 3600  # by caches; a retraction is seen by everybody after that at the latest
_TYPES = {"json": "application/json; charset=utf-8", "csv": "text/csv; charset=utf-8"}
_FOR_OTHER_SITES = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_EMBEDDED = "default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; base-uri 'none'; frame-ancestors *"
_PICTURE = "default-src 'none'; frame-ancestors *"


@blueprint.get("")
@blueprint.get("/<period>")
def page(period: str = "") -> ResponseReturnValue:
    """The figures of a period, by default the latest that is public; which others there are, and what was retracted."""
    shown = _shown(period) if period else next(iter(queries.published(db.session())), None)
    return render_template(
        "public/figures.html",
        shown=shown,
        figures=document.read(shown.document) if shown else None,
        period=page_words.period(shown.period) if shown else "",
        others=queries.ever_public(db.session()),
        pictures=drawing.NAMES,
        rules=rules(),
    )


@blueprint.get("/data/<int:number>.<extension>")
def data(number: int, extension: str) -> ResponseReturnValue:
    """The open data of a snapshot. Its bytes never change; once retracted, it is gone."""
    found = queries.public_one(db.session(), number)
    if found is None or extension not in _TYPES:
        abort(HTTPStatus.NOT_FOUND)
    if found.state == PublicationState.RETRACTED:
        abort(HTTPStatus.GONE)
    content = found.document if extension == "json" else document.as_csv(found.document)
    answer = Response(content, content_type=_TYPES[extension])
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="{found.period}-{found.number}.{extension}"'
    )
    answer.last_modified = found.published_at  # its bytes never change
    return _kept(answer)


@blueprint.get("/catalogue.jsonld")
def catalogue_of_data() -> ResponseReturnValue:
    """What open data there is, for catalogues."""
    published = queries.published(db.session())
    base = current_settings().public_url

    def address(number: str, extension: str) -> str:
        return base + url_for("publications.data", number=int(number), extension=extension)

    content = catalogue(base + url_for("publications.page"), published, address)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)
    return _kept(Response(text, content_type="application/ld+json"))


@blueprint.get("/charts/<name>.svg")
def chart(name: str) -> ResponseReturnValue:
    """One picture, of the latest period or of `?period=`."""
    found = _asked_for(name)
    answer = Response(_picture(found, name), content_type="image/svg+xml")
    answer.headers["Content-Security-Policy"] = _PICTURE
    return _kept(answer)


@blueprint.get("/embed/<name>")
def embed(name: str) -> ResponseReturnValue:
    """One picture with its source, for a frame of another site."""
    found = _asked_for(name)
    answer = Response(
        render_template(
            "public/figures_embed.html",
            picture=_picture(found, name),
            shown=found,
            title=drawing.picture_title(name, page_language()),
            source=current_settings().public_url + url_for("publications.page", period=found.period),
        )
    )
    answer.headers["Content-Security-Policy"] = _EMBEDDED.format(nonce=csp_nonce())
    answer.headers["Cross-Origin-Resource-Policy"] = (
        "cross-origin"  # framed, not read by scripts of other sites
    )
    return answer


def _shown(period: str) -> Publication:
    """What is public of a period; not found where nothing ever was, gone where it was taken back."""
    known = [each for each in queries.ever_public(db.session()) if each.period == period]
    for found in known:
        if found.state == PublicationState.PUBLISHED:
            return found
    return abort(HTTPStatus.GONE if known else HTTPStatus.NOT_FOUND)


def _asked_for(name: str) -> Publication:
    if name not in drawing.NAMES:
        abort(HTTPStatus.NOT_FOUND)
    if period := request.args.get("period", ""):
        return _shown(period)
    latest = next(iter(queries.published(db.session())), None)
    return latest if latest is not None else abort(HTTPStatus.NOT_FOUND)


def _picture(publication: Publication, name: str) -> str:
    figures: PeriodFigures = document.read(publication.document)
    period = Period.parse(publication.period)
    return drawing.draw(name, dict(figures.tables), period, page_language(), threshold=figures.threshold)


def _kept(answer: Response) -> Response:
    """For caches and other sites, known again by its digest alone: after a retraction the latest is an older one, and
    by its date a cache would go on showing what was taken back.
    """
    answer.headers.update(_FOR_OTHER_SITES)
    answer.cache_control.public, answer.cache_control.max_age = True, KEPT_SECONDS
    answer.vary.add("Accept-Language")
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:32])
    answer.make_conditional(request)
    return answer


blueprint.add_app_template_global(page_words.period, "period_in_words")
blueprint.add_app_template_global(page_words.label, "figure_label")
blueprint.add_app_template_global(page_words.heading, "figure_heading")
blueprint.add_app_template_global(page_words.column, "figure_column")
blueprint.add_app_template_global(page_words.dimension, "figure_dimension")
blueprint.add_app_template_global(page_words.word, "figure_word")
blueprint.add_app_template_global(page_words.picture, "figure_picture")
