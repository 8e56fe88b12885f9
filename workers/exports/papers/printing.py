"""HTML into PDF (PDF/UA-1, A4). What a document names by an address is never fetched: all it needs is in it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from markupsafe import Markup
from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

VARIANT = "pdf/ua-1"  # tagged, with a title and a language (ISO 14289-1)
_GREYS = {
    "map-region": 'fill="#eee" stroke="#777" stroke-width="1"',
    "map-region map-region-selected": 'fill="#b5b5b5" stroke="#222" stroke-width="1.6"',
    "map-point": 'fill="#111" stroke="#fff" stroke-width="1.5"',
    "map-region map-level-0": 'fill="#fff" stroke="#777"',
    "map-region map-level-1": 'fill="#ddd" stroke="#777"',
    "map-region map-level-2": 'fill="#bbb" stroke="#777"',
    "map-region map-level-3": 'fill="#888" stroke="#777"',
    "map-region map-level-4": 'fill="#555" stroke="#777"',
}
logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # its warnings may quote the document
logging.getLogger("fontTools").setLevel(logging.ERROR)


class AddressRefused(FatalURLFetchingError):  # type: ignore[misc]
    """A document named an address; nothing is fetched while a paper is made."""


class _Nothing(URLFetcher):  # type: ignore[misc]
    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ARG002 - the library's
        raise AddressRefused("nothing is fetched")


def paper(html: str, *, css: str = "") -> bytes:
    """The PDF of a whole HTML document, with the house's style and more of one's own. Raises AddressRefused.

    The document gives its language (`<html lang>`), title and, as `<meta name="dcterms.created">`, its date. Text has
    to be escaped already: use `rendering.render`.
    """
    sheets = [CSS(string=text, url_fetcher=_Nothing()) for text in (style(), css) if text]
    document = HTML(string=html, url_fetcher=_Nothing(), base_url=None)
    made: bytes = document.write_pdf(stylesheets=sheets, pdf_variant=VARIANT)
    return made


@cache
def style() -> str:
    """The house's style of paper."""
    return resources.files(__package__).joinpath("paper.css").read_text(encoding="utf-8")


def drawing(svg: Markup) -> Markup:
    """A map of app/geography in greys of its own: a document's style doesn't reach into its drawings."""
    drawn = str(svg)
    for name, looks in _GREYS.items():
        drawn = drawn.replace(f'class="{name}"', f'class="{name}" {looks}')
    return Markup(drawn)  # noqa: S704 - escaped where it was drawn


def created(moment: datetime) -> str:
    """A moment as a document's metadata says it."""
    return moment.isoformat(timespec="seconds")
