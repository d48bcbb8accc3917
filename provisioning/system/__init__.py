"""Files for the operating system: systemd units, users, the printer's udev rule. Read docs/operations.md beside them."""
