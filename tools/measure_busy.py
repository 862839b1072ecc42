"""How fast the pages answer while both workers spin and archives come in: ``python tools/measure_busy.py``."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.web.serving import BODY, Server  # noqa: E402
from tests.web.tampering import START  # noqa: E402
from tests.web.test_hostile import zipped  # noqa: E402

WRONG = (ROOT / "examples" / "hubei-wrong-digit.txt").read_bytes()


def measure(server: Server, season: int, what: str) -> None:
    """Thirty askings of each of three pages."""
    seconds = []
    for path in (f"/seasons/{season}", f"/seasons/{season}/hand-in", "/seasons.json"):
        for _ in range(30):
            began = time.perf_counter()
            assert server.get(path).status_code == 200
            seconds.append(time.perf_counter() - began)
    seconds.sort()
    middle, late, last = (1000 * seconds[k] for k in (len(seconds) // 2, int(len(seconds) * 0.95), -1))
    print(f"{what}: median {middle:.0f} ms, 95th {late:.0f} ms, worst {last:.0f} ms")


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="ybz-busy-")) / "ledger"
    with Server(folder, ("--jobs", "2", "--timeout", "120"), START) as server:
        season, delivery = server.season(), uuid.uuid4().hex
        server.roster(season, BODY)
        server.hand_in(season, "a.txt", WRONG, delivery)
        server.settled(delivery)
        measure(server, season, "idle")
        for k in range(2):
            server.hand_in(season, f"hang{k}.txt", WRONG + b"\n" * k, delivery)
        server.running(delivery, 2)
        measure(server, season, "two workers spinning")
        data = zipped({f"{k}.txt": WRONG + str(k).encode() for k in range(150)})
        threads = [threading.Thread(target=server.hand_in, args=(season, f"{k}.zip", data)) for k in range(4)]
        for thread in threads:
            thread.start()
        measure(server, season, "and four archives of 150 files coming in")
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main()
