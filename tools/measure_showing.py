"""How long showing takes: the analysis of each file made, stored and read again, and the pictures of its pages.

python tools/measure_showing.py FILE…
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from yibenzhang.checking.check import check_document
from yibenzhang.paging.building import analysis_to_show
from yibenzhang.reading import read_data
from yibenzhang.reading.archives import bytes_of
from yibenzhang.showing.kept import Kept
from yibenzhang.showing.pictures import picture
from yibenzhang.showing.stored import dumped

TIMES = 9


def _measured(what: Callable[[], Any]) -> float:
    """The median of several runs in milliseconds."""
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        what()
        times.append(1000 * (time.perf_counter() - start))
    return median(times)


def main(paths: list[str]) -> None:
    for path in paths:
        data = bytes_of(path)
        checked = check_document(read_data(path, data))
        stored = dumped(analysis_to_show(checked, [path]))
        kept = Kept(stored)
        view = kept.whole()
        print(
            f"{path}: {len(view.leaves)} leaves, {len(view.numbers)} numbers, {len(view.proofs)} relations; "
            f"stored {_measured(lambda c=checked, p=path: dumped(analysis_to_show(c, [p]))):.0f} ms, "  # type: ignore[misc]
            f"{len(stored) / 1000:.0f} kB, outline {_measured(lambda d=stored: Kept(d)):.1f} ms, "  # type: ignore[misc]
            f"a leaf {_measured(lambda k=kept: k.leaf(1)):.1f} ms, "  # type: ignore[misc]
            f"numbers {_measured(lambda k=kept: k.numbers()):.1f} ms, "  # type: ignore[misc]
            f"all {_measured(lambda d=stored: Kept(d).whole()):.1f} ms"  # type: ignore[misc]
        )
        times, sizes = [], []
        for leaf in view.leaves:
            if leaf.kind == "picture":
                start = time.perf_counter()
                sizes.append(len(picture(data, checked.document.kind, leaf, 1400)))
                times.append(1000 * (time.perf_counter() - start))
        if times:
            print(
                f"  pictures 1400 px wide: median {median(times):.0f} ms, worst {max(times):.0f} ms, "
                f"median {median(sizes) / 1000:.0f} kB, largest {max(sizes) / 1000:.0f} kB"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
