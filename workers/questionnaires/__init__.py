"""XLSForm files made into questionnaires."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.processing import Keys


def read_file(keys: Keys, file_id: uuid.UUID) -> None:
    """Read one file that an administrator sent: it becomes a draft, or a list of problems. Once read, it stays so."""
    # Imported here: the process that parses files loads this package too, and needs neither database nor keys.
    from workers.questionnaires.files import read_file as read

    read(keys, file_id)
