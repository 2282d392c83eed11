"""What the environment says, understood once; nonsense stops the start with one line."""

import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from rewards.kit.errors import DomainError
from rewards.kit.keys import read_or_make_key

Network = IPv4Network | IPv6Network

HOST = re.compile(r"\.?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\]", re.IGNORECASE)
LOOPBACK = ("127.0.0.1", "localhost")
# Who mail comes from, where the server does not take what is usual.
SENDER = re.compile(r"from=[^@\s<>&=]+@[^@\s<>&=]+")
PASSWORD = re.compile(r"//([^/@:]*):[^/@]*@")

# What is expected, for the line that says so.
EXPECTED = {
    "LAUREL_DATA": "a folder",
    "DATABASE_URL": "sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME",
    "LAUREL_JOBS": "on or off",
    "LAUREL_BASE_URL": "an address such as https://rewards.example.org",
    "LAUREL_TRUSTED_HOSTS": "host names with commas between them, such as rewards.example.org,.example.net",
    "LAUREL_PROXIES": "the number of proxies in front, 0 to 9",
    "LAUREL_MAIL_URL": "smtp://USER:PASSWORD@HOST:PORT?from=ADDRESS, smtps://..., file:///FOLDER or console:",
    "LAUREL_MEDIA_URL": "file:///FOLDER or s3://BUCKET/PREFIX",
    "LAUREL_ALLOWED_NETWORKS": "networks with commas between them, such as 192.168.1.0/24,fd00::/8",
    "LAUREL_API_RATE": "calls in a span of time, such as 600/minute; second, minute and hour are known",
    "LAUREL_SECRET_KEY_FILE": "a file",
    "LAUREL_ENCRYPTION_KEYS_FILE": "a file",
}


RATE = re.compile(r"([1-9][0-9]{0,8})/(second|minute|hour)")
SECONDS = {"second": 1, "minute": 60, "hour": 3600}


class Rate(NamedTuple):
    """So many calls in each span of so many seconds."""

    calls: int
    seconds: int


class SettingsError(DomainError):
    """A variable makes no sense; the message is one line with its name, its value and what is expected."""


def _path(value: object) -> object:
    return Path(value).expanduser().absolute() if isinstance(value, str | Path) else value


def _folder(value: Path) -> Path:
    if value.exists() and not value.is_dir():
        raise ValueError("not a folder")
    return value


def _switch(value: object) -> object:
    known = {"on": True, "off": False}
    return known.get(value.lower(), value) if isinstance(value, str) else value


def _whole(value: object) -> object:
    # Without this, " 1_0 " would be ten.
    if isinstance(value, str) and not re.fullmatch("[0-9]+", value):
        raise ValueError("a whole number is expected")
    return value


