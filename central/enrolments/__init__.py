"""Persons and dossiers: the administrative side, one dossier a person, with the evidence of consent."""
