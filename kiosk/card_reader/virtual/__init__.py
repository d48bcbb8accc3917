"""The virtual Vitale card: fictitious people, one APDU engine, an in-process slot and a link to vpcd."""
