"""Files for the operating system: systemd units, users, the printer's udev rule; see docs/operations.md."""
