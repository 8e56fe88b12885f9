"""Places as the citizen's pages call them, in the language of the page."""

from __future__ import annotations

from flask_babel import gettext

from app.reference import geography
from app.reference.gazetteer import CERCLE, REGION, Place

_BAMAKO = "ML20"


def where_it_lies(found: Place) -> str:
    """What tells a place from its namesakes: its cercle and region, or that it is one itself."""
    region = geography.region_name(found.region_code) or ""
    if found.kind == REGION:
        return gettext("city") if found.code == _BAMAKO else gettext("the whole region")
    if found.kind == CERCLE:
        return gettext("the whole cercle, %(region)s region", region=region)
    cercle = geography.cercle_name(found.cercle_code)
    if cercle:
        return gettext("%(cercle)s cercle, %(region)s region", cercle=cercle, region=region)
    return region if found.region_code == _BAMAKO else gettext("%(region)s region", region=region)


def full_name(found: Place) -> str:
    """The place and where it lies, in one line."""
    return f"{found.name} ({where_it_lies(found)})"
