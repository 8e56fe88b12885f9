"""XLSForms: what becomes of each row, and in which words an administrator is told what can't be used."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from app.questionnaires import reading
from app.questionnaires.definition import Kind, Meaning
from app.questionnaires.example import workbook
from app.questionnaires.reading import load
from app.questionnaires.service import shipped
from app.questionnaires.wording import PROBLEMS
from tests.workers.questionnaires.workbooks import xlsform
from workers.questionnaires import files, languages, mapping, unsupported
from workers.questionnaires import workbook as checks
from workers.questionnaires import xlsform as reader
from workers.questionnaires.languages import code_of
from workers.questionnaires.xlsform import Reading, read


def problems(found: Reading) -> list[tuple[str, int | None, str]]:
    return [(problem.code, problem.row, problem.column) for problem in found.problems if not problem.is_note]


def notes(found: Reading) -> list[str]:
    return [problem.code for problem in found.problems if problem.is_note]


def test_the_questions_that_ship_survive_the_way_through_a_spreadsheet() -> None:
    found = read(workbook(shipped().definition))
    assert found.problems == []
    assert found.document is not None
    assert load(found.document) == shipped().definition


def test_each_kind_of_question_and_what_depends_on_what() -> None:
    found = read(
        xlsform(
            ("begin group", "first", "Le début", "The beginning", "", ""),
            ("select_one yn", "hurt", "Des blessés ?", "Anybody hurt?"),
            ("begin group", "inner", "", "", "${hurt} = 'yes'"),
            ("integer", "number", "Combien ?", "How many?", "${hurt} != ''", ". >= 1 and . < 100"),
            ("end group",),
            ("end group",),
            ("select_multiple yn", "both", "Et encore ?", "What else?"),
            ("text", "words", "Dites-le", ""),
            ("date", "day", "Quel jour ?", "Which day?"),
            ("note", "end", "Merci, c'est tout", ""),
        )
    )
    assert found.document is not None, found.problems
    definition = load(found.document)
    assert [question.kind for question in definition.questions] == [
        Kind.ONE,
        Kind.NUMBER,
        Kind.MANY,
        Kind.TEXT,
        Kind.DATE,
        Kind.NOTE,
    ]
    number = definition.question("number")
    assert number is not None
    assert (number.minimum, number.maximum) == (1, 99)
    assert number.relevant == "(${hurt} = 'yes') and (${hurt} != '')"
    assert [str(section.label) for section in definition.sections[:2]] == ["Le début", "Le début"]
    assert str(definition.question("end").label) == "Merci, c’est tout"  # type: ignore[union-attr]
    assert definition.languages == ("fr", "en")


def test_what_a_column_says_it_means_is_kept() -> None:
    headings = ("type", "name", "label", "meaning")
    found = read(xlsform(("integer", "dead", "Morts ?", "killed"), headings=headings))
    assert found.document is not None
    assert next(load(found.document).questions).meaning is Meaning.KILLED


def test_what_makes_no_difference_is_left_out_and_told_once() -> None:
    headings = ("type", "name", "label", "required", "appearance")
    found = read(
        xlsform(
            ("deviceid", "phone", "", "", ""),
            ("text", "a", "A", "yes", "multiline"),
            ("text", "b", "B", "yes", ""),
            headings=headings,
        )
    )
    assert found.document is not None
    assert [question.name for question in load(found.document).questions] == ["a", "b"]
    assert sorted(notes(found)) == ["look_left_out", "never_required", "not_collected"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("geopoint", "gps", "Où ?", "")], ("unsupported_type", 2, "type")),
        ([("image", "photo", "Photo ?", "")], ("unsupported_type", 2, "type")),
        ([("begin repeat", "each", "", ""), ("text", "a", "A", ""), ("end repeat",)], ("unsupported_type", 2, "type")),
        ([("text", "a", "A", ""), ("select_one yn or_other", "b", "B", "B")], ("or_other", 3, "type")),
        ([("text", "a", "A", "", "", "regex(., 'x')")], ("constraint", 2, "constraint")),
        ([("integer", "a", "A", "", "", ". > 1.5")], ("constraint", 2, "constraint")),
        ([("integer", "a", "A", "", "", ". > ${b}")], ("xlsform", 2, "")),
        ([("text", "a", "A", "", "${z} = '1'")], ("xlsform", None, "")),
        ([("text", "a", "A", "", "${b} = '1'"), ("text", "b", "B", "")], ("relevant_unknown", 2, "relevant")),
        ([("text", "b", "B", ""), ("text", "a", "A", "", "${b} = yes")], ("relevant_unquoted", 3, "relevant")),
        ([("text", "b", "B", ""), ("text", "a", "A", "", "once(${b})")], ("relevant_syntax", 3, "relevant")),
        ([("text", "a", "", "Only English")], ("no_french_label", 2, "")),
        ([("text", "a", "Bonjour ${b}", "")], ("xlsform", None, "")),
        ([("text", "b", "B", ""), ("text", "a", "Vous dites ${b} ?", "")], ("label_reference", 3, "label")),
        ([("integer", "a", "A", "", "", ". >= 1 and . <= 1000000")], ("not_accepted", 2, "")),
        ([("select_one nothing", "a", "A", "")], ("xlsform", 2, "")),
        ([("begin group", "g", "G", "G"), ("text", "a", "A", "")], ("xlsform", 2, "")),
        ([], ("no_questions", None, "")),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_by_row_and_column(
    rows: list[tuple[str, ...]], expected: tuple[str, int | None, str]
) -> None:
    found = read(xlsform(*rows))
    assert found.document is None
    code, row, column = expected
    assert (code, column) in [(each[0], each[2]) for each in problems(found)], found.problems
    if row is not None:
        assert (code, row) in [(each[0], each[1]) for each in problems(found)], found.problems


@pytest.mark.parametrize(
    ("heading", "extra", "code"),
    [
        ("calculation", "1 + 1", "calculation"),
        ("default", "oui", "preset"),
        ("media::image", "x.png", "media"),
        ("read_only", "yes", "read_only"),
        ("label::Klingon", "Q", "unknown_language"),
    ],
)
def test_columns_that_would_change_what_is_asked_are_refused(heading: str, extra: str, code: str) -> None:
    headings = ("type", "name", "label::Français (fr)", heading)
    found = read(xlsform(("text", "a", "A", extra), headings=headings))
    assert found.document is None
    assert code in [problem.code for problem in found.problems]


@pytest.mark.parametrize(
    ("heading", "code"),
    [("Français (fr)", "fr"), ("fr", "fr"), ("French", "fr"), ("Bamanankan (bm)", "bm"), ("Klingon", None)],
)
def test_which_language_a_heading_names(heading: str, code: str | None) -> None:
    assert code_of(heading) == code


def test_every_code_has_words() -> None:
    """The codes as they stand in the source, so that a new one can't be forgotten."""
    told = set(PROBLEMS)
    for module in (checks, files, languages, mapping, reader, unsupported, reading):
        source = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        for node in ast.walk(source):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                first = node.args[0] if node.args else None
                if name in {"Problem", "Refused", "_only", "_problem", "_note"} and isinstance(
                    first, ast.Constant
                ):
                    assert first.value in told, first.value
    for table in (
        unsupported._BIND_PROBLEMS,
        unsupported._BIND_NOTES,
        unsupported._PROBLEMS,
        unsupported._NOTES,
    ):
        assert set(table.values()) <= told
