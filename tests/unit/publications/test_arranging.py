"""Tables as they may be read: nothing small is shown, tables agree with each other, and so do two editions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.publications import document
from app.publications.periods import Period
from app.publications.tables import PeriodFigures
from workers.publications.arranging import PUBLIC, arrange
from workers.publications.counting import Counts
from workers.publications.snapshots import too_close

PERIOD = Period.parse("2026-Q2")
COUNTS = Counts(
    received={"2026-04": 60, "2026-05": 43, "2026-06": 30},
    verified={"2026-04": 30, "2026-05": 40, "2026-06": 20},
    places={
        ("ML05", "ML0501"): 33,
        ("ML05", "ML0503"): 3,
        ("ML05", ""): 12,
        ("ML07", "ML0701"): 40,
        ("", ""): 2,
    },
    violations={
        ("ML05", "killing"): 40,
        ("ML05", "torture"): 8,
        ("ML07", "killing"): 39,
        ("ML07", "torture"): 3,
    },
    natures={("killing", "violation"): 38, ("killing", "abuse"): 41, ("torture", "violation"): 11},
    authors={"state": 49, "armed_group": 41, "private": 2},
    victims={
        ("female", "minor"): 3,
        ("female", "adult"): 20,
        ("male", "adult"): 30,
        ("unknown", "unknown"): 9,
    },
    referrals={("cndh", "sent"): 12, ("cndh", "done"): 1},
)


@pytest.fixture(scope="module")
def figures() -> PeriodFigures:
    return arrange(COUNTS, PERIOD, 5)


def test_nothing_small_is_shown_and_what_is_shown_is_true(figures: PeriodFigures) -> None:
    shown = [
        figure
        for table in figures.tables.values()
        for line in (*table.cells, table.row_totals, table.column_totals, (table.total,))
        for figure in line
        if figure is not None
    ]
    assert not [figure for figure in shown if 0 < figure < 5]
    assert figures.tables["regions"].figure("ML07") in {40, None}
    assert figures.tables["regions"].total == figures.tables["received"].column_totals[1] == 90
    assert figures.tables["cercles"].figure("ML0503") is None
    assert figures.tables["authors"].figure("private") is None
    assert figures.tables["violations"].total == 90


def test_what_was_received_is_hidden_where_too_few_of_it_are_unverified(figures: PeriodFigures) -> None:
    """43 received beside 40 verified would show three: neither that sum, nor another that gives it back."""
    received = figures.tables["received"]
    assert received.figure("2026-05", "received") is None
    assert [received.figure(month, "received") for month in PERIOD.month_codes].count(None) >= 2
    assert received.figure("2026-05", "verified") == 40


def test_a_document_is_read_back_and_says_nothing_of_what_it_hides(figures: PeriodFigures) -> None:
    """Two papers of one period hide the same; cercles are not for everybody."""
    public = arrange(COUNTS, PERIOD, 5, PUBLIC)
    text = document.write(public, 7)
    assert document.read(text) == public
    assert set(public.tables) == set(PUBLIC)
    assert all(table == figures.tables[code] for code, table in public.tables.items())
    assert document.as_csv(text) == document.as_csv(text, "fr")


def test_a_second_edition_that_differs_by_a_few_is_held_back(figures: PeriodFigures) -> None:
    """Two more cases in a place: who has both editions would see them. Twenty more are nobody in particular."""
    assert not too_close(figures, figures)
    for more, expected in ((2, True), (20, False)):
        grown = replace(
            COUNTS,
            received={**COUNTS.received, "2026-04": 60 + more},
            verified={**COUNTS.verified, "2026-04": 30 + more},
            places={**COUNTS.places, ("ML07", "ML0701"): 40 + more},
        )
        assert too_close(arrange(grown, PERIOD, 5), figures) is expected
