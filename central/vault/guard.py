"""The guard: the only one who opens recovery wraps, and only for what was asked, told and waited for.

A round sends the notices that are due, makes wraps for codes whose time has come and for emergency accesses that were
granted, and drops what nobody needs any more. Each step is its own transaction; a round cut anywhere goes on later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Connection, Engine, select, update

from central.engine import in_transaction, reading
from central.vault import accounts, audit, challenges, contacts, decisions, keyring, notices, slips
from central.vault.audit import Tag
from central.vault.errors import WrapError
from central.vault.keyring import Dossier
from central.vault.models import AccountState, Owed, SlipState, WrapRole, owed
from central.vault.settings import VaultSettings
from central.vault.slips import SlipOnFile
from central.vault.trust_file import TrustFile
from central.vault.wraps import open_for_guard, public_key, seal_dossier_key
from wire.identifiers import DossierId, milliseconds
from wire.sealing import SealPurpose
from wire.trust import TrustBundle

AT_ONCE = 50  # of each kind in one round, so that no kind starves another
_AGAIN = timedelta(minutes=1)
_AGAIN_AFTER_DAMAGE = timedelta(hours=1)
_TIDIES = timedelta(hours=1)
_CHALLENGES_KEPT = timedelta(days=1)

_ROLES = {Owed.BREAK_GLASS: WrapRole.BREAK_GLASS, Owed.CENTRE_15: WrapRole.CENTRE_15}
_WRAPPED = {Owed.BREAK_GLASS: Tag.BREAK_GLASS_WRAPPED, Owed.CENTRE_15: Tag.CENTRE_15_WRAPPED}
_log = logging.getLogger("central.vault.guard")


@dataclass(frozen=True, slots=True)
class GuardParts:
    """What the guard works with; ``recovery`` is loaded for it alone."""

    engine: Engine
    recovery: X25519PrivateKey
    trust: TrustFile
    settings: VaultSettings
    clock: Callable[[], datetime]


class Guard:
    """Rounds of what is owed; two guards at once do no harm: each step looks again inside its transaction."""

    def __init__(self, parts: GuardParts) -> None:
        self._parts = parts
        self._tidied_ms = 0

    def round(self) -> int:
        """Do what is due now; how many codes and accesses were settled.

        Raises:
            TrustError: no bundle is valid now.
        """
        now = self._parts.clock()
        now_ms, trust = milliseconds(now), self._parts.trust.current(now)
        with reading(self._parts.engine) as conn:
            requests = slips.waiting(conn, now_ms=now_ms, limit=AT_ONCE)
            debts = conn.execute(
                select(owed).where(owed.c.noted_ms <= now_ms).order_by(owed.c.noted_ms).limit(AT_ONCE)
            ).all()
        for slip in requests:
            self._in_transaction(partial(self._settle_code, slip=slip, now_ms=now_ms))
        for debt in debts:
            dossier, what = DossierId(debt.dossier_id), Owed(debt.what)
            settle = partial(self._settle_debt, dossier_id=dossier, what=what, trust=trust, now_ms=now_ms)
            self._in_transaction(settle)
        if now_ms >= _after(self._tidied_ms, _TIDIES):
            self._in_transaction(lambda conn: _forget(conn, now_ms))
            self._tidied_ms = now_ms
        return len(requests) + len(debts)

    def _in_transaction(self, work: Callable[[Connection], None]) -> None:
        in_transaction(self._parts.engine, work)

    def _settle_code(self, conn: Connection, slip: SlipOnFile, now_ms: int) -> None:
        """Make the wrap for a requested code.

        Steps:

        1. the request still waits; its dossier has arrived and is open; no code that was asked for later is good yet;
        2. where the account is or was somebody's: the delay is over, counted from the arrival or from the notice, and
           nobody is still to be told;
        3. recovery's wrap of every generation is opened, and its key must be the dossier's;
        4. each is sealed to the code's key, in the context of the record that made the code;
        5. the slip before dies with its wraps, this one is live; an account without passphrase is to be activated.
        """
        found = slips.of_record(conn, slip.record_id)
        if found is None or found.state is not SlipState.WAITING_GUARD or (found.due_ms or 0) > now_ms:
            return
        dossier = keyring.find(conn, found.dossier_id)  # 1
        if dossier is None:
            slips.postpone(conn, found, _after(now_ms, _AGAIN))
        elif dossier.is_closed or slips.is_superseded(conn, found):
            slips.settle(conn, found, SlipState.VOID)
        elif (until_ms := self._waits_until(conn, found, now_ms)) > now_ms:  # 2
            slips.postpone(conn, found, until_ms)
        else:
            self._make_code_good(conn, dossier, found, now_ms)

    def _waits_until(self, conn: Connection, slip: SlipOnFile, now_ms: int) -> int:
        if not slips.was_used(conn, slip.dossier_id):
            return now_ms
        until_ms = _after(slip.received_ms, self._parts.settings.guard_delay)
        if notices.is_waiting(conn, slip.dossier_id, slip.record_id):
            until_ms = max(until_ms, _after(now_ms, _AGAIN))
        return until_ms

    def _make_code_good(self, conn: Connection, dossier: Dossier, slip: SlipOnFile, now_ms: int) -> None:
        try:
            to = public_key(slip.code_public)
            sealed = {
                generation: seal_dossier_key(key, to, SealPurpose.WRAP_PATIENT, slip.bound)  # 4
                for generation, key in self._opened(conn, dossier).items()  # 3
            }
        except (WrapError, ValueError) as error:  # ValueError: a key that nothing can be sealed to
            _log.error("a requested code cannot be made good: %s", type(error).__name__)
            slips.settle(conn, slip, SlipState.FAILED)
            audit.write_entry(conn, Tag.CODE_FAILED, at_ms=now_ms, dossier=slip.dossier_id, record=slip.record_id)
            return
        keyring.drop(conn, slip.dossier_id, WrapRole.PATIENT)  # 5
        former = slips.live_of(conn, slip.dossier_id)
        if former is not None:
            slips.settle(conn, former, SlipState.VOID)
        for generation, wrap in sealed.items():
            keyring.keep(conn, slip.dossier_id, generation, WrapRole.PATIENT, wrap, now_ms=now_ms)
        slips.settle(conn, slip, SlipState.LIVE, live_ms=now_ms)
        challenges.end_all(conn, slip.dossier_id)
        audit.write_entry(conn, Tag.CODE_WRAPPED, at_ms=now_ms, dossier=slip.dossier_id, record=slip.record_id)
        if dossier.account not in {AccountState.ACTIVE, AccountState.TO_ACTIVATE}:
            to_activate = AccountState.TO_ACTIVATE
            accounts.move(conn, slip.dossier_id, to_activate, record=slip.record_id, now_ms=now_ms)

    def _settle_debt(
        self, conn: Connection, dossier_id: DossierId, what: Owed, trust: TrustBundle, now_ms: int
    ) -> None:
        dossier = keyring.find(conn, dossier_id)
        if dossier is None or dossier.is_closed:
            decisions.pay(conn, dossier_id, what)
            return
        try:
            if what is Owed.GENERATION:
                if dossier.generation_due > dossier.generation:
                    keyring.renew(conn, dossier, trust, now_ms=now_ms)
            else:
                self._grant(conn, dossier, what, trust, now_ms)
        except WrapError:
            _log.error("a granted access has no wrap yet: recovery's wrap does not open")
            of_debt = (owed.c.dossier_id == dossier_id.value, owed.c.what == what.value)
            conn.execute(update(owed).where(*of_debt).values(noted_ms=_after(now_ms, _AGAIN_AFTER_DAMAGE)))
            return
        decisions.pay(conn, dossier_id, what)

    def _grant(self, conn: Connection, dossier: Dossier, what: Owed, trust: TrustBundle, now_ms: int) -> None:
        """Wraps for a granted emergency access, in every generation that lacks one; unless refused meanwhile."""
        role = _ROLES[what]
        if role in decisions.refused_roles(conn, dossier.dossier_id):
            return
        held = keyring.sealed_for(conn, dossier.dossier_id, role)
        missing = {number: key for number, key in self._opened(conn, dossier).items() if number not in held}
        for generation, key in missing.items():
            sealed = keyring.make_role_wrap(key, role, dossier.bound, trust)
            keyring.keep(conn, dossier.dossier_id, generation, role, sealed, now_ms=now_ms)
        if missing:
            audit.write_entry(conn, _WRAPPED[what], at_ms=now_ms, dossier=dossier.dossier_id)

    def _opened(self, conn: Connection, dossier: Dossier) -> dict[int, X25519PrivateKey]:
        """Generation → private half, by recovery. Lives while it is wrapped anew.

        Raises:
            WrapError: a wrap is damaged, or holds another key.
        """
        publics = keyring.publics(conn, dossier.dossier_id)
        held = keyring.sealed_for(conn, dossier.dossier_id, WrapRole.RECOVERY)
        if held.keys() != publics.keys():
            raise WrapError("recovery lacks a generation")
        return {
            generation: open_for_guard(sealed, self._parts.recovery, dossier.bound, publics[generation])
            for generation, sealed in held.items()
        }


def _forget(conn: Connection, now_ms: int) -> None:
    challenges.forget(conn, before_ms=now_ms - _CHALLENGES_KEPT // timedelta(milliseconds=1))
    contacts.forget_former(conn, now_ms=now_ms)


def _after(start_ms: int, span: timedelta) -> int:
    return start_ms + span // timedelta(milliseconds=1)
