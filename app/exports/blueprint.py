"""The blueprint that the pages of exports share."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.casework.complaints import status_of
from app.casework.errors import CaseworkError

blueprint = Blueprint("exports", __name__, url_prefix="/desk/exports")


@blueprint.errorhandler(CaseworkError)
def refuse(error: CaseworkError) -> ResponseReturnValue:
    """What no form of these pages can mend."""
    return render_template("error.html", status=status_of(error)), status_of(error)
