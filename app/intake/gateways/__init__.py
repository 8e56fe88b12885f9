"""SMS providers: one file each, both ways. A module here that defines `PROVIDER` is known from then on."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from app.intake.gateways.protocol import Provider


@cache
def providers() -> Mapping[str, Provider]:
    """Every provider by its name, in alphabetical order."""
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    found = (module.PROVIDER for module in modules if hasattr(module, "PROVIDER"))
    return {provider.name: provider for provider in sorted(found, key=lambda provider: str(provider.name))}
