"""Headers on every answer, and the check that a form comes from our own pages."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'self'"
)
# The same for everybody, and never about anybody.
_KEEPABLE = frozenset(
    {
        "static",
        "voice.prompt",
        "publications.data",
        "publications.catalogue_of_data",
        "publications.chart",
    }
)
_FRAMEABLE = frozenset({"publications.embed"})  # other sites may show it: its own policy says so
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def csp_nonce() -> str:
    """This answer's nonce for inline styles and scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def is_from_another_site() -> bool:
    """Whether the browser says that another site caused this request (Fetch Metadata, else Origin).

    `Origin: null` is what our own no-referrer pages send where Fetch Metadata is missing, so it says nothing.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin not in {None, "null"} and str(origin).split("://", 1)[-1] != request.host


def allow_device(device: str) -> None:
    """Let the page that is being made ask for the `microphone`, or where the phone is: `geolocation`."""
    if "allowed_devices" not in g:
        g.allowed_devices = set()
    g.allowed_devices.add(device)


def init_security(app: Flask, *, is_https: bool) -> None:
    """Put the headers on every answer."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=csp_nonce()))
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        for device in g.get("allowed_devices", ()):
            policy = response.headers["Permissions-Policy"]
            response.headers["Permissions-Policy"] = policy.replace(f"{device}=()", f"{device}=(self)")
        if request.endpoint in _FRAMEABLE:
            del response.headers["X-Frame-Options"]
        if request.endpoint not in _KEEPABLE:
            response.headers["Cache-Control"] = "no-store"
        if is_https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response
