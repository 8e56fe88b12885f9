"""Which process of a parallel run gets which file of tests: `pytest -n 3 --dist loadfile`.

What xdist does by itself, the files with most tests first, leaves the browser's to the end, where one process works on
the last of them and the others wait; and it has each process start the installation that they share, and load the
language model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

# Files that share something dear, which a process makes once; and those that take long though they have few tests.
# Who has them starts with them; the first room that fits counts.
ROOMS = {
    "browser": ("tests/e2e/browser/",),  # an installation with the demonstration, and Chromium
    "language": ("tests/workers/",),  # the language model
    "long": (
        "tests/e2e/",
        "tests/storm/",
        "tests/integration/demonstration/",
        "tests/integration/files/test_long_",
    ),
}
NO_ROOM = ""
ONE_AT_A_TIME = {"browser"}  # a second installation takes longer to start than it helps


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Ours in place of xdist's, where files are what is shared out."""
    return RoomByRoom(config, log) if config.getoption("dist") == "loadfile" else None


class RoomByRoom(LoadFileScheduling):
    """Each process begins with a room of its own; who is done goes where nobody is, and only at last helps others."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        self.rooms: dict[WorkerController, set[str]] = {}

    def remove_node(self, node: WorkerController) -> str | None:
        """Forget a process that has ended, so that another may take its room when it crashed."""
        self.rooms.pop(node, None)
        crashed: str | None = super().remove_node(node)
        return crashed

    def _assign_work_unit(self, node: WorkerController) -> None:
        waiting = first_files(self.workqueue)
        room = next((room for room in self._of_interest(node) if room in waiting), None)
        if room is None:
            node.shutdown()  # once it has done what it has
            return
        self.rooms.setdefault(node, set()).add(room)
        self.workqueue.move_to_end(waiting[room], last=False)
        super()._assign_work_unit(node)

    def _of_interest(self, node: WorkerController) -> Iterator[str]:
        """Rooms in the order in which a process would work in them: its own, nobody's, no room, other people's."""
        own = self.rooms.get(node, set())
        taken = set().union(*self.rooms.values())
        yield from (room for room in ROOMS if room in own)
        yield from (room for room in ROOMS if room not in taken)
        yield NO_ROOM
        yield from (room for room in ROOMS if room not in ONE_AT_A_TIME)


def first_files(queue: Iterable[str]) -> dict[str, str]:
    """The first file of each room that has any left."""
    found: dict[str, str] = {}
    for file in queue:
        found.setdefault(room_of(file), file)
    return found


def room_of(file: str) -> str:
    """The room that a file of tests is in."""
    return next((room for room, beginnings in ROOMS.items() if file.startswith(beginnings)), NO_ROOM)
