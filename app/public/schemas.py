"""What the citizen's forms may hold. Messages are for the person who typed, in the language of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import format_decimal, gettext
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate, validates

from app.messaging.hours import minute_of
from app.public.reading import has_visible_text

LONGEST_TEXT = 20_000
LONGEST_LINE = 300


def _no_longer_than(limit: int) -> Callable[[str], None]:
    def check(value: str) -> None:
        if len(value) > limit:
            raise ValidationError(_too_long(len(value), limit))

    return check


def _too_long(length: int, limit: int) -> str:
    return gettext(
        "This has %(length)s characters, %(limit)s fit. Shorten it, or send the rest as another message.",
        length=format_decimal(length),
        limit=format_decimal(limit),
    )


def _is_message(value: str) -> None:
    if not has_visible_text(value):
        raise ValidationError(gettext("Write what happened. A few words are enough."))


def _is_answer(value: str) -> None:
    if not has_visible_text(value):
        raise ValidationError(gettext("Write your answer. A few words are enough."))


def _is_code(value: str) -> None:
    if not has_visible_text(value):
        raise ValidationError(gettext("Type the code you were given."))


class FormSchema(Schema):
    """A form's own fields, without the space around them; any other that is sent along is left aside."""

    class Meta:
        unknown = EXCLUDE

    @pre_load
    def take_fields(self, form: Mapping[str, str], **_: object) -> dict[str, str]:
        """A field that wasn't sent is an empty one: each check then sees every field."""
        return {name: form.get(name, "").strip() for name in self.fields}


class ReportIn(FormSchema):
    """A message to us: what happened, and where, when and how to reach its writer if they wish.

    The text may be empty where files tell instead.
    """

    text = fields.String(validate=_no_longer_than(LONGEST_TEXT))
    where = fields.String(validate=_no_longer_than(LONGEST_LINE))
    when = fields.String(validate=_no_longer_than(LONGEST_LINE))
    contact = fields.String(validate=_no_longer_than(LONGEST_LINE))

    def __init__(self, *, files: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self._files = files

    @validates("text")
    def check_text(self, value: str, **_: object) -> None:
        """Something must say what happened."""
        if not self._files:
            _is_message(value)


class ConsentIn(FormSchema):
    """What its writer allows, and how to reach them. Of `share_with`, each kind is on a line."""

    may_ask = fields.String()
    contact = fields.String(validate=_no_longer_than(LONGEST_LINE))
    share_with = fields.String()
    with_identity = fields.String()


class AnswerIn(FormSchema):
    """An answer to one question (by its id)."""

    question = fields.UUID()
    answer = fields.String(validate=[_is_answer, _no_longer_than(LONGEST_TEXT)])


class AdditionIn(FormSchema):
    """More about a message. The text may be empty where files came instead."""

    text = fields.String(validate=_no_longer_than(LONGEST_TEXT))

    def __init__(self, *, files: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self._files = files

    @validates("text")
    def check_text(self, value: str, **_: object) -> None:
        """Something must be added."""
        if not self._files and not has_visible_text(value):
            raise ValidationError(gettext("Write something, or choose a file."))


class WishIn(FormSchema):
    """One wish about being written to; the hours count only where it is `between`."""

    wish = fields.String(validate=validate.OneOf(["any", "between", "never", "cover", "no_cover"]))
    first = fields.String()
    last = fields.String()

    @post_load
    def as_changes(self, wish: dict[str, str], **_: object) -> dict[str, bool | int | None]:
        """The wish as fields of app.messaging.contacts.Wishes and what they become."""
        match wish["wish"]:
            case "any":
                return {"is_never_written": False, "safe_from_minute": None, "safe_until_minute": None}
            case "between":
                return {"is_never_written": False, **_hours(wish["first"], wish["last"])}
            case "never":
                return {"is_never_written": True}
            case other:
                return {"has_cover": other == "cover"}


def _hours(first: str, last: str) -> dict[str, int]:
    hours = {"first": minute_of(first), "last": minute_of(last)}
    problems = {name: [gettext("Write an hour, for example 18:30.")] for name in hours if hours[name] is None}
    if not problems and hours["first"] == hours["last"]:
        problems = {"last": [gettext("The two hours must differ.")]}
    if problems:
        raise ValidationError(problems)
    return {"safe_from_minute": hours["first"] or 0, "safe_until_minute": hours["last"] or 0}


class CodeIn(FormSchema):
    """A receipt code, as typed."""

    code = fields.String(validate=_is_code)
