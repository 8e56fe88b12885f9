"""The blueprint of signing in and of one's own account; the modules beside it put their pages on it."""

from __future__ import annotations

from flask import Blueprint

from app.accounts.desk_pages import init_desk_pages

blueprint = Blueprint("accounts", __name__, url_prefix="/desk")
init_desk_pages(blueprint)
