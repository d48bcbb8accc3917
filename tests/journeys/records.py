"""What a journey left behind at central and at the vault, compared with what was there before it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.town.town import Town
from tests.waiting import wait_for
from wire.records import Routing, read_record, read_routing


@dataclass
class Traces:
    """Taken at the start of a journey; every query is of what came since."""

    town: Town
    _dossiers: set[bytes] = field(init=False)
    _records: set[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._dossiers = self._all_dossiers()
        self._records = {record for (record,) in self.town.at_central("SELECT record_id FROM records")}

    def dossiers(self) -> list[bytes]:
        """Dossiers opened at central."""
        return sorted(self._all_dossiers() - self._dossiers)

    def the_dossier(self) -> bytes:
        """The one dossier that was opened."""
        (dossier,) = self.dossiers()
        return dossier

    def routings(self, kind: str) -> list[Routing]:
        """The clear parts of the records of a kind that arrived."""
        rows = self.town.at_central("SELECT record_id, raw FROM records WHERE kind = ?", kind)
        return [read_routing(read_record(raw).routing) for record, raw in rows if record not in self._records]

    def refusals_at_central(self, dossier: bytes) -> tuple[bool, bool]:
        """Whether break-the-glass and centre 15 are refused, as central has it."""
        query = "SELECT break_glass_refused, centre_15_refused FROM dossiers WHERE dossier_id = ?"
        ((break_glass, centre_15),) = self.town.at_central(query, dossier)
        return bool(break_glass), bool(centre_15)

    def account(self, dossier: bytes) -> str:
        """The account's state as central has it."""
        ((state,),) = self.town.at_central("SELECT state FROM accounts WHERE dossier_id = ?", dossier)
        return str(state)

    def cents(self, dossier: bytes) -> list[int]:
        """What the ledger has for that dossier."""
        return [
            cents for (cents,) in self.town.at_central("SELECT cents FROM ledger_entries WHERE dossier_id = ?", dossier)
        ]

    def wraps(self, dossier: bytes) -> set[str]:
        """Whose wraps the vault has."""
        return {role for (role,) in self.town.at_vault("SELECT role FROM wraps WHERE dossier_id = ?", dossier)}

    def wait_for_account(self, dossier: bytes, state: str) -> None:
        """Until central has heard of it from the vault."""
        wait_for(f"the account is {state}", lambda: self.account(dossier) == state)

    def _all_dossiers(self) -> set[bytes]:
        return {dossier for (dossier,) in self.town.at_central("SELECT dossier_id FROM dossiers")}
