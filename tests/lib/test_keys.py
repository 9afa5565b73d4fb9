"""Keys from outside: what can't be one must reach no query."""

import pytest

from isme.lib.keys import row_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("7", 7),
        ("0", 0),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("9" * 5000, None),
        ("", None),
        ("-1", None),
        (" 7", None),
        ("7.0", None),
        ("١", None),
        ("²", None),
        ("7\0", None),
    ],
)
def test_only_what_the_database_can_hold_is_a_key(text, key):
    """Else a made-up number is an error of the server, as 20 digits are in MariaDB."""
    assert row_key(text) == key
