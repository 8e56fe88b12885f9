"""Reads what an expression of time matched: which days it means, seen from the day of the message, and how telling."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from workers.triage import dates_calendar as calendar
from workers.triage.dates_calendar import Period
from workers.triage.dates_vocabulary import plain, time_words

Reader = Callable[[re.Match[str], date], tuple[Period | None, float]]
"""From a match and the day of the message to the days meant, None where it names none, and the confidence."""

_TOLD_AS_LASTING = 0.15  # surer than the same words read as a day


def night(_: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "last night": from yesterday to today."""
    return Period(today - timedelta(days=1), today, "day"), 0.88


def night_of_day(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "hier nuit": from that evening to the morning after it, today at the latest."""
    evening = today + timedelta(days=time_words().days[plain(found["day"])])
    return Period(evening, min(evening + timedelta(days=1), today), "day"), 0.93


def night_of_weekday(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "la nuit de lundi à mardi": from the last such evening to the morning after it."""
    weekday = time_words().weekdays[plain(found["weekday"])]
    evening = calendar.last_weekday(today, weekday, may_be_today=False)
    return Period(evening, evening + timedelta(days=1), "day"), 0.89


def named_day(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "avant-hier", "today": a day counted back from today."""
    back = -time_words().days[plain(found["day"])]
    moment = today - timedelta(days=back)
    return calendar.day(moment), 0.92 if back else 0.8


def part_of_today(_: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "ce matin": today."""
    return calendar.day(today), 0.91


def month_day(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "le 12 du mois": the last day so numbered."""
    return calendar.last_day_numbered(today, int(found["number"])), 0.84


def now(_: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "en ce moment": today, if nothing surer is told."""
    return calendar.day(today), 0.6


def ago(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "il y a trois jours": so many units back; a few days are some day of the week before."""
    count, unit = _count(found["count"]), time_words().units[found["unit"]]
    if unit == "hour":
        return calendar.day(today), 0.8
    if _is_vague(found) and unit == "day":
        return Period(today - timedelta(days=7), today - timedelta(days=2), "week"), 0.7
    return calendar.shifted(today, count, unit), {"day": 0.9, "week": 0.82, "month": 0.75}.get(unit, 0.7)


def since(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "depuis trois jours": from so many units back until today; three of them where no count is told."""
    unit = time_words().units[found["unit"]]
    if unit == "hour":
        return calendar.day(today), 0.75
    written = found["count"]
    begun = calendar.begun(today, _count(written) if written else 3, unit)
    if begun is None:
        return None, 0.0
    precision = "week" if written is None or (_is_vague(found) and unit == "day") else unit
    return Period(begun, today, precision), {"day": 0.78, "week": 0.74}.get(unit, 0.68)


def lasting(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "ça fait six mois qu'il est au camp": a state that lasts, where "ça fait six mois qu'on l'a tué" is a day."""
    period, confidence = since(found, today)
    return period, round(confidence + _TOLD_AS_LASTING, 2)


def last_unit(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "la semaine dernière": the unit before this one; nothing for hours and days."""
    unit = time_words().units[found["unit"]]
    if unit == "week":
        return calendar.calendar_week(today, 1), 0.82
    return (None, 0.0) if unit in ("hour", "day") else (calendar.shifted(today, 1, unit), 0.76)


def unit_before_last(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "la semaine surpassée": in the French of West Africa, the one before the last."""
    unit = time_words().units[found["unit"]]
    if unit == "week":
        return calendar.calendar_week(today, 2), 0.83
    return (None, 0.0) if unit in ("hour", "day") else (calendar.shifted(today, 2, unit), 0.77)


def weekday_before_last(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "lundi surpassé": the one before the last such day."""
    weekday = time_words().weekdays[plain(found["weekday"])]
    last = calendar.last_weekday(today, weekday, may_be_today=False)
    return calendar.day(last - timedelta(days=7)), 0.88


def ago_in_bambara(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """Bambara counts after the unit: "tile saba", three days."""
    unit = time_words().bambara_units[plain(found["unit"])]
    return calendar.shifted(today, time_words().bambara_numbers[plain(found["count"])], unit), 0.72


def since_in_bambara(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "kabini tile saba": from three days back until today."""
    unit = time_words().bambara_units[plain(found["unit"])]
    start = calendar.begun(today, time_words().bambara_numbers[plain(found["count"])], unit)
    return (Period(start, today, unit), 0.78) if start else (None, 0.0)


def this_unit(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "cette semaine": the unit that today is in; nothing for hours and days."""
    unit = time_words().units[found["unit"]]
    if unit == "week":
        return calendar.calendar_week(today, 0), 0.78
    return (None, 0.0) if unit in ("hour", "day") else (calendar.shifted(today, 0, unit), 0.7)


def weekday(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "lundi", "lundi dernier": the last such day; nothing for one to come or that comes back every week."""
    lead = plain(found["lead"] or "")
    if found["next"] or lead in time_words().words["next_before"] or lead in time_words().words["every"]:
        return None, 0.0
    weekday = time_words().weekdays[plain(found["weekday"])]
    if found["of_week"]:
        monday = calendar.calendar_week(today, 1).start
        return calendar.day(monday + timedelta(days=weekday)), 0.9
    may_be_today = lead in time_words().words["this"] and not found["last"]
    return calendar.day(calendar.last_weekday(today, weekday, may_be_today=may_be_today)), 0.87


def month(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "en mars", "mars dernier": the last such month; none for a bare name, or one to come."""
    if found["next"] or (found["cue"] is None and found["last"] is None and found["year"] is None):
        return None, 0.0
    number = time_words().months[found["month"]]
    if found["year"]:
        return calendar.month(int(found["year"]), number), 0.85
    is_this_month = number == today.month and bool(found["last"])
    return calendar.last_month_named(today, number, before_this_year=is_this_month), 0.78


def month_of_last_year(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "l'an dernier en mars": that month of the year before."""
    return calendar.month(today.year - 1, time_words().months[found["month"]]), 0.86


def year(found: re.Match[str], _: date) -> tuple[Period | None, float]:
    """ "en 2023": the whole year."""
    return calendar.year(int(found["year"])), 0.81


def _count(written: str) -> int:
    return int(written) if written.isdigit() else time_words().numbers[plain(written)]


def _is_vague(found: re.Match[str]) -> bool:
    return plain(found["count"] or "") in time_words().words["vague"]
