"""Public pages go out compressed, whatever stands before this process: on 2G that is half of the waiting.

Compressing what holds a secret beside what a stranger chose can give the secret away by its length (BREACH, 2013). Here
every secret of a page is made anew with each answer, and nothing is sent with a cookie, so there is nothing to compare.
The desk's pages, which have both, are left to be as they are.
"""

from __future__ import annotations

import gzip

from flask import Response, request
from flask.blueprints import BlueprintSetupState

SMALLEST_BYTES = 500
_LEVEL = 6


def init_compression(state: BlueprintSetupState) -> None:
    """Compress what this blueprint answers, after everything else that may still change a page."""
    blueprint = state.blueprint.name

    def compress(response: Response) -> Response:
        return _compressed(response) if request.blueprint == blueprint else response

    state.app.after_request_funcs.setdefault(None, []).insert(0, compress)  # Flask runs the first one last


def _compressed(response: Response) -> Response:
    if response.mimetype != "text/html" or response.is_streamed or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    page = response.get_data()
    if len(page) >= SMALLEST_BYTES and request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(page, _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
