"""Names of people as they are written in Indonesia: titles stand before and behind them."""


def initials_of(name: str) -> str:
    """First and last name's letter: "LK" of "dr. Lukman Kurniawan, Sp.JP".

    Titles don't count: what ends in a dot, and what follows the first comma.
    """
    plain = name.partition(",")[0] or name
    words = [word for word in plain.split() if word[:1].isalpha() and word[-1] != "."]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
