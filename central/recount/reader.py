"""An engine for who only reads, so that not even a fault of ours could write."""

from __future__ import annotations

from urllib.parse import quote

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from central.engine import make_engine


def make_reader(url: str) -> Engine:
    """An engine for a database that is there: a SQLite file is opened read-only.

    On PostgreSQL it is the transaction that cannot write (:func:`central.engine.reading`).
    """
    made = make_url(url)
    if made.get_backend_name() == "postgresql" or not made.database:
        return make_engine(url)
    file = f"file:{quote(made.database)}"
    return make_engine(made.set(database=file, query={"mode": "ro", "uri": "true"}).render_as_string())
