"""The text of a periodic report: figures in the right words, and nothing that reaches beyond them."""

from __future__ import annotations

from datetime import date

import pytest

from app.publications.periods import Period
from app.publications.rules import is_due, latest_due, rules
from app.publications.tables import FigureTable, PeriodFigures, one_dimension
from app.publications.telling import Count, told
from app.publications.template_text import Block, TemplateProblem, blocks
from app.publications.templates import original, preview

TODAY = date(2026, 11, 22)


def figures(period: str, received: int | None, verified: int | None) -> PeriodFigures:
    """A period of which little is known."""
    month = Period.parse(period).month_codes[0]
    tables = (
        FigureTable("received", "cases", "month", (month,), ((received, verified),), "status",
                    ("received", "verified"), column_totals=(received, verified), has_total=False),
        *(one_dimension(code, "cases", "region", {"ML05": 7, "ML08": None, "": 3}, 10)
          for code in ("regions", "violations", "victims", "referrals")),
    )  # fmt: skip
    return PeriodFigures(period, 5, {table.code: table for table in tables})


def said(source: str, now: int | None = 1250, before: int | None = 1000, language: str = "fr") -> str:
    """A text with figures in it, in one line."""
    names = told(figures("2026-Q3", now, now), figures("2026-Q2", before, before), language, TODAY)
    return " ".join(block.text for block in blocks(source, names, language))


def test_counts_are_said_in_the_right_words() -> None:
    """One, several, nobody, and what isn't shown; the change; French spaces and days."""
    cases = '{{ say(received, "cas reçu", "cas reçus", "aucun cas reçu") }} {{ compared(received) }}'
    assert (
        said(cases) == "1\u202f250\u00a0cas reçus (1\u202f000 pendant la période précédente, soit +25\u202f%)"
    )
    assert said(cases, 1, 0) == "1\u00a0cas reçu (0 pendant la période précédente)"
    assert said(cases, 0, 10).startswith("aucun cas reçu (10 pendant")
    assert said(cases, 0, 10).endswith("soit −100\u202f%)")
    assert said(cases, None).startswith("un nombre non montré de cas reçus (sans comparaison")
    assert said("{{ leading('regions', 2) }}") == "Mopti (7)", "neither what is hidden nor what nobody knows"
    assert said("Du {{ first_day }} : « {{ period }} » ?") == (
        "Du 1er juillet 2026\u00a0: «\u202ftroisième trimestre 2026\u202f»\u202f?"
    )
    assert said("{{ period }}, {{ first_day }}", language="en") == "third quarter of 2026, 1 July 2026"


def test_plain_lines_become_headings_lists_tables_and_pictures() -> None:
    """What the page of the text promises."""
    source = "# One\nwords\ngo on\n\n- a\n- b\n@table regions\n@chart map\n@page"
    assert blocks(source, {}, "en") == [
        Block("heading", "One", 1),
        Block("paragraph", "words go on"),
        Block("bullets", items=("a", "b")),
        Block("table", "regions"),
        Block("chart", "map"),
        Block("page"),
    ]


@pytest.mark.parametrize(
    ("source", "code", "line", "name"),
    [
        ("one\n{{ nobody }}", "report_text_unknown", 2, "nobody"),
        ("{{ received.nothing }}", "report_text_unknown", 1, "nothing"),
        ("one\n\n{% if %}", "report_text_syntax", 3, ""),
        ("@table secrets", "report_text_directive", 0, "@table secrets"),
        ("one\n{{ 'a' * 10000000 }}", "report_text_refused", 2, ""),
        ("{{ 'a'.center(3000000000) }}", "report_text_refused", 1, ""),
        ("{{ 'a'|center(3000000000) }}", "report_text_refused", 1, ""),
        ("{{ '%3000000000d'|format(1) }}", "report_text_refused", 1, ""),
        ("{% set a = period %}", "report_text_refused", 1, ""),
        ("{{ [period, period] }}", "report_text_refused", 1, ""),
        ("{{ received.__class__.__mro__ }}", "report_text_refused", 0, ""),
        ("{% for a in period %}{% for b in period %}x{% endfor %}{% endfor %}", "report_text_refused", 1, ""),
        ("{{ range(9) }}", "report_text_unknown", 1, "range"),
        ("{{ figure('nothing', 'ML05') }}", "report_text_refused", 1, ""),
        ("{{ say(received) }}", "report_text_refused", 1, ""),
    ],
)
def test_what_cannot_be_done_is_told_with_its_line(source: str, code: str, line: int, name: str) -> None:
    """An unknown figure, a slip of the pen, and every way out of the sandbox that we know."""
    with pytest.raises(TemplateProblem) as problem:
        said(source)
    assert (problem.value.code, problem.value.line, problem.value.name) == (code, line, name)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_text_that_comes_with_the_software_can_be_filled_in(language: str) -> None:
    """With the invented figures of the preview; what people are to write is left to them."""
    made = preview(original(language), language, TODAY)
    assert sum(block.kind == "table" for block in made) >= 8
    assert any("[À écrire" in block.text or "[To be written" in block.text for block in made)
    assert not any("None" in block.text for block in made)


def test_periods_follow_each_other_and_wait_their_time() -> None:
    """Quarters, years and months, and when each may be public."""
    quarter = Period.parse("2026-Q1")
    assert (quarter.first, quarter.last, quarter.before.code) == (
        date(2026, 1, 1),
        date(2026, 3, 31),
        "2025-Q4",
    )
    assert Period.parse("2026").overlaps(quarter)
    assert not Period.parse("2025").overlaps(quarter)
    assert {Period.parse(code).code for code in ("2026", "2026-Q4", "2026-12")} == {
        "2026",
        "2026-Q4",
        "2026-12",
    }
    for wrong in ("2026-Q5", "2026-13", "26", "2026-Q1 "):
        with pytest.raises(ValueError, match="not a period"):
            Period.parse(wrong)
    last_day_too_early = quarter.last + rules().delay
    assert not is_due(quarter, last_day_too_early)
    assert latest_due(last_day_too_early).code == "2025-Q4"
    assert str(Count(None)) == "·"
