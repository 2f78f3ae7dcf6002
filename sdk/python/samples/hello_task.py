"""One task from order to result.

    STUN_NODE=... STUN_API_KEY=... STUN_IMAGE=... python3 hello_task.py
"""

import os

from stun_sdk import StunClient, TaskRequest

stun = StunClient(os.environ["STUN_API_KEY"], os.environ["STUN_NODE"])

task = stun.submit(TaskRequest(image=os.environ["STUN_IMAGE"], command=["echo", "hello"], run_time_max_seconds=1))
print("handed in", task.id)
ended = stun.wait(task, timeout=60)
if not ended.has_result:
    raise SystemExit(f"The task is {ended.state}: {ended.reason}")
print("said", stun.read_file(ended).decode().strip())
