"""A line to a node that breaks after as many bytes as a test says."""

from __future__ import annotations

import contextlib
import socket
import threading


class CutProxy:
    """Each connection gets the next of the cuts: how many bytes may pass in both directions. None is no limit."""

    def __init__(self, host: str, port: int, cuts: list[int | None]) -> None:
        self._target, self.cuts = (host, port), cuts
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> CutProxy:
        return self

    def __exit__(self, *_: object) -> None:
        # A thread that waits in accept is not woken by closing alone.
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._server.accept()
            except OSError:
                return
            cut = self.cuts.pop(0) if self.cuts else None
            there = socket.create_connection(self._target)
            left = [cut]
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=self._carry, args=(one, other, left), daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, target: socket.socket, left: list[int | None]) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 14):
                if left[0] is not None:
                    data = data[:left[0]]
                    left[0] -= len(data)
                target.sendall(data)
                if left[0] == 0:
                    break
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
