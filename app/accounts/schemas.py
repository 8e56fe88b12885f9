"""What the sign-in and account forms hold."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from app.accounts.passwords import MAXIMUM_LENGTH
from app.languages import DESK_LANGUAGES

_LONGEST_ADDRESS = 254


class SignInIn(Schema):
    """An address and a password, as typed; too long ones can't be anybody's."""

    class Meta:
        unknown = EXCLUDE

    email = fields.String(required=True, validate=validate.Length(1, _LONGEST_ADDRESS))
    password = fields.String(required=True, validate=validate.Length(1, MAXIMUM_LENGTH))


class PasswordIn(Schema):
    """The present password and the new one, twice."""

    class Meta:
        unknown = EXCLUDE

    current = fields.String(load_default="")
    new = fields.String(load_default="")
    repeated = fields.String(load_default="")


class LanguageIn(Schema):
    """The language of the desk's pages."""

    class Meta:
        unknown = EXCLUDE

    language = fields.String(required=True, validate=validate.OneOf(DESK_LANGUAGES))
