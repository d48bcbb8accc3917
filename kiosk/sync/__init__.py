"""From a fact to acknowledged: sealed on disk, signed, sent, verified, forgotten. Sees only the ports of enrolment."""
