"""Python's garbage collector, kept away from what never becomes garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = 100_000  # new objects between two looks at the youngest; a batch of rows is some ten thousand


def spare_what_is_loaded() -> None:
    """Never look at anything again that was there when this was called: code, models, settings.

    Else the collector goes through all of it every dozen pages of the desk, for a tenth to a fifth of a second in
    which nobody is answered. For processes that serve, once they have loaded everything.
    """
    gc.collect()
    gc.freeze()


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """For work that makes millions of small things which are gone at once: look for garbage seldom, and not among
    what was there before. It saves a quarter of the processor's time. What a process spared for good stays spared.
    """
    usual, has_spared = gc.get_threshold(), gc.get_freeze_count() > 0
    spare_what_is_loaded()
    gc.set_threshold(_SELDOM, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
        if has_spared:
            spare_what_is_loaded()