def _listed(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _database(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError as error:
        raise ValueError("no address of a database") from error
    if url.drivername == "sqlite":
        if not url.database or url.database == ":memory:":
            raise ValueError("a file is expected")
    elif url.drivername != "postgresql+psycopg" or not url.database:
        raise ValueError("another kind of database")
    elif find_spec("psycopg") is None:
        raise SettingsError("DATABASE_URL needs a driver: .venv/bin/python -m pip install --editable '.[postgresql]'")
    return value


def _origin(value: str) -> str:
    parts = urlsplit(value.rstrip("/"))
    beside = parts.path or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("http", "https") or not _is_host(parts.hostname) or beside:
        raise ValueError("no address of a site")
    parts.port  # noqa: B018 - asking for a port that is none raises ValueError
    return value.rstrip("/").lower()


def _hosts(values: list[str]) -> list[str]:
    if not all(HOST.fullmatch(value) for value in values):
        raise ValueError("no host name")
    return [value.lower() for value in values]


def _rate(value: object) -> object:
    found = RATE.fullmatch(value) if isinstance(value, str) else None
    return Rate(int(found[1]), SECONDS[found[2]]) if found else value


def _mail(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme in ("smtp", "smtps") and _is_host(parts.hostname) and parts.path in ("", "/") and _is_sender(parts.query):
        parts.port  # noqa: B018 - asking for a port that is none raises ValueError
        return value
    if value == "console:" or _is_folder(value):
        return value
    raise ValueError("no way to send mail")


def _media(value: str) -> str:
    parts = urlsplit(value)
    if not _is_folder(value) and not (parts.scheme == "s3" and parts.netloc):
        raise ValueError("no place for files")
    if parts.scheme == "s3" and find_spec("s3fs") is None:
        raise SettingsError("LAUREL_MEDIA_URL needs a driver: .venv/bin/python -m pip install --editable '.[s3]'")
    return value


def _networks(values: list[str]) -> list[Network]:
    return [ip_network(value) for value in values]


def _is_host(name: str | None) -> bool:
    return bool(name) and bool(HOST.fullmatch(name or "") or ":" in (name or ""))


def _is_sender(query: str) -> bool:
    return not query or bool(SENDER.fullmatch(query))


def _is_folder(value: str) -> bool:
    return value.startswith("file:///") and len(value) > len("file:///")


AnyPath = Annotated[Path, BeforeValidator(_path)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


class Settings(BaseModel):
    """Everything an operator can decide from outside."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    data: Annotated[AnyPath, AfterValidator(_folder)] = Field(alias="LAUREL_DATA")
    database_url: Annotated[Text, AfterValidator(_database)] = Field(alias="DATABASE_URL")
    # Whether this process may run the timetable.
    jobs: Annotated[bool, BeforeValidator(_switch), Field(strict=True)] = Field(default=True, alias="LAUREL_JOBS")
    # For links in mail.
    base_url: Annotated[Text, AfterValidator(_origin)] = Field("http://127.0.0.1:8000", alias="LAUREL_BASE_URL")
    # Host headers that are answered; one that begins with a dot stands for everything below it.
    trusted_hosts: Annotated[list[str], BeforeValidator(_listed), AfterValidator(_hosts)] = Field(alias="LAUREL_TRUSTED_HOSTS")
    # How many proxies in front are believed about the client's address.
    proxies: Annotated[int, BeforeValidator(_whole), Field(ge=0, le=9)] = Field(0, alias="LAUREL_PROXIES")
    mail_url: Annotated[Text, AfterValidator(_mail)] = Field(alias="LAUREL_MAIL_URL")
    media_url: Annotated[Text, AfterValidator(_media)] = Field(alias="LAUREL_MEDIA_URL")
    # Private networks that webhooks may reach.
    allowed_networks: Annotated[list[Any], BeforeValidator(_listed), AfterValidator(_networks)] = Field([], alias="LAUREL_ALLOWED_NETWORKS")
    # For each key of the API, in each process. High enough that only a caller out of control meets it: who calls is trusted, and a
    # morning's backlog must get through.
    api_rate: Annotated[Rate, BeforeValidator(_rate)] = Field(Rate(600_000, 60), alias="LAUREL_API_RATE")
    secret_key_file: AnyPath = Field(alias="LAUREL_SECRET_KEY_FILE")
    encryption_keys_file: AnyPath = Field(alias="LAUREL_ENCRYPTION_KEYS_FILE")

    @model_validator(mode="before")
    @classmethod
    def _place(cls, values: dict[str, Any]) -> dict[str, Any]:
        """What is not said follows from what is."""
        data = _path(values.get("LAUREL_DATA", "instance"))
        host = urlsplit(str(values.get("LAUREL_BASE_URL", ""))).hostname
        return {
            "LAUREL_DATA": data,
            "DATABASE_URL": f"sqlite:///{data}/laurel.db",
            "LAUREL_TRUSTED_HOSTS": list(dict.fromkeys([*([host] if _is_host(host) else []), *LOOPBACK])),
            "LAUREL_MAIL_URL": f"file://{data}/outbox",
            "LAUREL_MEDIA_URL": f"file://{data}/media",
            "LAUREL_SECRET_KEY_FILE": f"{data}/secret_key",
            "LAUREL_ENCRYPTION_KEYS_FILE": f"{data}/encryption_keys",
            **values,
        }

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over an encrypted connection; then cookies insist on one."""
        return self.base_url.startswith("https:")

    @property
    def secret_key(self) -> str:
        """What signs cookies and links; made at the first start. Raises UnsafeKey."""
        return read_or_make_key(self.secret_key_file)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """What the environment (or `environ`) says. Raises SettingsError for the first variable that makes no sense."""
    environ = os.environ if environ is None else environ
    # An empty variable is an absent one: files that set variables like to name them all.
    given = {name: environ[name].strip() for name in EXPECTED if environ.get(name, "").strip()}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        name = str(error.errors(include_url=False)[0]["loc"][0])
        value = PASSWORD.sub(r"//\1:***@", given.get(name, ""))
        raise SettingsError(f"{name} is {value!r}; expected is {EXPECTED[name]}") from None
