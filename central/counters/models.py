"""The table of counts, and the words it counts by.

A row is (shard, dimension, member, period, measure) → value. Readers add up the shards; no reader ever scans facts.
"""

from __future__ import annotations

import enum

from sqlalchemy import BigInteger, Column, Integer, String, Table

from central.db import Word, metadata

ALL_TIME = "all"  # the period of the roll-up of all time; days are 2026-11-22, months 2026-11


class Measure(enum.Enum):
    """What is counted, and on which day (dates of Paris)."""

    DOSSIERS_OPENED = "dossiers_opened"  # day of the opening, clamped (invariant 12)
    SECOND_ENROLMENTS = "second_enrolments"  # same
    REFUSALS = "refusals"  # same
    # What those who come back changed, on the day of the record, clamped; what changed nothing is not counted.
    REACTIVATIONS = "reactivations"
    CODE_REISSUES = "code_reissues"
    CONSENT_CHANGES = "consent_changes"
    CONTACT_CHANGES = "contact_changes"
    CLOSURES = "closures"
    OPPOSITIONS = "oppositions"
    PENDING_INS = "pending_ins"
    QUARANTINED = "quarantined"  # day of arrival
    ACCOUNTS_ACTIVATED = "accounts_activated"  # day the vault says
    CENTS_ACCRUED = "cents_accrued"  # day of booking, whole cents
    CENTS_HELD = "cents_held"  # day of booking, whole cents


class Dimension(enum.Enum):
    """By what it is counted; the member column says which one."""

    TOTAL = "total"  # member ""
    CHANNEL = "channel"  # member: pharmacy
    SUB_CHANNEL = "sub_channel"  # member: counter
    REGION = "region"  # member: INSEE code
    REGION_CHANNEL = "region_channel"  # member: 11/pharmacy
    DEPARTEMENT = "departement"  # member: INSEE code
    OFFICE = "office"  # member: office id
    TERMINAL = "terminal"  # member: terminal id


counters = Table(
    "counters",
    metadata,
    Column("dimension", Word, primary_key=True),
    Column("period", String(10), primary_key=True),
    Column("measure", Word, primary_key=True),
    Column("member", String(64), primary_key=True),
    Column("shard", Integer, primary_key=True, autoincrement=False),
    Column("value", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
