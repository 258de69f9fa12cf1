"""Print recall and false alarms by kind; with a file of real texts, lay out a sample to judge.

python -m tests.masks                               planted items, sets a (tuned on) and b (not)
python -m tests.masks TEXTS.csv.gz 300 SEED OUT.txt  a sample with what was masked, for a person
"""

import csv
import difflib
import gzip
import random
import sys
from pathlib import Path

from tests.masks import unusual
from tests.masks.measure import by_kind, count, false_alarms, run
from tests.masks.planted import Item, items


def _planted(verbose: bool) -> None:
    print("kind                     set  planted  found  rest harmed")
    for carriers in ("a", "b"):
        table = count(items(carriers, 1))
        for kind, (planted, found, harmed) in by_kind(table).items():
            print(f"{kind:24} {carriers:4} {planted:7} {found:6} {harmed:12}")
        for (kind, form), (planted, found, harmed) in table.items():
            if verbose and (found < planted or harmed):
                print(f"  {kind}, {form}: {found} of {planted}, harmed {harmed}")
    for kind, counts in unusual.count(unusual.connect_with_masks(), unusual.planted()).items():
        print(f"{kind:24} in unusual writing: {counts[0]}, title {counts[1]}, content {counts[2]}")
    looked_at, changed = false_alarms()
    print(f"texts without anything personal: {looked_at}, of these changed: {changed.total()}")
    for text in changed:
        print(f"  {text}")


def _sample(source: Path, size: int, seed: int, target: Path) -> None:
    with gzip.open(source, "rt", encoding="utf-8", newline="") as handle:
        texts = sorted(
            {
                row["tokens"].replace(" ", "").replace("_x000D_", "")
                for row in csv.DictReader(handle)
            }
        )
    chosen = random.Random(seed).sample(texts, size)
    masked = run([Item("", "", "", text, (), "") for text in chosen])
    with target.open("w", encoding="utf-8") as out:
        for number, (before, after) in enumerate(masked):
            out.write(f"#{number} {before}\n")
            parts = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
            for kind, one, two, *_ in parts:
                if kind != "equal" and before[one:two].strip("\u3000"):
                    around = before[max(0, one - 8) : one], before[two : two + 8]
                    out.write(f"    {around[0]}[{before[one:two]}]{around[1]}\n")


if __name__ == "__main__":
    if len(sys.argv) == 5:
        _sample(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        _planted("-v" in sys.argv)
