"""Leaving in a hurry: a harmless page, and nothing of ours left in the browser."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from app.public.appearance import appearance

# https://www.w3.org/TR/clear-site-data/: pages kept for "back", cookies, and what script stored, an installed app too.
EVERYTHING = '"cache", "cookies", "storage"'


def add_leaving(blueprint: Blueprint) -> None:
    """Serve /leave, where the links and scripts of every page lead."""
    blueprint.add_url_rule("/leave", "leave", leave)


def leave() -> ResponseReturnValue:
    """Have the browser forget us, and go on to the harmless page."""
    answer = redirect(appearance().leave_address, HTTPStatus.SEE_OTHER)
    answer.headers["Clear-Site-Data"] = EVERYTHING
    return answer
