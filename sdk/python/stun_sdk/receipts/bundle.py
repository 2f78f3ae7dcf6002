"""All that shows what became of a task, read from the bytes that a node gave."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .typed_data import Domain, commitment, struct_hash
from .wire import (
    JUDGEMENTS, OUTCOMES, ProofError, Signed, SignedVerdict, Vote, decode, read_order, read_receipt, read_verdict,
)

_BUNDLE_VERSION, _FIELDS = 1, 8
_ZERO = "0x" + "00" * 32


@dataclass(frozen=True)
class Terms:
    """Whose signatures count. Whoever checks knows these from elsewhere than from the proof."""

    chain_id: int
    escrow: str
    validators: tuple[str, ...]
    quorum: int

    @cached_property
    def domain(self) -> Domain:
        """What every digest begins with."""
        return Domain(self.chain_id, self.escrow)

    @staticmethod
    def from_json(terms: Mapping[str, Any]) -> Terms:
        """Of the ``terms`` in ``/v1/network``, kept since a time when that node was trusted, or in a proof."""
        return Terms(int(terms["chain_id"]), str(terms["escrow"]).lower(),
                     tuple(str(each).lower() for each in terms["validators"]), int(terms["quorum"]))

    def to_json(self) -> dict[str, Any]:
        """For a file that :meth:`from_json` reads."""
        return {"chain_id": self.chain_id, "escrow": self.escrow, "validators": list(self.validators),
                "quorum": self.quorum}


@dataclass(frozen=True)
class Bundle:
    """Order, receipts and verdict, each with its canonical bytes, and the terms that the bundle claims."""

    terms: Terms
    order: Signed
    receipts: tuple[Signed, ...]
    verdict: SignedVerdict | None
    document: Mapping[str, Any] | None = field(default=None, compare=False)
    """The readable form, if it came in one: every field of it is compared with the bytes."""

    @property
    def task(self) -> str:
        """The task's id, which follows from the order: the first half of its digest."""
        return "0x" + self.terms.domain.digest("TaskOrder", self.order.message)[:16].hex()

    @staticmethod
    def read(proof: bytes | str | Mapping[str, Any]) -> Bundle:
        """From CBOR, from JSON text, or from JSON that was parsed. Raises ProofError for anything else."""
        if isinstance(proof, bytes) and not proof.lstrip().startswith(b"{"):
            return _from_cbor(proof)
        try:
            document = proof if isinstance(proof, Mapping) else json.loads(proof, object_pairs_hook=_no_doubles)
            bundle = _from_json(document)
            _ = bundle.task  # an escrow that is no address shows here
            return bundle
        except ProofError:
            raise
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as bad:
            raise ProofError([f"This is no proof: {type(bad).__name__} {bad}."]) from bad


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A reader that took the other one of two fields of the same name would see another proof."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ProofError(["The document has two fields of the same name."])
    return dict(pairs)


def _from_cbor(raw: bytes) -> Bundle:
    value = decode("ProofBundle", raw)
    if not isinstance(value, list) or len(value) != _FIELDS or value[0] != _BUNDLE_VERSION or value[0] is True:
        raise ProofError([f"ProofBundle: not [{_BUNDLE_VERSION}, ...] with eight fields."])
    _, order, receipts, verdict, chain, escrow, validators, quorum = value
    lists = [receipts, validators]
    strings = [order, verdict, escrow, *(receipts if isinstance(receipts, list) else []),
               *(validators if isinstance(validators, list) else [])]
    if not all(isinstance(each, list) for each in lists) or not all(isinstance(each, bytes) for each in strings) \
            or not all(type(each) is int and each >= 0 for each in (chain, quorum)) \
            or not all(len(each) == 20 for each in (escrow, *validators)):
        raise ProofError(["ProofBundle: a field has another form than it should."])
    terms = Terms(chain, "0x" + escrow.hex(), tuple("0x" + each.hex() for each in validators), quorum)
    return Bundle(terms, read_order(order), tuple(map(read_receipt, receipts)),
                  read_verdict(verdict) if verdict else None)


