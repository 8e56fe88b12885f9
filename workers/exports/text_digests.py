"""The digest of a text, worked out where the text is: accounts needn't be fetched to be known as those that were read.

The same as `app.exports.release_texts.digest_of`: SHA-256 of the text in UTF-8. A test holds them together.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from app.exports.release_texts import digest_of

_NAME = "seere_text_digest"  # of the function that SQLite is given, which has none of its own


class TextDigest(GenericFunction[bytes]):
    """SHA-256 of a text, as bytes, or null for null."""

    type = LargeBinary()
    name = _NAME
    inherit_cache = True


@compiles(TextDigest, "postgresql")
def _of_postgresql(element: TextDigest, compiler: Any, **options: Any) -> str:
    return f"sha256(convert_to({compiler.process(element.clauses, **options)}, 'UTF8'))"


def teach_digests(connection: Connection) -> None:
    """Give a connection of SQLite the function, once; PostgreSQL has its own."""
    if connection.dialect.name == "sqlite" and _NAME not in connection.info:
        connection.info[_NAME] = True
        driver: Any = connection.connection.driver_connection
        driver.create_function(_NAME, 1, _digest, deterministic=True)


def _digest(text: str | None) -> bytes | None:
    return None if text is None else digest_of(text)
