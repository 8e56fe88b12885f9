"""How much of a processor both engines take for a message, models loaded, beside Presidio where it is installed.

The texts are those that the second voice learns from: short, in the ways people write, and shipped with the project.
No text is read twice, nor one that was read while the engines were loaded: the first reading is what counts.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

from app.clock import utcnow

_TOGETHER = 64
_KINDS = ("PERSON", "PHONE_NUMBER", "EMAIL_ADDRESS", "URL", "IBAN_CODE", "CREDIT_CARD")
_ONE_THREAD = ("OMP_NUM_THREADS", "BLIS_NUM_THREADS")  # OpenBLAS has one anyway (workers/__init__.py)


def measure(count: int, *, beside_presidio: bool) -> dict[str, Any]:
    """Milliseconds of processor time a message, one by one and in batches, and the peak memory in MB.

    `count` texts each way. Raises ImportError where Presidio is asked for and not installed.
    """
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")  # before numpy is loaded: it is one core that is measured
    from workers.engines import first_texts, load_engines

    load_engines()
    singly, together = _texts(count, set(first_texts()))
    figures = {
        "bench": "engines",
        "count": count,
        "characters": round(sum(map(len, singly)) / len(singly), 1),
        "anonymise_and_triage_ms": _milliseconds(_read_singly, singly),
        "in_batches_ms": _milliseconds(_read_together, together),
        "batch": _TOGETHER,
        "peak_memory_mb": _peak_memory(),
    }
    return figures | (_beside(first_texts(), singly, figures) if beside_presidio else {})


def _texts(count: int, read_before: Collection[str]) -> tuple[list[str], list[str]]:
    """Two sets of `count` texts, spread over all that there are, no text twice."""
    from workers.triage.training import own_examples

    every = [each.text for each in own_examples() if each.text not in read_before]
    every = list(dict.fromkeys(every))
    wanted = min(2 * count, len(every))
    chosen = [every[at * len(every) // wanted] for at in range(wanted)]
    return chosen[0::2], chosen[1::2]


def _read_singly(texts: Sequence[str]) -> None:
    from workers.anonymise import anonymise
    from workers.triage import triage
    from workers.triage.language import spoken
    from workers.triage.reading import read

    received_at = utcnow()
    for text in texts:
        reading = read(text)
        heard = spoken(reading)  # once for both, as in the pipeline
        anonymise(text, heard.language)
        triage(reading, received_at=received_at, spoken=heard)


def _read_together(texts: Sequence[str]) -> None:
    from workers.anonymise import anonymise_all
    from workers.triage import triage
    from workers.triage.language import spoken
    from workers.triage.reading import read

    received_at = utcnow()
    for at in range(0, len(texts), _TOGETHER):
        some = texts[at : at + _TOGETHER]
        readings = [read(text) for text in some]
        heard = [spoken(each) for each in readings]
        anonymise_all(some, [each.language for each in heard])
        for reading, told in zip(readings, heard, strict=True):
            triage(reading, received_at=received_at, spoken=told)


def _beside(read_before: Sequence[str], texts: Sequence[str], figures: dict[str, Any]) -> dict[str, Any]:
    from workers.benchmarks.presidio import load_presidio

    analyze = load_presidio(_KINDS)

    def read(listed: Sequence[str]) -> None:
        for text in listed:
            analyze(text)

    read(read_before)
    took = _milliseconds(read, texts)
    ways = {"ratio": "anonymise_and_triage_ms", "ratio_in_batches": "in_batches_ms"}
    return {"presidio_ms": took, **{ratio: round(took / figures[way], 1) for ratio, way in ways.items()}}


def _milliseconds(read: Callable[[Sequence[str]], None], texts: Sequence[str]) -> float:
    """Processor time for each text; other processes' work doesn't count."""
    started = time.process_time()
    read(texts)
    return round((time.process_time() - started) / len(texts) * 1000, 2)


def _peak_memory() -> int:
    """Of this process so far; the system counts it in kB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10))
