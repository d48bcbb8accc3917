"""A fault script that is wrong is refused with the file, the scenario, the field and the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.reading import ScriptError, all_files, read_file

WHOLE = """\
device: reader
faults: {gone: unplugged}
scenarios:
- name: unplugged
  purpose: Said at once.
  fault: gone
  phase: attract
  steps:
  - fault: {reader: {unplugged: true}}
  - sees: {step: stopped, fault: L-02}
  - disk: {records: {}}
  - paper: []
"""


def read(folder: Path, text: str) -> object:
    path = folder / "reader.yaml"
    path.write_text(text, encoding="utf-8")
    return read_file(path)


def test_a_whole_script_is_read(tmp_path: Path) -> None:
    (scenario,) = read(tmp_path, WHOLE).scenarios
    assert (scenario.name, len(scenario.steps)) == ("unplugged", 4)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("unplugged: true}", "unplugd: true}", r"line 9, 'unplugged', \$\.steps\[0\]\.fault\.reader: .*unplugd"),
        ("step: stopped", "step: stoped", r"line 10, 'unplugged', \$\.steps\[1\]\.sees\.step: .*stoped"),
        ("fault: L-02", "fault: L-99", r"line 10, 'unplugged', \$\.steps\[1\]\.sees: no fault has the code L-99"),
        ("phase: attract", "phase: lunch", r"line 7, 'unplugged', \$\.phase: .*lunch"),
        ("  - paper: []\n", "", r"expects nothing by `paper`"),
        ("  - paper: []\n", "  - paper: [B1 hole]\n", r"\$\.steps\[3\]: not a paper: 'B1 hole'"),
        ("  - paper: []\n", "  - {paper: [], time: +5 s}\n", r"\$\.steps\[3\]: a step says one thing, not 2"),
        ("  - paper: []\n", "  - paper: []\n  - time: 5 sec\n", r"\$\.steps\[4\]: not a time: '5 sec'"),
        ("records: {}", "records: {enrollment: 1}", r"\$\.steps\[2\]\.disk\.records: .*enrollment"),
        ("  fault: gone", "  fault: lost", r"not among the faults of the file: lost"),
        ("faults: {gone: unplugged}", "faults: [", r"reader\.yaml: "),
        ("device: reader", "devise: reader", r"devise"),
    ],
)
def test_a_wrong_script_is_refused_and_says_where(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    assert right in WHOLE
    with pytest.raises(ScriptError, match=r"^reader\.yaml") as refused:
        read(tmp_path, WHOLE.replace(right, wrong, 1))
    refused.match(told)


def test_a_scenario_is_written_out_for_each_word(tmp_path: Path) -> None:
    text = WHOLE.replace("- name: unplugged", "- name: unplugged at {each}\n  each: [attract, panel]")
    text = text.replace("step: stopped, fault: L-02", 'step: "{each}"')
    scenarios = read(tmp_path, text).scenarios
    assert [(one.name, one.steps[1].sees.step.value) for one in scenarios] == [
        ("unplugged at attract", "attract"),
        ("unplugged at panel", "panel"),
    ]


def test_two_scenarios_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(WHOLE, encoding="utf-8")
    (tmp_path / "two.yaml").write_text(WHOLE, encoding="utf-8")
    with pytest.raises(ScriptError, match="two scenarios of one name: unplugged"):
        all_files(tmp_path)
