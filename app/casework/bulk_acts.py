"""What can be done to several cases at once."""

from __future__ import annotations

from enum import StrEnum


class BulkAct(StrEnum):
    """Each is what somebody can do to a single case too; a status is named by its own code."""

    TAKE = "take"
    GIVE_BACK = "give_back"
    ASSIGN = "assign"
    NEW = "new"
    START = "in_progress"
    WAIT = "waiting_for_reporter"
    CLOSE = "closed"
    CLOSE_AS_SPAM = "spam"
