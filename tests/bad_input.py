"""What nobody should send, and people, scripts and attackers do (corpus of the bad inputs)."""

IDS = ["0", "-1", str(2**31), str(2**63), "9" * 400, "abc", "%001", "%D9%A1", "1_0", "..%2f.."]

# As they stand in an address: already encoded, because some are no text at all.
IN_ADDRESSES = [
    "",
    "0",
    "-1",
    str(10**20),
    "9" * 4000,
    "NaN",
    "1_0",
    "%D9%A1",  # a digit, but not one of ours
    "a%00b",
    "%ED%A0%80",  # half a surrogate pair
    "%FF%FE",
    "%27%20OR%201%3D1%20--",
    "%5B",  # a pattern that ends too soon
    "%25_%5C",
    "2026-02-30",
    "0000-01-01",
    "user__password",
    "%2F%2Fevil.example%2F",
    "name%0D%0AX-Evil%3A%201",
]

IN_FORMS = [
    "",
    "-1",
    str(10**20),
    "1_0",
    "a\0b",
    "' OR 1=1 --",
    "2026-02-30T25:61",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "\u202eevil\u200b\u00ad",
    "name\r\nX-Evil: 1",
    "😀" * 200,
    "x" * 70_000,
]
