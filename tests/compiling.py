"""What every application compiles anew, kept for the next one: four fifths of the time of a page's test went into it."""

from collections.abc import Callable

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


def once(compile_builder: Callable[..., Builder]) -> Callable[..., Builder]:
    """Werkzeug compiles two functions for each route, to write its addresses. Of the same route they are the same."""
    compiled: dict[object, Builder] = {}

    def compile_once(rule: Rule, *unknown: bool) -> Builder:
        key = (rule.rule, str(rule.defaults), tuple(rule._trace), unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, *unknown)
        return compiled[key]

    return compile_once


class Templates(BytecodeCache):
    """Compiled templates, in memory. Jinja compiles one anew where its source has changed."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was kept of this template."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key] = bucket.bytecode_to_string()
