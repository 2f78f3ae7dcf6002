"""The EIP-712 digests that are signed in the network.

digest = keccak(0x1901, separator of the domain, keccak(type hash, fields of 32 bytes each)). A signature made for one
escrow on one chain is worth nothing at another, because both stand in the domain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .keccak import keccak256

TYPES: dict[str, str] = {
    "EIP712Domain": "string name,string version,uint256 chainId,address verifyingContract",
    "TaskOrder": "address requester,uint64 idempotencyKey,bytes32 spec,uint64 runTimeMax,uint128 priceLimit,"
                 "uint64 deadline,uint8 priority,address modelCreator,uint64 home",
    "CancelTask": "bytes16 task",
    "Receipt": "uint64 attempt,bytes16 task,address provider,uint64 offer,bytes32 spec,bytes32 result,bytes32 proof,"
               "bytes32 resumedFrom,uint64 runTime",
    "CapabilityRecord": "address node,bytes32 record,uint64 measuredAt,bytes32 nonce",
    "Finding": "uint64 attempt,address provider,uint8 judgement,uint128 pay",
    "Verdict": "bytes16 task,uint16 round,uint8 outcome,bytes32 result,Finding[] findings,uint32 cheatPassPpb",
    "Batch": "uint64 number,bytes32 root,uint32 tasks,bytes32 moves",
}
"""Fields and their order are consensus: contracts hash the same strings."""

Message = Mapping[str, Any]


def fields_of(name: str) -> list[tuple[str, str]]:
    """The (name, type) of each field of a type, in order."""
    return [(field, kind) for kind, field in (part.split(" ") for part in TYPES[name].split(","))]


def _type_hash(name: str) -> bytes:
    text = f"{name}({TYPES[name]})"
    inner = {kind.removesuffix("[]") for _, kind in fields_of(name)} & TYPES.keys()
    return keccak256((text + "".join(f"{each}({TYPES[each]})" for each in sorted(inner))).encode())


_TYPE_HASHES = {name: _type_hash(name) for name in TYPES}


def bytes_of(text: str) -> bytes:
    """The bytes of hexadecimal text, with or without 0x."""
    return bytes.fromhex(text.removeprefix("0x"))


def _word(kind: str, value: Any) -> bytes:
    if kind.endswith("[]"):
        items: Sequence[Message] = value
        return keccak256(b"".join(struct_hash(kind[:-2], item) for item in items))
    if kind == "string":
        return keccak256(value.encode())
    if kind.startswith("uint"):
        number = int(value)
        if not 0 <= number < 1 << int(kind[4:]):
            raise ValueError(f"{number} is no {kind}")
        return number.to_bytes(32, "big")
    raw = bytes_of(value)
    size = 20 if kind == "address" else int(kind[5:])
    if len(raw) != size:
        raise ValueError(f"{value} is no {kind}")
    # Numbers and addresses stand at the right end of their word, bytes at the left one.
    return raw.rjust(32, b"\0") if kind == "address" else raw.ljust(32, b"\0")


def struct_hash(name: str, message: Message) -> bytes:
    """The hash of a message without its domain."""
    return keccak256(_TYPE_HASHES[name] + b"".join(_word(kind, message[field]) for field, kind in fields_of(name)))


@dataclass(frozen=True)
class Domain:
    """For which escrow on which chain a signature holds."""

    chain_id: int
    escrow: str

    @cached_property
    def separator(self) -> bytes:
        """The hash that every digest begins with."""
        return struct_hash("EIP712Domain", {
            "name": "Stun", "version": "1", "chainId": self.chain_id, "verifyingContract": self.escrow,
        })

    def digest(self, name: str, message: Message) -> bytes:
        """What is signed for a message of this type."""
        return keccak256(b"\x19\x01" + self.separator + struct_hash(name, message))


def commitment(receipt_digest: bytes, salt: bytes) -> bytes:
    """What a provider showed before it saw the results of others; the salt hides a result that can be guessed."""
    return keccak256(receipt_digest + salt)
