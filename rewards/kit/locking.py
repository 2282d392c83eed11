"""Locks: a fair one between threads, and one between processes that share a data folder."""

import fcntl
import os
import threading
import time
from collections import deque
from pathlib import Path
from types import TracebackType

from rewards.kit.errors import Unavailable

# How long a writer waits for its turn before it says so; the same patience as the database's own.
PATIENCE_SECONDS = 10.0


class FileLock:
    """Held by one process at a time; the kernel lets go when the process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_acquire(self) -> bool:
        """Take it if nobody has it."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def acquire(self, seconds: float) -> bool:
        """Take it, waiting at most so long."""
        deadline = time.monotonic() + seconds
        while not self.try_acquire():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.002)
        return True

    def release(self) -> None:
        """Let another process have it."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go for good."""
        os.close(self._descriptor)


class WriteLock:
    """First come, first served between threads, then between processes: no writer starves behind a busy one."""

    def __init__(self, file_lock: FileLock | None) -> None:
        self._file_lock = file_lock
        self._gate = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False

    def __enter__(self) -> None:
        self._take_turn()
        if self._file_lock and not self._file_lock.acquire(PATIENCE_SECONDS):
            self._pass_on()
            raise Unavailable("another process is writing")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file_lock:
            self._file_lock.release()
        self._pass_on()

    def _take_turn(self) -> None:
        with self._gate:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if not turn.acquire(timeout=PATIENCE_SECONDS):
            self._give_up(turn)

    def _give_up(self, turn: threading.Lock) -> None:
        with self._gate:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise Unavailable("too many writers are waiting")
        # The turn came in the very moment of giving up: it is ours now.

    def _pass_on(self) -> None:
        with self._gate:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False
