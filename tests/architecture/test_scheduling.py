"""A parallel run of the tests: nothing dear is made twice while there is other work, and nothing long is left alone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.scheduling import RoomByRoom

BROWSER = [f"tests/e2e/browser/test_{name}.py" for name in ("b1", "b2", "b3")]
WORKERS = [f"tests/workers/test_{name}.py" for name in ("w1", "w2")]
PAGES = [f"tests/unit/test_{name}.py" for name in ("u1", "u2", "u3")]


class Process:
    """A process of the run, as the scheduler sees it: it notes the files that it's given."""

    shutting_down = False

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.files: list[str] = []
        self.tests: list[int] = []

    def send_runtest_some(self, tests: list[int]) -> None:
        """Take tests, by their number."""
        self.tests += tests

    def shutdown(self) -> None:
        """Be told that nothing is left."""
        self.shutting_down = True


@pytest.fixture
def run(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> RoomByRoom:
    """A run of two processes over files of four tests each."""
    monkeypatch.setattr(pytestconfig.option, "tx", ["2*popen"], raising=False)
    monkeypatch.setattr(pytestconfig.option, "loadscopereorder", True, raising=False)
    return RoomByRoom(pytestconfig)


def test_each_has_a_room_then_what_is_in_none_and_helps_at_last(run: LoadFileScheduling) -> None:
    tests = [f"{file}::test_{number}" for file in (*PAGES, *WORKERS, *BROWSER) for number in range(4)]
    first, second = Process("first"), Process("second")
    for process in (first, second):
        run.add_node(process)
        run.add_node_collection(process, tests)
    run.schedule()
    for process in (first, second) * len(tests):  # each does one test after another, the second all the time
        if process.tests:
            number = process.tests.pop(0)
            process.files.append(tests[number].split("::")[0])
            run.mark_test_complete(process, number)
    assert list(dict.fromkeys(first.files)) == [*BROWSER, PAGES[1]]
    assert list(dict.fromkeys(second.files)) == [*WORKERS, PAGES[0], PAGES[2]]
    assert sorted(first.files + second.files) == sorted(test.split("::")[0] for test in tests)


def test_nobody_starts_a_second_installation_for_the_browser(run: LoadFileScheduling) -> None:
    tests = [f"{file}::test" for file in BROWSER]
    first, second = Process("first"), Process("second")
    for process in (first, second):
        run.add_node(process)
        run.add_node_collection(process, tests)
    run.schedule()
    assert (first.tests, second.tests, second.shutting_down) == (
        [0, 1],
        [],
        True,
    )  # the third comes when one is done
