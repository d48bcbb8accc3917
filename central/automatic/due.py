"""Six weeks after the letter, without an objection, a dossier opens by itself (dmp.md §15 transition 15; R.1111-28)."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection, select

from central.automatic.models import RegisterState, register
from central.counters.tally import Place
from central.dates import paris_day
from central.enrolments.persons import standings
from central.intake.openings import open_by_itself
from central.intake.sheet import Scene, Sheet
from central.intake.writing import write_rows
from central.ledger.rules import Rules
from wire.canonical import WireStruct, encode
from wire.records import Channel

OBJECTION_DAYS = 42
AT_ONCE = 200  # persons a transaction: terminals wait no longer for it than for a batch
LETTER = "letter"
"""The kind under which the vault is told of it, and the sub-channel under which it is counted."""

_PLACE = Place(channel=Channel.AUTO.value, sub_channel=LETTER, region="", departement="", office="", terminal="")


class InformationEvidence(WireStruct, frozen=True):
    """What stands where a consent would: nobody said yes, the person was informed on that day and did not object."""

    informed_on: str
    opened_on: str
    version: int = 1


def open_due(connection: Connection, rules: Rules, *, shards: int, now_ms: int) -> list[bytes]:
    """Open for at most :data:`AT_ONCE` persons whose time is over; who they were, by fingerprint, all of them settled.

    Steps:

    1. informed 42 days ago or earlier, by the dates in Paris: on day 41 a person may still object, on day 42 it opens;
    2. not opposed (the register knows), else the row is not even read;
    3. without a dossier, open or closed: who has one asked for it, or closed it;
    4. opened without a bonus; nobody's key: the vault makes one.

    Not checked: that the letter arrived. The mailing says so by its date.
    """
    today = date.fromisoformat(paris_day(now_ms))
    last_letter = (today - timedelta(days=OBJECTION_DAYS)).isoformat()
    due = connection.execute(
        select(register.c.fingerprint, register.c.letter_id, register.c.informed_on)
        .where(register.c.state == RegisterState.INFORMED.value, register.c.informed_on <= last_letter)  # 1, 2
        .order_by(register.c.informed_on)
        .limit(AT_ONCE)
    ).all()
    scene = Scene(place=_PLACE, actor="central", received_ms=now_ms, rules=rules, opts_out=True)
    sheet = Sheet(scene, standings(connection, [row.fingerprint for row in due]))
    for row in due:
        if sheet.standing(row.fingerprint) is None:  # 3
            proof = InformationEvidence(informed_on=row.informed_on, opened_on=sheet.arrived_on)
            open_by_itself(sheet, row.fingerprint, row.letter_id, encode(proof), kind=LETTER)  # 4
        sheet.register(row.fingerprint, RegisterState.SETTLED)
    write_rows(connection, sheet.rows, scene, shards=shards)
    return [row.fingerprint for row in due]
