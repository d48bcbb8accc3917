"""From statements to the bank: accounts of offices, the payment file, one signed total."""
