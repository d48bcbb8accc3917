"""The insurer's side: intake of records, dossiers, accounts, ledger, managers; and, apart from all of it, the vault."""
