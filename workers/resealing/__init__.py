"""Sealing a report to a key of its own once it has settled: from then on the workers can't open it by themselves."""

from app.casework.handing_over import take_unfounded_keys
from app.database import transaction
from app.safe.resealing import owe_backlog
from workers.resealing.journal import empty_journal
from workers.resealing.running import reseal_report

__all__ = ["reseal_report", "tidy_up"]


def tidy_up() -> None:
    """Owe it for reports from before the desk had a key, some at a time; take back the keys that no referral gives
    any more; and empty what the database keeps of how things were sealed before.
    """
    with transaction() as session:
        owe_backlog(session)
        take_unfounded_keys(session)
    empty_journal()
