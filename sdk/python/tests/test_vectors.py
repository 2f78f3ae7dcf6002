"""Against the golden vectors of the repository, which ethers and viem have made."""

from __future__ import annotations

import unittest

from stun_sdk.receipts import Domain, cbor, keccak256, merkle, secp256k1, typed_data
from stun_sdk.receipts.wire import read_order, read_receipt, read_verdict

from .ground import Key, vectors


class KeccakTests(unittest.TestCase):
    def test_known_digests_are_made(self) -> None:
        known = {
            b"": "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
            b"abc": "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
        }
        for data, digest in known.items():
            self.assertEqual(digest, keccak256(data).hex())

    def test_specs_of_more_than_a_block_have_the_digests_of_ethers(self) -> None:
        orders = [each for each in vectors("typed-data.json")["vectors"] if "specCbor" in each]
        self.assertGreater(len(orders), 4)
        for order in orders:
            self.assertEqual(order["message"]["spec"][2:],
                             keccak256(typed_data.bytes_of(order["specCbor"])).hex())

    def test_addresses_with_checks_are_those_of_viem(self) -> None:
        for each in vectors("evm/addresses.json"):
            plain = each["plain"][2:]
            marks = keccak256(plain.encode()).hex()
            checked = "".join(sign.upper() if int(mark, 16) > 7 else sign for sign, mark in zip(plain, marks))
            self.assertEqual(each["checked"][2:], checked)

    def test_lengths_around_a_block_differ_from_each_other(self) -> None:
        self.assertEqual(300, len({keccak256(bytes(length)) for length in range(300)}))


class TypedDataTests(unittest.TestCase):
    def test_separators_and_digests_are_those_of_ethers(self) -> None:
        golden = vectors("typed-data.json")
        for each in golden["separators"]:
            self.assertEqual(each["separator"][2:], _domain(each).separator.hex())
        kinds = set()
        for each in golden["vectors"]:
            kinds.add(each["type"])
            self.assertEqual(each["digest"][2:], _domain(each).digest(each["type"], each["message"]).hex())
            if "taskId" in each:
                self.assertTrue(each["digest"].startswith(each["taskId"]))
            if "commitment" in each:
                made = typed_data.commitment(typed_data.bytes_of(each["digest"]), typed_data.bytes_of(each["salt"]))
                self.assertEqual(each["commitment"][2:], made.hex())
        self.assertEqual({"TaskOrder", "CancelTask", "Receipt", "Verdict", "CapabilityRecord"}, kinds)

    def test_a_number_too_large_for_its_type_has_no_digest(self) -> None:
        with self.assertRaises(ValueError):
            Domain(1, "0x" + "11" * 20).digest("CancelTask", {"task": "0x" + "11" * 17})
        with self.assertRaises(ValueError):
            typed_data.struct_hash("Finding", {"attempt": 1 << 64, "provider": "0x" + "11" * 20, "judgement": 0,
                                               "pay": 0})


class SignatureTests(unittest.TestCase):
    def test_signers_are_those_of_viem(self) -> None:
        for each in vectors("evm/signatures.json"):
            self.assertEqual(each["sender"], secp256k1.recover_text(typed_data.bytes_of(each["digest"]),
                                                                    each["signature"]))
            self.assertEqual(each["sender"], Key(int(each["key"], 16)).address)

    def test_a_signature_has_no_second_form(self) -> None:
        digest, key = keccak256(b"said"), Key(77)
        good = key.sign(digest)
        self.assertEqual(key.address, secp256k1.recover(digest, good.r, good.s, good.recovery_id))
        self.assertIsNone(secp256k1.recover(digest, good.r, secp256k1.N - good.s, 1 - good.recovery_id))
        self.assertNotEqual(key.address, secp256k1.recover(digest, good.r, good.s, 1 - good.recovery_id))
        for r, s, identity in ((0, 1, 0), (1, 0, 0), (secp256k1.N, 1, 0), (good.r, good.s, 2), (5, 1, 0)):
            self.assertIsNone(secp256k1.recover(digest, r, s, identity))

    def test_text_that_is_no_signature_has_no_signer(self) -> None:
        for text in ("", "0x", "0x12", "zz", "0x" + "00" * 65, "0x" + "11" * 66):
            self.assertIsNone(secp256k1.recover_text(bytes(32), text))


class WireTests(unittest.TestCase):
    def test_every_example_of_the_wire_is_read_and_made_again(self) -> None:
        for each in vectors("wire.json"):
            raw = bytes.fromhex(each["hex"])
            self.assertEqual(raw, cbor.encode(cbor.decode(raw)))

    def test_fields_stand_where_the_codecs_put_them(self) -> None:
        golden = {each["type"]: each for each in vectors("wire.json")}
        for name, read, part in (("SignedOrder", read_order, "order"), ("SignedReceipt", read_receipt, "receipt"),
                                 ("SignedVerdict", read_verdict, "verdict")):
            message = read(bytes.fromhex(golden[name]["hex"])).message
            value = golden[name]["value"][part]
            self.assertEqual(list(value), list(message))
            for field, said in value.items():
                if field in ("spec", "findings", "priority", "outcome") and not isinstance(message[field], str):
                    continue
                if not isinstance(said, (dict, list)):
                    self.assertEqual(str(said), str(message[field]).removeprefix("0x"), f"{name}.{field}")

    def test_what_is_not_canonical_is_refused(self) -> None:
        for text in ("1801", "190001", "a2020101 02", "a20101 0101", "9f01ff", "f6", "fb3ff0000000000000", "0000",
                     "c24101", "c2420001", "62c328", "", "81", "5f4101ff", "c101", "82", "9bffffffffffffffff"):
            with self.assertRaises(cbor.CborError, msg=text):
                cbor.decode(bytes.fromhex(text))
        with self.assertRaises(cbor.CborError):
            cbor.decode(b"\x81" * 5000 + b"\x00")


class TreeTests(unittest.TestCase):
    def test_each_line_is_found_at_its_place_and_nowhere_else(self) -> None:
        for count in (1, 2, 3, 5, 8, 13):
            lines = [keccak256(bytes([index])) for index in range(count)]
            root = merkle.root_of(lines)
            for index, line in enumerate(lines):
                path = merkle.path_of(lines, index)
                self.assertTrue(merkle.is_in(root, line, index, count, path))
                self.assertFalse(merkle.is_in(root, line, index ^ 1, count, path))
                self.assertFalse(merkle.is_in(root, keccak256(b"other"), index, count, path))
                self.assertFalse(merkle.is_in(root, line, index, count, [*path, bytes(32)]))
                self.assertFalse(merkle.is_in(root, line, count, count, path))
                if path:
                    self.assertFalse(merkle.is_in(root, line, index, count, path[:-1]))
        self.assertEqual(bytes(32), merkle.root_of([]))


def _domain(each: dict[str, dict[str, str]]) -> Domain:
    return Domain(int(each["domain"]["chainId"]), each["domain"]["verifyingContract"])


if __name__ == "__main__":
    unittest.main()
