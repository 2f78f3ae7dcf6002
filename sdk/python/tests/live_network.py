"""Against a real node, which the environment names: STUN_NODE, STUN_API_KEY and STUN_IMAGE.

STUN_HAS_CHAIN=1 says that its money lies on a chain, so that proofs come to name their batch. Without a node in the
environment all of this is skipped, and says so.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stun_sdk import (
    AsyncStunClient, AuthRefused, IdempotencyConflict, NotFound, RequestRefused, Resources, RetryPolicy, StunClient,
    TaskRefused, TaskRequest, TaskView, Verification, uploads,
)
from stun_sdk.receipts import ProofError, Terms, verify
from stun_sdk.transport import Transport

from .ground import SDK, remembering
from .proxy import CutProxy
from .test_receipts import changed, leaves

NODE, KEY = os.environ.get("STUN_NODE", ""), os.environ.get("STUN_API_KEY", "")
IMAGE = os.environ.get("STUN_IMAGE", "")
FAST = RetryPolicy(tries=6, first_pause=0.02, longest_pause=0.5)


@unittest.skipUnless(NODE and KEY and IMAGE, "STUN_NODE, STUN_API_KEY and STUN_IMAGE name no node.")
class LiveTests(unittest.TestCase):
    def setUp(self) -> None:
        self.stun = StunClient(KEY, NODE)

    def request(self, *command: str, **more: Any) -> TaskRequest:
        # With a short run time: the window for disputes is as long as two runs.
        return TaskRequest(image=IMAGE, command=list(command), run_time_max_seconds=1, **more)

    def finished(self, *command: str) -> TaskView:
        task = self.stun.wait(self.stun.submit(self.request(*command)), timeout=60, until_settled=True)
        self.assertEqual("complete", task.state, task.reason)
        return task

    def test_a_task_is_run_paid_and_proved(self) -> None:
        before = self.stun.balance()
        terms = Terms.from_json(self.stun.network()["terms"])
        task = self.finished("hello", "live")
        self.assertEqual(b"hello live\n", self.stun.read_file(task))
        proof = self.stun.verified(task, terms)
        assert proof.division is not None
        self.assertEqual(("Complete", task.result, task.requester), (proof.outcome, proof.result, proof.requester))
        settled: Any = {}
        while not settled:
            settled = self.stun.why(task).get("settlement")
        self.assertEqual([proof.division.held, proof.division.refund, proof.division.treasury, proof.division.creator],
                         [int(settled[name]) for name in ("held", "refund", "treasury", "creator")])
        self.assertEqual([payout.amount for payout in proof.division.payouts],
                         [int(each["amount"]) for each in settled["payouts"]])
        self.assertGreater(proof.division.charged, 0)
        self.assertLess(self.stun.balance(), before)
        self.assertIn(task.id, [each.id for each in self.stun.tasks(state="complete")])

    def test_the_same_key_is_the_same_task(self) -> None:
        key = os.urandom(8).hex()
        first = self.stun.submit(self.request("once"), idempotency_key=key)
        self.assertEqual(first.id, self.stun.submit(self.request("once"), idempotency_key=key).id)
        with self.assertRaises(IdempotencyConflict):
            self.stun.submit(self.request("twice"), idempotency_key=key)
        self.assertNotEqual(first.id, self.stun.submit(self.request("once")).id)

    def test_an_order_whose_answer_is_lost_is_taken_once(self) -> None:
        before = {task.id for task in self.stun.tasks()}
        with self.cut([900, 900, None]) as proxy:
            task = StunClient(KEY, proxy.address, retry=FAST).submit(self.request("lost"))
            self.assertEqual([], proxy.cuts)
        self.stun.wait(task, timeout=60, until_settled=True)
        self.assertEqual({task.id}, {each.id for each in self.stun.tasks()} - before)

    def test_refusals_have_their_type_code_and_cure(self) -> None:
        with self.assertRaises(RequestRefused) as invalid:
            self.stun.submit(TaskRequest(image="debian:latest", resources=Resources(compute_capability="x")))
        self.assertEqual({"image", "resources.compute_capability"}, {each.path for each in invalid.exception.faults})
        with self.assertRaises(NotFound) as unknown:
            self.stun.status("00" * 16)
        self.assertEqual("task.unknown", unknown.exception.code)
        self.assertTrue(unknown.exception.cure and unknown.exception.request_id)
        with self.assertRaises(AuthRefused):
            StunClient("stun_wrong", NODE).balance("0x" + "11" * 20)
        with self.assertRaises(TaskRefused) as cheap:
            self.stun.submit(self.request("cheap", price_limit=1))
        self.assertEqual("task.price-too-low", cheap.exception.code)

    def test_a_task_that_nobody_can_run_is_cancelled(self) -> None:
        task = self.stun.submit(self.request("never", resources=Resources(gpu_count=8)))
        with self.assertRaises(TaskRefused):
            self.stun.result(task)
        self.stun.cancel(task)
        self.assertEqual("cancelled", self.stun.wait(task, timeout=30, until_settled=True).state)

    def test_uploads_and_downloads_survive_a_line_that_breaks(self) -> None:
        content = os.urandom(3_000_000)
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        told: list[int] = []
        with self.cut([None, None, 400_000, None, 700_000, None, 30_000]) as proxy:
            transport = Transport(proxy.address, KEY, 10, FAST, False)
            blob = uploads.upload(transport, uploads.content_of(content), lambda sent, _: told.append(sent), 800_000)
            self.assertEqual([], proxy.cuts)
        self.assertEqual((digest, len(content), len(content)), (blob.digest, blob.size, told[-1]))
        self.assertEqual(sorted(told), told)
        # What is here already is not sent again.
        self.assertEqual(blob, self.stun.upload(content))
        task = self.finished(*("x" * 4_000 for _ in range(20)))
        with tempfile.TemporaryDirectory() as folder, self.cut([None, 20_000, 20_000, None]) as proxy:
            weak = StunClient(KEY, proxy.address, retry=FAST)
            place = weak.download(task, "stdout", Path(folder, "all"))
            self.assertEqual([], proxy.cuts)
            self.assertEqual(self.stun.read_file(task), place.read_bytes())
            self.assertEqual(["stdout"], [each.name for each in self.stun.download_all(task, Path(folder, "more"))])

    def test_logs_of_a_task_that_has_ended_end(self) -> None:
        task = self.finished("spoken")
        for piece in self.stun.logs(task):
            self.assertIn(piece.stream, ("output", "errors"))

    def test_an_estimate_is_of_the_offers_there_are(self) -> None:
        offers = list(self.stun.offers())
        request = self.request("dear", verification=Verification.none())
        made = self.stun.estimate(request)
        self.assertEqual((1, 1, min(offer.price_per_second for offer in offers)),
                         (made.attempts_min, made.attempts_max, made.price_min))
        self.assertIsNone(self.stun.estimate(replace(request, resources=Resources(gpu_count=64))).price_min)

    def test_the_asynchronous_client_runs_tasks_side_by_side(self) -> None:
        async def story() -> list[bytes]:
            async with AsyncStunClient(KEY, NODE) as stun:
                tasks = await asyncio.gather(*(stun.submit(self.request("side", str(n))) for n in range(4)))
                tasks = await asyncio.gather(*(stun.wait(task, timeout=60) for task in tasks))
                return await asyncio.gather(*(stun.read_file(task) for task in tasks))

        self.assertEqual([f"side {n}\n".encode() for n in range(4)], asyncio.run(story()))

    def test_no_proof_of_the_network_can_be_tampered_with(self) -> None:
        task = self.finished("prove")
        terms = Terms.from_json(self.stun.network()["terms"])
        document = json.loads(self.stun.proof(task))
        while os.environ.get("STUN_HAS_CHAIN") and document.get("batch", {}).get("state") != "settled":
            time.sleep(0.1)
            document = json.loads(self.stun.proof(task))
        with remembering():
            proof = verify(document, terms)
            self.assertEqual("batch" in document, proof.batch is not None)
            self.assertEqual(bool(os.environ.get("STUN_HAS_CHAIN")), proof.batch is not None)
            unsigned = {("batch", "state"), ("batch", "payable_at")}
            for path in set(leaves(document)) - unsigned:
                with self.assertRaises(ProofError, msg=str(path)):
                    verify(changed(document, path), terms)
        other = copy.deepcopy(document)
        other["terms"]["quorum"] = 0
        with self.assertRaises(ProofError):
            verify(other, None)

    def test_no_byte_of_a_proof_in_cbor_can_be_changed(self) -> None:
        task = self.finished("bytes")
        terms = Terms.from_json(self.stun.network()["terms"])
        transport = Transport(NODE, KEY, 30, FAST, False)
        raw = transport.send("GET", f"/v1/tasks/{task.id}/verdict", headers={"Accept": "application/cbor"}).body
        salts = [raw.index(each.salt) for each in verify(raw, terms).bundle.receipts]
        with remembering():
            for index in range(len(raw)):
                if any(start <= index < start + 32 for start in salts):
                    continue
                with self.assertRaises(ProofError, msg=f"byte {index}"):
                    verify(raw[:index] + bytes([raw[index] ^ 1]) + raw[index + 1:], terms)

    def test_the_programs_of_the_readme_run(self) -> None:
        text = (SDK / "README.md").read_text(encoding="utf-8")
        quick, model, wrong = re.findall(r"```python\n(.*?)```", text, re.S)
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "my_model.pth").write_bytes(b"x" * 1000)
            Path(folder, "images.json").write_text("[]", encoding="utf-8")
            for program, said in ((quick, "Complete cost"), (model, "Result: now"), (wrong, "image ")):
                done = subprocess.run([sys.executable, "-B", "-c", program], cwd=folder, capture_output=True, text=True,
                                      env={**os.environ, "PYTHONPATH": str(SDK)}, timeout=120)
                self.assertEqual(0, done.returncode, done.stderr)
                self.assertIn(said, done.stdout)

    def test_the_samples_run(self) -> None:
        for name, said in {
            "hello_task": r"said .*hello", "files_in_and_out": r"100 % of \d{7} bytes\n.* holds .*words",
            "follow_logs": r"output .*spoken\n(?s:.*)over \w+", "receipt_offline": r"Complete: cost(?s:.*)tampered: ",
            "many_tasks": r"\A10 tasks done, within \d+: True\nrefused: task.price-too-low\n"
                          r"the last one is cancelled\n\Z",
        }.items():
            done = subprocess.run([sys.executable, "-B", str(SDK / "samples" / (name + ".py"))], cwd=SDK,
                                  env={**os.environ, "PYTHONPATH": str(SDK)}, capture_output=True, text=True,
                                  timeout=120)
            self.assertEqual(0, done.returncode, name + done.stderr)
            self.assertRegex(done.stdout, said)

    def cut(self, cuts: list[int | None]) -> CutProxy:
        url = urlsplit(NODE)
        return CutProxy(str(url.hostname), int(url.port or 80), cuts)


if __name__ == "__main__":
    unittest.main()
