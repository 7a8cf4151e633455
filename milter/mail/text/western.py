"""How is a text of Western letters folded at once? By a table of 256 octets: nearly all French mail.

Pure. Never raises.
"""

from milter.mail.text.characters import fold_character


class Western:
    """The folding of the characters of a charset of one byte each."""

    def __init__(self, charset: str) -> None:
        """A translation table over its bytes, the bytes left out, and what folds to several letters."""
        self.charset = charset
        table, unseen, longer = bytearray(range(256)), bytearray(), []
        for byte in range(256):
            char = bytes([byte]).decode(charset, "replace")
            seen = (char if char.isascii() else fold_character(char)).lower()
            if len(seen) == 1 and seen.isascii():
                table[byte] = ord(seen)
            elif not seen:
                unseen.append(byte)
            elif seen != chr(byte):
                longer.append((chr(byte), seen))
        self.table, self.unseen = bytes(table), bytes(unseen)
        self._longer = tuple(longer)

    def long(self, seen: bytes) -> str:
        """What the table gave, with what is more than one letter, or none of ASCII."""
        folded = seen.decode("latin-1")
        for char, instead in self._longer:
            folded = folded.replace(char, instead)
        return folded


# The first is the faster to encode, the second knows the dashes and quotes of printers.
WESTERN = Western("latin-1"), Western("cp1252")
