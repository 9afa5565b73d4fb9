"""How passwords are kept: argon2id, and argon2id around hashes that came from elsewhere.

An imported hash is wrapped, not waited for: nobody's password lies there as MD5 until they
happen to sign in. At that sign-in it becomes a plain argon2id.
"""

import hashlib
from typing import Any

import bcrypt
from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher

BCRYPT_BYTES = 72  # what bcrypt looks at; PHP cuts silently, so its hashes need the same cut


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id at OWASP's minimum: 19 ms and 19 MB a hash, so 1,000 people sign in in 12 s.

    Django's default takes 100 MB and eight lanes: on two cores it falls behind at ten a second.
    """

    time_cost = 2
    memory_cost = 19456
    parallelism = 1


class WrappedHasher(Argon2Hasher):
    """Argon2id of another algorithm's hash: ``<algorithm>$<how the inner one is made>$argon2id...``.

    Checks only; a new password never gets one. Subclasses say how the inner hash is made.
    """

    def inner(self, password: str, how: str) -> str:
        """The inner hash of ``password``, made in the way ``how``. May take 0.2 s."""
        raise NotImplementedError

    def enclose(self, how: str, digest: str) -> str:
        """What to store for the hash ``digest`` that was made in the way ``how``."""
        prefix, _dollar, rest = super().encode(digest, self.salt()).partition("$")
        return f"{prefix}${how}${rest}"

    def encode(self, password: str, salt: str) -> str:
        raise NotImplementedError("new passwords are plain argon2id")

    def verify(self, password: str, encoded: str) -> bool:
        algorithm, how, rest = encoded.split("$", 2)
        fits: bool = super().verify(self.inner(password, how), f"{algorithm}${rest}")
        return fits

    def decode(self, encoded: str) -> Any:
        algorithm, how, rest = encoded.split("$", 2)
        return {**super().decode(f"{algorithm}${rest}"), "how": how}

    def must_update(self, encoded: str) -> bool:
        return True

    def harden_runtime(self, password: str, encoded: str) -> None:
        return


class Argon2OverPBKDF2(WrappedHasher):
    """Django's default of before. ``how`` is "<iterations>,<salt>"."""

    algorithm = "argon2_pbkdf2"

    def inner(self, password: str, how: str) -> str:
        iterations, _comma, salt = how.partition(",")
        encoded: str = PBKDF2PasswordHasher().encode(password, salt, int(iterations))
        return encoded.rpartition("$")[2]


class Argon2OverBcrypt(WrappedHasher):
    """PHP's password_hash(). ``how`` is "<cost>,<salt>", the salt in bcrypt's own spelling."""

    algorithm = "argon2_bcrypt"

    def inner(self, password: str, how: str) -> str:
        cost, _comma, salt = how.partition(",")
        cut = password.encode()[:BCRYPT_BYTES]
        return bcrypt.hashpw(cut, f"$2b${cost}${salt}".encode()).decode()[-31:]


class Argon2OverMD5(WrappedHasher):
    """Bare MD5 in hex, as old PHP kept it. ``how`` is "plain"."""

    algorithm = "argon2_md5"

    def inner(self, password: str, how: str) -> str:
        return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()
