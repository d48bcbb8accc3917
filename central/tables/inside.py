"""Tables for the programme's own people: every number as counted, in the scope of their role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, select

from central.counters.models import Dimension
from central.counters.reading import Values, read_sums, read_values
from central.devices.departements import DEPARTEMENTS, departement_name, departements_of
from central.devices.models import devices, offices
from central.devices.regions import REGIONS, region_name
from central.errors import QuestionError
from central.tables.periods import Period
from central.tables.shape import By, Line, Number, Question, Table
from central.tables.wording import REST, TOTAL, channel_name, sub_channel_name
from wire.records import Channel

KNOWN_CHANNELS = tuple(channel.value for channel in Channel if channel is not Channel.UNKNOWN)
"""What nobody knows the channel of belongs to the rest."""


@dataclass(frozen=True, slots=True)
class _Members:
    """The members of a breakdown: code → (member as counted, words); ``onward`` when there are more.

    ``is_list``: offices and terminals, of which these may be a piece; ``within`` then names all of one region.
    """

    dimension: Dimension
    named: Mapping[str, tuple[str, str]]
    onward: str | None = None
    is_list: bool = False
    within: Select[str] | None = None

    def asked(self, question: Question) -> list[str] | Select[str] | None:
        """What to read: the piece one by one; a list that is taken whole in one range, not by 25,000 names."""
        if self.is_list and question.limit is None and question.member is None:
            return self.within
        return [member for member, _ in self.named.values()]


def read_inside(connection: Connection, region: str | None, question: Question) -> Table:
    """The table of one region, or of the whole country (None).

    Raises:
        QuestionError: 404 ``not_counted``, sub-channels of one region; 404 ``member_unknown``.
    """
    keys = sorted({key for period in question.periods for key in period.keys})
    dimension, member = (Dimension.TOTAL, "") if region is None else (Dimension.REGION, region)
    scope = read_values(connection, dimension, question.measure, keys, [member])
    total = _numbers(scope, member, question.periods)
    if question.by is By.TOTAL:
        lines: tuple[Line, ...] = (Line(region or "", region_name(region), total),)
        accounted, onward = total, None
    else:
        members = _members(connection, region, question, keys)
        lines = _lines(connection, members, question, keys)
        accounted, onward = _accounted(connection, members, question, lines, keys), members.onward
    return Table(
        question=question,
        region=region,
        lines=only(lines, question.member),
        rest=_rest(total, accounted),
        total=Line("total", TOTAL, total),
        onward=onward,
    )


def only(lines: tuple[Line, ...], member: str | None) -> tuple[Line, ...]:
    """The line that was asked for, or all.

    Raises:
        QuestionError: 404 ``member_unknown``.
    """
    found = lines if member is None else tuple(line for line in lines if line.code == member)
    if member is not None and not found:
        raise QuestionError("this breakdown has no such line", code="member_unknown", status=404)
    return found


def _lines(connection: Connection, members: _Members, question: Question, keys: Sequence[str]) -> tuple[Line, ...]:
    values = read_values(connection, members.dimension, question.measure, keys, members.asked(question))
    return tuple(
        Line(code, label, _numbers(values, member, question.periods)) for code, (member, label) in members.named.items()
    )


def _numbers(values: Values, member: str, periods: Iterable[Period]) -> tuple[Number, ...]:
    return tuple(Number(sum(values.get((member, key), 0) for key in period.keys)) for period in periods)


def _accounted(
    connection: Connection, members: _Members, question: Question, lines: Sequence[Line], keys: Sequence[str]
) -> tuple[Number, ...]:
    """What all members together have, also those beyond this piece of a long list."""
    if not members.is_list:
        places = range(len(question.periods))
        return tuple(Number(sum(line.numbers[at].value or 0 for line in lines)) for at in places)
    sums = read_sums(connection, members.dimension, question.measure, keys, members.within)
    return tuple(Number(sum(sums.get(key, 0) for key in period.keys)) for period in question.periods)


def _rest(total: Sequence[Number], accounted: Sequence[Number]) -> Line:
    pairs = zip(total, accounted, strict=True)
    return Line("unattributed", REST, tuple(Number((whole.value or 0) - (part.value or 0)) for whole, part in pairs))


def _members(connection: Connection, region: str | None, question: Question, keys: Sequence[str]) -> _Members:
    if question.by is By.CHANNEL:
        return _channels(region)
    if question.by is By.SUB_CHANNEL:
        return _sub_channels(connection, region, question, keys)
    if question.by is By.REGION:
        regions = list(REGIONS) if region is None else [region]
        return _Members(Dimension.REGION, {code: (code, region_name(code)) for code in regions})
    if question.by is By.DEPARTEMENT:
        codes = tuple(DEPARTEMENTS) if region is None else departements_of(region)
        return _Members(Dimension.DEPARTEMENT, {code: (code, departement_name(code)) for code in codes})
    return (
        _offices(connection, region, question) if question.by is By.OFFICE else _terminals(connection, region, question)
    )


def _channels(region: str | None) -> _Members:
    if region is None:
        return _Members(Dimension.CHANNEL, {word: (word, channel_name(word)) for word in KNOWN_CHANNELS})
    within = {word: (f"{region}/{word}", channel_name(word)) for word in KNOWN_CHANNELS}
    return _Members(Dimension.REGION_CHANNEL, within)


def _sub_channels(connection: Connection, region: str | None, question: Question, keys: Sequence[str]) -> _Members:
    if region is not None:
        raise QuestionError("sub-channels are counted for the whole country only", code="not_counted", status=404)
    counted = read_values(connection, Dimension.SUB_CHANNEL, question.measure, keys)
    words = sorted({member for member, _ in counted})
    return _Members(Dimension.SUB_CHANNEL, {word: (word, sub_channel_name(word)) for word in words})


def _offices(connection: Connection, region: str | None, question: Question) -> _Members:
    query = select(offices.c.office_id, offices.c.name).order_by(offices.c.office_id)
    if region is None:
        return _piece(connection, Dimension.OFFICE, query, None, question)
    within = select(offices.c.office_id).where(offices.c.region == region)
    return _piece(connection, Dimension.OFFICE, query.where(offices.c.region == region), within, question)


def _terminals(connection: Connection, region: str | None, question: Question) -> _Members:
    places = devices.join(offices, offices.c.office_id == devices.c.office_id)
    query = select(devices.c.terminal_id, offices.c.name).select_from(places).order_by(devices.c.terminal_id)
    if region is None:
        return _piece(connection, Dimension.TERMINAL, query, None, question)
    within = select(devices.c.terminal_id).select_from(places).where(offices.c.region == region)
    return _piece(connection, Dimension.TERMINAL, query.where(offices.c.region == region), within, question)


def _piece(
    connection: Connection,
    dimension: Dimension,
    query: Select[str, str],
    within: Select[str] | None,
    question: Question,
) -> _Members:
    """A piece of a long list, in the order of its codes; one row more is read to know whether it goes on."""
    code = query.selected_columns[0]
    if question.member is not None:
        query = query.where(code == question.member)
    if question.after is not None:
        query = query.where(code > question.after)
    if question.limit is not None:
        query = query.limit(question.limit + 1)
    rows = list(connection.execute(query))
    is_more = question.limit is not None and len(rows) > question.limit
    kept = rows[: question.limit] if is_more else rows
    named = {row[0]: (row[0], row[1]) for row in kept}
    return _Members(dimension, named, kept[-1][0] if is_more else None, is_list=True, within=within)
