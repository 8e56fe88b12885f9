"""What a phone keeps of the site so that the page opens without a network, and when it has to fetch it anew."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from flask import current_app, render_template, url_for
from flask_babel import gettext

from app.current import current_settings
from app.languages import page_language
from app.offline.built import FOLDER, SCRIPTS, SERVICE_WORKER, are_built, path_of
from app.offline.writing import page_fields
from app.security import csp_nonce

ICONS = {"app_icon_192.png": "192x192", "app_icon_512.png": "512x512"}
VERSION_LETTERS = 16


def is_built() -> bool:
    """Whether the scripts are there."""
    return are_built(Path(str(current_app.static_folder)))


def render_page() -> str:
    """The page, in the language of the request."""
    return render_template("public/app.html", is_built=is_built(), **page_fields())


def page_address() -> str:
    """Where the page is, in the language of the request."""
    return url_for("offline.page", lang=page_language())


def render_service_worker() -> str:
    """The service worker, after a line that says what it keeps. Any change of that makes browsers install it anew."""
    kept = {"cache": version(), "page": page_address(), "addresses": addresses()}
    return f"self.kept={json.dumps(kept)};\n{path_of(SERVICE_WORKER).read_text('utf-8')}"


def addresses() -> list[str]:
    """Everything that the page is made of."""
    scripts = [script_address(name) for name in SCRIPTS]
    icons = [url_for("static", filename=name) for name in ICONS]
    return [page_address(), url_for("offline.manifest", lang=page_language()), *scripts, *icons]


def script_address(name: str) -> str:
    """Where a built script is."""
    return url_for("static", filename=f"{FOLDER}/{name}")


def version() -> str:
    """A digest of everything that is kept, in the language of the request. It has the public key in it, too."""
    digest = hashlib.sha256(render_page().replace(csp_nonce(), "").encode())
    for name in (*SCRIPTS, SERVICE_WORKER):
        digest.update(hashlib.sha256(path_of(name).read_bytes()).digest())
    return digest.hexdigest()[:VERSION_LETTERS]


def manifest_text() -> str:
    """What the home screen shows, as JSON: a name that says nothing, and a blank sheet."""
    name = current_settings().appearance.name or gettext("Message")
    icons = [
        {"src": url_for("static", filename=file), "sizes": size, "type": "image/png"}
        for file, size in ICONS.items()
    ]
    described = {
        "id": url_for("offline.page"),
        "name": name,
        "short_name": name,
        "lang": page_language(),
        "start_url": page_address(),
        "scope": url_for("offline.page"),
        "display": "minimal-ui",
        "background_color": "#faf9f6",
        "theme_color": "#faf9f6",
        "icons": icons,
    }
    return json.dumps(described, ensure_ascii=False)
