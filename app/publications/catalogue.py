"""The open data described for catalogues: DCAT 3 as JSON-LD (https://www.w3.org/TR/vocab-dcat-3/)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.models import Publication
from app.publications.document import as_csv, digest_of
from app.publications.labels import heading, known_tables
from app.publications.periods import Period
from app.publications.rules import rules

Address = Callable[[str, str], str]  # of a snapshot's reference number and an extension
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_MEDIA = {"csv": "text/csv", "json": "application/json"}
_IANA = "https://www.iana.org/assignments/media-types/"
_TITLES = {
    "fr": "Cas de violations et d’atteintes aux droits humains au Mali",
    "en": "Cases of human-rights violations and abuses in Mali",
}
_LANGUAGES = ("fr", "en")


def catalogue(site: str, published: Sequence[Publication], address: Address) -> dict[str, Any]:
    """The catalogue of a site with a data set for each snapshot. `site` is the page's full address."""
    return {
        "@context": _CONTEXT,
        "@id": site,
        "@type": "dcat:Catalog",
        "dcterms:title": _spoken(_TITLES),
        "dcterms:publisher": _publisher(),
        "dcterms:license": {"@id": rules().licence["address"]},
        "foaf:homepage": {"@id": site},
        "dcat:dataset": [_data_set(site, each, address) for each in published],
    }


def _data_set(site: str, publication: Publication, address: Address) -> dict[str, Any]:
    period = Period.parse(publication.period)
    titles = {each: f"{_TITLES[each]} – {period.label(each)}" for each in _LANGUAGES}
    tables = {each: "; ".join(heading(code, each) for code in known_tables()) for each in _LANGUAGES}
    return {
        "@id": f"{site}#{publication.reference}",
        "@type": "dcat:Dataset",
        "dcterms:identifier": publication.reference,
        "dcterms:title": _spoken(titles),
        "dcterms:description": _spoken(tables),
        "dcterms:issued": _typed(
            "dateTime", publication.published_at.isoformat() if publication.published_at else ""
        ),
        "dcterms:publisher": _publisher(),
        "dcterms:spatial": {"@id": rules().place},
        "dcterms:temporal": {
            "@type": "dcterms:PeriodOfTime",
            "dcat:startDate": _typed("date", period.first.isoformat()),
            "dcat:endDate": _typed("date", period.last.isoformat()),
        },
        "dcat:distribution": [
            _distribution(publication, extension, address(str(publication.number), extension))
            for extension in _MEDIA
        ],
    }


def _distribution(publication: Publication, extension: str, address: str) -> dict[str, Any]:
    content = publication.document if extension == "json" else as_csv(publication.document)
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": _IANA + _MEDIA[extension]},
        "dcat:byteSize": _typed("nonNegativeInteger", str(len(content.encode()))),
        "dcterms:license": {"@id": rules().licence["address"]},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": _typed("hexBinary", digest_of(content)),
        },
    }


def _publisher() -> dict[str, Any]:
    return {"@type": "foaf:Organization", "foaf:name": _spoken(rules().publisher)}


def _spoken(words: Any) -> list[dict[str, str]]:
    return [{"@language": language, "@value": text} for language, text in dict(words).items()]


def _typed(kind: str, value: str) -> dict[str, str]:
    return {"@type": f"xsd:{kind}", "@value": value}
