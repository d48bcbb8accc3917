"""Everything the session works with, handed in once: ports, clocks, chance, and how slow work is run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.enrolment.desks import ApCvDesk, ContactProver, EarningsDesk, NoApCv, StatusDesk
from kiosk.enrolment.pairing import new_code
from kiosk.enrolment.place import OperatorDirectory, Whereabouts
from kiosk.enrolment.ports import (
    CardReader,
    NoSecondReader,
    NoVoice,
    ProfessionalReader,
    RecordStore,
    SlipJournal,
    SlipPrinter,
    Voice,
)
from kiosk.enrolment.upkeep import Upkeep
from wire.codes import ActivationCode, Locator
from wire.failpoints import Reach, pass_by

Job = Callable[[], None]


def in_thread(job: Job) -> None:
    """Run slow work beside the screens; a daemon, because the power may go at any instant anyway."""
    threading.Thread(target=job, daemon=True).start()


def new_slip_secrets() -> tuple[Locator, ActivationCode]:
    """Locator and code of a slip B, from the system's randomness."""
    return Locator.new(), ActivationCode.new()


@dataclass(frozen=True, slots=True)
class Collaborators:
    """``clock`` gives aware UTC; ``monotonic`` gives seconds that nobody can set, for silence and display times.

    ``scan_prefix``: what the scanner types before a code, if it was set to (:func:`kiosk.enrolment.scan.is_prefix`).
    """

    reader: CardReader
    printer: SlipPrinter
    store: RecordStore
    journal: SlipJournal
    desk: StatusDesk
    prover: ContactProver
    earnings: EarningsDesk
    operators: OperatorDirectory
    upkeep: Upkeep
    whereabouts: Whereabouts
    clock: Callable[[], datetime]
    make_dossier_key: Callable[[], X25519PrivateKey] = X25519PrivateKey.generate
    reach: Reach = pass_by
    make_slip_secrets: Callable[[], tuple[Locator, ActivationCode]] = new_slip_secrets
    make_pairing_code: Callable[[], str] = new_code
    monotonic: Callable[[], float] = time.monotonic
    run_aside: Callable[[Job], None] = in_thread
    professional: ProfessionalReader = field(default_factory=NoSecondReader)
    voice: Voice = field(default_factory=NoVoice)
    apcv: ApCvDesk = field(default_factory=NoApCv)
    scan_prefix: str = ""
