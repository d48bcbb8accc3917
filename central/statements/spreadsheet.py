"""A statement as CSV: an entry a line, for who adds up for themselves."""

from __future__ import annotations

import csv
import uuid
from typing import TextIO

from central.ledger.amounts import euros
from central.statements.document import OfficeStatement
from central.statements.wording import entry_word, reason_word

COLUMNS = (
    "ecrit_le",
    "ouvert_le",
    "enregistrement",
    "terminal",
    "ecriture",
    "motif",
    "gagne_eur",
    "a_payer_eur",
    "regle",
    "version",
)


def write_csv(statement: OfficeStatement, out: TextIO) -> None:
    """Semicolons and decimal commas, as spreadsheets in French read them; the last line is the sum.

    No cell begins with ``=``, ``+`` or ``@``: all are numbers, dates, or words of ours (a terminal's name is capitals,
    digits and dashes).
    """
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in statement.lines:
        writer.writerow(
            (
                line.booked_on,
                line.opened_on,
                uuid.UUID(bytes=line.record_id),
                line.terminal_id,
                entry_word(line.entry),
                reason_word(line.reason),
                euros(line.cents, ","),
                euros(line.owed, ","),
                line.rule,
                line.rules_version,
            )
        )
    total = (euros(statement.cents, ","), euros(statement.owed, ","))
    writer.writerow(("total", "", "", "", "", "", *total, "", ""))
