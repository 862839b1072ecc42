"""What a worker does in the tests of what goes wrong: some files make it slow, hang or die. Imported by the server."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from yibenzhang.office.analysing import Analysed, Task
from yibenzhang.office.analysing import analyse as really

START = (
    "import yibenzhang.office.foreman as f; from tests.web.tampering import analyse; f.analyse = analyse; "
    "from yibenzhang.cli import main; main()"
)


def analyse(task: Task) -> Analysed:
    """Files named slow… wait while there is a file ``slow`` in the ledger folder, and so on; when they are through, a
    file ``slow`` beside the results goes."""
    name, folder = task.files[0][0], Path(task.folder)
    if name.startswith("die") and (folder / "die").exists():
        os.kill(os.getpid(), signal.SIGKILL)
    while name.startswith("slow") and (folder / "slow").exists():
        time.sleep(0.05)
    if name.startswith("hang"):
        while True:
            pass
    found = really(task)
    if name.startswith("slow"):
        (folder / "analyses" / "slow").unlink(missing_ok=True)
    return found
