"""Many tasks at once, none dearer than its price limit, and one that is cancelled because nobody can run it.

    STUN_NODE=... STUN_API_KEY=... STUN_IMAGE=... python3 many_tasks.py [COUNT]
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from stun_sdk import Resources, StunClient, TaskRefused, TaskRequest, Verification

stun = StunClient(os.environ["STUN_API_KEY"], os.environ["STUN_NODE"])
count = int(sys.argv[1]) if len(sys.argv) > 1 else 10
before = stun.balance()

request = TaskRequest(image=os.environ["STUN_IMAGE"], run_time_max_seconds=1, verification=Verification.none())
cheapest = stun.estimate(request).price_min
if cheapest is None:
    raise SystemExit("Nobody can run this now.")
# Twice the cheapest offer, so that also a dearer provider may run it.
price_limit = 2 * cheapest


def run(number: int) -> str:
    """One of the tasks, until the money has moved."""
    task = stun.submit(replace(request, command=["echo", f"number {number}"], price_limit=price_limit))
    return stun.read_file(stun.wait(task, timeout=60, until_settled=True)).decode().strip()


with ThreadPoolExecutor(count) as pool:
    texts = list(pool.map(run, range(count)))
print(f"{len(texts)} tasks done, within {count * price_limit}: {before - stun.balance() <= count * price_limit}")

try:
    stun.submit(replace(request, command=["echo", "cheap"], price_limit=0))
except TaskRefused as refused:
    print("refused:", refused.code)
idle = stun.submit(replace(request, resources=Resources(gpu_count=16)))
stun.cancel(idle)
print("the last one is", stun.wait(idle, timeout=60, until_settled=True).state)
