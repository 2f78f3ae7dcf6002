"""Shows what a task's programs write while they write it, and leaves with Ctrl-C: the task goes on.

    STUN_NODE=... STUN_API_KEY=... STUN_IMAGE=... python3 follow_logs.py [TASK]
"""

import os
import sys

from stun_sdk import StunClient, TaskRequest

stun = StunClient(os.environ["STUN_API_KEY"], os.environ["STUN_NODE"])
request = TaskRequest(image=os.environ["STUN_IMAGE"], command=["echo", "spoken"], run_time_max_seconds=1)
task = sys.argv[1] if len(sys.argv) > 1 else stun.submit(request).id
try:
    for piece in stun.logs(task):
        print(piece.attempt, piece.stream, piece.text.strip(), flush=True)
except KeyboardInterrupt:
    raise SystemExit("Left; the task goes on.") from None
print("over", stun.status(task).state)
