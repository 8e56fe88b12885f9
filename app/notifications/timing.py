"""When a person is told by one way: their rhythm, their quiet hours, and what is urgent. Pure; hours are Bamako's."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.clock import BAMAKO
from app.models import NoticePreference, NoticeWay, Rhythm

AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)


def rhythm_of(preference: NoticePreference, way: NoticeWay) -> Rhythm:
    """How often a person wants to be told by one way."""
    return Rhythm(preference.email_rhythm if way is NoticeWay.EMAIL else preference.sms_rhythm)


def due_at(
    preference: NoticePreference, way: NoticeWay, waits_since: datetime, *, is_urgent: bool = False
) -> datetime | None:
    """The first moment at which a person is told of something that waits; None for never.

    Urgent things go at once, at any hour, to whoever wants that; all else comes in their rhythm and never in their
    quiet hours.
    """
    rhythm = rhythm_of(preference, way)
    if rhythm is Rhythm.NEVER:
        return None
    if is_urgent and preference.is_woken_by_urgent:
        return waits_since
    return after_quiet(preference, _in_rhythm(preference, rhythm, waits_since))


def after_quiet(preference: NoticePreference, moment: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours that it falls into."""
    first, last = preference.quiet_from_minute, preference.quiet_until_minute
    if first is None or last is None or first == last:
        return moment
    local = moment.astimezone(BAMAKO)
    minute = local.hour * 60 + local.minute
    is_quiet = first <= minute < last if first < last else minute >= first or minute < last
    return _next(last, local).astimezone(moment.tzinfo) if is_quiet else moment


def _in_rhythm(preference: NoticePreference, rhythm: Rhythm, moment: datetime) -> datetime:
    local = moment.astimezone(BAMAKO)
    if rhythm is Rhythm.HOURLY:
        full = local.replace(minute=0, second=0, microsecond=0)
        return (full + AN_HOUR).astimezone(moment.tzinfo)
    if rhythm is Rhythm.DAILY:
        return _next(preference.daily_minute, local).astimezone(moment.tzinfo)
    return moment


def _next(minute_of_day: int, local: datetime) -> datetime:
    """The next moment at which the clock in Bamako shows a minute of the day."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + timedelta(minutes=minute_of_day)
    return at if at > local else at + A_DAY
