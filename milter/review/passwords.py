"""Is a password right, and how is it kept? Argon2, as RFC 9106 recommends.

Raises Refused for a password that is none.
"""

import asyncio
import secrets
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from milter.review.refusal import Refused, Why

# NIST SP 800-63B section 3.1.1.2: long, no rules of composition.
MIN_PASSWORD, MAX_PASSWORD = 12, 1024


class Passwords:
    """Hashes of passwords, made and compared."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Hashed as RFC 9106 recommends, or by `hasher`."""
        self._hasher = hasher or PasswordHasher()
        # A hash takes 64 MB and a core for a moment: strangers must not take all of them.
        self._hashing = asyncio.Semaphore(2)

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise Refused(Why.PASSWORD)
        return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, hashed: str | None, password: str) -> bool:
        """True where it is the one; False where there is none, after as long."""
        async with self._hashing:
            is_right = await asyncio.to_thread(self._verify, hashed, password[:MAX_PASSWORD])
        return is_right and bool(hashed)

    @cached_property
    def _nobody(self) -> str:
        """What an unknown name is compared with, so that it takes as long as a known one."""
        return self._hasher.hash(secrets.token_hex(16))

    def _verify(self, hashed: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(hashed or self._nobody, password)
        except (Argon2Error, InvalidHashError, UnicodeEncodeError):
            return False


def made_up() -> str:
    """A password that nobody has thought of: 100 bits, in groups that can be read out."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))
