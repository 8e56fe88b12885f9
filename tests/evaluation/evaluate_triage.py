"""Measures triage: `python -m tests.evaluation.evaluate_triage [SET …] [--misses] [--plots FOLDER]`.

Sets: `tuning` and `held` (written beside the vocabulary; only a guard now), `development` (may be looked at),
`third_tuned` and `third_checked` (the two halves of the third round, if asked for), `mended_three` (of the third set),
and those of `reading.UNREAD` (never shown, and only run to report). Prints JSON lines: each set, then its languages and
styles. After each share of a whole set stand the bounds of its 95 % bootstrap interval. Then a plot of its calibration,
with `--plots FOLDER` as SVG too.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from tests.evaluation.calibration import PLOTS, Tenth, by_tenth, plot, write_picture
from tests.evaluation.reading import UNREAD
from tests.evaluation.triage_messages import Judged, judged

_RESAMPLES, _SEED = 400, 5
_SETS = ("tuning", "held", "development")
_ROUNDS = ("third_tuned", "third_checked", "mended_three")
_SHARES: Mapping[str, Callable[[Judged], bool | None]] = {
    "main_code": lambda message: message.has_main,
    "main_code_given": lambda message: message.expected["codes"][0] in message.codes,
    "region": lambda message: message.is_right("region"),
    "cercle": lambda message: message.is_right("cercle"),
    "place_invented": lambda message: message.has_invented_place,
    "urgency_exact": lambda message: message.urgency_error == 0,
    "urgency_within_one": lambda message: abs(message.urgency_error) <= 1,
    "urgency_too_low": lambda message: message.urgency_error < 0,
    "occurred_near": lambda message: message.has_day,
    "occurred_first_day": lambda message: message.has_first_day,
    "language": lambda message: _said(message) == message.expected["language"],
}


def _said(message: Judged) -> str:
    """The language as the messages are labelled: `mixed` where more than one is said to carry it."""
    return "mixed" if message.given["mixed"] else str(message.given["language"])


def main_f1(messages: Sequence[Judged]) -> dict[str, float]:
    """F1 of the main code by code expected; any code expected is accepted for the main one."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for message in messages:
        main = message.codes[0]
        label = main if message.has_main else message.expected["codes"][0]
        right[label] += message.has_main
        wrong[main] += not message.has_main
        missed[label] += not message.has_main
    return _f1(right, wrong, missed)


def every_f1(messages: Sequence[Judged]) -> dict[str, float]:
    """F1 of all codes given against all codes expected, by code expected."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for message in messages:
        given, expected = set(message.codes), set(message.expected["codes"])
        right.update(given & expected)
        wrong.update(given - expected)
        missed.update(expected - given)
    return _f1(right, wrong, missed)


def _f1(right: Counter[str], wrong: Counter[str], missed: Counter[str]) -> dict[str, float]:
    codes = sorted({*right, *missed})
    return {
        code: 2 * right[code] / (2 * right[code] + wrong[code] + missed[code])
        for code in codes
        if right[code] + missed[code]
    }


def mean(scores: Mapping[str, float]) -> float:
    """The mean of the codes' scores: macro-F1."""
    return sum(scores.values()) / len(scores) if scores else 0.0


def share(messages: Iterable[Judged], question: Callable[[Judged], bool | None]) -> float | None:
    """How many of the messages to which a question applies answer it with yes."""
    answers = [answer for message in messages if (answer := question(message)) is not None]
    return sum(answers) / len(answers) if answers else None


def figures(messages: Sequence[Judged]) -> dict[str, Any]:
    """The figures by which triage is judged."""
    shares = {name: share(messages, question) for name, question in _SHARES.items()}
    scores = {"macro_f1_main": mean(main_f1(messages)), "macro_f1_every": mean(every_f1(messages))}
    rounded = {name: round(value, 3) for name, value in (shares | scores).items() if value is not None}
    return {"messages": len(messages), **rounded}


