"""What crosses between terminal, central and vault: values, bytes, seals and signatures. No IO, no clock."""
