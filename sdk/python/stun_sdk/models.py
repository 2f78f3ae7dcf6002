"""Models: a file with what runs it, uploaded once; and tasks that name a model instead of an image."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from .errors import InvalidRequest
from .forms import Input, Resources, TaskRequest, Verification, form_of

FORMATS = {".pth": "pth", ".pt": "torchscript", ".onnx": "onnx", ".gguf": "gguf"}
"""What the end of a file's name says of its content. All others are "other", and need a runner of their own."""

_UNITS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?\s*", re.IGNORECASE)
_CAPABILITY = re.compile(r"\s*(\d+\.\d)\s*\+?\s*")


@dataclass(frozen=True)
class Runner:
    """The program that runs a model. ``run`` reads the inputs in /in; ``serve`` answers HTTP on ``port``."""

    image: str
    run: Sequence[str] | None = None
    serve: Sequence[str] | None = None
    port: int | None = None
    run_time_max_seconds: int | None = None
    """The longest that a run takes. The shorter, the sooner is paid: a result can be disputed as long as that."""


@dataclass(frozen=True)
class Model:
    """A model that is to be known to a network: ``StunClient.upload_model`` brings it there."""

    file: Path
    name: str
    format: str
    creator: str | None = None
    """Who gets the creator's share of what its tasks cost; else whoever uploads it."""
    runner: Runner | None = None
    """Else the node's own for the format."""
    needs: Resources | None = None
    """What a run of it needs; else the node's defaults."""

    @staticmethod
    def from_file(path: str | os.PathLike[str], *, name: str | None = None, format: str | None = None,
                  creator: str | None = None, runner: Runner | None = None, needs: Resources | None = None) -> Model:
        """Of a file on this machine. Name and format are taken from the file's name unless they are given."""
        file = Path(path)
        if not file.is_file():
            raise InvalidRequest(f"There is no file {os.fspath(path)!r}.")
        return Model(file, name or file.stem, format or FORMATS.get(file.suffix.lower(), "other"), creator, runner,
                     needs)

    def form(self, digest: str) -> dict[str, Any]:
        """As the API registers it, once its file is there under this digest."""
        parts = {"creator": self.creator, "runner": self.runner and form_of(self.runner),
                 "needs": self.needs and form_of(self.needs)}
        return {"name": self.name, "format": self.format, "file": {"digest": digest, "name": self.file.name},
                **{name: part for name, part in parts.items() if part is not None}}


@dataclass(frozen=True)
class Task:
    """A task that runs a model. ``input_data`` is the path of a file or of a folder with files, or bytes.

    ``requirements`` may say ``gpu_memory`` ("16GB"), ``compute_capability`` ("8.0+"), ``gpu_model``, ``gpus``,
    ``cpus``, ``memory``, ``disk``, ``regions`` and ``privacy`` ("tee").
    """

    model_id: str
    input_data: str | os.PathLike[str] | bytes | None = None
    requirements: Mapping[str, Any] | None = None
    arguments: Sequence[str] | None = None
    """Behind the runner's own command."""
    outputs: Sequence[str] | None = None
    verification: Verification | None = None
    run_time_max_seconds: int | None = None
    price_limit: int | None = None
    deadline: datetime | None = None
    priority: str | None = None

    def sources(self) -> list[tuple[str, bytes | Path]]:
        """Names of the inputs, and where their content is."""
        data = self.input_data
        if data is None:
            return []
        if isinstance(data, bytes):
            return [("input", data)]
        path = Path(data)
        if path.is_dir():
            return [(file.relative_to(path).as_posix(), file) for file in sorted(path.rglob("*")) if file.is_file()]
        if not path.is_file():
            raise InvalidRequest(f"There is neither a file nor a folder {os.fspath(data)!r} for the task to read.")
        return [(path.name, path)]

    def request(self, inputs: Sequence[Input]) -> TaskRequest:
        """The same as the API takes it."""
        asked = dict(self.requirements or {})
        privacy = asked.pop("privacy", None)
        return TaskRequest(
            model=self.model_id, command=self.arguments, inputs=list(inputs) or None, outputs=self.outputs,
            resources=resources_of(asked), verification=self.verification, privacy=privacy,
            run_time_max_seconds=self.run_time_max_seconds, price_limit=self.price_limit, deadline=self.deadline,
            priority=self.priority)


def resources_of(asked: Mapping[str, Any]) -> Resources | None:
    """What people write, in the units of the API. A size without an i counts in thousands; what is asked for is never
    rounded down."""
    if not asked:
        return None
    unknown = sorted(set(asked) - set(_READERS))
    if unknown:
        raise InvalidRequest(f"Nobody can promise {', '.join(unknown)}: the requirements are "
                             f"{', '.join(sorted(_READERS))} and privacy.")
    parts = {field: read(name, asked[name]) for name, (field, read) in _READERS.items() if name in asked}
    # Whoever asks what a GPU is like wants one.
    if parts.keys() & {"gpu_memory_mib", "gpu_model", "compute_capability"}:
        parts.setdefault("gpu_count", 1)
    return Resources(**parts)


def output_of(content: bytes) -> Any:
    """JSON as what it says, text as text, all else as bytes."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return content
    try:
        return json.loads(text)
    except ValueError:
        return text


def _mebibytes(name: str, value: Any) -> int:
    match = _SIZE.fullmatch(str(value))
    if match is None:
        raise InvalidRequest(f"{name}: {value!r} is no size. Write it like 16GB or 512MiB.")
    number, unit, binary = match.groups()
    count = Fraction(number) * (1024 if binary else 1000) ** _UNITS[unit.lower()]
    return -(-count // (1 << 20))


def _capability(name: str, value: Any) -> str:
    match = _CAPABILITY.fullmatch(str(value))
    if match is None:
        raise InvalidRequest(f"{name}: {value!r} is no capability. Write the least that will do, like 8.0 or 8.0+.")
    return match.group(1)


def _millis(name: str, value: Any) -> int:
    try:
        return int(-(-Fraction(str(value)) * 1000 // 1))
    except (ValueError, ZeroDivisionError):
        raise InvalidRequest(f"{name}: {value!r} is no number.") from None


def _count(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidRequest(f"{name}: {value!r} is no count.")
    return value


def _names(name: str, value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(each) for each in value]


_READERS: dict[str, tuple[str, Any]] = {
    "gpu_memory": ("gpu_memory_mib", _mebibytes),
    "compute_capability": ("compute_capability", _capability),
    "gpu_model": ("gpu_model", lambda name, value: str(value)),
    "gpus": ("gpu_count", _count),
    "cpus": ("cpu_millis", _millis),
    "memory": ("memory_mib", _mebibytes),
    "disk": ("disk_mib", _mebibytes),
    "regions": ("regions", _names),
}
