"""A node that answers what a test says, and keeps what it was asked: for what a real one does too seldom."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def document(value: Any, status: int = 200) -> Reply:
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


def problem(status: int, code: str, **headers: str) -> Reply:
    view = {"type": "urn:stun:error:" + code, "title": "A title.", "status": status, "code": code,
            "detail": "The detail.", "cure": "The cure.", "request_id": "r1"}
    return status, {"Content-Type": "application/problem+json", **headers}, json.dumps(view).encode()


BREAK: Reply = (0, {}, b"")
"""Closes the line without a word."""


@dataclass
class ScriptedNode:
    """Answers one reply after the other; the last one again and again. A reply may be worked out from the request.

    A header ``Cut`` with a number closes the line after so many bytes of the body.
    """

    replies: list[Reply | Callable[[Asked], Reply]]
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> ScriptedNode:
        node = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()},
                              body)
                node.asked.append(asked)
                reply = node.replies.pop(0) if len(node.replies) > 1 else node.replies[0]
                status, headers, content = reply(asked) if callable(reply) else reply
                self.close_connection = True
                if status == 0:
                    return
                cut = headers.get("Cut")
                self.send_response(status)
                for name, value in headers.items():
                    if name != "Cut":
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content if cut is None else content[:int(cut)])

            do_GET = do_POST = do_PUT = do_PATCH = do_HEAD = answer

            def log_message(self, format: str, *args: Any) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(0.01), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"
