"""THREATS S1 to S14: where a server may see the end of a mail that another one does not see."""

LEGAL = "S14"
# What stands between the mail and the commands that it hides.
INSIDE = {
    "S1": b"\n.\n",
    "S2": b"\n.\r",
    "S3": b"\r.\n",
    "S4": b"\r.\r",
    "S5": b"\n.\r\n",
    "S6": b"\r.\r\n",
    "S7": b"\r\n.\n",
    "S8": b"\r\n.\r",
    "S9": b"\r\n.\r\r\n",
    "S10": b"\r\r\n.\r\r\n",
    "S11": b"\r\n\x00.\r\n",
    "S12": b"\r\n.\x00\r\n",
    "S13": b"\n.\n\r\n",
    LEGAL: b"\r\n..\r\n",
}
FORBIDDEN = [name for name in INSIDE if name != LEGAL]
WITH_NUL = frozenset({"S11", "S12"})

HIDDEN = "SMUGGLED"
OUTER = "outer"


def mail(name: str, marks: str = "") -> bytes:
    """The mail as it stands on the way, without the final dot; both subjects carry the marks."""
    hidden = (
        b"MAIL FROM:<smuggled@evil.example>\r\nRCPT TO:<b@hop.example>\r\nDATA\r\n"
        b"From: admin@evil.example\r\nSubject: %s %s.\r\n\r\nx\r\n" % (HIDDEN.encode(), marks.encode())
    )
    head = b"From: test@evil.example\r\nTo: b@hop.example\r\nSubject: %s %s.\r\n\r\nhello"
    return head % (OUTER.encode(), marks.encode()) + INSIDE[name] + hidden


def unstuffed(on_the_way: bytes) -> bytes:
    """What its sender meant, where a line begins after CRLF and nowhere else."""
    return on_the_way.replace(b"\r\n.", b"\r\n")
