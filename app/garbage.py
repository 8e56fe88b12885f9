"""Python's garbage collector, kept away from what never becomes garbage."""

from __future__ import annotations

import gc


def spare_what_is_loaded() -> None:
    """Never look at anything again that was there when this was called: code, models, settings.

    Else the collector goes through all of it every dozen pages of the desk, for a tenth to a fifth of a second in
    which nobody is answered. For processes that serve, once they have loaded everything.
    """
    gc.collect()
    gc.freeze()
