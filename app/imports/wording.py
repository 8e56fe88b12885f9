"""What the pages about tables say: how far one is, what is wrong with it, and with the form."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.models import ImportState

STATES = {
    ImportState.READING: lazy_gettext("The file is being read"),
    ImportState.READ: lazy_gettext("Say which column is what"),
    ImportState.CHECKING: lazy_gettext("Every row is being tried"),
    ImportState.CHECKED: lazy_gettext("Tried: nothing is taken in yet"),
    ImportState.IMPORTING: lazy_gettext("The reports are being taken in"),
    ImportState.DONE: lazy_gettext("Taken in"),
    ImportState.FAILED: lazy_gettext("The file could not be taken"),
}
FAILURES = {
    "old_excel": lazy_gettext(
        "This is a file of an old Excel (.xls). Save it as .xlsx or CSV and send that."
    ),
    "not_a_table": lazy_gettext("This is neither a CSV nor an XLSX file."),
    "damaged": lazy_gettext("The file is damaged. Save it again and send that."),
    "too_large": lazy_gettext("The file is too large once it is unpacked. Split it and send the parts."),
    "too_many_rows": lazy_gettext("The table has more than 50,000 rows. Split it and send the parts."),
    "too_many_columns": lazy_gettext(
        "The table has more than 100 columns. Take out those that aren’t needed."
    ),
    "empty": lazy_gettext("There is no row below the headings."),
    "no_headings": lazy_gettext(
        "The first row holds no headings, or headings with long numbers, addresses or whole sentences. "
        "Put a short name above each column."
    ),
    "expired": lazy_gettext("Nobody went on with it for a week. Send the file again."),
}
REFUSALS = {
    "file_missing": lazy_gettext("Choose a file."),
    "file_too_large": lazy_gettext("The file is larger than 16 MB. Split it and send the parts."),
    "label_missing": lazy_gettext("Give it a name, so that you find it again."),
    "label_long": lazy_gettext("Give it a name of at most 80 characters."),
    "state": lazy_gettext("This was done already, or is under way."),
    "text_unmapped": lazy_gettext(
        "Say which column tells what happened, or add the other columns to the text."
    ),
    "column_unknown": lazy_gettext("Choose one of the columns of this file."),
    "column_twice": lazy_gettext("One column can’t be two things. Choose another for one of them."),
    "nothing_to_import": lazy_gettext("There is no row that can be taken in."),
}
