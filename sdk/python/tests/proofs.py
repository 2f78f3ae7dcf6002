"""A proof made here, with all its keys: so that it can also be made wrong, and signed all the same."""

from __future__ import annotations

from typing import Any

from stun_sdk.receipts import Bundle, Terms, cbor, keccak256, merkle
from stun_sdk.receipts.bundle import line_hashes, view_of
from stun_sdk.receipts.wire import Signature, read_order, read_receipt, read_verdict

from .ground import Key, vectors

REQUESTER, CREATOR = Key(1001), Key(1002)
PROVIDERS = [Key(2001), Key(2002), Key(2003)]
VALIDATORS = [Key(3001), Key(3002), Key(3003), Key(3004)]
TERMS = Terms(31337, "0x" + "5a" * 20, tuple(key.address for key in VALIDATORS), 3)


def _raw(address: str) -> bytes:
    return bytes.fromhex(address[2:])


def _signature(signature: Signature) -> bytes:
    return signature.r.to_bytes(32, "big") + signature.s.to_bytes(32, "big") + bytes([signature.recovery_id])


class Story:
    """One task: ordered, run three times, judged. Change a field, and everything is signed anew."""

    def __init__(self) -> None:
        spec = next(each for each in vectors("typed-data.json")["vectors"] if "specCbor" in each)["specCbor"]
        self.order = {1: _raw(REQUESTER.address), 2: 5, 3: cbor.decode(bytes.fromhex(spec[2:])), 4: 1_000_000,
                      5: 1_000_003, 6: 99, 7: 1, 8: _raw(CREATOR.address), 9: 0}
        self.result = keccak256(b"result")
        self.pays = [333_334, 333_333, 0]
        self.judgements = [0, 0, 1]
        self.outcome = 0
        self.signers = VALIDATORS[:3]
        self.order_key = REQUESTER
        self.receipt_keys = list(PROVIDERS)
        self.paid_to = [key.address for key in PROVIDERS]
        self.receipt_results = [self.result, self.result, keccak256(b"other")]
        self.receipt_spec: bytes | None = None
        self.has_verdict = True
        self.terms = TERMS

    def bundle(self) -> Bundle:
        domain = self.terms.domain
        order = self._signed(read_order, self.order, "TaskOrder", self.order_key, {})
        task = domain.digest("TaskOrder", order.message)[:16]
        spec = bytes.fromhex(order.message["spec"][2:])
        receipts = tuple(
            self._signed(read_receipt, {
                1: index + 1, 2: task, 3: _raw(PROVIDERS[index].address), 4: 7, 5: self.receipt_spec or spec,
                6: result, 7: bytes(32), 8: bytes(32), 9: 1_234_567,
            }, "Receipt", key, {2: keccak256(bytes([index]))})
            for index, (key, result) in enumerate(zip(self.receipt_keys, self.receipt_results)))
        verdict = read_verdict(self._verdict(task)) if self.has_verdict else None
        return Bundle(self.terms, order, receipts, verdict)

    def _verdict(self, task: bytes) -> bytes:
        findings = [{1: index + 1, 2: _raw(to), 3: judgement, 4: pay}
                    for index, (to, judgement, pay) in enumerate(zip(self.paid_to, self.judgements, self.pays))]
        record = {1: task, 2: 1, 3: self.outcome, 4: self.result, 5: findings, 6: 12}
        message = read_verdict(cbor.encode([1, {1: record, 2: []}])).message
        digest = self.terms.domain.digest("Verdict", message)
        votes = [{1: _raw(key.address), 2: _signature(key.sign(digest))} for key in self.signers]
        return cbor.encode([1, {1: record, 2: votes}])

    def _signed(self, read: Any, record: dict[int, Any], name: str, key: Key, more: dict[int, Any]) -> Any:
        last = 2 + len(more)
        unsigned = read(cbor.encode([1, {1: record, **more, last: bytes(65)}]))
        signature = key.sign(self.terms.domain.digest(name, unsigned.message))
        return read(cbor.encode([1, {1: record, **more, last: _signature(signature)}]))

    def cbor(self) -> bytes:
        bundle = self.bundle()
        return cbor.encode([
            1, bundle.order.raw, [each.raw for each in bundle.receipts], bundle.verdict.raw if bundle.verdict else b"",
            self.terms.chain_id, _raw(self.terms.escrow), [_raw(each) for each in self.terms.validators],
            self.terms.quorum])

    def document(self, index: int = 2, tasks: int = 5) -> dict[str, Any]:
        """As the API writes it, with a batch in which the task is one of several."""
        bundle = self.bundle()
        view = view_of(bundle)
        order, verdict = line_hashes(bundle)
        lines = [keccak256(bytes([other])) for other in range(tasks)]
        lines[index] = merkle.line_of(bytes.fromhex(bundle.task[2:]), order, verdict)
        batch: dict[str, Any] = {"number": 4, "root": merkle.root_of(lines).hex(), "tasks": tasks,
                                 "moves": keccak256(b"moves").hex()}
        digest = self.terms.domain.digest("Batch", batch)
        view["batch"] = {
            **batch, "state": "settled", "digest": digest.hex(), "task": bundle.task[2:], "order": order.hex(),
            "verdict": verdict.hex(), "line": lines[index].hex(), "index": index,
            "signatures": [{"validator": key.address, "signature": key.sign(digest).text} for key in self.signers],
            "path": [node.hex() for node in merkle.path_of(lines, index)],
        }
        return view
