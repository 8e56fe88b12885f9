"""The look that an administrator chooses, the neutral one that nobody has to choose, and leaving in a hurry."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.public.appearance import palettes
from app.settings import COLOURS, Appearance, SettingsError, load_settings
from tests.integration.public.conftest import sqlite_only

ONION = "http://" + "a2" * 28 + ".onion"
BACKGROUNDS = {
    "light": ("#faf9f6", "#fff"),
    "dark": ("#171716", "#222220"),
}  # --paper and --surface of style.css
LEAST_CONTRAST = 4.5
REVEALING = re.compile(r"human|rights|droits|homme|viol|abus|report|t[ée]moin|signal", re.IGNORECASE)


def look(app: Flask, **chosen: str) -> None:
    """Choose a look, as settings would."""
    settings = app.extensions["seere_settings"]
    app.extensions["seere_settings"] = replace(settings, appearance=Appearance(**chosen))


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_the_guidelines_say() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@sqlite_only
@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_look_can_be_read_by_day_and_by_night(app: Flask, colour: str, scheme: str) -> None:
    style = app.jinja_env.loader.get_source(app.jinja_env, "public/style.css")[0]  # type: ignore[union-attr]
    colours = palettes()[colour][scheme]
    for background in BACKGROUNDS[scheme]:
        assert background in style
        assert contrast(colours["accent"], background) >= LEAST_CONTRAST
        assert contrast(colours["over"], background) >= LEAST_CONTRAST
    assert contrast(colours["on"], colours["accent"]) >= LEAST_CONTRAST
    assert contrast(colours["on"], colours["over"]) >= LEAST_CONTRAST


def test_settings_and_palettes_know_the_same_looks() -> None:
    assert set(COLOURS) == set(palettes())


@sqlite_only
@pytest.mark.parametrize("language", ["fr", "en", "bm"])
def test_by_default_title_header_and_icon_say_nothing(client: FlaskClient, language: str) -> None:
    page = client.get(f"/?lang={language}").text
    head, header = page.split("</head>")[0], page.split("<header")[1].split("</header>")[0]
    title = re.findall(r"<title>(.*?)</title>", head)[0]
    assert not REVEALING.search(title + re.sub(r"<[^>]+>", "", header))
    assert re.search(r'<link rel="icon" href="data:image/svg\+xml,', head)


@sqlite_only
def test_a_name_and_a_colour_change_every_page(app: Flask, client: FlaskClient) -> None:
    look(app, name="Jigi & co", colour="plum")
    for address in ("/", "/receipt", "/about", "/nothing-here"):
        page = client.get(f"{address}?lang=en").text
        assert palettes()["plum"]["light"]["accent"] in page
        assert palettes()["teal"]["light"]["accent"] not in page
    assert "<title>Message – Jigi &amp; co</title>" in client.get("/?lang=en").text
    assert '<b class="name">Jigi &amp; co</b>' in client.get("/receipt?lang=en").text


def test_leaving_goes_to_the_harmless_page_and_has_the_browser_forget(
    app: Flask, client: FlaskClient
) -> None:
    look(app, leave_address="https://meteo.example/bamako?jour=1")
    answer = client.get("/leave")
    assert answer.status_code == 303
    assert answer.location == "https://meteo.example/bamako?jour=1"
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers


@sqlite_only
def test_tors_browser_is_offered_the_same_page_where_there_is_one(app: Flask, client: FlaskClient) -> None:
    assert "Onion-Location" not in client.get("/about").headers
    look(app, onion_address=ONION)
    assert client.get("/about?lang=fr").headers["Onion-Location"] == f"{ONION}/about"
    assert "Onion-Location" not in client.post("/receipt", data={"code": "x"}).headers
    assert "Onion-Location" not in client.get("/desk/sign-in").headers


@sqlite_only
def test_nothing_else_of_the_pages_differs_for_tor(client: FlaskClient) -> None:
    onion = client.get("/?lang=en", base_url=ONION)
    assert onion.status_code == 200
    assert "127.0.0.1" not in onion.text
    assert "localhost" not in onion.text


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SEERE_SITE_COLOUR", "red"),
        ("SEERE_LEAVE_ADDRESS", "javascript:alert(1)"),
        ("SEERE_LEAVE_ADDRESS", "meteo"),
        ("SEERE_LEAVE_ADDRESS", "https://a.example/\nX: 1"),
        ("SEERE_ONION_LOCATION", "http://example.org"),
        ("SEERE_ONION_LOCATION", "http://short.onion"),
    ],
)
def test_a_look_that_cannot_be_stops_the_start_and_names_the_setting(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        load_settings({variable: value, "SEERE_VAR": "/nonexistent"})
