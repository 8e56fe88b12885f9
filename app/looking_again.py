"""Pages that load themselves again while a worker is at it: without script, and in one place."""

from __future__ import annotations

from flask import Response

LOOK_AGAIN_SECONDS = 3


def looked_at_again(answer: Response, *, after: int = LOOK_AGAIN_SECONDS, when: bool = True) -> Response:
    """The same answer, which the browser asks for again after so many seconds `when` there is something to wait for."""
    if when:
        answer.headers["Refresh"] = str(after)
    return answer
