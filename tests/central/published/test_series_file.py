"""A file of figures is read whole or not at all, and what is wrong with it is said with its line."""

from __future__ import annotations

import pytest

from central.errors import SetupError
from central.published.figures import Precision, PublishedMeasure
from central.published.series_file import COLUMNS, FILE_LIMIT, read_figures, read_sources

HEAD = ",".join(COLUMNS)
GOOD = "2018-12-13,,dossiers,,,3000000,,rounded,AMELI18,une note"


def test_a_line_becomes_a_figure() -> None:
    [figure] = read_figures(f"{HEAD}\n{GOOD}\n".encode())
    assert (figure.measure, figure.until, figure.value) == (PublishedMeasure.DOSSIERS, "2018-12-13", 3_000_000)
    assert (figure.precision, figure.source, figure.note) == (Precision.ROUNDED, "AMELI18", "une note")


def test_a_spreadsheets_file_is_read_too() -> None:
    """Excel in French writes semicolons, a decimal comma and a byte order mark."""
    [figure] = read_figures(f"{HEAD}\n2022-05-31,,objection_share,,,1.48,,exact,AEF,\n".encode())
    text = f"{HEAD}\n2022-05-31,,objection_share,,,1,48,,exact,AEF,\n".replace(",", ";").replace("1;48", "1,48")
    assert read_figures(text.replace("\n", "\r\n").encode("utf-8-sig")) == (figure,)
    assert figure.value == 148


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("2018-02-30,,dossiers,,,1,,exact,A1,", "line 2"),
        ("13/12/2018,,dossiers,,,1,,exact,A1,", "a date is written like"),
        ("2018,2019,opened,,,1,,exact,A1,", "ends before it begins"),
        ("2018,,people,,,1,,exact,A1,", "line 2"),
        ("2018,,dossiers,pigeon,,1,,exact,A1,", "unknown channel"),
        ("2018,,dossiers,,99,1,,exact,A1,", "unknown region"),
        ("2018,,dossiers,,,3 000 000,,exact,A1,", "whole number"),
        ("2018,,dossiers,,,-1,,exact,A1,", "whole number"),
        ("2018,,dossiers,,,1.5,,exact,A1,", "whole number"),
        ("2018,,share,web,,100.01,,exact,A1,", "0 to 100"),
        ("2018,,share,web,,1.234,,exact,A1,", "two decimals"),
        ("2018,,dossiers,,,5,,range,A1,", "a range"),
        ("2018,,dossiers,,,5,4,range,A1,", "a range"),
        ("2018,,dossiers,,,5,6,exact,A1,", "a range"),
        ("2018,,dossiers,,,5,,perhaps,A1,", "line 2"),
        ("2018,,dossiers,,,5,,exact,ameli,", "key of a source"),
        ("2018,,dossiers,,,5,,exact,A1," + "x" * 201, "200 characters"),
        ("2018,,dossiers,,,5,,exact,A1", "10 columns"),
        ("2018,,dossiers,,,5,,exact,A1,,,", "10 columns"),
        (f"{GOOD}\n{GOOD}", "twice"),
    ],
)
def test_a_wrong_line_refuses_the_file(line: str, what: str) -> None:
    with pytest.raises(SetupError, match=what) as refused:
        read_figures(f"{HEAD}\n{line}\n".encode())
    assert refused.value.code == "series"


@pytest.mark.parametrize("document", [b"", b"a,b\n1,2\n", b"\xff\xfe", b"x" * (FILE_LIMIT + 1)])
def test_what_is_no_such_file_is_refused(document: bytes) -> None:
    with pytest.raises(SetupError):
        read_figures(document)


def test_a_source_has_a_key_a_name_and_perhaps_a_date() -> None:
    assert read_sources(b"key,name,published_on\nJIM,jim.fr,\n") == (("JIM", "jim.fr", ""),)
    for line in ("jim,jim.fr,", "JIM, ,", "JIM,jim.fr,demain"):
        with pytest.raises(SetupError):
            read_sources(f"key,name,published_on\n{line}\n".encode())
