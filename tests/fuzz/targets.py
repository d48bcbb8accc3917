"""What must hold whatever the bytes: each target takes some, reads them as one thing or other, and asserts.

Whatever is raised here and is no ``CardError`` of ours is a finding. Needs no fuzzer: hypothesis and kept findings run
the same targets.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.card_reader.apdu import MAX_ROUNDS
from kiosk.card_reader.atr import family_of
from kiosk.card_reader.card_files import MAX_COMMANDS
from kiosk.card_reader.cps import read_serial
from kiosk.card_reader.tlv import MAX_BYTES, MAX_LEVELS, Tlv, encode, parse, read_level
from kiosk.card_reader.virtual.engine import CardEngine
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.vitale import read_card
from kiosk.card_reader.vitale_files import VitaleFiles, contents_of, names_somebody
from kiosk.card_reader.vitale_map import MAX_APPLICATIONS, MAX_FILES, map_of
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.holder import CardContents, CardFamily
from tests.fuzz.hostile_card import Answers, Draw, SpoiltAnswers, layout_from

ATR = bytes.fromhex("3B751300004409EA9000")
CPS4_ATR = bytes.fromhex("3B9B188001001225006480040100009044")
MOST_COMMANDS_OF_A_SERIAL = 4 * MAX_ROUNDS + 20


def tlv(data: bytes) -> None:
    """Objects lie within the bytes, in their order; no level is too deep; what is good can be written again."""
    parsed = parse(data)
    assert all(_depth(item) <= MAX_LEVELS for item in parsed.items)
    assert sum(len(item.value) for item in parsed.items) <= min(len(data), MAX_BYTES)
    level = read_level(data)
    assert [(item.tag, item.value) for item in parsed.items] == level.objects
    again = b"".join(encode(tag, value) for tag, value in level.objects)
    assert read_level(again).objects == level.objects or len(again) > MAX_BYTES


def files(data: bytes) -> None:
    """Names and numbers of any bytes: persons that can be shown, at their positions."""
    draw = Draw(data)
    card = VitaleFiles(draw.sized(), draw.sized(), draw.sized(), draw.rest())
    contents = contents_of(card, ATR)
    assert bool(contents.persons) == names_somebody(card)
    _demand_showable(contents)


def card_map(data: bytes) -> None:
    """A map is never followed further than its limits."""
    found = map_of(data)
    assert len(found.applications) <= MAX_APPLICATIONS
    assert len(found.files) <= MAX_FILES


def answers(data: bytes) -> None:
    """A card that answers anything, and goes on."""
    _read(Answers(Draw(data), endless=data[:64]))


def layouts(data: bytes) -> None:
    """A card that behaves and holds anything."""
    engine = CardEngine(layout_from(Draw(data)))
    _read(SpoiltAnswers(engine, Draw(b"")))


def spoilt(data: bytes) -> None:
    """A good card on a bad line."""
    _read(SpoiltAnswers(card_of("famille").engine(), Draw(data)))


def professional(data: bytes) -> None:
    """A professional's card that answers anything: ten digits or nothing."""
    for atr in (ATR, CPS4_ATR):
        connection = Answers(Draw(data), endless=data[:64])
        try:
            serial = read_serial(connection, atr)
        except CardError:
            continue
        finally:
            assert connection.commands <= MOST_COMMANDS_OF_A_SERIAL
        assert serial is None or (len(serial) == 10 and serial.isdigit())


def atr(data: bytes) -> None:
    """Every answer to reset belongs to some family."""
    assert isinstance(family_of(data[:64]), CardFamily)


TARGETS: tuple[Callable[[bytes], None], ...] = (tlv, files, card_map, answers, layouts, spoilt, professional, atr)


def any_target(data: bytes) -> None:
    """The first byte chooses the target."""
    if data:
        TARGETS[data[0] % len(TARGETS)](data[1:])


def _read(connection: Answers | SpoiltAnswers) -> None:
    fault: CardError | None = None
    try:
        contents = read_card(connection, ATR)
    except CardError as refused:
        fault = refused
    else:
        assert contents.persons
        _demand_showable(contents)
    assert fault is None or isinstance(fault.fault, CardFault)
    assert "SPECIMEN" not in str(fault)
    assert connection.commands <= MAX_COMMANDS


def _demand_showable(contents: CardContents) -> None:
    positions = [who.position for who in contents.persons]
    assert positions == sorted(set(positions))
    for who in contents.persons:
        for text in (who.family_name, who.given_name, who.birth_date, who.country or ""):
            assert text.isprintable() or not any(ord(sign) < 0x20 or 0x7F <= ord(sign) < 0xA0 for sign in text)
        assert who.family_name


def _depth(item: Tlv) -> int:
    return 1 + max((_depth(child) for child in item.children), default=0)
