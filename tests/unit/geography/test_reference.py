"""The regions and cercles others store by code and show by name."""

from __future__ import annotations

import pytest

from app.reference import geography


def test_the_division_of_2023_is_whole() -> None:
    assert len(geography.regions()) == 20
    assert len(geography.cercles()) == 159
    assert len({each.code for each in (*geography.regions(), *geography.cercles())}) == 179


def test_every_cercle_lies_in_a_region_and_its_code_says_which() -> None:
    codes = {each.code for each in geography.regions()}
    for cercle in geography.cercles():
        assert cercle.region_code in codes
        assert cercle.code.startswith(cercle.region_code)


def test_every_coordinate_lies_in_mali() -> None:
    for each in (*geography.regions(), *geography.cercles()):
        if each.lat is not None and each.lon is not None:
            assert 10.1 <= each.lat <= 25.0, each.name
            assert -12.3 <= each.lon <= 4.3, each.name


def test_codes_and_names_lead_to_each_other() -> None:
    for region in geography.regions():
        assert geography.region(region.code) == geography.region(region.name) == region
        assert geography.region_name(region.code) == region.name
    for cercle in geography.cercles():
        assert geography.cercle(cercle.code) == geography.cercle(cercle.name, cercle.region_code) == cercle
        assert geography.cercle_name(cercle.code) == cercle.name


@pytest.mark.parametrize("written", ["Ségou", "segou", "SEGOU", "Segu", "ML04"])
def test_a_region_is_known_however_it_is_written(written: str) -> None:
    found = geography.region(written)
    assert found is not None
    assert found.name == "Ségou"


def test_a_cercle_asked_for_in_the_wrong_region_is_not_found() -> None:
    assert geography.cercle("Koro", "Mopti") is None
    assert geography.cercle("Koro", "Bandiagara") == geography.cercle("ML1902")
    assert geography.cercle("Koro", "Nowhere") is None


def test_former_regions_are_regions_that_were_there_before() -> None:
    former = {geography.region(each.former_region_code) for each in geography.regions()}
    names = {each.name for each in former if each}
    assert names == {
        "Kayes", "Koulikoro", "Sikasso", "Ségou", "Mopti", "Tombouctou", "Gao", "Kidal", "Bamako",
    }  # fmt: skip


def test_bamako_has_no_cercle() -> None:
    assert geography.cercles_of("ML20") == ()
    assert len(geography.cercles_of("ML19")) == 9


def test_unknown_codes_have_no_name() -> None:
    assert geography.region_name("ML99") is None
    assert geography.region_name(None) is None
    assert geography.cercle_name("ML9999") is None
    assert geography.region("") is None
