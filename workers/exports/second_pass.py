"""The second anonymisation of an account, at the stricter threshold: what the first left readable for a person to look
at is hidden too. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version

from app.plain_text import plain
from workers.anonymise import anonymise
from workers.anonymise.token_words import TOKEN
from workers.contracts import Anonymised, Span
from workers.pipeline import NO_NAMES, AcceptedNames

ENGINE = f"{version('seere')}+1"  # raised by hand when this pass itself changes
HIDDEN = "[…]"
_MOST_PASSES = 4  # hiding a word can make its neighbour stand out


@dataclass(frozen=True, slots=True)
class Ready:
    """A text to go out, the chance (0 to 1) that something identifying is left, and where a person should look."""

    text: str
    residual_risk: float
    doubts: tuple[tuple[Span, str], ...]


SecondPass = Callable[[str, str | None, AcceptedNames], Ready]  # as `second_pass`, wherever it is done


def second_pass(text: str, language: str | None = None, words: AcceptedNames = NO_NAMES) -> Ready:
    """What may go out of an anonymised account."""
    current = plain(text)
    for _ in range(_MOST_PASSES):
        read = _read(current, language, words)
        stricter = _hidden(current, read)
        if stricter == current:
            break
        current = stricter
    else:
        read = _read(current, language, words)
    doubts = tuple(doubt for doubt in read.review if read.text == current)
    return Ready(current, read.residual_risk, doubts)


def _read(text: str, language: str | None, words: AcceptedNames) -> Anonymised:
    return anonymise(text, language, names=words.names, not_names=words.not_names)


def _hidden(text: str, read: Anonymised) -> str:
    """The text with tokens for what is masked now, and nothing of what is in doubt. Tokens that stand stay whole."""
    spans = _grown([*_doubtful(text, read), *((entity.start, entity.end) for entity in read.entities)])
    written = {(entity.start, entity.end): entity.token for entity in read.entities}
    pieces, last = [], 0
    for start, end in spans:
        pieces += [text[last:start], written.get((start, end), HIDDEN)]
        last = end
    return "".join(pieces) + text[last:]


def _doubtful(text: str, read: Anonymised) -> list[tuple[int, int]]:
    """What is to be looked at, grown to the whole of each token and mark that it touches."""
    spans = [(span.start, span.end) for span, _ in read.review if HIDDEN not in text[span.start : span.end]]
    tokens = [match.span() for match in TOKEN.finditer(text)]
    touched = [each for each in tokens if any(each[0] < end and start < each[1] for start, end in spans)]
    return [*spans, *touched]


def _grown(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, and joined where they overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined
