"""The same server with a handler that makes the plain durable transaction: `python -m benchmarks.bare PORT PATH THREADS`."""

import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces

from benchmarks.raw import Raw

Respond = Callable[[str, list[tuple[str, str]]], Any]


def load(path: Path) -> Callable[[dict[str, Any], Respond], Iterable[bytes]]:
    """The handler. One lock, as a database with one writer needs."""
    raw = Raw(path)
    lock = threading.Lock()

    def handle(environ: dict[str, Any], respond: Respond) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            with lock:
                raw.record(1 + len(body) % 500)
        respond("201 Created", [("Content-Type", "application/json"), ("Content-Length", "2")])
        return [b"{}"]

    return handle


def main() -> None:
    """Serve until told to stop."""
    port, path, threads = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    server = Granian(
        "bare", port=port, interface=Interfaces.WSGI, http=HTTPModes.http1, workers=1, blocking_threads=threads, log_enabled=False
    )
    server.serve(target_loader=lambda *_: load(path), wrap_loader=False)


if __name__ == "__main__":
    main()
