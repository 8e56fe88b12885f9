"""What the page without a network asks, and what it needs to lock the answer."""

from __future__ import annotations

import base64
from typing import Any

from flask import url_for

from app.current import current_settings
from app.intake.consent import SHAREABLE_WITH
from app.languages import page_language
from app.public.consent_step import kind_explanations, kind_names
from app.reference.geography import Region, regions


def page_fields() -> dict[str, Any]:
    """What the template needs. The public key is as trustworthy as the connection that the page came over."""
    names, explanations = kind_names(), kind_explanations()
    return {
        "public_key": base64.b64encode(current_settings().intake_public_key).decode(),
        "worker": url_for("offline.service_worker", lang=page_language()),
        "scope": url_for("offline.page"),
        "kinds": [(str(kind), names[kind], explanations[kind]) for kind in SHAREABLE_WITH],
        "regions": [(region.code, _name(region)) for region in regions()],
    }


def _name(region: Region) -> str:
    """In the language of the page where it has a name in it."""
    return (page_language() == "bm" and region.bambara_name) or region.name
