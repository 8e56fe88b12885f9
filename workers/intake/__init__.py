"""Taking arrivals in: what a webhook stored becomes reports, additions to them, and answered commands."""

from workers.intake.taking_in import take_in

__all__ = ["take_in"]
