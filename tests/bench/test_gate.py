"""The gate fails when a committed figure drops, and only then."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from qa.evaluate import Outcome

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def gate() -> ModuleType:
    sys.path.insert(0, str(REPO / "bench"))
    try:
        import gate  # type: ignore[import-not-found]

        return gate
    finally:
        sys.path.remove(str(REPO / "bench"))


def outcome(number: str, **changed: object) -> Outcome:
    met: dict[str, object] = {
        "id": number, "type": "fact", "question": "灯亮几时", "answerable": True, "answered": True, "kind": "extract",
        "confidence": 0.9, "rank": 1, "cited": 0.5, "cited_any": True, "items": None, "ms": 1.0,
        "shown": (), "first": "",
    }  # fmt: skip
    return Outcome(**{**met, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "bits"),
    [
        ({}, "1111-1-"),
        ({"rank": 5}, "0111-1-"),
        ({"rank": 6}, "0011-1-"),
        ({"rank": None, "cited_any": False}, "0000-1-"),
        ({"answered": False}, "1110-0-"),
        ({"type": "list", "items": 1.0}, "111111-"),
        ({"type": "list", "items": 0.5}, "111101-"),
        ({"type": "list", "answered": False}, "111000-"),
        ({"type": "unanswerable", "answerable": False}, "------0"),
        ({"type": "unanswerable", "answerable": False, "answered": False}, "------1"),
    ],
)
def test_bits_of_a_question(gate: ModuleType, changed: dict[str, object], bits: str) -> None:
    assert gate.bits([outcome("甲", **changed)]) == {"甲": bits}


@pytest.mark.parametrize(
    ("lost", "won", "chance"), [(0, 0, 1), (1, 0, 1 / 2), (5, 0, 1 / 32), (2, 1, 1 / 2), (3, 1, 5 / 16)]
)
def test_the_sign_test_by_hand(gate: ModuleType, lost: int, won: int, chance: float) -> None:
    assert gate.sign_test(lost, won) == chance


@pytest.mark.parametrize(
    ("lost", "won", "fell"), [(0, 9, False), (3, 0, False), (4, 0, True), (6, 3, False), (6, 2, True)]
)
def test_what_counts_as_a_fall(gate: ModuleType, lost: int, won: int, fell: bool) -> None:
    before = {f"丢{i}": "1------" for i in range(lost)} | {f"得{i}": "0------" for i in range(won)}
    now = {number: ("0" if bit[0] == "1" else "1") + "------" for number, bit in before.items()}
    (change,) = gate.compare(before | {"旧": "1------"}, now | {"新": "0------"})
    assert (change.measure, change.questions, len(change.lost), len(change.won)) == ("hit1", lost + won, lost, won)
    assert change.fell is fell


@pytest.mark.slow
def test_the_gate_fails_when_a_figure_drops(
    gate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sample corpus by words: made figures pass; as if four misses had been hits, they fail and are named."""
    figures = tmp_path / "figures.json"

    def run(*words: str) -> None:
        folders = ("--shared", str(tmp_path / "没有"), "--work", str(tmp_path / "索引"), "--figures", str(figures))
        monkeypatch.setattr(sys, "argv", ["gate.py", "--words", *folders, *words])
        gate.main()

    run("--update")
    made = json.loads(figures.read_text(encoding="utf-8"))
    assert made.keys() == {"sample words"}
    run()
    bits = made["sample words"]["outcomes"]
    missed = [number for number, bit in bits.items() if bit[0] == "0"][:4]
    bits |= {number: "1" + bits[number][1:] for number in missed}
    figures.write_text(json.dumps(made), encoding="utf-8")
    capsys.readouterr()
    with pytest.raises(SystemExit, match="fell: sample words"):
        run()
    assert f"lost: {' '.join(missed)}" in capsys.readouterr().out
    run("--update")
    run()
