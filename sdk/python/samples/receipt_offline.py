"""A task that runs twice at least, and its receipt, kept in a file and verified with no network at all.

    STUN_NODE=... STUN_API_KEY=... STUN_IMAGE=... python3 receipt_offline.py
"""

import os
import tempfile
from pathlib import Path

from stun_sdk import StunClient, TaskRequest, Verification
from stun_sdk.receipts import ProofError, Terms, verify

stun = StunClient(os.environ["STUN_API_KEY"], os.environ["STUN_NODE"])
# Whose signatures count: from a time when the node was trusted, or better from elsewhere.
terms = Terms.from_json(stun.network()["terms"])

request = TaskRequest(image=os.environ["STUN_IMAGE"], command=["echo", "proved"], run_time_max_seconds=1,
                      verification=Verification.redundant(2, 3))
task = stun.wait(stun.submit(request), timeout=60, until_settled=True)
file = Path(tempfile.mkdtemp(prefix="stun-proof-"), "proof.json")
file.write_bytes(stun.proof(task))

proof = verify(file.read_bytes(), terms)
assert proof.division is not None
print(f"{proof.outcome}: cost {proof.division.charged} of {proof.division.held}, "
      f"signed by {len(proof.signers)} of {len(terms.validators)} validators")
try:
    verify(file.read_text().replace('"Complete"', '"Failed"'), terms)
except ProofError as wrong:
    print("tampered:", wrong.faults[0])
