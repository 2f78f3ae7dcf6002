"""Speaks for the SDK for Python with the runner of the conformance suite: see sdk/conformance/README.md."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from stun_sdk import (
    ApiError, Comparator, Input, Placement, ProviderChoice, Resources, RetryPolicy, StunClient, Task, TaskRequest,
    Verification,
)
from stun_sdk.receipts import Proof, Terms, verify


def request_of(form: dict[str, Any]) -> TaskRequest:
    parts: dict[str, Callable[[Any], Any]] = {
        "resources": lambda value: Resources(**value), "verification": lambda value: Verification(**value),
        "comparator": lambda value: Comparator(**value), "providers": lambda value: ProviderChoice(**value),
        "inputs": lambda value: [Input(**each) for each in value], "price_limit": int,
    }
    return TaskRequest(**{name: parts.get(name, lambda same: same)(value) for name, value in form.items()})


def task_view(task: Task) -> dict[str, Any]:
    return {"id": task.id, "state": task.state, "reason": task.reason, "result": task.result,
            "requester": task.requester, "price_limit": str(task.price_limit), "is_final": task.is_final,
            "has_result": task.has_result}


def proof_view(proof: Proof) -> dict[str, Any]:
    division = proof.division
    return {
        "task": proof.task, "requester": proof.requester, "outcome": proof.outcome, "result": proof.result,
        "signers": list(proof.signers), "batch": None if proof.batch is None else str(proof.batch),
        "division": None if division is None else {
            "held": str(division.held), "charged": str(division.charged), "refund": str(division.refund),
            "treasury": str(division.treasury), "creator": str(division.creator),
            "payouts": [{"attempt": str(each.attempt), "provider": each.provider, "amount": str(each.amount)}
                        for each in division.payouts]},
    }


def offer_view(offer: Any) -> dict[str, Any]:
    return {**vars(offer), "price_per_second": str(offer.price_per_second)}


def placement_view(placement: Placement) -> dict[str, Any]:
    view = {**asdict(placement), "at": placement.at.isoformat()}
    for candidate in view["candidates"]:
        candidate["price_per_second"] = str(candidate["price_per_second"])
    return view


class Driver:
    """One client at a time; each call of the suite is a method."""

    stun: StunClient

    def open(self, node: str, key: str | None = None, tries: int = 5) -> dict[str, Any]:
        self.stun = StunClient(key, node, timeout=20, retry=RetryPolicy(tries, 0.01, 0.05))
        return {}

    def submit(self, request: dict[str, Any], idempotency_key: str | None = None) -> dict[str, Any]:
        return task_view(self.stun.submit(request_of(request), idempotency_key=idempotency_key))

    def status(self, task: str) -> dict[str, Any]:
        return task_view(self.stun.status(task))

    def tasks(self, state: str | None = None) -> dict[str, Any]:
        return {"tasks": list(map(task_view, self.stun.tasks(state=state)))}

    def wait(self, task: str, timeout_ms: int, settled: bool = False) -> dict[str, Any]:
        return task_view(self.stun.wait(task, timeout=timeout_ms / 1000, until_settled=settled))

    def cancel(self, task: str) -> dict[str, Any]:
        return task_view(self.stun.cancel(task))

    def why(self, task: str) -> dict[str, Any]:
        return dict(self.stun.why(task))

    def placements(self, task: str) -> dict[str, Any]:
        return {"placements": list(map(placement_view, self.stun.placements(task)))}

    def logs(self, task: str) -> dict[str, Any]:
        return {"pieces": [{"stream": each.stream, "offset": each.offset, "size": each.size, "text": each.text}
                           for each in self.stun.logs(task)]}

    def upload(self, **content: Any) -> dict[str, Any]:
        told: list[int] = []
        blob = self.stun.upload(content_of(**content), progress=lambda arrived, size: told.append(arrived))
        return {"digest": blob.digest, "size": blob.size, "last_told": told[-1]}

    def upload_input(self, name: str, **content: Any) -> dict[str, Any]:
        return dict(vars(self.stun.upload_input(name, content_of(**content))))

    def result(self, task: str) -> dict[str, Any]:
        result = self.stun.result(task)
        return {"task": result.task, "digest": result.digest, "files": [dict(vars(each)) for each in result.files]}

    def read_file(self, task: str, name: str = "stdout") -> dict[str, Any]:
        return {"text": self.stun.read_file(task, name).decode()}

    def estimate(self, request: dict[str, Any]) -> dict[str, Any]:
        made = vars(self.stun.estimate(request_of(request)))
        return {name: str(value) if name.startswith("price") and value is not None else value
                for name, value in made.items()}

    def offers(self, region: str | None = None) -> dict[str, Any]:
        return {"offers": list(map(offer_view, self.stun.offers(region=region)))}

    def account(self, address: str | None = None) -> dict[str, Any]:
        view = vars(self.stun.account(address))
        return {name: value if isinstance(value, (str, bool)) else str(value) for name, value in view.items()}

    def balance(self) -> dict[str, Any]:
        return {"balance": str(self.stun.balance())}

    def network(self) -> dict[str, Any]:
        return dict(self.stun.network())

    def proof(self, task: str) -> dict[str, Any]:
        return {"document": json.loads(self.stun.proof(task))}

    def verified(self, task: str, terms: dict[str, Any]) -> dict[str, Any]:
        return proof_view(self.stun.verified(task, Terms.from_json(terms)))

    def verify(self, terms: dict[str, Any] | None = None, document: Any = None, text: str | None = None,
               cbor: str | None = None) -> dict[str, Any]:
        proof = bytes.fromhex(cbor) if cbor is not None else text if text is not None else document
        return proof_view(verify(proof, None if terms is None else Terms.from_json(terms)))


def content_of(text: str | None = None, size: int = 0) -> bytes:
    return text.encode() if text is not None else bytes(index % 251 for index in range(size))


def error_view(failure: Exception) -> dict[str, Any]:
    view: dict[str, Any] = {"kind": type(failure).__name__, "message": str(failure)}
    if isinstance(failure, ApiError):
        view |= {"code": failure.code, "status": failure.status, "cure": failure.cure, "detail": failure.detail,
                 "request_id": failure.request_id, "faults": sorted(each.path for each in failure.faults)}
    return view


def answers(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    driver = Driver()
    for line in lines:
        asked = json.loads(line)
        call = getattr(driver, asked["call"], None)
        if call is None:
            yield {"unknown": asked["call"]}
            continue
        try:
            yield {"ok": call(**asked["with"])}
        except Exception as failure:
            yield {"error": error_view(failure)}


if __name__ == "__main__":
    # What is printed by mistake must not be taken for an answer.
    said, sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8"), sys.stderr
    for answer in answers(sys.stdin):
        print(json.dumps(answer), file=said, flush=True)
