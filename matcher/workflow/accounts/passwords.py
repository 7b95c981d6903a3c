"""Passwords: how they are hashed and checked. What a good one is stands in the account schema."""

from __future__ import annotations

from dataclasses import dataclass, field

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError


@dataclass(frozen=True)
class Effort:
    """What one guess costs.

    The values are the library's, which are the second recommended option of RFC 9106, section 4
    (64 MiB, three passes), with parallelism 4.
    """

    memory_kib: int = 65_536
    passes: int = 3
    lanes: int = 4


@dataclass
class Passwords:
    """Hash and check passwords with Argon2id at one effort."""

    effort: Effort = field(default_factory=Effort)

    def __post_init__(self) -> None:
        """Make the hasher, and the hash that an unknown account is checked against."""
        self._hasher = PasswordHasher(
            time_cost=self.effort.passes,
            memory_cost=self.effort.memory_kib,
            parallelism=self.effort.lanes,
            type=Type.ID,
        )
        self._nobody = self._hasher.hash("nobody has this password")

    def hashed(self, password: str) -> str:
        """Return the encoded hash of a password, with a salt of its own."""
        return self._hasher.hash(password.encode("utf-8", "surrogatepass"))

    def fits(self, password: str, encoded: str) -> bool:
        """Whether a password is the one that was hashed."""
        try:
            return self._hasher.verify(encoded, password.encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False

    def pretend(self, password: str) -> None:
        """Spend the time of a check, so that an unknown account answers no faster."""
        self.fits(password, self._nobody)

    def is_outdated(self, encoded: str) -> bool:
        """Whether a hash was made with another effort and should be made anew at sign-in."""
        return self._hasher.check_needs_rehash(encoded)
