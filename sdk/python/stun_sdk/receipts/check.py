"""Checks a proof from its bytes alone: nobody is asked, and nothing that a node said besides is believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .bundle import Bundle, Terms, line_hashes, view_of
from .division import Division, Shares, divide
from .merkle import is_in, line_of
from .secp256k1 import recover, recover_text
from .typed_data import bytes_of
from .wire import COMPLETE, OUTCOMES, PAID, ProofError, Signature


@dataclass(frozen=True)
class Proof:
    """What a proof that holds shows."""

    task: str
    requester: str
    outcome: str | None
    """None where the validators have not judged yet."""
    result: str | None
    """``sha256:`` and the digest of the result's manifest."""
    signers: tuple[str, ...]
    """Validators whose votes for the verdict are good."""
    division: Division | None
    batch: int | None
    """The number of the batch, if the proof has one and its path and signatures hold."""
    bundle: Bundle


def verify(proof: bytes | str | Mapping[str, Any], trusted: Terms | None, shares: Shares = Shares()) -> Proof:
    """What the proof shows, if all of it holds; raises ProofError with every fault otherwise.

    ``proof`` is what ``/v1/tasks/ID/verdict`` answers: JSON (text or parsed), or canonical CBOR.
    ``trusted`` are the network's terms as you know them. With None the proof only shows that it agrees with itself,
    since it names its own validators: use that for a look, never for a decision.

    What no signature covers cannot be checked: the salt of a receipt in CBOR, and of a batch its state and when it
    is payable. The chain knows those.
    """
    bundle = Bundle.read(proof)
    wrong = faults(bundle, trusted)
    if wrong:
        raise ProofError(wrong)
    verdict = bundle.verdict
    batch = bundle.document.get("batch") if bundle.document is not None else None
    result = verdict.message["result"] if verdict else None
    return Proof(
        bundle.task[2:], bundle.order.message["requester"],
        OUTCOMES[verdict.message["outcome"]] if verdict else None,
        "sha256:" + result[2:] if result is not None and int(result, 16) else None,
        tuple(dict.fromkeys(vote.validator for vote in verdict.votes)) if verdict else (),
        divide(bundle.order.message, verdict.message, shares) if verdict else None,
        int(batch["number"]) if batch else None, bundle)


def faults(bundle: Bundle, trusted: Terms | None) -> list[str]:
    """What is wrong, one sentence each; nothing if all holds."""
    found: list[str] = []
    if trusted is not None and trusted != bundle.terms:
        found.append("The proof names other validators, another quorum or another escrow than the network has.")
    found.extend(_order(bundle))
    found.extend(_receipts(bundle))
    if bundle.verdict is not None:
        found.extend(_verdict(bundle))
    if bundle.document is not None:
        found.extend(_differences(view_of(bundle), bundle.document, ""))
        if (batch := bundle.document.get("batch")) is not None:
            try:
                found.extend(_batch(bundle, batch))
            except (ValueError, TypeError, KeyError, AttributeError) as bad:
                found.append(f"The batch cannot be read: {type(bad).__name__} {bad}.")
    return found


def _is_by(signer: str, digest: bytes, signature: Signature) -> bool:
    return recover(digest, signature.r, signature.s, signature.recovery_id) == signer


def _order(bundle: Bundle) -> Iterable[str]:
    order = bundle.order
    if not _is_by(order.message["requester"], bundle.terms.domain.digest("TaskOrder", order.message),
                  order.signature):
        yield f"The order is not signed by its requester {order.message['requester']}."


def _receipts(bundle: Bundle) -> Iterable[str]:
    for signed in bundle.receipts:
        receipt, name = signed.message, f"The receipt of a{signed.message['attempt']}"
        if not _is_by(receipt["provider"], bundle.terms.domain.digest("Receipt", receipt), signed.signature):
            yield f"{name} is not signed by its provider {receipt['provider']}."
        if receipt["task"] != bundle.task:
            yield f"{name} is for another task."
        if receipt["spec"] != bundle.order.message["spec"]:
            yield f"{name} is for another spec than the order's."


def _quorum(what: str, terms: Terms, votes: Iterable[tuple[str, bool]]) -> Iterable[str]:
    """Each vote is a validator and whether the signature is its own."""
    signers = set()
    for validator, is_good in votes:
        if validator not in terms.validators:
            yield f"{validator} signed the {what} and is no validator."
        elif not is_good:
            yield f"The signature of {validator} is not for this {what}."
        else:
            signers.add(validator)
    if terms.quorum < 1:
        yield "A quorum of nobody proves nothing."
    if len(signers) < terms.quorum:
        yield f"{len(signers)} validators signed the {what}; {terms.quorum} must."


def _verdict(bundle: Bundle) -> Iterable[str]:
    signed = bundle.verdict
    assert signed is not None
    verdict = signed.message
    if verdict["task"] != bundle.task:
        yield "The verdict is about another task."
    digest = bundle.terms.domain.digest("Verdict", verdict)
    yield from _quorum("verdict", bundle.terms, (
        (vote.validator, _is_by(vote.validator, digest, vote.signature)) for vote in signed.votes))
    for finding in verdict["findings"]:
        if finding["judgement"] != PAID or verdict["outcome"] != COMPLETE:
            continue
        name = f"a{finding['attempt']}"
        receipt = next((each.message for each in bundle.receipts
                        if each.message["attempt"] == finding["attempt"]), None)
        if receipt is None:
            yield f"{name} is paid and has no receipt here."
        elif receipt["provider"] != finding["provider"]:
            yield f"{name} is paid to another than its receipt's provider."
    pay = sum(finding["pay"] for finding in verdict["findings"])
    if pay > bundle.order.message["priceLimit"]:
        yield "The verdict pays more than the order's price limit."
    # With a comparator results may differ and count as the same; the verdict's is then one of them.
    if verdict["outcome"] == COMPLETE and all(each.message["result"] != verdict["result"]
                                              for each in bundle.receipts):
        yield "The result of the verdict is in no receipt."


def _batch(bundle: Bundle, batch: Mapping[str, Any]) -> Iterable[str]:
    order, verdict = line_hashes(bundle)
    message = {name: batch[name] for name in ("number", "root", "tasks", "moves")}
    digest = bundle.terms.domain.digest("Batch", message)
    line = line_of(bytes_of(bundle.task), order, verdict)
    yield from _differences(
        {"task": bundle.task[2:], "order": order.hex(), "verdict": verdict.hex(), "line": line.hex(),
         "digest": digest.hex()}, batch, "batch")
    yield from _quorum("batch", bundle.terms, (
        (vote["validator"].lower(), recover_text(digest, vote["signature"]) == vote["validator"].lower())
        for vote in batch["signatures"]))
    if not is_in(bytes_of(batch["root"]), line, batch["index"], batch["tasks"], list(map(bytes_of, batch["path"]))):
        yield "The path does not lead from this task to the root of the batch."


def _differences(expected: Any, found: Any, place: str) -> Iterable[str]:
    """Where the readable form says something else than the bytes. Names that we do not know are left alone."""
    if isinstance(expected, dict) and isinstance(found, Mapping):
        for name, value in expected.items():
            yield from _differences(value, found.get(name), f"{place}.{name}".lstrip("."))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, value in enumerate(expected):
            yield from _differences(value, found[index], f"{place}[{index}]")
    elif type(expected) is not type(found) or (
            expected.lower() != found.lower() if isinstance(expected, str) and not place.endswith("cbor")
            else expected != found):
        yield f"'{place}' says something else than what was signed."
