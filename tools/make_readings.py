"""Write standards/codes/readings.csv: the characters of GB 2312 by how they are read, tones left out.

Run by hand with pypinyin installed (it is no dependency of the tool): ``python tools/make_readings.py``.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from pypinyin import Style, lazy_pinyin

TARGET = Path(__file__).parent.parent / "src/yibenzhang/standards/codes/readings.csv"


def main() -> None:
    by_sound: dict[str, str] = defaultdict(str)
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                char = bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            by_sound[lazy_pinyin(char, style=Style.NORMAL)[0]] += char
    with TARGET.open("w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(("reading", "characters"))
        out.writerows(sorted(by_sound.items()))


if __name__ == "__main__":
    main()
