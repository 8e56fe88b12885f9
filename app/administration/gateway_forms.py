"""Reading what an administrator gives for a gateway, in the console or on the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.administration.gateway_values import PATH_SECRET, is_secret
from app.casework.schemas import PlainText
from app.intake.gateways.protocol import ConfigurationField, Provider, Shape

VALUE, FORGET, RENEW = "value-", "forget-", f"renew-{PATH_SECRET}"  # what names in the form begin with
LONGEST_LABEL = 80  # as the column is
LONGEST_VALUE = 1000
HIGHEST_PRICE = 100_000.0
HIGHEST_RATE = 6000  # segments a minute: a hundred a second
DEFAULT_RATE = 30  # what an Android phone can be trusted with
_DIGITS = re.compile(r"[0-9]*", re.ASCII)

MESSAGES: Mapping[str, LazyString] = {
    "missing": lazy_gettext("Fill this in."),
    "long": lazy_gettext("This is too long: shorten it."),
    "short_secret": lazy_gettext("This can be guessed: use a longer one."),
    "address": lazy_gettext("Enter an address that begins with http:// or https://."),
    "number": lazy_gettext("Enter digits only."),
    "choice": lazy_gettext("Choose one of the list."),
    "price": lazy_gettext("Enter a price such as 25 or 12.5."),
    "rate": lazy_gettext("Enter a whole number from 1 to 6000."),
    "label_taken": lazy_gettext("There is a gateway of this name already."),
    "address_changed": lazy_gettext(
        "The address is another one now: enter this again, so that it goes nowhere unasked."
    ),
    "all_secrets": lazy_gettext("Enter this again too: what workers keep can only be replaced as a whole."),
}


class GatewayProblem(Exception):
    """What was given can't be used: codes of MESSAGES, or a provider's own words, by the field's name in the form."""

    def __init__(self, errors: Mapping[str, LazyString | str]) -> None:
        super().__init__(", ".join(sorted(errors)))
        self.errors = errors

    def in_words(self) -> dict[str, str]:
        """What is wrong, by field, in the language of the page."""
        return {name: str(MESSAGES.get(str(problem), problem)) for name, problem in self.errors.items()}


@dataclass(frozen=True, slots=True)
class Given:
    """A gateway as an administrator described it. An empty secret means: the one that is kept, if any."""

    label: str
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    price_per_segment: float = 0.0
    segments_per_minute: int = DEFAULT_RATE
    is_sending: bool = True
    forgotten: frozenset[str] = frozenset()  # optional secrets to be thrown away
    renews_path_secret: bool = False


class _Amount(fields.Float):
    """A sum of money, with a comma or a point."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(str(value).strip().replace(",", "."), attr, data, **kwargs)


def read_form(provider: Provider, form: Mapping[str, str], kept: Set[str] = frozenset()) -> Given:
    """What a form says; of secrets, those in `kept` may be left empty. Raises GatewayProblem with every problem."""
    try:
        typed = _schema(provider, kept).load(dict(form))
    except ValidationError as error:
        raise GatewayProblem({name: messages[0] for name, messages in _by_field(error).items()}) from error
    return Given(
        label=typed["label"],
        values={each.name: typed[VALUE + each.name] or each.default for each in provider.fields},
        price_per_segment=typed["price_per_segment"],
        segments_per_minute=typed["segments_per_minute"],
        is_sending="is_sending" in form,
        forgotten=frozenset(each.name for each in provider.fields if _is_forgotten(each, form)),
        renews_path_secret=RENEW in form,
    )


def _is_forgotten(each: ConfigurationField, form: Mapping[str, str]) -> bool:
    return is_secret(each) and not each.is_required and FORGET + each.name in form


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    return error.messages if isinstance(error.messages, dict) else {"label": error.messages}


def _schema(provider: Provider, kept: Set[str]) -> Schema:
    """The form of a provider: what every gateway has, and the provider's own fields."""
    described: dict[str, fields.Field[Any]] = {
        "label": PlainText(
            required=True, validate=_length(1, LONGEST_LABEL), error_messages=_complaints("missing")
        ),
        "price_per_segment": _Amount(
            load_default=0.0,
            validate=validate.Range(0, HIGHEST_PRICE, error="price"),
            error_messages=_complaints("price", "invalid", "special", "too_large"),
        ),
        "segments_per_minute": fields.Integer(
            load_default=DEFAULT_RATE,
            validate=validate.Range(1, HIGHEST_RATE, error="rate"),
            error_messages=_complaints("rate", "invalid", "too_large"),
        ),
    }
    described |= {VALUE + each.name: _field(each, is_kept=each.name in kept) for each in provider.fields}
    return Schema.from_dict(described, name="GatewayIn")(unknown=EXCLUDE)


def _complaints(code: str, *kinds: str) -> dict[str, str | list[Any] | dict[Any, Any]]:
    return dict.fromkeys(kinds or ("required", "null", "invalid"), code)


def _length(least: int, most: int) -> validate.And:
    return validate.And(validate.Length(min=least, error="missing"), validate.Length(max=most, error="long"))


def _field(each: ConfigurationField, *, is_kept: bool) -> fields.Field[Any]:
    is_made_for_us = each.name == PATH_SECRET  # where none is given
    needs_typing = each.is_required and not (each.default or is_kept or is_made_for_us)
    checks = [_length(1 if needs_typing else 0, LONGEST_VALUE), _shape_check(each)]
    if needs_typing:
        return PlainText(required=True, validate=checks, error_messages=_complaints("missing"))
    return PlainText(load_default="", validate=checks)


def _shape_check(each: ConfigurationField) -> Any:
    """A check of a typed value; an empty one is judged by whether the field is required."""

    def check(value: str) -> None:
        if value and (problem := _problem(each, value)):
            raise ValidationError(problem)

    return check


def _problem(each: ConfigurationField, value: str) -> str:
    """What is wrong with a value that isn't empty: a code of MESSAGES, or nothing."""
    match each.shape:
        case Shape.SECRET:
            return "short_secret" if len(value) < each.least else ""
        case Shape.ADDRESS:
            return "" if _is_address(value) else "address"
        case Shape.NUMBER:
            return "" if _DIGITS.fullmatch(value) else "number"
        case Shape.CHOICE:
            return "" if value in each.choices else "choice"
        case _:
            return ""


def _is_address(value: str) -> bool:
    try:
        validate.URL(schemes={"http", "https"}, require_tld=False)(value)
    except ValidationError:
        return False
    return True
