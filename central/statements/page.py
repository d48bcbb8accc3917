"""A statement as PDF, A4, in French: sums, what became of each month, and, for a month, every entry.

By ReportLab, with the Vera fonts that it brings: what an office keeps for ten years looks the same everywhere. The same
statement makes the same bytes.
"""

from __future__ import annotations

import io
import uuid
from functools import cache, partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from central.ledger.amounts import euros
from central.statements.document import OfficeStatement
from central.statements.wording import entry_word, french_day, period_words, reason_word, state_word

_FONT, _BOLD = "Vera", "VeraBd"
_INK, _RULE, _HEAD = colors.HexColor("#1b1b1b"), colors.HexColor("#8a8a8a"), colors.HexColor("#ececec")
_TITLE = "Relevé de la rémunération des ouvertures de DMP"
_MARGIN = 18 * mm
_MONTH_COLUMNS = (("Mois", 32), ("Ouvertures", 24), ("Gagné (€)", 28), ("À payer (€)", 28), ("État", 30), ("Ordre", 28))
_LINE_COLUMNS = (
    ("Écrit le", 18),
    ("Ouvert le", 18),
    ("Enregistrement", 60),
    ("Écriture et motif", 36),
    ("Gagné (€)", 17),
    ("À payer (€)", 21),
)
_NUMBERS_OF_MONTH, _NUMBERS_OF_LINE = (1, 2, 3), (4, 5)


def statement_pdf(statement: OfficeStatement) -> bytes:
    """The bytes of the PDF."""
    _register_fonts()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=f"{_TITLE}, {period_words(statement.period)}",
        author="Assurance maladie",
        subject=statement.office_id,
        lang="fr-FR",
        invariant=1,
    )
    foot = partial(_foot, f"{statement.office_id} · {period_words(statement.period)}")
    document.build([*_head(statement), *_months(statement), *_lines(statement)], onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _head(statement: OfficeStatement) -> list[Flowable]:
    finess = [f"FINESS {statement.finess}"] if statement.finess else []
    who = "<br/>".join(escape(line) for line in (statement.name, *statement.address, *finess, statement.office_id))
    note = (
        "Ce relevé est arrêté : une correction s’inscrit dans le relevé d’un mois suivant."  # noqa: RUF001 - French
        if statement.is_closed
        else "<b>Situation provisoire :</b> la période n’est pas close."  # noqa: RUF001 - French
    )
    return [
        Paragraph(_TITLE, _style(15, bold=True, after=2)),
        Paragraph(period_words(statement.period), _style(12, after=6)),
        Paragraph(who, _style(9.5, after=6)),
        Paragraph(
            f"{statement.openings} ouverture(s), {euros(statement.cents, ',')} € gagnés, "
            f"<b>{euros(statement.owed, ',')} € à payer</b>.",
            _style(11, after=3),
        ),
        Paragraph(note, _style(9, after=5)),
    ]


def _months(statement: OfficeStatement) -> list[Flowable]:
    rows = [
        [
            period_words(row.month),
            str(row.sums.openings),
            euros(row.sums.cents, ","),
            euros(row.sums.owed, ","),
            state_word(row.state),
            row.payment_id or "",
        ]
        for row in statement.months
    ]
    total = ["Total", str(statement.openings), euros(statement.cents, ","), euros(statement.owed, ","), "", ""]
    return [_table(_MONTH_COLUMNS, [*rows, total], _NUMBERS_OF_MONTH, has_total=True), Spacer(0, 6 * mm)]


def _lines(statement: OfficeStatement) -> list[Flowable]:
    """Each entry of a month; of a year they stand in the monthly statements and in the CSV."""
    if len(statement.period) == len("2018"):
        return [Paragraph("Le détail figure sur les relevés mensuels.", _style(9))]
    rows = [
        [
            french_day(line.booked_on),
            french_day(line.opened_on),
            str(uuid.UUID(bytes=line.record_id)),
            entry_word(line.entry) + (f" : {reason_word(line.reason)}" if line.reason else ""),
            euros(line.cents, ","),
            euros(line.owed, ","),
        ]
        for line in statement.lines
    ]
    basis = sorted({f"{line.rule} (version {line.rules_version})" for line in statement.lines})
    return [
        Paragraph("Écritures", _style(11, bold=True, after=2)),
        _table(_LINE_COLUMNS, rows, _NUMBERS_OF_LINE),
        Spacer(0, 3 * mm),
        Paragraph(f"Règle appliquée : {escape(', '.join(basis))}", _style(8)),
    ]


def _table(
    columns: tuple[tuple[str, int], ...], rows: list[list[str]], numbers: tuple[int, ...], *, has_total: bool = False
) -> LongTable:
    cell, right = _style(7.5), _style(7.5, right=True)
    cells: list[list[Any]] = [
        [Paragraph(escape(text), right if place in numbers else cell) for place, text in enumerate(row)] for row in rows
    ]
    head = [Paragraph(name, _style(7.5, bold=True, right=place in numbers)) for place, (name, _) in enumerate(columns)]
    table = LongTable([head, *cells], colWidths=[width * mm for _, width in columns], repeatRows=1)
    style: list[Any] = [
        ("BACKGROUND", (0, 0), (-1, 0), _HEAD),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, _RULE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    if has_total:
        style.append(("LINEABOVE", (0, -1), (-1, -1), 1, _INK))
    table.setStyle(TableStyle(style))
    return table


def _foot(text: str, canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont(_FONT, 7.5)
    canvas.setFillColor(_INK)
    canvas.drawString(_MARGIN, _MARGIN / 2, text)
    canvas.drawRightString(A4[0] - _MARGIN, _MARGIN / 2, f"page {document.page}")
    canvas.restoreState()


def _style(size: float, *, bold: bool = False, right: bool = False, after: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        f"s{size}{bold}{right}{after}",
        fontName=_BOLD if bold else _FONT,
        fontSize=size,
        leading=size * 1.35,
        textColor=_INK,
        alignment=2 if right else 0,
        spaceAfter=after * mm,
    )


@cache
def _register_fonts() -> None:
    folder = Path(reportlab.__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont(_FONT, str(folder / "Vera.ttf")))
    pdfmetrics.registerFont(TTFont(_BOLD, str(folder / "VeraBd.ttf")))
    pdfmetrics.registerFontFamily(_FONT, normal=_FONT, bold=_BOLD, italic=_FONT, boldItalic=_BOLD)
