"""The one file that says who may do what."""

from pathlib import Path
from typing import Any

import yaml

MATRIX: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("access.yaml").read_text(encoding="utf-8"))
