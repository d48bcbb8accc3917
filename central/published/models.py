"""Tables of published figures: who said what, of which day, how precisely. Nothing of ours is counted here."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table, Text

from central.db import Day, Millis, Word, metadata

published_sources = Table(
    "published_sources",
    metadata,
    Column("source_key", Word, primary_key=True),  # AMELI18
    Column("name", Text, nullable=False),
    Column("published_on", Day, nullable=False),  # as precisely as it is known: 2018-12-14, 2018, or nothing
)

published_figures = Table(
    "published_figures",
    metadata,
    Column("source_key", Word, ForeignKey("published_sources.source_key"), primary_key=True),
    Column("measure", Word, primary_key=True),  # central.published.figures.PublishedMeasure
    Column("channel", Word, primary_key=True),  # wire.records.Channel, or "" for all together
    Column("region", String(3), primary_key=True),  # INSEE code, or "" for the whole country
    Column("since", Day, primary_key=True),  # first day of what was counted; "" where it is a state at one date
    Column("until", Day, primary_key=True),  # the date, as precisely as the source says it: 2018-12-13, 2016-12, 2012
    Column("value", BigInteger, nullable=False),  # whole; a share in hundredths of a percent
    Column("highest", BigInteger),  # of a range: its other end
    Column("kind", Word, nullable=False),  # central.published.figures.Precision
    Column("note", Text, nullable=False),
    Column("imported_ms", Millis, nullable=False),
)
