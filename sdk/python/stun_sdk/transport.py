"""HTTP to one node: with the key, within bounds of time, tried again where that is safe.

Each request has a connection of its own. That costs a round trip and saves what is hard about pools: connections that
the other side has closed meanwhile, and threads that share one.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from .errors import ApiError, InvalidRequest, NodeUnreachable, StunError, error_of
from .retry import RetryPolicy, may_go_well

ANSWER_MAX = 64 << 20
"""No document of the API is near that large; what is larger is no answer but an attack."""

_T = TypeVar("_T")
Body = bytes | IO[bytes] | None


@dataclass(frozen=True)
class Answer:
    """An answer that was not refused. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as a document."""
        try:
            return json.loads(self.body)
        except ValueError as bad:
            raise NodeUnreachable(f"The answer is no JSON: {bad}. Is this the address of a node?") from bad


def path_of(*parts: str) -> str:
    """A path of the API from its parts. Slashes within a part are kept: names of files have them."""
    return "/v1/" + "/".join(quote(part, safe="/:") for part in parts)


class Transport:
    """Where a node is, the key for it, and how patient to be with it."""

    def __init__(self, node: str, api_key: str | None, timeout: float, retry: RetryPolicy, allow_plain: bool) -> None:
        url = urlsplit(node if "://" in node else "http://" + node)
        if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment or url.username:
            raise InvalidRequest(f"'{node}' is no address of a node: give it as https://HOST:PORT.")
        if url.scheme == "http" and api_key and not allow_plain and not _is_here(url.hostname):
            raise InvalidRequest("The key would go over the line in the clear: use https, or pass allow_plain=True "
                                 "where the line itself is safe.")
        if api_key is not None and not (api_key.isascii() and api_key.isprintable()):
            raise InvalidRequest("The API key holds characters that no key has.")
        self._secure, self._host, self._port = url.scheme == "https", url.hostname, url.port
        self._prefix, self._key = url.path.rstrip("/"), api_key
        self._timeout, self._retry = timeout, retry

    def send(self, method: str, path: str, *, query: Mapping[str, Any] | None = None, document: Any = None,
             body: Body = None, headers: Mapping[str, str] | None = None, patience: float = 0,
             is_once: bool = False) -> Answer:
        """Sends and reads the whole answer. ``patience`` is what the node may take besides the usual time.

        ``is_once`` leaves trying again to the caller, as bodies that are files need.
        """
        sent, all_headers = body, dict(headers or {})
        if document is not None:
            sent, all_headers["Content-Type"] = json.dumps(document).encode(), "application/json"

        def once() -> Answer:
            with self.open(method, path, query=query, body=sent, headers=all_headers, patience=patience) as answer:
                read = _reading(answer)(ANSWER_MAX + 1) if method != "HEAD" else b""
                if len(read) > ANSWER_MAX:
                    raise NodeUnreachable(f"The answer has more than {ANSWER_MAX} bytes.")
                return Answer(answer.status, _headers(answer), read)
        return once() if is_once else self.again(once)

    @contextmanager
    def open(self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Body = None,
             headers: Mapping[str, str] | None = None, patience: float = 0) -> Iterator[http.client.HTTPResponse]:
        """The answer while it comes, for streams; raises if it is a refusal. Nothing is tried again."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        target = self._prefix + path + ("?" + urlencode(given) if given else "")
        all_headers = {"Accept": "application/json", "Connection": "close", **(headers or {})}
        if self._key is not None:
            all_headers["Authorization"] = "Bearer " + self._key
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=self._timeout + patience)
        try:
            try:
                connection.request(method, target, body, all_headers)
                answer = connection.getresponse()
            except (BrokenPipeError, ConnectionResetError) as broken:
                answer = _said_before(connection, broken)
            except (OSError, http.client.HTTPException) as broken:
                raise _unreachable(self._host, broken) from broken
            if answer.status >= 400:
                raise error_of(answer.status, _reading(answer)(1 << 20), _headers(answer))
            yield answer
        finally:
            connection.close()

    def again(self, once: Callable[[], _T]) -> _T:
        """Tries until it goes well, cannot go well, or has been tried often enough."""
        for pause in self._retry.pauses():
            try:
                return once()
            except StunError as failure:
                if not may_go_well(failure):
                    raise
                asked = failure.retry_after if isinstance(failure, ApiError) else None
                if asked is not None and asked > 10 * self._retry.longest_pause:
                    raise
                time.sleep(max(pause, asked or 0))
        return once()


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _headers(answer: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.getheaders()}


def _unreachable(host: str, broken: Exception) -> NodeUnreachable:
    return NodeUnreachable(f"{host} did not answer: {type(broken).__name__} {broken}")


def _said_before(connection: http.client.HTTPConnection, broken: OSError) -> http.client.HTTPResponse:
    """A node that refuses a body closes the line before all of it was sent, and may have said why."""
    try:
        return connection.getresponse()
    except (OSError, http.client.HTTPException):
        raise _unreachable(connection.host, broken) from broken


def _reading(answer: http.client.HTTPResponse) -> Callable[[int], bytes]:
    """Reads that fail as this package does."""
    def read(size: int) -> bytes:
        try:
            return answer.read(size)
        except (OSError, http.client.HTTPException) as broken:
            raise NodeUnreachable(f"The line broke within an answer: {type(broken).__name__} {broken}") from broken
    return read


def pieces_of(answer: http.client.HTTPResponse, size: int = 1 << 16) -> Iterator[bytes]:
    """What has come of a stream, as soon as it has come; raises NodeUnreachable if the line breaks."""
    expected, length = answer.length, 0
    while True:
        try:
            piece = answer.read1(size)
        except (OSError, http.client.HTTPException) as broken:
            raise NodeUnreachable(f"The line broke within a stream: {type(broken).__name__} {broken}") from broken
        if not piece:
            break
        length += len(piece)
        yield piece
    # read1 takes an early end for the end.
    if expected is not None and length < expected:
        raise NodeUnreachable(f"The line broke after {length} of {expected} bytes.")
