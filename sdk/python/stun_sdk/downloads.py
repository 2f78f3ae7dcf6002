"""Files of results on their way here: gone on with after breaks, and believed only if their digest is right."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from .errors import ContentMismatch, InvalidRequest, NodeUnreachable, StunError
from .retry import may_go_well
from .transport import Transport, path_of, pieces_of
from .views import ResultFile

Progress = Callable[[int, int], None]


def fetch(transport: Transport, task: str, file: ResultFile, into: IO[bytes], progress: Progress | None) -> None:
    """Writes a file of a result to ``into``; raises ContentMismatch if it is not what the result names."""
    digest, received = hashlib.sha256(), 0
    path = path_of("tasks", task, "result", file.name)

    def go_on() -> None:
        nonlocal received
        # The tag is the digest: a part is only sent of the same content.
        headers = {"Accept": "*/*"}
        if received:
            headers |= {"Range": f"bytes={received}-", "If-Range": f'"{file.digest}"'}
        with transport.open("GET", path, headers=headers) as answer:
            if received and answer.status != 206:
                raise ContentMismatch(f"{file.name} changed while it was read.")
            for piece in pieces_of(answer):
                received += len(piece)
                if received > file.size:
                    raise ContentMismatch(f"{file.name} has more than its {file.size} bytes.")
                digest.update(piece)
                into.write(piece)
                if progress is not None:
                    progress(received, file.size)

    while received < file.size:
        before = received
        try:
            transport.again(go_on)
        except StunError as failure:
            # A line that brings something each time gets there.
            if received == before or not may_go_well(failure):
                raise
            continue
        if received == before:
            raise NodeUnreachable(f"{file.name} ends after {received} of {file.size} bytes.")
    if "sha256:" + digest.hexdigest() != file.digest:
        raise ContentMismatch(f"{file.name} is not the content of {file.digest}.")


def place_of(directory: Path, name: str) -> Path:
    """Where a file of a result goes. A stranger's program chose the name: it must not lead out of the directory."""
    parts = name.split("/")
    if not name or "\0" in name or "\\" in name or any(part in ("", ".", "..") for part in parts):
        raise InvalidRequest(f"{name!r} is no name for a file here: read it with read_file.")
    place = directory.joinpath(*parts)
    if not place.resolve().is_relative_to(directory.resolve()):
        raise InvalidRequest(f"{name!r} leads out of {directory} by a link.")
    return place


def save(transport: Transport, task: str, file: ResultFile, place: Path, progress: Progress | None) -> Path:
    """Like fetch, into a file that appears whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".stun-", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as into:
            fetch(transport, task, file, into, progress)
        os.replace(name, place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return place
