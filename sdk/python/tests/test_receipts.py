"""Proofs that hold, and the many ways in which one must not."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import tempfile
import unittest
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from stun_sdk.receipts import Bundle, ProofError, Shares, Terms, divide, keccak256, verify
from stun_sdk.receipts.__main__ import main

from . import shared_proof
from .ground import Key, remembering
from .proofs import CREATOR, PROVIDERS, TERMS, VALIDATORS, Story


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every text and number in a document."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    elif value is not None:
        yield path


def changed(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """A copy in which this one text or number is another."""
    copied = copy.deepcopy(document)
    holder = copied
    for step in path[:-1]:
        holder = holder[step]
    value = holder[path[-1]]
    if isinstance(value, int):
        holder[path[-1]] = value + 1
    else:
        middle = len(value) // 2
        holder[path[-1]] = value[:middle] + ("1" if value[middle] != "1" else "2") + value[middle + 1:]
    return copied


class ProofTests(unittest.TestCase):
    def test_a_proof_that_holds_says_what_it_shows(self) -> None:
        for form in (Story().cbor(), json.dumps(Story().document()), Story().document()):
            proof = verify(form, TERMS)
            self.assertEqual("Complete", proof.outcome)
            self.assertEqual("sha256:" + keccak256(b"result").hex(), proof.result)
            self.assertEqual(tuple(key.address for key in VALIDATORS[:3]), proof.signers)
            division = proof.division
            assert division is not None
            self.assertEqual(666_667, division.charged)
            self.assertEqual(1_000_003, division.refund + division.treasury + division.creator
                             + sum(payout.amount for payout in division.payouts))
            self.assertEqual(None if isinstance(form, bytes) else 4, proof.batch)

    def test_no_changed_byte_is_let_through(self) -> None:
        raw = Story().cbor()
        # The salt opens the commitment and nothing else; it alone is under no signature.
        salts = [raw.index(keccak256(bytes([index]))) for index in range(3)]
        with remembering():
            verify(raw, TERMS)
            for index in range(len(raw)):
                if any(start <= index < start + 32 for start in salts):
                    continue
                other = raw[:index] + bytes([raw[index] ^ 1]) + raw[index + 1:]
                with self.assertRaises(ProofError, msg=f"byte {index}"):
                    verify(other, TERMS)

    def test_no_changed_field_of_the_document_is_let_through(self) -> None:
        document = Story().document()
        with remembering():
            verify(document, TERMS)
            for path in leaves(document):
                if path == ("batch", "state"):
                    continue
                with self.assertRaises(ProofError, msg=str(path)):
                    verify(changed(document, path), TERMS)

    def test_no_field_of_the_document_can_be_left_out(self) -> None:
        document = Story().document()
        with remembering():
            for name in document.keys() - {"batch"}:
                with self.assertRaises(ProofError, msg=name):
                    verify({key: value for key, value in document.items() if key != name}, TERMS)

    def test_what_is_signed_and_wrong_is_refused_by_name(self) -> None:
        def refuse(sentence: str, change: Callable[[Story], None]) -> None:
            story = Story()
            change(story)
            with self.assertRaises(ProofError, msg=sentence) as caught:
                verify(story.cbor(), story.terms)
            self.assertIn(sentence, str(caught.exception))

        stranger = Key(9)
        refuse("not signed by its requester", lambda story: setattr(story, "order_key", stranger))
        refuse("not signed by its provider", lambda story: story.receipt_keys.__setitem__(0, stranger))
        refuse("2 validators signed the verdict; 3 must", lambda story: setattr(story, "signers", VALIDATORS[:2]))
        refuse("is no validator", lambda story: setattr(story, "signers", [*VALIDATORS[:2], stranger]))
        refuse("2 validators signed", lambda story: setattr(story, "signers", [*VALIDATORS[:2], VALIDATORS[0]]))
        refuse("more than the order's price limit", lambda story: story.pays.__setitem__(0, 1_000_003))
        refuse("paid to another", lambda story: story.paid_to.__setitem__(0, stranger.address))
        refuse("for another spec", lambda story: setattr(story, "receipt_spec", bytes(32)))
        refuse("in no receipt", lambda story: setattr(story, "result", keccak256(b"invented")))
        refuse("quorum of nobody", lambda story: setattr(story, "terms", replace(TERMS, quorum=0)))

    def test_the_proof_that_all_sdks_check_is_this_one(self) -> None:
        self.assertEqual(shared_proof.text(), shared_proof.PLACE.read_text(encoding="utf-8"),
                         "Make it again: python3 -m tests.shared_proof")

    def test_a_receipt_that_is_missing_is_missed(self) -> None:
        story = Story()
        story.receipt_keys, story.receipt_results = story.receipt_keys[:1], story.receipt_results[:1]
        with self.assertRaisesRegex(ProofError, "a2 is paid and has no receipt here"):
            verify(story.cbor(), TERMS)

    def test_terms_come_from_elsewhere(self) -> None:
        raw = Story().cbor()
        for other in (replace(TERMS, quorum=2), replace(TERMS, chain_id=1), replace(TERMS, escrow="0x" + "11" * 20),
                      replace(TERMS, validators=TERMS.validators[:3])):
            with self.assertRaises(ProofError):
                verify(raw, other)
        verify(raw, None)

    def test_a_task_that_is_not_judged_yet_has_no_division(self) -> None:
        story = Story()
        story.has_verdict = False
        proof = verify(story.cbor(), TERMS)
        self.assertEqual((None, None, ()), (proof.outcome, proof.division, proof.signers))

    def test_what_is_no_proof_is_refused_as_one(self) -> None:
        for nonsense in (b"", b"{", b"{}", b"\x80", "[]", "null", "{\"terms\":{}}", {"terms": None}, b"\xff" * 50,
                         "{\"a\":1,\"a\":1}", b"\x88\x01" + b"\x00" * 7, "{" * 100_000):
            with self.assertRaises(ProofError, msg=repr(nonsense)[:40]):
                verify(nonsense, None)
        for path, value in ((("terms", "escrow"), "0x12"), (("terms", "chain_id"), 1 << 300),
                            (("terms", "validators"), 5), (("receipts",), [5]), (("batch", "index"), "two"),
                            (("batch", "signatures"), [{}]), (("batch", "path"), ["zz"]), (("batch",), "x")):
            document: Any = Story().document()
            holder = document
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = value
            with self.assertRaises(ProofError, msg=str(path)):
                verify(document, None)

    def test_a_batch_needs_its_quorum_and_its_path(self) -> None:
        for change in (lambda batch: batch["signatures"].pop(), lambda batch: batch["path"].pop(),
                       lambda batch: batch["path"].append("00" * 32),
                       lambda batch: batch["signatures"].__setitem__(2, batch["signatures"][0])):
            document = Story().document()
            change(document["batch"])
            with self.assertRaises(ProofError):
                verify(document, TERMS)

    def test_the_bundle_of_json_and_of_cbor_are_the_same(self) -> None:
        self.assertEqual(Bundle.read(Story().cbor()), Bundle.read(Story().document()))
        self.assertEqual(TERMS, Terms.from_json(json.loads(json.dumps(TERMS.to_json()))))


class DivisionTests(unittest.TestCase):
    def test_money_is_divided_to_the_last_unit(self) -> None:
        for pay in (0, 1, 6, 7, 19, 20, 999_999, 10**27 + 1):
            for creator in ("0x" + "00" * 20, CREATOR.address):
                order = {"priceLimit": 10**28, "modelCreator": creator}
                verdict = {"findings": [{"attempt": 1, "provider": "0x1", "judgement": 0, "pay": pay},
                                        {"attempt": 2, "provider": "0x2", "judgement": 2, "pay": 5}]}
                made = divide(order, verdict)
                self.assertEqual(pay * 15 // 100, made.treasury)
                self.assertEqual(pay * 5 // 100 if int(creator, 16) else 0, made.creator)
                self.assertEqual(pay, made.treasury + made.creator + sum(each.amount for each in made.payouts))
                self.assertEqual(10**28, made.refund + made.charged)

    def test_nobody_is_charged_more_than_was_held(self) -> None:
        with self.assertRaises(ValueError):
            divide({"priceLimit": 5, "modelCreator": "0x0"},
                   {"findings": [{"attempt": 1, "provider": "0x1", "judgement": 0, "pay": 6}]}, Shares(0, 0))


class ProgramTests(unittest.TestCase):
    def test_the_program_says_what_holds_and_what_does_not(self) -> None:
        document = Story().document()
        with tempfile.TemporaryDirectory() as folder:
            proof, terms = Path(folder, "proof.json"), Path(folder, "terms.json")
            proof.write_text(json.dumps(document))
            terms.write_text(json.dumps({"terms": TERMS.to_json()}))
            out, said = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
                self.assertEqual(0, main([str(proof), "--terms", str(terms)]))
                terms.write_text(json.dumps(replace(TERMS, quorum=4).to_json()))
                self.assertEqual(1, main([str(proof), "--terms", str(terms)]))
                self.assertEqual(2, main([str(proof), "--terms", str(Path(folder, "none"))]))
            self.assertIn("Complete", out.getvalue())
            self.assertIn("another quorum", said.getvalue())


if __name__ == "__main__":
    unittest.main()
