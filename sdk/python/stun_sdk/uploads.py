"""Content on its way to a node: whole while it is small, in pieces that can be gone on with when it is not."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .errors import ApiError, ContentMismatch, InvalidRequest, NodeUnreachable, NotFound
from .retry import may_go_well
from .transport import Answer, Transport, path_of
from .views import Blob

WHOLE_MAX = 1 << 20
"""Up to here one request does it, and a break costs no more than sending it again."""

PIECE = 8 << 20
"""As much is sent again after a break, at most."""

Progress = Callable[[int, int], None]
"""Called with (bytes that the node has, bytes in all)."""

_BYTES = {"Content-Type": "application/octet-stream"}


@dataclass(frozen=True)
class Content:
    """Bytes with their digest: worked out in one reading, before anything is sent."""

    source: IO[bytes]
    size: int
    digest: str


def content_of(source: bytes | str | os.PathLike[str]) -> Content:
    """Opens bytes, or the file at a path, and digests them."""
    file: IO[bytes] = io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb")
    try:
        digest, size = hashlib.sha256(), 0
        while piece := file.read(1 << 20):
            digest.update(piece)
            size += len(piece)
        return Content(file, size, "sha256:" + digest.hexdigest())
    except BaseException:
        file.close()
        raise


def upload(transport: Transport, content: Content, progress: Progress | None, piece: int = PIECE) -> Blob:
    """Brings content to the node, and goes on after breaks where the node says that it stands."""
    tell = progress or (lambda sent, size: None)
    if (here := _found(transport, content)) is not None:
        tell(content.size, content.size)
        return here
    if content.size <= WHOLE_MAX:
        content.source.seek(0)
        body = content.source.read(content.size)
        answer = transport.send("PUT", path_of("blobs", content.digest), body=body, headers=_BYTES)
        tell(content.size, content.size)
        return _kept(content, answer)
    return _in_pieces(transport, content, tell, piece)


def _found(transport: Transport, content: Content) -> Blob | None:
    try:
        transport.send("HEAD", path_of("blobs", content.digest))
    except NotFound:
        return None
    return Blob(content.digest, content.size)


def _in_pieces(transport: Transport, content: Content, tell: Progress, piece: int) -> Blob:
    begun = transport.send("POST", path_of("blobs"), document={"digest": content.digest, "size": content.size}).json
    place, offset = path_of("blobs", "uploads", begun["id"]), int(begun["offset"])
    tell(offset, content.size)

    def go_on() -> Answer | None:
        """One piece, from where the node stands; the answer once it is whole."""
        nonlocal offset
        content.source.seek(offset)
        body = content.source.read(min(piece, content.size - offset))
        if not body:
            raise InvalidRequest(f"The file has shrunk below {content.size} bytes while it was sent.")
        try:
            answer = transport.send("PATCH", place, body=body, is_once=True,
                                    headers={**_BYTES, "Upload-Offset": str(offset)})
        except (ApiError, NodeUnreachable) as failure:
            is_behind = isinstance(failure, ApiError) and failure.code in ("blob.wrong-offset", "blob.upload-busy")
            if not is_behind and not may_go_well(failure):
                raise
            # What of the piece has arrived is not sent again.
            try:
                offset = int(transport.send("HEAD", place, is_once=True).headers["upload-offset"])
            except NotFound:
                # The answer to the last piece was lost, and the upload ended with it.
                if _found(transport, content) is None:
                    raise failure from None
                offset = content.size
                return Answer(201, {}, b"")
            raise NodeUnreachable(f"The upload stands at byte {offset}: {failure}") from failure
        offset = content.size if answer.status == 201 else int(answer.json["offset"])
        return answer if answer.status == 201 else None

    whole: Answer | None = None
    while whole is None:
        before = offset
        try:
            whole = transport.again(go_on)
        except (ApiError, NodeUnreachable) as failure:
            # A line that brings something each time gets there.
            if offset == before or not may_go_well(failure):
                raise
        tell(offset, content.size)
    return Blob(content.digest, content.size) if not whole.body else _kept(content, whole)


def _kept(content: Content, answer: Answer) -> Blob:
    view = answer.json
    if view["digest"] != content.digest:
        raise ContentMismatch(f"The node kept {view['digest']} and was sent {content.digest}.")
    return Blob(view["digest"], int(view["size"]))
