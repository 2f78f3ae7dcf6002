"""The client against a node that fails as the test says."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import tempfile
import unittest
import unittest.mock
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from stun_sdk import (
    ApiError, AsyncStunClient, AuthRefused, ContentMismatch, IdempotencyConflict, InvalidRequest, NodeUnreachable,
    NotFound, RateLimited, RequestRefused, Resources, RetryPolicy, StunClient, TaskRefused, TaskRequest, TaskView,
    Verification, WaitedTooLong, uploads,
)
from stun_sdk.downloads import place_of
from stun_sdk.receipts import manifest_digest
from stun_sdk.transport import Transport

from .scripted import BREAK, Asked, Reply, ScriptedNode, document, problem

FAST = RetryPolicy(tries=4, first_pause=0.001, longest_pause=0.01)
ID = "0123456789abcdef" * 2
VIEW = {"id": ID, "state": "queued", "requester": "0x" + "11" * 20, "price_limit": "340282366920938463463374607431768",
        "deadline": "2026-01-02T03:04:05.1234567Z"}


def client(node: ScriptedNode, **more: Any) -> StunClient:
    return StunClient("stun_key", node.address, retry=FAST, timeout=5, **more)


class RetryTests(unittest.TestCase):
    def test_a_task_is_handed_in_again_under_the_same_key(self) -> None:
        with ScriptedNode([BREAK, problem(503, "node.busy"), problem(504, "task.unanswered"),
                           document(VIEW, 201)]) as node:
            task = client(node).submit(TaskRequest(image="sha256:" + "aa" * 32))
            self.assertEqual((ID, 340282366920938463463374607431768), (task.id, task.price_limit))
            self.assertEqual(datetime(2026, 1, 2, 3, 4, 5, 123456, timezone.utc), task.deadline)
            keys = {asked.headers["idempotency-key"] for asked in node.asked}
            self.assertEqual((4, 1), (len(node.asked), len(keys)))
            self.assertEqual("Bearer stun_key", node.asked[0].headers["authorization"])

    def test_what_will_not_go_well_is_asked_once(self) -> None:
        for status, code, kind in ((422, "request.invalid", RequestRefused), (429, "task.over-quota", TaskRefused),
                                   (401, "auth.refused", AuthRefused), (404, "task.unknown", NotFound),
                                   (409, "idempotency.conflict", IdempotencyConflict)):
            with ScriptedNode([problem(status, code)]) as node:
                with self.assertRaises(kind) as caught:
                    client(node).submit(TaskRequest(image="x"), idempotency_key="mine")
                self.assertEqual(1, len(node.asked), code)
                self.assertEqual((code, "The detail.", "The cure.", "r1"), (
                    caught.exception.code, caught.exception.detail, caught.exception.cure,
                    caught.exception.request_id))
                self.assertIn("The cure.", str(caught.exception))

    def test_tries_end_with_what_the_node_said_last(self) -> None:
        with ScriptedNode([problem(429, "rate.limited", **{"Retry-After": "0"})]) as node:
            with self.assertRaises(RateLimited) as caught:
                client(node).status(ID)
            self.assertEqual((4, 0.0), (len(node.asked), caught.exception.retry_after))

    def test_a_node_that_asks_for_a_long_pause_is_not_waited_for(self) -> None:
        with ScriptedNode([problem(503, "node.draining", **{"Retry-After": "3600"})]) as node:
            with self.assertRaises(ApiError):
                client(node).status(ID)
            self.assertEqual(1, len(node.asked))

    def test_pauses_grow_to_their_limit(self) -> None:
        pauses = list(RetryPolicy(tries=8, first_pause=1, longest_pause=8).pauses())
        self.assertEqual(7, len(pauses))
        for pause, whole in zip(pauses, (1, 2, 4, 8, 8, 8, 8)):
            self.assertTrue(whole / 2 <= pause <= whole)

    def test_a_node_that_says_nothing_is_given_up_in_time(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            address = f"http://127.0.0.1:{silent.getsockname()[1]}"
            with self.assertRaises(NodeUnreachable):
                StunClient(None, address, timeout=0.1, retry=RetryPolicy(tries=2, first_pause=0.001)).network()
        with self.assertRaises(NodeUnreachable):
            StunClient(None, address, timeout=1, retry=RetryPolicy(tries=1)).network()

    def test_an_answer_that_is_no_document_is_told_as_such(self) -> None:
        with ScriptedNode([(502, {}, b"<html>bad gateway"), (200, {}, b"<html>hello")]) as node:
            with self.assertRaises(NodeUnreachable):
                client(node).network()
            self.assertEqual(2, len(node.asked))


class RequestTests(unittest.TestCase):
    def test_a_key_does_not_go_over_a_line_in_the_clear(self) -> None:
        with self.assertRaisesRegex(InvalidRequest, "https"):
            StunClient("key", "http://node.example:80")
        StunClient("key", "http://node.example:80", allow_plain=True)
        StunClient("key", "https://node.example")
        StunClient("key", "localhost:7800")
        for wrong in ("ftp://a", "http://", "https://a?b=c", "https://me:pass@a"):
            with self.assertRaises(InvalidRequest):
                StunClient("key", wrong)
        with self.assertRaises(InvalidRequest):
            StunClient("key\r\nX: y", "https://node.example")

    def test_a_form_has_what_was_given_and_nothing_else(self) -> None:
        with ScriptedNode([document(VIEW, 201)]) as node:
            client(node).submit(TaskRequest(
                image="i", command=["a", "b"], price_limit=10**30, resources=Resources(cpu_millis=0),
                verification=Verification.redundant(2, 3), deadline=datetime(2027, 1, 1, tzinfo=timezone.utc)))
            self.assertEqual(
                {"image": "i", "command": ["a", "b"], "price_limit": str(10**30), "resources": {"cpu_millis": 0},
                 "verification": {"kind": "redundant", "agreeing": 2, "attempts": 3},
                 "deadline": "2027-01-01T00:00:00+00:00"}, json.loads(node.asked[0].body))

    def test_what_cannot_be_meant_does_not_leave(self) -> None:
        with ScriptedNode([BREAK]) as node:
            speaker = client(node)
            for call in (lambda: speaker.status("../keys"), lambda: speaker.status(""),
                         lambda: speaker.submit(TaskRequest(), idempotency_key="a\nb"),
                         lambda: speaker.submit(TaskRequest(), idempotency_key=""),
                         lambda: speaker.submit(TaskRequest(deadline=datetime(2027, 1, 1)))):
                with self.assertRaises(InvalidRequest):
                    call()
            self.assertEqual([], node.asked)

    def test_pages_are_read_to_the_end(self) -> None:
        with ScriptedNode([document({"tasks": [VIEW, VIEW], "cursor": "c/1"}), document({"tasks": [VIEW]})]) as node:
            self.assertEqual(3, len(list(client(node).tasks(state="queued"))))
            self.assertIn("cursor=c%2F1", node.asked[1].path)
            self.assertNotIn("cursor", node.asked[0].path)

    def test_the_own_account_is_asked_for_once(self) -> None:
        account = {"address": "0xa", "balance": "5", "held": "1", "stake": "0", "unbonding": "0", "managed": True}
        with ScriptedNode([document({"account": "0xa"}), document(account)]) as node:
            speaker = client(node)
            self.assertEqual((5, 5), (speaker.balance(), speaker.balance()))
            self.assertEqual(["/v1/me", "/v1/accounts/0xa", "/v1/accounts/0xa"],
                             [asked.path for asked in node.asked])
        with ScriptedNode([document(account)]) as node:
            client(node, account="0xb").balance()
            self.assertEqual(["/v1/accounts/0xb"], [asked.path for asked in node.asked])


class WaitTests(unittest.TestCase):
    def test_waiting_ends_with_the_result_or_with_the_money(self) -> None:
        verified = {**VIEW, "state": "verified", "result": "sha256:" + "aa" * 32}
        replies = [document(VIEW), document(verified), document({**verified, "state": "complete"})]
        with ScriptedNode(list(replies)) as node:
            self.assertEqual("verified", client(node).wait(ID).state)
            self.assertIn("wait=55", node.asked[0].path)
        with ScriptedNode(list(replies)) as node:
            self.assertEqual("complete", client(node).wait(ID, until_settled=True).state)
        with ScriptedNode([document({**VIEW, "state": "failed", "reason": "Deadline"})]) as node:
            self.assertEqual("Deadline", client(node).wait(ID).reason)

    def test_waiting_too_long_says_so_and_cancels_nothing(self) -> None:
        with ScriptedNode([document(VIEW)]) as node:
            with self.assertRaises(WaitedTooLong):
                client(node).wait(ID, timeout=0.3)
            self.assertEqual({"GET"}, {asked.method for asked in node.asked})


class UploadNode:
    """The uploads of a node, whose line breaks as often as it is told."""

    def __init__(self, content: bytes, breaks: list[str]) -> None:
        self.kept, self.wanted, self.breaks, self.whole = b"", content, breaks, False

    def __call__(self, asked: Asked) -> Reply:
        if asked.method == "HEAD" and "uploads" in asked.path:
            if self.whole:
                return 404, {}, b""
            return 200, {"Upload-Offset": str(len(self.kept))}, b""
        if asked.method == "HEAD":
            return (200 if self.whole else 404), {}, b""
        if asked.method == "POST":
            return document({"id": "u1", "digest": "", "size": 0, "offset": 0}, 201)
        assert asked.method == "PATCH" and int(asked.headers["upload-offset"]) == len(self.kept)
        fault = self.breaks.pop(0) if self.breaks else ""
        if fault == "before":
            return BREAK
        if fault == "busy":
            return problem(409, "blob.upload-busy")
        if fault == "no-room":
            return problem(507, "blob.no-room")
        self.kept += asked.body[:len(asked.body) // 2] if fault == "within" else asked.body
        self.whole = len(self.kept) == len(self.wanted)
        if fault:
            return BREAK
        if self.whole:
            return document({"digest": "sha256:" + hashlib.sha256(self.kept).hexdigest(), "size": len(self.kept)}, 201)
        return document({"id": "u1", "digest": "", "size": 0, "offset": len(self.kept)})


class ContentTests(unittest.TestCase):
    CONTENT = bytes(range(256)) * 40

    def send(self, breaks: list[str]) -> tuple[UploadNode, list[int]]:
        kept, told = UploadNode(self.CONTENT, breaks), []
        with ScriptedNode([kept]) as node, unittest.mock.patch.object(uploads, "WHOLE_MAX", 100):
            transport = Transport(node.address, "key", 5, FAST, False)
            blob = uploads.upload(transport, uploads.content_of(self.CONTENT), lambda sent, _: told.append(sent), 1000)
        self.assertEqual("sha256:" + hashlib.sha256(self.CONTENT).hexdigest(), blob.digest)
        return kept, told

    def test_an_upload_goes_on_where_it_broke(self) -> None:
        for breaks in ([], ["before"], ["within", "", "within"], ["after"], ["busy"], ["", "before", "within", "after"],
                       [""] * 10 + ["after"],
                       ["within"] * 7):
            kept, told = self.send(list(breaks))
            self.assertEqual(self.CONTENT, kept.kept, breaks)
            self.assertEqual((0, len(self.CONTENT)), (told[0], told[-1]))
            self.assertEqual(sorted(told), told)

    def test_an_upload_without_room_is_not_tried_again(self) -> None:
        kept = UploadNode(self.CONTENT, ["no-room"])
        with ScriptedNode([kept]) as node, unittest.mock.patch.object(uploads, "WHOLE_MAX", 100):
            with self.assertRaisesRegex(ApiError, "blob.no-room"):
                client(node).upload(self.CONTENT)

    def test_a_download_goes_on_where_it_broke_and_is_believed_by_its_digest(self) -> None:
        digest = "sha256:" + hashlib.sha256(self.CONTENT).hexdigest()
        files = [{"name": "a/b.bin", "digest": digest, "size": len(self.CONTENT)}]
        result = {"task": ID, "digest": manifest_digest([("a/b.bin", digest, len(self.CONTENT))]), "files": files}

        def part(asked: Asked) -> Reply:
            begin = int(asked.headers["range"].removeprefix("bytes=").rstrip("-"))
            return 206, {"Cut": "3000"}, self.CONTENT[begin:]

        with tempfile.TemporaryDirectory() as folder:
            told: list[int] = []
            with ScriptedNode([document(result), (200, {"Cut": "1000"}, self.CONTENT), part]) as node:
                place = client(node).download(ID, "a/b.bin", Path(folder, "x"), progress=lambda n, _: told.append(n))
                self.assertEqual(self.CONTENT, place.read_bytes())
                self.assertEqual(len(self.CONTENT), told[-1])
                self.assertEqual("bytes=1000-", node.asked[2].headers["range"])
                self.assertEqual(f'"{digest}"', node.asked[2].headers["if-range"])
            other = bytes(len(self.CONTENT))
            with ScriptedNode([document(result), (200, {}, other)]) as node, self.assertRaises(ContentMismatch):
                client(node).download(ID, "a/b.bin", Path(folder, "y"))
            with ScriptedNode([document({**result, "digest": "sha256:" + "00" * 32})]) as node, \
                    self.assertRaises(ContentMismatch):
                client(node).read_file(ID, "a/b.bin")
            self.assertEqual(["x"], [each.name for each in Path(folder).iterdir()])

    def test_names_of_strangers_stay_in_their_folder(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "way").symlink_to("/")
            self.assertEqual(Path(folder, "a/b"), place_of(Path(folder), "a/b"))
            for name in ("../a", "a/../../b", "/etc/passwd", "", "a//b", ".", "way/tmp/x", "a\0b", "..\\a"):
                with self.assertRaises(InvalidRequest, msg=name):
                    place_of(Path(folder), name)


class LogTests(unittest.TestCase):
    def test_logs_have_no_gap_and_no_double_after_a_break(self) -> None:
        def line(stream: str, offset: int, text: str) -> bytes:
            return json.dumps({"attempt": "a1", "stream": stream, "offset": offset, "size": len(text),
                               "text": text}).encode() + b"\n"

        first = line("output", 0, "one ") + line("errors", 0, "oh ")
        again = line("output", 0, "one two ") + line("errors", 0, "oh ") + line("output", 8, "three")
        with ScriptedNode([(200, {"Cut": str(len(first) + 5)}, first + again), (200, {}, again),
                           (200, {}, line("output", 4, "two "))]) as node:
            pieces = list(client(node).logs(ID))
            said = "".join(piece.text for piece in pieces if piece.stream == "output")
            self.assertEqual(("one two three", 4), (said, len(pieces)))
            self.assertIn("attempt=a1&stream=output&offset=4", node.asked[2].path)

    def test_logs_that_never_come_are_given_up(self) -> None:
        with ScriptedNode([BREAK]) as node:
            with self.assertRaises(NodeUnreachable):
                list(client(node).logs(ID))
            self.assertEqual(FAST.tries, len(node.asked))


class AsyncTests(unittest.TestCase):
    def test_the_asynchronous_client_speaks_as_the_other_one(self) -> None:
        async def story(address: str) -> list[TaskView]:
            async with AsyncStunClient("key", address, retry=FAST) as speaker:
                first = await speaker.submit(TaskRequest(image="x"))
                return [first, *[task async for task in speaker.tasks()]]

        with ScriptedNode([document(VIEW, 201), document({"tasks": [VIEW]})]) as node:
            self.assertEqual([ID, ID], [task.id for task in asyncio.run(story(node.address))])

    def test_the_asynchronous_client_lacks_nothing(self) -> None:
        def names(kind: type) -> set[str]:
            return {name for name in vars(kind) if not name.startswith("_")}

        self.assertEqual(names(StunClient), names(AsyncStunClient))


if __name__ == "__main__":
    unittest.main()