def intervals(messages: Sequence[Judged]) -> dict[str, list[float]]:
    """The 95 % bootstrap interval of each figure."""
    chance = random.Random(_SEED)
    drawn: dict[str, list[float]] = {}
    for _ in range(_RESAMPLES):
        for name, value in figures(chance.choices(messages, k=len(messages))).items():
            drawn.setdefault(name, []).append(value)
    del drawn["messages"]
    return {name: _bounds(sorted(values)) for name, values in drawn.items()}


def _bounds(ordered: Sequence[float]) -> list[float]:
    return [ordered[int(0.025 * len(ordered))], ordered[int(0.975 * (len(ordered) - 1))]]


def _with_bounds(messages: Sequence[Judged]) -> dict[str, Any]:
    bounds = intervals(messages)
    return {
        name: [value, *bounds[name]] if name in bounds else value for name, value in figures(messages).items()
    }


def _grouped(messages: Iterable[Judged], by: str) -> dict[str, list[Judged]]:
    groups: dict[str, list[Judged]] = {}
    for message in messages:
        groups.setdefault(str(message.expected.get(by)), []).append(message)
    return dict(sorted(groups.items()))


def _is_missed(message: Judged) -> bool:
    wrong = (message.is_right("region"), message.is_right("cercle"), message.has_day)
    return not message.has_main or message.urgency_error != 0 or False in wrong


def _miss(message: Judged) -> str:
    expected, place = message.expected, message.given["place"] or {}
    return (
        f"{expected['id']} {expected['text']}\n    codes {expected['codes']} <- {message.codes}; "
        f"urgency {expected['urgency']} <- {message.given['urgency']}; "
        f"place {expected.get('region')}/{expected.get('cercle')} <- {place.get('region')}/{place.get('cercle')}; "
        f"occurred {expected.get('occurred')} <- {message.given['occurred']}"
    )


def calibration(messages: Sequence[Judged]) -> list[Tenth]:
    """The confidence of the main code beside whether it was one of those expected, by tenths."""
    sure = [float(message.given["violations"][0]["confidence"]) for message in messages]
    return by_tenth(sure, [message.has_main for message in messages])


def _report(name: str, messages: Sequence[Judged], plots: Path | None) -> None:
    click.echo(json.dumps({"set": name, **_with_bounds(messages)}, ensure_ascii=False))
    scores = {code: round(score, 2) for code, score in main_f1(messages).items()}
    click.echo(json.dumps({"set": name, "f1_main_by_code": scores}))
    for by in ("language", "style"):
        for group, chosen in _grouped(messages, by).items():
            click.echo(json.dumps({"set": name, f"by_{by}": group, **figures(chosen)}, ensure_ascii=False))
    tenths, title = calibration(messages), f"confidence of the main code, {name}"
    click.echo("\n".join(plot(title, tenths)))
    write_picture(plots, f"triage-{name}", title, tenths)


@click.command()
@click.argument("sets", nargs=-1, type=click.Choice([*_SETS, *_ROUNDS, *sorted(UNREAD)]))
@click.option("--misses", is_flag=True, help="Show what went wrong; refused for the held-out sets.")
@click.option("--plots", type=PLOTS, help="A folder for the calibration plots as SVG.")
def main(sets: tuple[str, ...], *, misses: bool, plots: Path | None) -> None:
    """Print the figures of each set as JSON lines, and how far its confidence can be trusted."""
    if misses and UNREAD.intersection(sets):
        raise click.UsageError("Held-out messages are only counted, never shown.")
    for name in sets or _SETS:
        messages = list(judged(name))
        if messages:
            _report(name, messages, plots)
        if misses:
            for message in filter(_is_missed, messages):
                click.echo(_miss(message))


if __name__ == "__main__":
    main(prog_name=f"python -m tests.evaluation.{Path(__file__).stem}")
