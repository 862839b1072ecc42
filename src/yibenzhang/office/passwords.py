"""Passwords: a few simple rules, and argon2 hashes that follow its parameters when those change."""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher, extract_parameters, profiles
from argon2.exceptions import Argon2Error, InvalidHashError

from yibenzhang.office.easy_passwords import easy

LEAST, MOST = 10, 200
RULE = (
    f"密码要有 {LEAST} 到 {MOST} 个字符，不限字符种类；不能只是账号、姓名、单位、年份再加几个字，不能是常用密码或在常用"
    "密码上加几个数字，也不能过于简单（如 1234567890、qwertyuiop、手机号码、同样的几个字符重复）。"
)
_LETTERS, _DIGITS = "bcdfghjkmnpqrstvwxyz", "23456789"
"""Of initial passwords: no two look alike, and without vowels and dates no spreadsheet takes one for something else."""
_AT_ONCE = BoundedSemaphore(4)
"""Each hash takes 64 MB for a moment: many people logging in at once wait for one another instead of filling the
memory."""

hasher = PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)
_light = PasswordHasher.from_parameters(profiles.CHEAPEST)


def acceptable(password: str, *names: str) -> bool:
    """Whether a password keeps to ``RULE``."""
    folded = _plain(password).decode(errors="replace").casefold()
    if not LEAST <= len(password) <= MOST or len(set(folded)) <= 3:
        return False
    return not easy(folded, names)


def initial() -> str:
    """A password that the program makes for somebody: 77 bits by chance, easy to copy from paper."""
    drawn = "".join(secrets.choice(_LETTERS + _DIGITS) for _ in range(15))
    drawn = secrets.choice(_LETTERS) + drawn
    return "-".join(drawn[k : k + 4] for k in range(0, 16, 4))


def hashed_initial(password: str) -> str:
    """What is kept of an ``initial`` password: nobody finds it by trying, so that a light hash is enough, and hundreds
    are made in a moment. It goes with the first login."""
    return _light.hash(_plain(password))


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
        if kept and _work(kept) < _work(decoy):
            _verified(decoy, password)  # else the time told that there is such an account, with a light hash
        return _verified(kept or decoy, password) and bool(kept)


def _verified(kept: str, password: str) -> bool:
    try:
        return hasher.verify(kept, _plain(password))
    except (Argon2Error, InvalidHashError, UnicodeError):
        return False


def _work(kept: str) -> int:
    try:
        made_with = extract_parameters(kept)
    except InvalidHashError:
        return 0
    return made_with.time_cost * made_with.memory_cost


def outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than are used now."""
    return hasher.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _decoy(made_with: PasswordHasher) -> str:
    return made_with.hash(b"nobody has this password")


def _plain(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode(errors="surrogatepass")
