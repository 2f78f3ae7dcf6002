"""The same client for asyncio.

Each call runs in a thread of the loop's pool. An asynchronous core beside the other one would be a second HTTP stack
to keep right; and what takes long here is the line, for which a thread waits as well as a callback. Who waits for
thousands of tasks at once gives the loop a larger pool, or waits less often.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from .client import Progress, StunClient
from .estimates import Estimate
from .forms import Input, TaskRequest
from .models import Model, Task
from .receipts import Proof, Shares, Terms
from .retry import RetryPolicy
from .running import AsyncRunningTask
from .views import Account, Blob, LogPiece, Offer, OrderDraft, Placement, Result, TaskView

_T = TypeVar("_T")
_END: Any = object()


async def _each(make: Callable[[], Iterator[_T]]) -> AsyncIterator[_T]:
    items = await asyncio.to_thread(make)
    while (item := await asyncio.to_thread(next, items, _END)) is not _END:
        yield item


class AsyncStunClient:
    """As StunClient, with ``await`` before everything; iterators are asynchronous ones. Progress is told in a thread.

    A call that is cancelled is let go, not broken off: its request ends by itself, within its time.
    """

    def __init__(self, api_key: str | None = None, node: str | None = None, *, account: str | None = None,
                 timeout: float = 30.0, retry: RetryPolicy = RetryPolicy(), allow_plain: bool = False) -> None:
        self.sync = StunClient(api_key, node, account=account, timeout=timeout, retry=retry, allow_plain=allow_plain)

    async def __aenter__(self) -> AsyncStunClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is kept open."""

    async def submit(self, request: TaskRequest, *, idempotency_key: str | None = None) -> TaskView:
        """See StunClient.submit."""
        return await asyncio.to_thread(self.sync.submit, request, idempotency_key=idempotency_key)

    async def submit_task(self, task: Task, *, idempotency_key: str | None = None) -> AsyncRunningTask:
        """See StunClient.submit_task."""
        return AsyncRunningTask(await asyncio.to_thread(
            self.sync.submit_task, task, idempotency_key=idempotency_key))

    async def status(self, task: TaskView | str) -> TaskView:
        """See StunClient.status."""
        return await asyncio.to_thread(self.sync.status, task)

    def tasks(self, *, state: str | None = None, since: datetime | None = None,
              until: datetime | None = None) -> AsyncIterator[TaskView]:
        """See StunClient.tasks."""
        return _each(lambda: self.sync.tasks(state=state, since=since, until=until))

    async def wait(self, task: TaskView | str, *, timeout: float | None = None,
                   until_settled: bool = False) -> TaskView:
        """See StunClient.wait."""
        return await asyncio.to_thread(self.sync.wait, task, timeout=timeout, until_settled=until_settled)

    async def cancel(self, task: TaskView | str) -> TaskView:
        """See StunClient.cancel."""
        return await asyncio.to_thread(self.sync.cancel, task)

    async def why(self, task: TaskView | str) -> Mapping[str, Any]:
        """See StunClient.why."""
        return await asyncio.to_thread(self.sync.why, task)

    async def placements(self, task: TaskView | str) -> tuple[Placement, ...]:
        """See StunClient.placements."""
        return await asyncio.to_thread(self.sync.placements, task)

    def logs(self, task: TaskView | str, *, follow: bool = True, attempt: str | None = None,
             stream: str | None = None) -> AsyncIterator[LogPiece]:
        """See StunClient.logs."""
        return _each(lambda: self.sync.logs(task, follow=follow, attempt=attempt, stream=stream))

    async def upload(self, source: bytes | str | os.PathLike[str], *, progress: Progress | None = None) -> Blob:
        """See StunClient.upload."""
        return await asyncio.to_thread(self.sync.upload, source, progress=progress)

    async def upload_input(self, name: str, source: bytes | str | os.PathLike[str], *,
                           progress: Progress | None = None) -> Input:
        """See StunClient.upload_input."""
        return await asyncio.to_thread(self.sync.upload_input, name, source, progress=progress)

    async def upload_model(self, model: Model, *, progress: Progress | None = None) -> str:
        """See StunClient.upload_model."""
        return await asyncio.to_thread(self.sync.upload_model, model, progress=progress)

    async def result(self, task: TaskView | str) -> Result:
        """See StunClient.result."""
        return await asyncio.to_thread(self.sync.result, task)

    async def read_file(self, task: TaskView | str, name: str = "stdout") -> bytes:
        """See StunClient.read_file."""
        return await asyncio.to_thread(self.sync.read_file, task, name)

    async def download(self, task: TaskView | str, name: str, to: str | os.PathLike[str], *,
                       progress: Progress | None = None) -> Path:
        """See StunClient.download."""
        return await asyncio.to_thread(self.sync.download, task, name, to, progress=progress)

    async def download_all(self, task: TaskView | str, directory: str | os.PathLike[str]) -> list[Path]:
        """See StunClient.download_all."""
        return await asyncio.to_thread(self.sync.download_all, task, directory)

    async def estimate(self, request: TaskRequest) -> Estimate:
        """See StunClient.estimate."""
        return await asyncio.to_thread(self.sync.estimate, request)

    async def draft_order(self, request: TaskRequest) -> OrderDraft:
        """See StunClient.draft_order."""
        return await asyncio.to_thread(self.sync.draft_order, request)

    async def submit_signed(self, draft: OrderDraft, signature: str) -> TaskView:
        """See StunClient.submit_signed."""
        return await asyncio.to_thread(self.sync.submit_signed, draft, signature)

    async def statistics(self, window: str = "1h") -> Mapping[str, Any]:
        """See StunClient.statistics."""
        return await asyncio.to_thread(self.sync.statistics, window)

    def providers(self, *, sort: str | None = None, region: str | None = None,
                  online: bool | None = None) -> AsyncIterator[Mapping[str, Any]]:
        """See StunClient.providers."""
        return _each(lambda: self.sync.providers(sort=sort, region=region, online=online))

    async def provider(self, address: str) -> Mapping[str, Any]:
        """See StunClient.provider."""
        return await asyncio.to_thread(self.sync.provider, address)

    async def proposals(self) -> Sequence[Mapping[str, Any]]:
        """See StunClient.proposals."""
        return await asyncio.to_thread(self.sync.proposals)

    async def check_policy(self, text: str, *, kind: str = "provider",
                           tasks: Sequence[TaskRequest] = ()) -> Mapping[str, Any]:
        """See StunClient.check_policy."""
        return await asyncio.to_thread(self.sync.check_policy, text, kind=kind, tasks=tasks)

    def offers(self, *, region: str | None = None, gpu_model: str | None = None) -> AsyncIterator[Offer]:
        """See StunClient.offers."""
        return _each(lambda: self.sync.offers(region=region, gpu_model=gpu_model))

    async def account(self, address: str | None = None) -> Account:
        """See StunClient.account."""
        return await asyncio.to_thread(self.sync.account, address)

    async def balance(self, address: str | None = None) -> int:
        """See StunClient.balance."""
        return await asyncio.to_thread(self.sync.balance, address)

    async def network(self) -> Mapping[str, Any]:
        """See StunClient.network."""
        return await asyncio.to_thread(self.sync.network)

    async def proof(self, task: TaskView | str) -> bytes:
        """See StunClient.proof."""
        return await asyncio.to_thread(self.sync.proof, task)

    async def verified(self, task: TaskView | str, trusted: Terms, shares: Shares = Shares()) -> Proof:
        """See StunClient.verified."""
        return await asyncio.to_thread(self.sync.verified, task, trusted, shares)
