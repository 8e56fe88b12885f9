"""The bundles that scripts/build_assets.py makes: whether they are there, and handing them over compressed."""

from __future__ import annotations

from pathlib import Path

from flask import Response, current_app, request, send_from_directory

FOLDER = "built"
SCRIPTS = ("offline.js", "sealing.mjs")  # of the page that a phone keeps
SERVICE_WORKER = "service_worker.js"
HOW_TO_BUILD = (
    "What runs in browsers isn't built: every page works, but nothing can be written without a network, and files "
    "that are cut off can't be resumed. To build it: make assets"
)


def path_of(name: str) -> Path:
    """Where a bundle is on the disk."""
    return Path(str(current_app.static_folder)) / FOLDER / name


def are_built(static_folder: Path) -> bool:
    """Whether all that the page without a network is made of is there."""
    return all((static_folder / FOLDER / name).is_file() for name in (*SCRIPTS, SERVICE_WORKER))


def send_compressed() -> Response | None:
    """Before a request: a bundle as it was compressed when it was built, to whom can read that. libsodium is 430 kB."""
    name = str((request.view_args or {}).get("filename", ""))
    if request.endpoint != "static" or not name.startswith(f"{FOLDER}/"):
        return None
    if not request.accept_encodings["gzip"] or not Path(f"{current_app.static_folder}/{name}.gz").is_file():
        return None
    response = send_from_directory(str(current_app.static_folder), f"{name}.gz", mimetype="text/javascript")
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response
