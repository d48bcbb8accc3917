"""Managers of before the roles, and what an older schema must not make of those of after."""

from __future__ import annotations

from sqlalchemy import select, text

from central import schema
from central.engine import in_transaction, reading, writing
from central.staff import service
from central.staff.models import managers
from central.staff.permissions import Role
from tests.central.web_site import CentralSite

BEFORE = "INSERT INTO managers (manager_id, region, password_hash, created_ms) VALUES (:name, :region, 'x', 1)"


def roles(site: CentralSite) -> dict[str, str]:
    with reading(site.engine) as connection:
        return {row.manager_id: row.role for row in connection.execute(select(managers))}


def test_managers_of_before_keep_what_they_saw(site: CentralSite) -> None:
    schema.downgrade(site.engine, "0005")
    with writing(site.engine) as connection:
        connection.execute(text(BEFORE), [{"name": "ALL", "region": None}, {"name": "ONE", "region": "11"}])
    schema.upgrade(site.engine)
    assert roles(site) == {"ALL": "national", "ONE": "regional_manager"}


def test_going_back_makes_nobody_more_than_they_were(site: CentralSite) -> None:
    for name, region, role in (("ALL", None, Role.NATIONAL), ("ONE", "11", None), ("FLEET", None, Role.FLEET_OPERATOR)):
        site.manager(name, region, role=role)
    site.manager("OUT")
    in_transaction(site.engine, lambda c: service.bar(c, "OUT", now=site.clock.now, shards=1))
    browser = site.browser()
    browser.sign_in("ALL")
    schema.downgrade(site.engine, "0005")
    with reading(site.engine) as connection:
        left = connection.execute(text("SELECT manager_id FROM managers ORDER BY manager_id")).scalars().all()
        assert connection.execute(text("SELECT count(*) FROM staff_sessions")).scalar_one() == 0
    assert left == ["ALL", "ONE"]
    schema.upgrade(site.engine)
    assert browser.get("/tableau").status_code == 302
