"""How often one key may call: a count per key and span of time, in the memory of this process."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Limiter:
    """At most so many calls in each span of so many seconds. A library for this would take as long as the rest of a call's way in."""

    calls_max: int
    span_seconds: int
    _gate: threading.Lock = field(default_factory=threading.Lock)
    _span: int = -1
    _calls: Counter[str] = field(default_factory=Counter)

    def seconds_to_wait(self, who: str) -> int:
        """Count one call; 0 where it may pass, otherwise how long until the next span begins."""
        now = time.monotonic()
        span = int(now // self.span_seconds)
        with self._gate:
            if span != self._span:
                self._span = span
                self._calls.clear()
            self._calls[who] += 1
            calls = self._calls[who]
        return 0 if calls <= self.calls_max else max(1, round((span + 1) * self.span_seconds - now))
