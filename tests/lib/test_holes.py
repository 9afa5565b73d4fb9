"""Text that is rendered once for many: nobody's words may open a hole or stand in another's."""

import pytest

from isme.lib.holes import cut, fill, hole


def test_what_somebody_typed_is_never_read_as_a_hole():
    """A notice titled like a hole would show the next line's token, or what another typed."""
    pieces = cut(f"<b>{hole('title')}</b>\n    <i>{hole('token')}</i>")
    filled = fill(pieces, {"title": "\0token\0", "token": "secret"})
    assert filled == "<b>\0token\0</b>\n<i>secret</i>"


def test_a_hole_of_which_nothing_is_said_is_an_error():
    """A line without its key would post to another's address."""
    with pytest.raises(KeyError, match="pk"):
        fill(cut(f"/notifications/{hole('pk')}/"), {})
