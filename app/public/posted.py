"""A form with files: what was written, and the files on their way into sealed pieces while they arrive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flask import Request
from flask_babel import gettext
from sqlalchemy.exc import SQLAlchemyError

from app.bodies import body_of
from app.current import current_limits
from app.database import close_session, db, transaction
from app.intake import uploads
from app.intake.upload_limits import Meter, check_beginning, check_room
from app.intake.uploads import LARGEST_FILE_BYTES, MOST_FILES, NewUpload, PieceWriter, UploadRefused
from app.public.parts import LARGEST_FIELDS_BYTES, MULTIPART, read_parts
from app.public.reading import boundary_of, gather, read_form
from app.settings import Settings

FILES = "files"  # the input, and by what name its problems are known
TOKEN = "file"  # noqa: S105 - the hidden fields that name files which are here already
DROPPED = "drop"  # tokens of files that the person doesn't want to send after all
LARGEST_POST_BYTES = MOST_FILES * LARGEST_FILE_BYTES + LARGEST_FIELDS_BYTES


@dataclass(frozen=True, slots=True)
class Posted:
    """A form as it came. `uploads` are tokens for NewReport, Draft and the form shown again.

    `problems` says, under "files", in the page's language what became of files that aren't among them. What was
    written is there in any case.
    """

    fields: dict[str, str]
    uploads: list[str] = field(default_factory=list)
    problems: dict[str, list[str]] = field(default_factory=dict)


def read_posted(request: Request, settings: Settings) -> Posted:
    """Read a form that may bring files. Opens transactions of its own; raises ClientDisconnected for half a form."""
    if request.mimetype != MULTIPART:
        return _sorted_out(settings, read_form(request), [], [])
    taker = _Taker(settings, request.remote_addr or "")
    with body_of(request, LARGEST_POST_BYTES) as body:
        fields = gather(read_parts(body, boundary_of(request), taker))
    return _sorted_out(settings, fields, taker.tokens, taker.refusals)


def _sorted_out(
    settings: Settings, fields: dict[str, str], arrived: list[str], refusals: list[str]
) -> Posted:
    known, dropped = _lines(fields.pop(TOKEN, "")), set(_lines(fields.pop(DROPPED, "")))
    for token in dropped.intersection(known):
        uploads.remove(settings, token)
    wanted = [token for token in dict.fromkeys([*known, *arrived]) if token not in dropped]
    if len(wanted) > MOST_FILES:
        refusals = [*refusals, "too_many_files"]
    return Posted(fields, wanted[:MOST_FILES], _problems(refusals))


def _lines(value: str) -> list[str]:
    return [line for line in value.split("\n") if line]


class _Taker:
    """Puts each file of a form into an upload of its own. What goes wrong with one is noted, and the form read on."""

    def __init__(self, settings: Settings, who: str) -> None:
        self.tokens: list[str] = []
        self.refusals: list[str] = []
        self._settings = settings
        self._who = who
        self._meter = Meter(current_limits(), who)
        self._refused = False
        self._upload: NewUpload | None = None
        self._writer: PieceWriter | None = None

    def begin(self) -> None:
        """Room is made with the first byte: a form in which nothing was chosen sends an empty file."""
        self._refused, self._upload, self._writer = False, None, None

    def write(self, content: bytes) -> None:
        """Seal some bytes."""
        if self._refused or not content:
            return
        try:
            self._meter.count(len(content))
            writer = self._writer or self._new_writer()
            writer.write(content)
        except (UploadRefused, SQLAlchemyError) as problem:
            self._refuse(problem)

    def end(self) -> None:
        """The file is as large as what came of it."""
        if self._refused or self._upload is None or self._writer is None:
            return
        try:
            self._writer.flush()
            with transaction() as session:
                uploads.close_at(session, self._upload.id)
        except (UploadRefused, SQLAlchemyError) as problem:
            self._refuse(problem)
            return
        self.tokens.append(self._upload.token)

    def _new_writer(self) -> PieceWriter:
        if len(self.tokens) >= MOST_FILES:
            raise UploadRefused("too_many_files")
        check_room(self._settings, db.session())
        close_session()  # what follows may take minutes
        check_beginning(current_limits(), self._who)
        self._upload = uploads.begin(self._settings, LARGEST_FILE_BYTES)
        self._writer = PieceWriter(self._settings, self._upload.id)
        return self._writer

    def _refuse(self, problem: UploadRefused | SQLAlchemyError) -> None:
        self._refused = True
        self.refusals.append(str(problem) if isinstance(problem, UploadRefused) else "unavailable")
        if self._upload is not None and isinstance(problem, UploadRefused):
            uploads.remove(self._settings, self._upload.token)


def _problems(refusals: Iterable[str]) -> dict[str, list[str]]:
    messages = [_message(code) for code in dict.fromkeys(refusals)]
    return {FILES: messages} if messages else {}


def _message(code: str) -> str:
    said: Mapping[str, str] = {
        "too_large": gettext(
            "A file is too large: up to %(size)s MB each. It was not taken.",
            size=LARGEST_FILE_BYTES // 1024**2,
        ),
        "too_many_files": gettext("Only %(count)s files can be sent at once.", count=MOST_FILES),
    }
    return said.get(code) or gettext(
        "A file could not be taken now. Send your message without it; you can add it later with your code."
    )
