"""Villages from public files: read, located, kept once, and used beside the shipped places."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.clock import utcnow
from app.database import db
from app.intake.service import NewReport, submit
from app.models import Case, Channel, Report
from workers.commands.gazetteer import gazetteer_commands
from workers.commands.jsonlines import triage_command
from workers.contracts import FindingKind
from workers.gazetteer.formats import CannotRead, Format, Found, Refusal, read
from workers.gazetteer.imported import gazetteer_with_file, imported_gazetteer
from workers.gazetteer.importing import Imported, import_files
from workers.gazetteer.locating import locate
from workers.gazetteer.village_file import (
    NotVillages,
    Village,
    merged,
    read_villages,
    villages_path,
    write_villages,
)
from workers.processing import Keys, process_report
from workers.triage import triage
from workers.triage.place_gazetteer import gazetteer

KORO_LAT, KORO_LON = 14.07, -3.08  # a cercle of the region of Bandiagara
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def geoname(name: str, lat: object = KORO_LAT, lon: object = KORO_LON, **other: str) -> str:
    """A line as GeoNames writes it."""
    fields = ["1", name, name, other.get("variants", ""), str(lat), str(lon), other.get("feature", "P"),
              other.get("code", "PPL"), other.get("country", "ML"), *[""] * 10]  # fmt: skip
    return "\t".join(fields) + "\n"


def import_text(folder: Path, text: str, file_format: Format, into: Path | None = None) -> Imported:
    """Import a file of this text."""
    path = folder / "source.txt"
    path.write_text(text, encoding="utf-8")
    return import_files([path], file_format, into or folder / "villages.csv")


def names(folder: Path) -> list[str]:
    return [village.name for village in read_villages(folder / "villages.csv")]


def place_of(text: str, places: Path) -> tuple[object, ...] | None:
    """What triage says of where, with these villages beside the shipped ones."""
    found = triage(text, received_at=NOW, places=gazetteer_with_file(places))
    return next(
        (
            (finding.value["region"], finding.value["cercle"], finding.value["name"])
            for finding in found
            if finding.kind is FindingKind.PLACE
        ),
        None,
    )


def test_geonames_gives_populated_places_of_mali_only(tmp_path: Path) -> None:
    text = "".join(
        (
            geoname("Zambougouzo", variants="Zambuguzo,Замбугузо"),
            geoname("Mont Zamba", feature="T"),
            geoname("Zamba Perdu", code="PPLQ"),
            geoname("Zamba Ailleurs", country="BF"),
        )
    )
    imported = import_text(tmp_path, text, Format.GEONAMES)
    (village,) = read_villages(tmp_path / "villages.csv")
    assert (village.name, village.variants, village.cercle_code) == ("Zambougouzo", ("Zambuguzo",), koro())
    assert imported.after == 1


def test_what_cannot_be_read_is_refused_with_its_line(tmp_path: Path) -> None:
    lines = [
        geoname("Zambougouzo"),
        "three\tfields\tonly\n",
        geoname("Zambadala"),
        geoname("Zambanirou", lat="north"),
        geoname("Zambafara", lat=48.85, lon=2.35),
        geoname("Zambakoura"),
        geoname("Zambaba"),
        geoname("Zamba\ufffd"),
        geoname("Zambani"),
    ]
    imported = import_text(tmp_path, "".join(lines), Format.GEONAMES)
    assert [(refusal.line, refusal.reason) for refusal in imported.files[0].refused] == [
        (2, "3 fields instead of 19"),
        (4, "coordinates that are no decimal degrees"),
        (5, "coordinates outside Mali"),
        (8, "the name is too long or holds characters that can't be read"),
    ]
    assert names(tmp_path) == ["Zambaba", "Zambadala", "Zambakoura", "Zambani", "Zambougouzo"]


@pytest.mark.parametrize(
    "header",
    [
        "ADM1_FR,ADM2_FR,featureName,Latitude,Longitude",
        "admin1Name_fr,admin2Name_fr,admin5Name_fr,Y,X",
        "\ufeffRégion;Cercle;Localité;lat;long",
    ],
)
def test_cod_tables_are_understood_by_their_header(tmp_path: Path, header: str) -> None:
    sign = ";" if ";" in header else ","
    row = sign.join(["Bandiagara", "Koro", "Zambougouzo", str(KORO_LAT), str(KORO_LON)])
    import_text(tmp_path, f"{header}\n{row}\n", Format.COD)
    (village,) = read_villages(tmp_path / "villages.csv")
    assert (village.name, village.cercle_code, village.certainty) == ("Zambougouzo", koro(), 1.0)


def koro() -> str:
    area = locate(Found(1, "x", cercle="Koro"))
    assert area is not None
    assert area.cercle_code is not None
    return area.cercle_code


def test_hxl_tags_under_the_header_are_no_village(tmp_path: Path) -> None:
    text = "name,cercle,region\n#loc+name,#adm2+name,#adm1+name\nZambougouzo,Koro,Bandiagara\n"
    assert import_text(tmp_path, text, Format.PLACES).files[0].refused == ()
    assert names(tmp_path) == ["Zambougouzo"]


@pytest.mark.parametrize("header", ["foo,bar", "name,lat", "cercle,lat,lon", ""])
def test_a_file_without_the_columns_it_needs_changes_nothing(tmp_path: Path, header: str) -> None:
    with pytest.raises(CannotRead):
        import_text(tmp_path, f"{header}\na,b,c\n", Format.PLACES)
    assert not (tmp_path / "villages.csv").exists()


def test_a_file_mostly_of_refused_lines_is_of_another_format(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="3 lines refused, the first in line 1"):
        import_text(tmp_path, "a\nb\nc\n" + geoname("Zambougouzo"), Format.GEONAMES)


def test_the_cercle_is_the_named_one_else_that_of_the_neighbours() -> None:
    named = locate(Found(1, "Zamba", region="Bandiagara", cercle="Koro"))
    former = locate(Found(1, "Zamba", region="Mopti", cercle="Koro"))
    nearest = locate(Found(1, "Zamba", lat=KORO_LAT, lon=KORO_LON))
    assert named
    assert former
    assert nearest
    assert named.cercle_code == former.cercle_code == nearest.cercle_code == koro()
    assert named.certainty > nearest.certainty
    assert named.certainty > former.certainty


def test_far_from_every_known_place_only_the_region_or_nothing_is_said() -> None:
    for tenth in range(170, 250):
        area = locate(Found(1, "Zamba", lat=tenth / 10, lon=-5.0))
        assert area is None or (area.certainty >= 0.6) == (area.cercle_code is not None)
    assert locate(Found(1, "Zamba", lat=25.0, lon=-12.0)) is None


def test_an_unknown_cercle_without_coordinates_is_refused(tmp_path: Path) -> None:
    text = "name,cercle\nZambougouzo,Koro\nZambadala,Nulle Part\n"
    imported = import_text(tmp_path, text, Format.PLACES)
    assert [refusal.line for refusal in imported.files[0].refused] == [3]


def test_the_same_file_twice_changes_nothing_and_another_adds(tmp_path: Path) -> None:
    kept = tmp_path / "gazetteer" / "villages.csv"
    first = import_text(tmp_path, geoname("Zambougouzo"), Format.GEONAMES, kept)
    content, moment = kept.read_bytes(), kept.stat().st_mtime_ns
    second = import_text(tmp_path, geoname("Zambougouzo"), Format.GEONAMES, kept)
    assert (first.is_changed, second.is_changed) == (True, False)
    assert (kept.read_bytes(), kept.stat().st_mtime_ns) == (content, moment)
    third = import_text(tmp_path, geoname("Zambadala"), Format.GEONAMES, kept)
    assert (third.before, third.after) == (1, 2)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["villages.csv"]


def test_the_order_of_lines_makes_no_difference(tmp_path: Path) -> None:
    lines = [geoname("Zambougouzo"), geoname("Zambadala"), geoname("Zambanirou", lat=12.65, lon=-8.0)]
    import_text(tmp_path, "".join(lines), Format.GEONAMES, tmp_path / "one.csv")
    import_text(tmp_path, "".join(reversed(lines)), Format.GEONAMES, tmp_path / "other.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()


def test_an_imported_village_is_found_in_a_message(tmp_path: Path) -> None:
    import_text(tmp_path, geoname("Zambougouzo", variants="Sambuguso"), Format.GEONAMES)
    text = "des hommes armés ont attaqué le village de Zambougouzo hier"
    assert place_of(text, tmp_path / "villages.csv") == ("Bandiagara", "Koro", "Zambougouzo")
    assert place_of(text.replace("Zambougouzo", "Sambougousso"), tmp_path / "villages.csv") is not None
    shipped = [finding.value.get("name") for finding in triage(text, received_at=NOW)]
    assert "Zambougouzo" not in shipped


def test_shipped_places_win_over_imported_ones_of_the_same_name(tmp_path: Path) -> None:
    text = "name,region,cercle\n" + "Sévaré,Kayes,Kita\nGossi,Sikasso,Yanfolila\n"
    import_text(tmp_path, text, Format.PLACES)
    for name in ("Sévaré", "Gossi"):
        message = f"attaque à {name} hier"
        shipped = next(f for f in triage(message, received_at=NOW) if f.kind is FindingKind.PLACE)
        assert place_of(message, tmp_path / "villages.csv") == (
            shipped.value["region"],
            shipped.value["cercle"],
            shipped.value["name"],
        )


def test_an_imported_name_that_is_a_spelling_of_a_shipped_one_does_not_hide_it(tmp_path: Path) -> None:
    import_text(tmp_path, "name,region,cercle\nBankasi,Sikasso,Yanfolila\n", Format.PLACES)
    assert place_of("attaque à Bankasi hier", tmp_path / "villages.csv") == (
        "Bandiagara",
        "Bankass",
        "Bankass",
    )


def test_an_imported_homonym_is_chosen_where_its_cercle_is_named(tmp_path: Path) -> None:
    import_text(tmp_path, "name,region,cercle\nGossi,Sikasso,Yanfolila\n", Format.PLACES)
    message = "attaque dans le village de Gossi, cercle de Yanfolila"
    assert place_of(message, tmp_path / "villages.csv") == ("Bougouni", "Yanfolila", "Gossi")


def test_imported_names_that_are_words_or_persons_need_their_context(tmp_path: Path) -> None:
    import_text(tmp_path, "name,cercle\nBanna,Koro\nSous,Koro\nZanti,Koro\n", Format.PLACES)
    kept = tmp_path / "villages.csv"
    assert place_of("il est resté sous la pluie", kept) is None
    assert place_of("mɔgɔ fila banna", kept) is None
    assert place_of("mon frère Zanti est blessé", kept) is None
    assert place_of("ils ont brûlé le village de Zanti", kept) is not None


def test_workers_read_what_is_in_var_and_never_fall_over_it(tmp_path: Path) -> None:
    assert imported_gazetteer(tmp_path) is None
    import_text(tmp_path, geoname("Zambougouzo"), Format.GEONAMES, villages_path(tmp_path))
    read_once = imported_gazetteer(tmp_path)
    assert read_once is not None
    assert read_once.exact("zambougouzo")
    assert imported_gazetteer(tmp_path) is read_once
    villages_path(tmp_path).write_text("name,kind\nnonsense\n")
    assert imported_gazetteer(tmp_path) is None


def test_the_shipped_gazetteer_is_left_as_it_was(tmp_path: Path) -> None:
    import_text(tmp_path, geoname("Zambougouzo"), Format.GEONAMES)
    gazetteer_with_file(tmp_path / "villages.csv")
    assert gazetteer().exact("zambougouzo") == ()


def test_the_commands_import_and_use_villages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEERE_VAR", str(tmp_path))
    source = tmp_path / "ML.txt"
    source.write_text(geoname("Zambougouzo") + geoname("Zambadala") + "x\n", encoding="utf-8")
    told = CliRunner().invoke(gazetteer_commands, ["import", str(source), "--format", "geonames"])
    assert told.exit_code == 0, told.output
    assert "2 places" in told.output
    assert "line 3: 1 fields instead of 19" in told.output
    line = json.dumps({"id": 1, "text": "attaque au village de Zambougouzo"})
    answer = CliRunner().invoke(triage_command, ["--gazetteer", str(villages_path(tmp_path))], input=line)
    assert json.loads(answer.stdout)["place"]["name"] == "Zambougouzo"
    refused = CliRunner().invoke(triage_command, ["--gazetteer", str(source)], input=line)
    assert refused.exit_code == 2


def test_a_wrong_format_is_told_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEERE_VAR", str(tmp_path))
    source = tmp_path / "ML.txt"
    source.write_text(geoname("Zambougouzo"), encoding="utf-8")
    told = CliRunner().invoke(gazetteer_commands, ["import", str(source), "--format", "cod-csv"])
    assert told.exit_code == 1
    assert "Nothing was imported" in told.output
    assert not villages_path(tmp_path).exists()


@given(st.lists(st.text(), max_size=8), st.sampled_from(list(Format)))
def test_any_lines_give_villages_refusals_or_one_clear_error(lines: list[str], file_format: Format) -> None:
    try:
        found = list(read([line + "\n" for line in lines], file_format))
    except CannotRead:
        return
    assert all(isinstance(each, Found | Refusal) for each in found)


CELL = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
DEGREES = st.one_of(
    CELL, st.floats(-90, 90).map(str), st.sampled_from(["nan", "inf", "13,5", "14.07", "-3.08", "-"])
)


@given(st.lists(st.tuples(CELL, CELL, CELL, DEGREES, DEGREES), max_size=6))
def test_every_row_of_a_table_is_accounted_for_and_lies_in_mali(rows: list[tuple[str, ...]]) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("name", "region", "cercle", "lat", "lon"), *rows])
    found = list(read(io.StringIO(text.getvalue(), newline=""), Format.PLACES))
    written = [row for row in rows if any(cell.strip() for cell in row) and not row[0].startswith("#")]
    assert len(found) == len(written)
    for each in found:
        if isinstance(each, Found):
            assert each.name.isprintable()
            assert each.lat is None or 10 <= each.lat <= 25.1


NAMES = st.from_regex(r"[A-Za-zÉéɛɔ' -]{2,12}", fullmatch=True).filter(
    lambda name: sum(map(str.isalpha, name)) > 1
)
VILLAGES = st.builds(
    Village,
    name=NAMES,
    kind=st.just("village"),
    region_code=st.just("ML01"),
    cercle_code=st.sampled_from(["ML0101", "ML0102", None]),
    lat=st.floats(10, 25),
    lon=st.floats(-12, 4),
    certainty=st.sampled_from([1.0, 0.5]),
    variants=st.lists(NAMES, max_size=3).map(tuple),
    source=st.just("geonames"),
)


@given(st.lists(VILLAGES, max_size=8))
def test_what_is_written_is_read_back_and_merging_it_again_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, villages: list[Village]
) -> None:
    path = tmp_path_factory.mktemp("villages") / "villages.csv"
    once = merged(villages)
    assert write_villages(path, once)
    assert read_villages(path) == once
    assert merged(once, villages) == once


@pytest.mark.parametrize(
    "content", ["", "name\n", "name,kind,region_code,cercle_code,lat,lon,certainty,variants,source\nx\n"]
)
def test_a_damaged_file_is_not_read_as_villages(tmp_path: Path, content: str) -> None:
    path = tmp_path / "villages.csv"
    path.write_text(content)
    with pytest.raises(NotVillages):
        read_villages(path)


@pytest.mark.slow
def test_a_report_is_understood_with_the_villages_of_the_installation(keys: Keys, app: Flask) -> None:
    import_text(keys.settings.var, geoname("Zambougouzo"), Format.GEONAMES, villages_path(keys.settings.var))
    content = {"text": "attaque au village de Zambougouzo hier", "sender": "+22376999999"}
    submit(keys.settings, NewReport(Channel.SMS, "one", content, utcnow(), gateway="twilio"))
    db.session.rollback()
    process_report(keys, db.session.scalars(select(Report.id)).one())
    db.session.rollback()
    assert db.session.scalars(select(Case.place_name)).one() == "Zambougouzo"
