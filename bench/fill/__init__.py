"""Years of a made-up programme in a database: offices and terminals, dossiers as intake writes them, counters alone."""
