"""Every way in which the card reader cannot even be set up.

CardReaderError              base
├── PcscMissingError         pyscard or the PC/SC library is not installed
├── UnknownCardError         the deck of virtual cards has no card of that name
└── ScenarioError            a scenario file of the card simulator does not say what it must

What goes wrong with a card in the slot is ``kiosk.enrolment.errors.CardError`` from the lowest layer up: the
enrolment knows those faults, so translating them twice would only lose some.
"""

from __future__ import annotations


class CardReaderError(Exception):
    """Base of the tree; ``code`` is stable."""

    code = "card_reader"


class PcscMissingError(CardReaderError):
    """The extra ``pcsc`` or the library libpcsclite is not installed on this machine."""

    code = "pcsc_missing"


class UnknownCardError(CardReaderError):
    """The deck of virtual cards has no card of that name."""

    code = "unknown_card"


class ScenarioError(CardReaderError):
    """A scenario file of the card simulator cannot be read; the sentence names file and field."""

    code = "scenario"