def _raw(view: Mapping[str, Any]) -> bytes:
    try:
        return base64.b64decode(view["cbor"], validate=True)
    except binascii.Error as bad:
        raise ProofError([f"A field 'cbor' is no base64: {bad}."]) from bad


def _from_json(document: Mapping[str, Any]) -> Bundle:
    verdict = document.get("verdict")
    return Bundle(
        Terms.from_json(document["terms"]), read_order(_raw(document["order"])),
        tuple(read_receipt(_raw(each["signed"])) for each in document["receipts"]),
        read_verdict(_raw(verdict)) if verdict else None, document)


def view_of(bundle: Bundle) -> dict[str, Any]:
    """The readable form as the API writes it, made anew from the bytes; without the batch."""
    domain, order, verdict = bundle.terms.domain, bundle.order, bundle.verdict
    view: dict[str, Any] = {
        "task": bundle.task[2:],
        "terms": {**bundle.terms.to_json(), "domain_separator": domain.separator.hex()},
        "order": _signed(domain.digest("TaskOrder", order.message), order.message["requester"], order),
        "receipts": [_receipt(domain, each) for each in bundle.receipts],
        "messages": {"order": _message(order.message), "receipts": [_message(each.message)
                                                                   for each in bundle.receipts]},
    }
    if verdict is not None:
        view["verdict"] = _verdict(domain, verdict)
        view["messages"]["verdict"] = _message(verdict.message)
    return view


def _signed(digest: bytes, signer: str, signed: Signed) -> dict[str, Any]:
    return {"digest": digest.hex(), "signer": signer, "signature": signed.signature.text,
            "cbor": base64.b64encode(signed.raw).decode()}


def _receipt(domain: Domain, signed: Signed) -> dict[str, Any]:
    message = signed.message
    digest = domain.digest("Receipt", message)
    return {
        "attempt": f"a{message['attempt']}", "provider": message["provider"], "offer": f"{message['offer']:016x}",
        "spec": message["spec"][2:], "result": "sha256:" + message["result"][2:],
        "proof": _sha256(message["proof"]), "resumed_from": _sha256(message["resumedFrom"]),
        "run_time_micros": message["runTime"], "salt": signed.salt.hex(),
        "commitment": commitment(digest, signed.salt).hex(), "signed": _signed(digest, message["provider"], signed),
    }


def _verdict(domain: Domain, signed: SignedVerdict) -> dict[str, Any]:
    message = signed.message
    return {
        "round": message["round"], "outcome": OUTCOMES[message["outcome"]], "result": _sha256(message["result"]),
        "cheat_pass_ppb": message["cheatPassPpb"],
        "findings": [{"attempt": f"a{each['attempt']}", "provider": each["provider"],
                      "judgement": JUDGEMENTS[each["judgement"]], "pay": str(each["pay"])}
                     for each in message["findings"]],
        "digest": domain.digest("Verdict", message).hex(), "signatures": [_vote(vote) for vote in signed.votes],
        "cbor": base64.b64encode(signed.raw).decode(),
    }


def _vote(vote: Vote) -> dict[str, str]:
    return {"validator": vote.validator, "signature": vote.signature.text}


def _sha256(digest: str) -> str | None:
    return None if digest == _ZERO else "sha256:" + digest[2:]


# Fields of a message that are JSON numbers; all others are text, as they may need more than 53 bits.
_NUMBERS = {"priority", "round", "outcome", "judgement", "cheatPassPpb"}


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    view: dict[str, Any] = {}
    for name, value in message.items():
        snake = "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
        if isinstance(value, list):
            view[snake] = [_message(each) for each in value]
        else:
            view[snake] = value if name in _NUMBERS else str(value)
    return view


def line_hashes(bundle: Bundle) -> tuple[bytes, bytes]:
    """The struct hashes of order and verdict, as a batch's line has them."""
    if bundle.verdict is None:
        raise ProofError(["Without a verdict a task is in no batch."])
    return struct_hash("TaskOrder", bundle.order.message), struct_hash("Verdict", bundle.verdict.message)
