"""A sheet as CSV and as XLSX. Words stay words: no cell is ever taken for a formula.

CSV: UTF-8 with a byte order mark, because Excel reads a file without one as Windows-1252 and spoils every accent;
semicolons and decimal commas, because that is what a spreadsheet in French splits at; CRLF (RFC 4180).
XLSX: by XlsxWriter, every cell written by its type.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from central.exports.sheet import Cell, Sheet

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")  # OWASP, CSV injection
_WIDEST = 60  # characters
_SHEET_NAME_LIMIT = 31


def as_csv(sheet: Sheet) -> bytes:
    """The bytes of the CSV: heads first; after the table and an empty line, what must be said beside it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_text(head) for head in sheet.heads])
    writer.writerows([[_text(cell) for cell in row] for row in sheet.rows])
    writer.writerow([])
    writer.writerows([[_text(remark)] for remark in sheet.remarks])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet, now: datetime) -> bytes:
    """The bytes of the workbook: remarks above, then the table, its heads frozen."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": sheet.name, "created": now.replace(tzinfo=None)})
    page = book.add_worksheet(sheet.name[:_SHEET_NAME_LIMIT])
    bold, quiet = book.add_format({"bold": True, "bottom": 1}), book.add_format({"font_color": "#566168"})
    whole, fraction = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "#,##0.00"})
    percent = book.add_format({"num_format": "0.0 %"})
    for at, remark in enumerate(sheet.remarks):
        page.write_string(at, 0, remark, quiet)
    top = len(sheet.remarks) + 1
    for column, head in enumerate(sheet.heads):
        page.write_string(top, column, head, bold)
        page.set_column(column, column, _width(sheet, column))
    for at, row in enumerate(sheet.rows, top + 1):
        for column, cell in enumerate(row):
            form = percent if column in sheet.shares else whole if isinstance(cell, int) else fraction
            _write(page, at, column, cell, form)
    page.freeze_panes(top + 1, 0)
    book.close()
    return out.getvalue()


def _write(page: Worksheet, row: int, column: int, cell: Cell, form: Format) -> None:
    if isinstance(cell, str):
        page.write_string(row, column, cell)
    elif cell is not None:
        page.write_number(row, column, cell, form)


def _text(cell: Cell) -> str:
    """A cell of a CSV: a number with a decimal comma; words that begin like a formula behind an apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULA_BEGINS) else cell
    return str(cell).replace(".", ",")


def _width(sheet: Sheet, column: int) -> int:
    cells = [sheet.heads[column], *(row[column] for row in sheet.rows)]
    return min(_WIDEST, max(len(str(cell or "")) for cell in cells) + 2)
