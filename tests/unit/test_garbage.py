"""The collector of garbage is kept away from what is loaded, also after work that wants it seldom."""

from __future__ import annotations

import gc

from app.garbage import collecting_seldom, spare_what_is_loaded


def test_what_a_process_spared_for_good_stays_spared_after_work_that_collects_seldom() -> None:
    usual = gc.get_threshold()
    try:
        spare_what_is_loaded()
        spared = gc.get_freeze_count()
        with collecting_seldom():
            assert gc.get_threshold() > usual
        assert gc.get_threshold() == usual
        assert gc.get_freeze_count() > spared / 2
    finally:
        gc.unfreeze()
