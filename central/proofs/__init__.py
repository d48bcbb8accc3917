"""One-time codes: whether the e-mail or the mobile that a person gives at a terminal is really theirs."""
