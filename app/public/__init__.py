"""The citizen's side of the web: write a message, come back with its code. No account, cookie or script."""

from app.public import receipt_routes, routes

__all__ = ["receipt_routes", "routes"]
