"""Why can an account not be changed so? Each reason is a sentence that the catalogues translate. Pure."""

from enum import StrEnum


class Why(StrEnum):
    """What keeps us from it."""

    NAME = "a name has 1 to 64 visible characters"
    PASSWORD = "a password has 12 to 1,024 characters"
    SAME = "the new password is the old one"
    DIFFER = "the two new passwords differ"
    OLD = "the current password is wrong, or there were too many tries: in that case, wait a while"
    TAKEN = "there is already an account of this name"
    DISABLED = "this account is disabled"
    UNKNOWN = "there is no account of this name for which this can be changed"
    LAST_ADMIN = "this is the last admin: make another one first"
    OWN = "your own password is changed on the page of your account, where the old one is asked for"


class Refused(ValueError):
    """An account that cannot be changed so."""

    def __init__(self, why: Why, name: str = "") -> None:
        """Because of this, of the account of this name."""
        super().__init__(f"{name}: {why.value}" if name else why.value)
        self.why, self.name = why, name
