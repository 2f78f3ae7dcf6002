"""Checks offline what a node says became of a task. Nothing here speaks with anybody.

    from stun_sdk import receipts
    proof = receipts.verify(document, trusted=receipts.Terms.from_json(terms_from_elsewhere))
    proof.outcome, proof.result, proof.division
"""

from .bundle import Bundle, Terms
from .check import Proof, faults, verify
from .division import Division, Payout, Shares, divide
from .keccak import keccak256
from .typed_data import Domain
from .wire import ProofError, Signature, manifest_digest

__all__ = [
    "Bundle", "Division", "Domain", "Payout", "Proof", "ProofError", "Shares", "Signature", "Terms", "divide",
    "faults", "keccak256", "manifest_digest", "verify",
]
