"""The sheets of a workbook that explain it: its fields, its codes, what was withheld, and whose copy it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.clock import BAMAKO
from app.exports.withheld import reason_in_words
from workers.exports.codebook import labels
from workers.exports.formats.columns import heading
from workers.exports.formats.spreadsheet_words import rule_in_words, step_in_words, words
from workers.exports.formats.workbook import Book
from workers.exports.proof_words import words as proof_words
from workers.exports.release import Field, Risks, Table, Withheld

Line = Sequence[str | int | float]


def write_codebook(book: Book) -> None:
    """A line for each field: what it is, what stands in it, and what was done to it."""
    lines = [_field(book, table, field) for table, field in _fields(book)]
    _write(book, "codebook", lines, (14, 20, 26, 60, 16, 44, 18, 28))


def write_codes(book: Book) -> None:
    """A line for each code that a field may hold, with its labels in both languages."""
    lists = dict.fromkeys(field.vocabulary for _, field in _fields(book) if field.vocabulary)
    lines = [
        (name, code, label, labels(name, "en").get(code, label))
        for name in lists
        for code, label in labels(name, "fr").items()
    ]
    _write(book, "codes", lines, (20, 24, 50, 50))


def write_withheld(book: Book) -> None:
    """A line for each reason for which something did not go out."""
    lines = [_withheld(book, each) for each in book.release.withheld]
    nothing = words("withheld", book.language)["nothing"]
    chosen = {code: text for code, text in words("withheld", book.language).items() if code in _OF_WITHHELD}
    sheet = book.sheet(words("sheets", book.language)["withheld"], list(chosen.values()), (26, 80, 10))
    book.write_lines(sheet, lines or [(nothing, "", 0)])


_OF_WITHHELD = ("field", "reason", "count")


def write_about(book: Book) -> None:
    """Whose copy it is and of what; last, since it says how many texts were cut."""
    name = words("sheets", book.language)["about"]
    sheet = book.sheet(name, (name, book.release.copy.number), (44, 80))
    book.write_lines(sheet, [*_copy(book), *_counts(book), *_risks(book, book.release.risks)])


def _write(book: Book, section: str, lines: Sequence[Line], widths: Sequence[int]) -> None:
    headings = list(words(section, book.language).values())
    book.write_lines(book.sheet(words("sheets", book.language)[section], headings, widths), lines)


def _fields(book: Book) -> Iterator[tuple[Table, Field]]:
    return ((table, field) for table in book.release.tables.values() for field in table.fields)


def _field(book: Book, table: Table, field: Field) -> Line:
    language = book.language
    return (
        table.labels.get(language, table.code),
        field.code,
        heading(field, language),
        field.description.get(language, ""),
        words("kinds", language)[field.kind],
        rule_in_words(field.rule, language),
        field.vocabulary,
        field.hxl,
    )


def _withheld(book: Book, each: Withheld) -> Line:
    names = {field.code: heading(field, book.language) for _, field in _fields(book)}
    whole = words("withheld", book.language)["whole"]
    field = names.get(each.field, each.field) or whole
    return field, reason_in_words(each.reason, book.language), each.count


def _copy(book: Book) -> Sequence[Line]:
    copy, named = book.release.copy, words("about", book.language)
    level = proof_words("levels", book.language)[copy.level]
    made_at = f"{copy.made_at.astimezone(BAMAKO):%Y-%m-%d %H:%M} (Bamako)"
    said = {
        "number": copy.number,
        "recipient": copy.recipient,
        "purpose": copy.purpose,
        "level": level,
        "made_at": made_at,
        "made_by": copy.made_by,
        "software": copy.software,
        "rules": copy.rules,
    }
    return [*((named[code], text) for code, text in said.items()), *copy.filters]


def _counts(book: Book) -> Iterator[Line]:
    named = words("about", book.language)
    for table in book.release.tables.values():
        yield named["rows"].format(table=table.labels.get(book.language, table.code)), table.count
    if book.cuts:
        yield named["cut"], named["cut_why"].format(count=book.cuts)


def _risks(book: Book, risks: Risks | None) -> Iterator[Line]:
    if risks is None:
        return
    named = words("about", book.language)
    yield named["smallest_group"], risks.k
    yield named["least_varied"], risks.l
    yield named["highest_risk"], _percent(risks.highest)
    yield named["mean_risk"], _percent(risks.mean)
    yield named["loss"], _percent(risks.information_loss)
    for field, step in risks.generalised.items():
        yield f"{named['coarser']} : {field}", step_in_words(step, book.language)


def _percent(share: float) -> str:
    return f"{share:.1%}"
