"""The export page: choose, see how much would go out, take it."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.casework.complaints import from_validation
from app.database import db, transaction
from app.exports import schemas, service
from app.exports.queries import ExportFilter, count_exportable, earlier_exports
from app.exports.service import FileFormat
from app.models import ExportRecord
from app.reference import geography
from app.reference.taxonomy import violations

blueprint = Blueprint("exports", __name__, url_prefix="/desk/exports")
_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@blueprint.app_template_filter("export_words")
def filter_in_words(record: ExportRecord) -> list[tuple[str, str]]:
    """What an earlier export was limited to."""
    return service.described(ExportFilter.from_record(record.filters))


@blueprint.get("")
def export_form() -> ResponseReturnValue:
    """The form, with how many cases its present filter lets out."""
    try:
        wanted = schemas.export_filter(schemas.ExportIn().load(request.args.to_dict()))
    except ValidationError as error:
        form = from_validation("export", request.args.to_dict(), error)
        return _page(form, None), HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(FormState("export", request.args.to_dict()), wanted)


@blueprint.post("")
def download() -> ResponseReturnValue:
    """Make the file, record it, hand it out."""
    try:
        data = schemas.DownloadIn().load(request.form.to_dict())
    except ValidationError as error:
        form = from_validation("export", request.form.to_dict(), error)
        return _page(form, None), HTTPStatus.UNPROCESSABLE_ENTITY
    wanted, file_format = schemas.export_filter(data), FileFormat(data["file_format"])
    file = service.build(db.session(), current_user(), wanted, file_format)
    with transaction() as session:
        service.record(session, current_user(), wanted, file_format, file)
    return send_file(
        file.content, mimetype=_TYPES[file_format], as_attachment=True, download_name=file.name, max_age=0
    )


def _page(form: FormState, wanted: ExportFilter | None) -> str:
    user = current_user()
    return render_template(
        "desk/exports.html",
        form=form,
        wanted=wanted,
        count=count_exportable(db.session(), user, wanted) if wanted else None,
        earlier=earlier_exports(db.session(), user),
        regions=geography.regions(),
        violations=violations(),
        formats=list(FileFormat),
    )
