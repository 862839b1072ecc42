"""Passwords: a few simple rules, and argon2 hashes that follow its parameters when those change."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher, profiles
from argon2.exceptions import Argon2Error, InvalidHashError

LEAST, MOST = 10, 200
RULE = f"密码要有 {LEAST} 到 {MOST} 个字符，不能就是账号或姓名，也不能过于简单（如 1234567890、qwertyuiop、同一个字符重复）。"
_RUNS = (
    "01234567890123456789",
    "09876543210987654321",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
)
_SILLY = frozenset(
    {"password12", "password123", "password1234", "passw0rd123", "administrator", "1qaz2wsx3edc", "qwerty123456", "q1w2e3r4t5y6",
     "1q2w3e4r5t", "1q2w3e4r5t6y", "abc1234567", "a123456789", "aa12345678", "woaini1314", "5201314520", "yibenzhang", "changeme123"}
)  # fmt: skip
_AT_ONCE = BoundedSemaphore(4)
"""Each hash takes 64 MB for a moment: many people logging in at once wait for one another instead of filling the memory."""

hasher = PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)


def acceptable(password: str, *names: str) -> bool:
    """Whether a password keeps to ``RULE``."""
    folded = _plain(password).decode(errors="replace").casefold()
    if not LEAST <= len(password) <= MOST or folded in {n.casefold() for n in names}:
        return False
    return len(set(folded)) > 3 and folded not in _SILLY and not any(folded in run for run in _RUNS)


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return hasher.hash(_plain(password))


def matches(kept: str, password: str) -> bool:
    """Whether this is the password that was kept. Takes about as long where nothing was kept."""
    decoy = _decoy(hasher)
    if len(password) > MOST:
        kept, password = "", password[:MOST]
    with _AT_ONCE:
        try:
            return hasher.verify(kept or decoy, _plain(password)) and bool(kept)
        except (Argon2Error, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than are used now."""
    return hasher.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _decoy(made_with: PasswordHasher) -> str:
    return made_with.hash(b"nobody has this password")


def _plain(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode(errors="surrogatepass")
