"""A load over real connections: so many kept open, each with one request under way at a time."""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Measured:
    """What came of a load."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that this share of the answers stays below."""
        return sorted(self.latencies)[int(len(self.latencies) * share)] * 1000


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    started: float = 0.0
    received: bytes = b""

    def answer(self) -> int | None:
        """The status, once the whole answer is there."""
        head, blank, body = self.received.partition(b"\r\n\r\n")
        if not blank:
            return None
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        if len(body) < int(lengths[0].partition(b":")[2]):
            return None
        return int(head[9:12])


def press(port: int, requests: Iterator[bytes], *, connections: int = 16) -> Measured:
    """Send every request over so many connections on loopback, the next one of each as soon as its last was answered."""
    measured = Measured()
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        one = _Connection(socket.create_connection(("127.0.0.1", port)))
        one.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(one.socket, selectors.EVENT_READ, one)
    start = time.perf_counter()
    open_connections = [key.data for key in list(selector.get_map().values())]
    for one in open_connections:
        _send_next(one, requests, selector)
    while selector.get_map():
        for key, _ in selector.select(timeout=30):
            _receive(key.data, requests, selector, measured)
    measured.seconds = time.perf_counter() - start
    for one in open_connections:
        one.socket.close()
    return measured


def _send_next(one: _Connection, requests: Iterator[bytes], selector: selectors.BaseSelector) -> None:
    request = next(requests, None)
    if request is None:
        selector.unregister(one.socket)
        return
    one.received, one.started = b"", time.perf_counter()
    one.socket.sendall(request)


def _receive(one: _Connection, requests: Iterator[bytes], selector: selectors.BaseSelector, measured: Measured) -> None:
    received = one.socket.recv(65_536)
    if not received:
        raise AssertionError("the server closed a connection")
    one.received += received
    status = one.answer()
    if status is not None:
        measured.latencies.append(time.perf_counter() - one.started)
        measured.statuses[status] += 1
        _send_next(one, requests, selector)


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """One request, as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
