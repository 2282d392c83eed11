"""Tokens of links: made from the installation's secret and a seed, so that a row that keeps the seed opens nothing by itself."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

from rewards.kit.installation import settings_in_force

SEED_BYTES = 32


def new_seed() -> str:
    """A seed that nobody has seen; it may be stored."""
    return secrets.token_urlsafe(SEED_BYTES)


def token_from(purpose: str, seed: str) -> str:
    """The token that a seed stands for: 256 bits, the same each time it is asked for, another one under another secret key."""
    signed = hmac.new(settings_in_force().secret_key.encode(), f"{purpose}\0{seed}".encode(), hashlib.sha256)
    return urlsafe_b64encode(signed.digest()).decode().rstrip("=")


def hash_token(token: str) -> str:
    """What is stored of a token that somebody else holds. It cannot be guessed, so a slow hash would protect nothing."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def is_token_from(token: str, purpose: str, seed: str) -> bool:
    """Whether this is the seed's token; no longer, once the secret key is another one."""
    return hmac.compare_digest(hash_token(token), hash_token(token_from(purpose, seed)))
