"""The plainest dates are read without dateparser, and read as it reads them."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from workers.triage.dates_explicit import parsed_by_library
from workers.triage.dates_plain import NotPlain, plain_date
from workers.triage.dates_vocabulary import time_words

DAYS = st.integers(1, 31).flatmap(lambda day: st.sampled_from([f"{day}", f"{day:02d}"]))
NUMBERS = st.integers(1, 12).flatmap(lambda month: st.sampled_from([f"{month}", f"{month:02d}"]))
YEARS = st.integers(1900, 2035).map(str)
MONTHS = st.sampled_from(sorted(time_words().months))
FRAGMENTS = st.one_of(
    st.builds("{}{}{}".format, DAYS, st.sampled_from(" -"), MONTHS),
    st.builds("{} {}{} {}".format, DAYS, MONTHS, st.sampled_from(["", ","]), YEARS),
    st.builds("{} {}".format, MONTHS, DAYS),
    st.builds("{} {}{} {}".format, MONTHS, DAYS, st.sampled_from(["", ","]), YEARS),
    st.builds("{0}{3}{1}{3}{2}".format, DAYS, NUMBERS, YEARS, st.sampled_from("/.-")),
    st.builds("{}/{}/{:02d}".format, DAYS, NUMBERS, st.integers(0, 99)),
    st.builds("{}-{}-{}".format, YEARS, NUMBERS, DAYS),
    st.builds("{}/{}".format, DAYS, NUMBERS),
)
TODAYS = st.sampled_from([date(2026, 6, 3), date(2024, 2, 29), date(2026, 1, 1), date(2023, 12, 31)])


@settings(max_examples=150)
@given(FRAGMENTS, TODAYS)
def test_a_plain_date_is_what_dateparser_makes_of_it(fragment: str, today: date) -> None:
    try:
        read = plain_date(fragment, today)
    except NotPlain:
        return
    assert read == parsed_by_library(fragment, today)


def test_the_usual_forms_are_plain() -> None:
    today = date(2026, 6, 3)
    for written in ("12 mars 2026", "12 mars", "mars 12", "12/03/2026", "12/03/26", "2026-03-12", "12/03"):
        assert plain_date(written, today) == date(2026, 3, 12)
    assert plain_date("29 fevrier", today) == date(2024, 2, 29)
    assert plain_date("31 fevrier 2024", today) is None
    assert plain_date("4 juin 2026", today) is None
