"""Small releases to write, as the rules of a level would have left them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from app.exports.levels import Level
from workers.exports.release import Copy, Field, FieldKind, Release, Risks, Row, Table, Withheld


def field(
    code: str, kind: FieldKind, french: str, english: str, vocabulary: str = "", hxl: str = ""
) -> Field:
    """A field with headings in both languages."""
    return Field(code, kind, {"fr": french, "en": english}, vocabulary, hxl, description={"fr": f"{french}."})


FIELDS = (
    field("reference", FieldKind.REFERENCE, "Référence", "Reference", hxl="#event+id"),
    field("violations", FieldKind.CODES, "Violations", "Violations", "violation", "#event+type+code"),
    field("region", FieldKind.CODE, "Région", "Region", "region", "#adm1+code"),
    field("cercle", FieldKind.CODE, "Cercle", "Cercle", "cercle", "#adm2+code"),
    field("occurred", FieldKind.DATE, "Survenu le", "Occurred on", hxl="#date+occurred"),
    field("week", FieldKind.PERIOD, "Semaine", "Week", hxl="#date+week"),
    field("sex", FieldKind.CODE, "Sexe", "Sex", "sex", "#affected+sex+code"),
    field("victims", FieldKind.INTEGER, "Victimes", "Victims", hxl="#affected+num"),
    field("confidence", FieldKind.DECIMAL, "Certitude", "Confidence"),
    field("is_urgent", FieldKind.BOOLEAN, "Urgent", "Urgent"),
    field("account", FieldKind.TEXT, "Récit anonymisé", "Anonymised account", hxl="#description"),
)
ROWS: tuple[Row, ...] = (
    (
        "R-000001",
        ("torture", "arbitrary_detention"),
        "ML05",
        "ML0501",
        date(2026, 3, 12),
        "2026-W11",
        "female",
        2,
        0.75,
        True,
        "On a frappé [PERSONNE-1] à l’école, « jusqu’au soir ».",
    ),
    ("R-000002", (), "ML19", None, None, "2026-W11", "unknown", None, None, False, ""),
    (
        "R-000003",
        ("killing",),
        "ML20",
        None,
        date(2026, 3, 1),
        "2026-W09",
        "male",
        -1,
        -0.5,
        None,
        "=HYPERLINK(1) ߒߞߏ عربي 🙏\nseconde ligne",
    ),
)
COPY = Copy(
    number="E-000012",
    level=Level.PARTNER,
    recipient="Association des femmes & des jeunes",
    purpose="Plaidoyer du trimestre",
    language="fr",
    made_at=datetime(2026, 3, 20, 9, 30, tzinfo=UTC),
    made_by="Awa Diarra",
    filters=(("Région", "toutes"), ("Vérifiés entre", "1 janv. 2026 – 31 mars 2026")),
    software="seere 0.1.0",
    rules="0" * 64,
)
RISKS = Risks(
    k=5,
    l=2,
    highest=0.2,
    mean=0.02,
    rows=3,
    groups=1,
    generalised={"place": "cercle", "date": "week"},
    information_loss=0.25,
)
WITHHELD = (Withheld("rare", 4), Withheld("rare", 2, "cercle"))


def table(
    fields: Sequence[Field] = FIELDS, rows: Sequence[Row] = ROWS, code: str = "cases", french: str = "Cas"
) -> Table:
    """A table of rows that begin anew at each call."""
    return Table(code, {"fr": french, "en": code.capitalize()}, tuple(fields), lambda: iter(rows), len(rows))


def release(
    *tables: Table,
    copy: Copy = COPY,
    withheld: Iterable[Withheld] = WITHHELD,
    risks: Risks | None = RISKS,
    **changed: object,
) -> Release:
    """A release of these tables, of the three cases above where none are given; `changed` are parts of the copy."""
    known: Mapping[str, Table] = {each.code: each for each in tables or (table(),)}
    return Release(replace(copy, **changed), known, tuple(withheld), risks)  # type: ignore[arg-type]
