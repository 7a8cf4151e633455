"""How is a text shown whose lines end in a blank that only says that they go on?

Pure. Linear. Never raises.
"""

_SIGNATURE = "-- "


def rejoined(text: str) -> str:
    """The paragraphs of a text in format=flowed with DelSp=yes (RFC 3676, section 4.2): the blank goes.
    Quoted lines stay as they are.
    """
    shown: list[str] = []
    goes_on = False
    for line in text.split("\n"):
        is_quoted = line.startswith(">")
        # A blank before what would be taken for a mark is no part of the text (section 4.4).
        plain = line if is_quoted else line.removeprefix(" ")
        if goes_on and not is_quoted and plain != _SIGNATURE:
            shown.append(plain)
        else:
            shown.append(f"\n{plain}")
        goes_on = not is_quoted and plain.endswith(" ") and plain != _SIGNATURE
        if goes_on:
            shown[-1] = shown[-1][:-1]
    return "".join(shown)[1:]
