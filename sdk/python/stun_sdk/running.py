"""A task that was handed in, as an object that can be waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .errors import InvalidRequest, TaskFailed
from .models import output_of
from .views import LogPiece, TaskView

if TYPE_CHECKING:
    from .client import StunClient


class RunningTask:
    """What ``StunClient.submit_task`` gives back. Its id is good for every other call of the client."""

    def __init__(self, client: StunClient, view: TaskView) -> None:
        self._client, self.id = client, view.id

    def __repr__(self) -> str:
        return f"RunningTask({self.id!r})"

    def status(self) -> TaskView:
        """The task as it is now."""
        return self._client.status(self.id)

    def wait(self, timeout: float | None = None, *, until_settled: bool = False) -> TaskView:
        """Until there is a verified result, or with ``until_settled`` until the money has moved.

        Raises TaskFailed where there will be no result, with the reasons that the network gives.
        """
        view = self._client.wait(self.id, timeout=timeout, until_settled=until_settled)
        if not view.has_result:
            sentences = self._client.why(self.id).get("sentences") or []
            raise TaskFailed(self.id, view.state, view.reason, tuple(str(each) for each in sentences))
        return view

    def get_output(self, name: str | None = None) -> Any:
        """What came out: JSON as what it says, text as text, all else as bytes.

        Without a name it is the only file, or all of them by name where there are several.
        """
        if name is not None:
            return output_of(self._client.read_file(self.id, name))
        names = [file.name for file in self._client.result(self.id).files]
        if not names:
            raise InvalidRequest(f"Task {self.id} has left no file.")
        outputs = {each: output_of(self._client.read_file(self.id, each)) for each in names}
        return outputs[names[0]] if len(names) == 1 else outputs

    def logs(self, *, follow: bool = True) -> Iterator[LogPiece]:
        """What its attempts write."""
        return self._client.logs(self.id, follow=follow)

    def cancel(self) -> TaskView:
        """Asks for it to be cancelled."""
        return self._client.cancel(self.id)


class AsyncRunningTask:
    """The same for asyncio."""

    def __init__(self, task: RunningTask) -> None:
        self.sync, self.id = task, task.id

    async def status(self) -> TaskView:
        """See RunningTask.status."""
        return await asyncio.to_thread(self.sync.status)

    async def wait(self, timeout: float | None = None, *, until_settled: bool = False) -> TaskView:
        """See RunningTask.wait."""
        return await asyncio.to_thread(self.sync.wait, timeout, until_settled=until_settled)

    async def get_output(self, name: str | None = None) -> Any:
        """See RunningTask.get_output."""
        return await asyncio.to_thread(self.sync.get_output, name)

    async def cancel(self) -> TaskView:
        """See RunningTask.cancel."""
        return await asyncio.to_thread(self.sync.cancel)
