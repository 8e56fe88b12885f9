"""The four levels of disclosure at which cases leave the house, the most open first."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """Who a file is made for. What each field becomes is in fields.toml, how few may share a row in levels.toml."""

    PUBLIC = "public"
    PARTNER = "partner"
    CNDH = "cndh"
    JUDICIAL = "judicial"
