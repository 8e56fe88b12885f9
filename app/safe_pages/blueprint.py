"""The blueprint that the pages of the safe share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("safe", __name__, url_prefix="/desk/safe")
