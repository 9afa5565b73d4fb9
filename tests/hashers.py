"""The hasher of the tests: argon2id as everywhere, at the least that it can cost."""

from accounts.hashers import Argon2Hasher


class CheapArgon2Hasher(Argon2Hasher):
    """0.1 ms a hash instead of 20: two or three are computed in nearly every test.

    What production pays is held by tests/accounts/test_old_hashes.py.
    """

    time_cost = 1
    memory_cost = 8  # KiB, argon2's own minimum
