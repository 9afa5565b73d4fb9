"""Keys of rows, as addresses and forms bring them."""

MOST_DIGITS = 18  # so that every number fits into a column of keys


def row_key(text: str) -> int | None:
    """``text`` as a key; None for what can't be one. The digits of other scripts don't count."""
    is_key = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if is_key else None
