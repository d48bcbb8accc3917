"""Backup and restore of one service's database: a neutral leaf that central and the vault both stand on."""
