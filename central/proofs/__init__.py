"""One-time codes: whether the e-mail or the mobile that a person gives at a terminal is really theirs.

Doors: :class:`central.proofs.service.ProofDesk` answers terminals; :func:`central.proofs.book.proved` tells intake
whether a record's proof holds. A code stands in clear in the message to the person and nowhere else.
"""
