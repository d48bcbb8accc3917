"""Numbers for others: service accounts of the JSON API, its description, and published series of indicator 2.8.4."""

from __future__ import annotations

import argparse
import json
from datetime import timedelta
from pathlib import Path

from central.api import accounts
from central.api.openapi import document
from central.commands.desk import Desk, Parsers, offer, offer_group
from central.devices.regions import check_region, region_name
from central.engine import in_transaction, reading
from central.errors import SetupError
from central.published import service
from central.published.comparison import contradictions
from central.staff.permissions import PERMISSIONS, Role

_USUAL_DAYS = 365
_ASKING = sorted(
    role.value for role in Role if any(role in PERMISSIONS[name] for name in ("api.counts", "api.silent_points"))
)


def add_parsers(parsers: Parsers) -> None:
    """Offer the commands."""
    group = offer_group(parsers, "service", help="programs that may ask the JSON API")
    issued = offer(group, "issue", _issue, help="let a program ask; prints its token, once")
    issued.add_argument("name", help="3 to 32 capitals, digits and dashes")
    issued.add_argument("--role", choices=_ASKING, required=True)
    issued.add_argument("--region", help="INSEE code of the one region to see: for a regional manager's program")
    issued.add_argument("--days", type=int, default=_USUAL_DAYS, help=f"how long it is good for ({_USUAL_DAYS})")
    offer(group, "revoke", _revoke, help="a program may ask no more, at once").add_argument("name")
    offer(group, "list", _list, help="which programs may ask, as what, until when; no token")
    offer(parsers, "openapi", _openapi, help="print the description of the JSON API (docs/openapi.json)")
    published = offer_group(parsers, "published", help="published series of indicator 2.8.4")
    imported = offer(published, "import", _import, help="keep a file of figures; without one, those that come with us")
    imported.add_argument("series", type=Path, nargs="?", help="CSV: docs/api.md says its columns")
    imported.add_argument("--sources", type=Path, help="CSV of the sources it names: key, name, published_on")
    offer(published, "list", _published, help="how many figures there are, and what disagrees")


def _issue(desk: Desk, options: argparse.Namespace) -> int:
    if not 0 < options.days <= accounts.LONGEST_DAYS:
        raise SetupError(f"a token is good for 1 to {accounts.LONGEST_DAYS} days", code="days")
    region = None if options.region is None else check_region(options.region)
    now, lasts = desk.clock(), timedelta(days=options.days)
    token = in_transaction(
        desk.engine,
        lambda connection: accounts.issue(
            connection, options.name, Role(options.role), region, lasts=lasts, now=now, shards=desk.settings.shards
        ),
    )
    desk.say(f"token: {token}")
    desk.say(f"sees: {region_name(region)}, until {now + lasts:%Y-%m-%d %H:%M} UTC; this is the only time it is shown")
    return 0


def _revoke(desk: Desk, options: argparse.Namespace) -> int:
    name, now, shards = options.name.strip().upper(), desk.clock(), desk.settings.shards
    in_transaction(desk.engine, lambda connection: accounts.revoke(connection, name, now=now, shards=shards))
    desk.say(f"service account {name}: asks no more")
    return 0


def _list(desk: Desk, _options: argparse.Namespace) -> int:
    with reading(desk.engine) as connection:
        rows = accounts.list_accounts(connection)
    for row in rows:
        is_over = row.expires <= desk.clock()
        state = "REVOKED" if row.is_revoked else "EXPIRED" if is_over else f"until {row.expires:%Y-%m-%d}"
        desk.say("  ".join([row.account_id, row.role.value, region_name(row.region), state]))
    if not rows:
        desk.say("no service account is known")
    return 0


def _openapi(desk: Desk, _options: argparse.Namespace) -> int:
    desk.say(json.dumps(document(), ensure_ascii=False, indent=2, sort_keys=True))
    return 0


def _import(desk: Desk, options: argparse.Namespace) -> int:
    shipped_series, shipped_sources = service.shipped()
    series = shipped_series if options.series is None else _read(options.series)
    sources = _read(options.sources) if options.sources else shipped_sources if options.series is None else None
    now, shards = desk.clock(), desk.settings.shards
    done = in_transaction(
        desk.engine,
        lambda connection: service.import_series(connection, series, sources, by="command", now=now, shards=shards),
    )
    desk.say(f"{done.added} figures added, {done.changed} changed, {done.unchanged} as they were")
    return 0


def _published(desk: Desk, _options: argparse.Namespace) -> int:
    with reading(desk.engine) as connection:
        figures, sources = service.read_all(connection), service.read_source_names(connection)
    desk.say(f"{len(figures)} figures by {len({figure.source for figure in figures})} of {len(sources)} sources")
    for one in contradictions(figures):
        said = ", ".join(f"{figure.source} {figure.value} ({figure.until})" for figure in one.figures)
        desk.say(f"disagree, {one.why.value}: {said}")
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SetupError(f"{path.name} cannot be read", code="file") from error
