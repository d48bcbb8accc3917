"""A case on the work list of a central whose pages are looked at."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from central.abuse.desk import file_cases
from central.abuse.models import abuse_cases
from central.abuse.scores import Suspicion
from central.engine import in_transaction, reading
from central.enrolments.models import dossiers
from tests.central.web_site import PHARMACY, CentralSite
from wire.identifiers import milliseconds


def file_case(site: CentralSite, score: str, figures: str, percent: int) -> str:
    """A case that rests on all that was opened; its number."""
    with reading(site.engine) as connection:
        evidence = tuple(connection.execute(select(dossiers.c.dossier_id)).scalars())
    suspicion = Suspicion(
        score=score,
        office_id=PHARMACY.office,
        subject="PHARM-974-01-A",
        percent=percent,
        figures=figures,
        evidence=evidence,
    )
    now_ms = milliseconds(site.clock.now)
    in_transaction(site.engine, lambda connection: file_cases(connection, [suspicion], shards=1, now_ms=now_ms))
    with reading(site.engine) as connection:
        query = select(abuse_cases.c.case_id).where(abuse_cases.c.score == score)
        return str(uuid.UUID(bytes=connection.execute(query).scalar_one()))
