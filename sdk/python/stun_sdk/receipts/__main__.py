"""``python3 -m stun_sdk.receipts PROOF --terms FILE``: checks a proof that lies in a file, with no network at all."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from . import ProofError, Terms, verify


def main(arguments: list[str] | None = None) -> int:
    """0 if everything holds, 1 if something does not, 2 if a file cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python3 -m stun_sdk.receipts", description="Checks offline what a node says became of a task.")
    parser.add_argument("proof", help="what /v1/tasks/ID/verdict answered, as JSON or CBOR")
    parser.add_argument("--terms", required=True, help="what /v1/network answered when you trusted the node, or its "
                                                       "'terms' alone")
    given = parser.parse_args(arguments)
    try:
        network = json.loads(Path(given.terms).read_text(encoding="utf-8"))
        trusted = Terms.from_json(network.get("terms", network))
        raw = Path(given.proof).read_bytes()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as bad:
        print(f"Cannot be read: {bad}", file=sys.stderr)
        return 2
    try:
        proof = verify(raw, trusted)
    except ProofError as wrong:
        print("\n".join(wrong.faults), file=sys.stderr)
        return 1
    print(f"task {proof.task}: {proof.outcome or 'not judged yet'}, result {proof.result or 'none'}, "
          f"signed by {len(proof.signers)} of {len(trusted.validators)} validators")
    if proof.division is not None:
        print(f"cost {proof.division.charged} of {proof.division.held}: treasury {proof.division.treasury}, "
              f"creator {proof.division.creator}")
        for payout in proof.division.payouts:
            print(f"  {payout.provider} a{payout.attempt} +{payout.amount}")
    if proof.batch is not None:
        print(f"in batch {proof.batch}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
