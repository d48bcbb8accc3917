"""From a bare machine to a working service or terminal: keys, trust bundle, registration, system files."""
