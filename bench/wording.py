"""How well the check of a language model's sentences tells true from false: ``python bench/wording.py [--list]``.

Made passages with true rewordings (by hand) and false ones (by rule) of tests/llm/llm_cases.py: those that the rules
were made with, those that they were mended with, and those written afterwards. A copy of the passage is true, too.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "llm"))

from llm_cases import FRESH, HELD, TUNED, Case, false_sentences

from qa.llm.support import Passage, check
from qa.split import sentences


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="the sentences judged wrongly")
    args = parser.parse_args()
    for name, cases in (("made with", TUNED), ("mended with", HELD), ("fresh", FRESH)):
        measure(name, cases, args.list)


def measure(name: str, cases: tuple[Case, ...], listed: bool) -> None:
    passages = {case.title: Passage.of(case.citation()) for case in cases}
    true = [(case, s) for case in cases for s in case.true]
    dropped = [(s, v) for case, s in true if (v := check(s, [passages[case.title]])).faults]
    copies = [(case, case.quote[a:b]) for case in cases for a, b in sentences(case.quote)]
    lost = [(s, v) for case, s in copies if (v := check(s, [passages[case.title]])).faults]
    false = false_sentences(cases)
    through = [(kind, s, v) for kind, case, s in false if not (v := check(s, [passages[case.title]])).faults]
    print(f"{name}: true dropped {len(dropped)}/{len(true)}, copies dropped {len(lost)}/{len(copies)}, ", end="")
    print(f"false let through {len(through)}/{len(false)}")
    kinds, missed = Counter(kind for kind, *_ in false), Counter(kind for kind, *_ in through)
    print("  " + ", ".join(f"{kind} {missed[kind]}/{count}" for kind, count in sorted(kinds.items())))
    if listed:
        for s, v in dropped + lost:
            print(f"  dropped {v.support:.2f} {','.join(v.faults)}: {s}")
        for kind, s, v in through:
            print(f"  through {v.support:.2f} {kind}: {s}")


if __name__ == "__main__":
    main()
