"""One event, one line, on standard error: for eyes on a terminal, as JSON for machines; whatever a value holds, it stays on its line."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

# A library's own chatter at this level says nothing that an operator needs.
QUIET = ("alembic", "_granian", "granian", "granian.access", "httpx", "watchfiles")

CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}
CONTROL |= {0x2028: "\\u2028", 0x2029: "\\u2029"}


def configure_logging(*, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send everything that is logged, by us or by a library, through one form."""
    stream = sys.stderr if stream is None else stream
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    remove_meta: Processor = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    form = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove_meta, *_renderers(stream)])
    handler = logging.StreamHandler(stream)
    handler.setFormatter(form)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    # It warns each time a job is due while it still runs, which is how a frequent job works through a long queue.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def escape_control_characters(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Nobody writes a second line into the log by putting a line break into a name."""
    return {key: value.translate(CONTROL) if isinstance(value, str) else value for key, value in event.items()}


def _renderers(stream: TextIO) -> list[Processor]:
    if stream.isatty():
        # Plain tracebacks: the colourful ones show the values of variables, and some of those are secrets.
        return [escape_control_characters, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    # JSON escapes by itself, and a traceback is one more member of the same line.
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=True, default=str)]
