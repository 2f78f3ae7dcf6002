"""The client: one object for one node and one key. It keeps no state, so threads may share it."""

from __future__ import annotations

import io
import os
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from . import downloads, uploads
from .errors import ContentMismatch, InvalidRequest, WaitedTooLong
from .estimates import Estimate
from .forms import Input, TaskRequest, form_of
from .logs import LogReader
from .models import Model, Task
from .receipts import Proof, Shares, Terms, manifest_digest, verify
from .retry import RetryPolicy
from .running import RunningTask
from .transport import Transport, path_of
from .views import Account, Blob, LogPiece, Offer, OrderDraft, Placement, Result, ResultFile, TaskView

_WAIT_MAX = 55
"""Seconds that the API lets one request wait."""

Progress = uploads.Progress


class StunClient:
    """Speaks with a node for the owner of a key.

    ``node`` is its address, as ``https://gateway.example:8443``; without one the variable STUN_NODE says it, or it is a
    node of this machine. ``timeout`` is the seconds that the line may be silent.
    ``account`` is the address that the key is for; without it the node is asked when that is needed.
    """

    def __init__(self, api_key: str | None = None, node: str | None = None, *, account: str | None = None,
                 timeout: float = 30.0, retry: RetryPolicy = RetryPolicy(), allow_plain: bool = False) -> None:
        node = node or os.environ.get("STUN_NODE") or "http://127.0.0.1:7800"
        self._transport = Transport(node, api_key, timeout, retry, allow_plain)
        self._retry, self._account = retry, account

    def __enter__(self) -> StunClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        """Nothing is kept open: the form exists for those who like it."""

    # Tasks

    def submit(self, request: TaskRequest, *, idempotency_key: str | None = None) -> TaskView:
        """Hands a task in. The same key with the same content is the same task, until its deadline.

        Without a key one is made, so that trying again after a break never runs a task twice. Give one of your own
        where also a new start of your program must not.
        """
        key = idempotency_key if idempotency_key is not None else uuid.uuid4().hex
        if not key or len(key) > 255 or not (key.isascii() and key.isprintable()):
            raise InvalidRequest("An idempotency key has 1 to 255 plain characters.")
        answer = self._transport.send("POST", path_of("tasks"), document=form_of(request),
                                      headers={"Idempotency-Key": key})
        return TaskView.from_json(answer.json)

    def submit_task(self, task: Task, *, idempotency_key: str | None = None) -> RunningTask:
        """Hands a task for a model in: its input data are uploaded first. What comes back can be waited for."""
        # What is asked for is read before anything is sent.
        task.request([])
        inputs = [self.upload_input(name, source) for name, source in task.sources()]
        return RunningTask(self, self.submit(task.request(inputs), idempotency_key=idempotency_key))

    def status(self, task: TaskView | str) -> TaskView:
        """The task as it is now."""
        return TaskView.from_json(self._transport.send("GET", path_of("tasks", _id(task))).json)

    def tasks(self, *, state: str | None = None, since: datetime | None = None,
              until: datetime | None = None) -> Iterator[TaskView]:
        """The tasks of the key's account, newest first, page by page."""
        times = {"since": since.isoformat() if since else None, "until": until.isoformat() if until else None}
        for page in self._pages("tasks", {"state": state, **times}):
            yield from map(TaskView.from_json, page["tasks"])

    def wait(self, task: TaskView | str, *, timeout: float | None = None, until_settled: bool = False) -> TaskView:
        """Waits for the result, or with ``until_settled`` until the money has moved too.

        A task that failed, was refused or cancelled is an answer like any other: look at ``state`` and ``reason``.
        Raises WaitedTooLong after ``timeout`` seconds; the task goes on.
        """
        until = None if timeout is None else time.monotonic() + timeout
        pauses = RetryPolicy(tries=1 << 30, first_pause=0.1, longest_pause=5.0).pauses()
        while True:
            left = _WAIT_MAX if until is None else until - time.monotonic()
            seconds = max(0, min(_WAIT_MAX, int(left)))
            answer = self._transport.send("GET", path_of("tasks", _id(task)), query={"wait": seconds},
                                          patience=seconds)
            now = TaskView.from_json(answer.json)
            if now.is_final or (now.has_result and not until_settled):
                return now
            if until is not None and time.monotonic() >= until:
                raise WaitedTooLong(f"Task {now.id} is {now.state} after {timeout} s.")
            # The API answers at once when there is a result, and while too many wait: then it is asked again, slower.
            left = 5.0 if until is None else max(0.0, until - time.monotonic())
            time.sleep(min(left, next(pauses)))

    def cancel(self, task: TaskView | str) -> TaskView:
        """Asks for the task to be cancelled, for an account whose key the node keeps. One that ended stays so."""
        return TaskView.from_json(self._transport.send("POST", path_of("tasks", _id(task), "cancel"), document={}).json)

    def why(self, task: TaskView | str) -> Mapping[str, Any]:
        """Why a task is where it is, as the API tells it: ``sentences`` is for people."""
        view: Mapping[str, Any] = self._transport.send("GET", path_of("tasks", _id(task), "why")).json
        return view

    def placements(self, task: TaskView | str) -> tuple[Placement, ...]:
        """Whom the scheduler chose from, each time that it chose, with the scores: oldest first."""
        return tuple(map(Placement.from_json, self.why(task)["placements"]))

    def logs(self, task: TaskView | str, *, follow: bool = True, attempt: str | None = None,
             stream: str | None = None) -> Iterator[LogPiece]:
        """What the attempts write, as they write it, until the task has ended; breaks of the line leave no gap."""
        return LogReader(self._transport, _id(task), attempt, stream).read(follow, self._retry)

    # Content

    def upload(self, source: bytes | str | os.PathLike[str], *, progress: Progress | None = None) -> Blob:
        """Brings bytes, or the file at a path, to the node. Large ones go in pieces and go on after breaks."""
        content = uploads.content_of(source)
        with content.source:
            return uploads.upload(self._transport, content, progress)

    def upload_input(self, name: str, source: bytes | str | os.PathLike[str], *,
                     progress: Progress | None = None) -> Input:
        """The same, as an input that a task finds under ``name``."""
        blob = self.upload(source, progress=progress)
        return Input(name, blob.digest, blob.size)

    def upload_model(self, model: Model, *, progress: Progress | None = None) -> str:
        """Brings a model to the node, and registers it. The same model has the same id, whoever brings it."""
        blob = self.upload(model.file, progress=progress)
        return str(self._transport.send("POST", path_of("registry", "models"), document=model.form(blob.digest))
                   .json["digest"])

    def result(self, task: TaskView | str) -> Result:
        """The files that came out of a task, checked against the digest that the verdict names."""
        view = self._transport.send("GET", path_of("tasks", _id(task), "result")).json
        files = tuple(ResultFile(each["name"], each["digest"], int(each["size"])) for each in view["files"])
        if manifest_digest([(each.name, each.digest, each.size) for each in files]) != view["digest"]:
            raise ContentMismatch(f"The files are not those of the result {view['digest']}.")
        return Result(view["task"], view["digest"], files)

    def read_file(self, task: TaskView | str, name: str = "stdout") -> bytes:
        """A file of a result, in memory. Without outputs named, a task's is ``stdout``."""
        file = self._file(task, name)
        into = io.BytesIO()
        downloads.fetch(self._transport, _id(task), file, into, None)
        return into.getvalue()

    def download(self, task: TaskView | str, name: str, to: str | os.PathLike[str], *,
                 progress: Progress | None = None) -> Path:
        """A file of a result, to this path: there whole and checked, or not at all."""
        return downloads.save(self._transport, _id(task), self._file(task, name), Path(to), progress)

    def download_all(self, task: TaskView | str, directory: str | os.PathLike[str]) -> list[Path]:
        """All files of a result, under this directory and nowhere else."""
        places = [(file, downloads.place_of(Path(directory), file.name)) for file in self.result(task).files]
        return [downloads.save(self._transport, _id(task), file, place, None) for file, place in places]

    def _file(self, task: TaskView | str, name: str) -> ResultFile:
        files = self.result(task).files
        for file in files:
            if file.name == name:
                return file
        names = ", ".join(file.name for file in files) or "none"
        raise InvalidRequest(f"The result has no file {name!r}; it has {names}.")

    # Money

    def estimate(self, request: TaskRequest) -> Estimate:
        """What the task would find and cost now. No promise: the price limit is one."""
        return Estimate.from_json(self._transport.send(
            "POST", path_of("tasks", "estimate"), document=form_of(request)).json)

    def draft_order(self, request: TaskRequest) -> OrderDraft:
        """The order of a task for a wallet to sign. Nothing is kept."""
        view = self._transport.send("POST", path_of("orders"), document=form_of(request)).json
        return OrderDraft(view["task"], view["order"], view["typed_data"])

    def submit_signed(self, draft: OrderDraft, signature: str) -> TaskView:
        """Hands in an order that its requester has signed."""
        return TaskView.from_json(self._transport.send(
            "POST", path_of("tasks"), document={"order": draft.order, "signature": signature}).json)

    # The network

    def statistics(self, window: str = "1h") -> Mapping[str, Any]:
        """What the network does; the window is 1h, 6h, 24h, 7d or 30d. As the API's document describes it."""
        view: Mapping[str, Any] = self._transport.send("GET", path_of("statistics"), query={"window": window}).json
        return view

    def providers(self, *, sort: str | None = None, region: str | None = None,
                  online: bool | None = None) -> Iterator[Mapping[str, Any]]:
        """Who offers, or has offered, something; page by page, as the API's document describes them."""
        there = None if online is None else int(online)
        for page in self._pages("providers", {"sort": sort, "region": region, "online": there}):
            yield from page["providers"]

    def provider(self, address: str) -> Mapping[str, Any]:
        """One provider, with all that is known of it: ``work`` is what the network measured of its work, ``capability``
        what its machine measured of itself and nobody has checked."""
        view: Mapping[str, Any] = self._transport.send("GET", path_of("providers", address)).json
        return view

    def proposals(self) -> Sequence[Mapping[str, Any]]:
        """What the owners of the network's token vote on, newest first."""
        view: Sequence[Mapping[str, Any]] = self._transport.send(
            "GET", path_of("governance", "proposals")).json["proposals"]
        return view

    def check_policy(self, text: str, *, kind: str = "provider",
                     tasks: Sequence[TaskRequest] = ()) -> Mapping[str, Any]:
        """What is wrong with a policy, or what it says to tasks. ``kind`` is provider or requester."""
        view: Mapping[str, Any] = self._transport.send(
            "POST", path_of("policies", "check"),
            document={"kind": kind, "text": text, "tasks": [form_of(each) for each in tasks]}).json
        return view

    # Offers and money

    def offers(self, *, region: str | None = None, gpu_model: str | None = None) -> Iterator[Offer]:
        """What providers have on offer, cheapest first, page by page."""
        for page in self._pages("offers", {"region": region, "gpu_model": gpu_model}):
            yield from map(Offer.from_json, page["offers"])

    def account(self, address: str | None = None) -> Account:
        """What the escrow holds for an account: the key's own, if none is named."""
        return Account.from_json(self._transport.send("GET", path_of("accounts", address or self._own())).json)

    def balance(self, address: str | None = None) -> int:
        """What the account may spend, in the smallest unit."""
        return self.account(address).balance

    def _own(self) -> str:
        if self._account is None:
            self._account = str(self._transport.send("GET", path_of("me")).json["account"])
        return self._account

    # Proofs

    def network(self) -> Mapping[str, Any]:
        """What everybody in this network agrees on, as this node says it."""
        view: Mapping[str, Any] = self._transport.send("GET", path_of("network")).json
        return view

    def proof(self, task: TaskView | str) -> bytes:
        """The verdict with all that proves it, as JSON text: keep it, it can be checked for ever."""
        return self._transport.send("GET", path_of("tasks", _id(task), "verdict")).body

    def verified(self, task: TaskView | str, trusted: Terms, shares: Shares = Shares()) -> Proof:
        """The proof, fetched and checked. Raises ProofError if it does not hold, or is of another task."""
        proof = verify(self.proof(task), trusted, shares)
        if proof.task != _id(task):
            raise ContentMismatch(f"The node gave the proof of task {proof.task}.")
        return proof

    def _pages(self, what: str, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        cursor: str | None = None
        while True:
            page = self._transport.send("GET", path_of(what), query={**query, "limit": 200, "cursor": cursor}).json
            yield page
            cursor = page.get("cursor")
            if cursor is None:
                return


def _id(task: TaskView | str) -> str:
    text = task.id if isinstance(task, TaskView) else task.removeprefix("0x")
    if len(text) != 32 or any(letter not in "0123456789abcdefABCDEF" for letter in text):
        raise InvalidRequest(f"{text!r} is no task: an id has 32 hexadecimal digits.")
    return text.lower()
