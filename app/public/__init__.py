"""The citizen's side of the web: write a message, come back with its code. No account, cookie or script."""

from app.public import (
    language_routes,
    listening_routes,
    page_routes,
    place_routes,
    proof_routes,
    receipt_routes,
    returning_routes,
    routes,
)

__all__ = [
    "language_routes",
    "listening_routes",
    "page_routes",
    "place_routes",
    "proof_routes",
    "receipt_routes",
    "returning_routes",
    "routes",
]
