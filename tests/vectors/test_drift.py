from __future__ import annotations

from pathlib import Path

from tests.vectors import make_wire_vectors


def test_the_published_wire_vectors_are_what_the_code_makes_today(tmp_path: Path) -> None:
    make_wire_vectors.write(tmp_path)
    for made in sorted(tmp_path.iterdir()):
        published = Path(__file__).parent / "wire" / made.name
        assert made.read_bytes() == published.read_bytes(), made.name
