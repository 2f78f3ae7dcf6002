"""Uploads inputs, runs a program over them, and brings all files of its result into a folder.

    STUN_NODE=... STUN_API_KEY=... STUN_IMAGE=... python3 files_in_and_out.py [FOLDER]
"""

import os
import sys
import tempfile
from pathlib import Path

from stun_sdk import StunClient, TaskRequest

stun = StunClient(os.environ["STUN_API_KEY"], os.environ["STUN_NODE"])
folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="stun-files-"))

# More than 1 MiB goes in pieces, and goes on where the line broke.
large = folder / "numbers.txt"
large.write_text("".join(f"{number}\n" for number in range(300_000)))
inputs = [
    stun.upload_input("words.txt", b"some words\n"),
    stun.upload_input("numbers.txt", large,
                      progress=lambda arrived, size: print(f"{100 * arrived // size} % of {size} bytes")),
]

# A program finds its inputs under /in.
task = stun.wait(stun.submit(TaskRequest(image=os.environ["STUN_IMAGE"], command=["cat", "/in/words.txt"],
                                         inputs=inputs, run_time_max_seconds=1)), timeout=60)
for place in stun.download_all(task, folder / "result"):
    print(place, "holds", place.read_text().strip())
