"""Importing: all or nothing, twice is once, a correction replaces, and a page that shows who says what."""

from __future__ import annotations

import html

import pytest

from central.engine import in_transaction, reading
from central.errors import NotFoundError, SetupError
from central.published.service import Imported, import_series, read_all, read_source_names, shipped
from central.staff.permissions import Role
from tests.central.web_site import CentralSite

HEAD = "date,since,measure,channel,region,value,highest,precision,source,note\n"
SOURCES = b"key,name,published_on\nA1,Un journal,2020-02-01\nB2,=Un autre,\n"


def bring(site: CentralSite, series: str | bytes, sources: bytes | None = SOURCES) -> Imported:
    document = series if isinstance(series, bytes) else (HEAD + series).encode()
    return in_transaction(
        site.engine,
        lambda connection: import_series(connection, document, sources, by="command", now=site.clock.now, shards=1),
    )


def page(site: CentralSite, role: Role = Role.NATIONAL) -> str:
    site.manager("SOMEBODY", role=role)
    browser = site.browser()
    browser.sign_in("SOMEBODY")
    return html.unescape(browser.get("/indicateur").text).replace("\u202f", " ")


def test_the_same_file_twice_changes_nothing(site: CentralSite) -> None:
    first = bring(site, *shipped())
    with reading(site.engine) as connection:
        kept = read_all(connection)
    assert (first.added, bring(site, *shipped())) == (len(kept), Imported(0, 0, len(kept)))
    assert site.audit_tags().count("published:figures_imported") == 1


def test_what_a_source_corrects_is_replaced(site: CentralSite) -> None:
    bring(site, "2020,,dossiers,,,9000000,,about,A1,\n")
    assert bring(site, "2020,,dossiers,,,9100000,,exact,A1,\n") == Imported(0, 1, 0)
    with reading(site.engine) as connection:
        assert [figure.value for figure in read_all(connection)] == [9_100_000]


def test_a_wrong_line_keeps_nothing_of_the_file(site: CentralSite) -> None:
    with pytest.raises(SetupError):
        bring(site, "2020,,dossiers,,,9000000,,about,A1,\n2020,,nothing,,,1,,exact,A1,\n")
    with pytest.raises(NotFoundError, match="C3"):
        bring(site, "2020,,dossiers,,,9000000,,about,A1,\n2020,,dossiers,,,1,,exact,C3,\n")
    with reading(site.engine) as connection:
        assert (read_all(connection), read_source_names(connection)) == ([], {})


def test_the_page_shows_source_and_date_of_each_figure(site: CentralSite) -> None:
    bring(site, "2020-01-31,,dossiers,,,9000000,,about,A1,une note\n")
    shown = page(site)
    for word in ("31/01/2020", "environ 9 000 000", "Un journal", "01/02/2020", "une note"):
        assert word in shown


def test_the_page_shows_the_split_with_its_unattributed_line(site: CentralSite) -> None:
    bring(site, *shipped())
    shown = page(site)
    split = shown.split('data-test="split"')[1].split("</table>")[0]
    for word in ("39 %", "3 939 000", "28 %", "20 %", "11 %", "Non attribué", "2 %", "202 000"):
        assert word in split
    assert 'data-test="of-target">25,25 %<' in shown


def test_figures_that_disagree_are_both_shown_and_named(site: CentralSite) -> None:
    bring(site, "2020-01-31,,dossiers,,,9000000,,exact,A1,\n2020-01-31,,dossiers,,,8000000,,exact,B2,\n")
    shown = page(site)
    told = shown.split('data-test="disagreements"')[1].split("</section>")[0]
    assert "Un journal : 9 000 000" in told
    assert "=Un autre : 8 000 000" in told
    assert "8 500 000" not in shown


def test_an_outsider_sees_the_page_and_lands_on_the_exports(site: CentralSite) -> None:
    assert "Aucune série n’a été importée." in page(site, Role.OUTSIDER)  # noqa: RUF001 - French
