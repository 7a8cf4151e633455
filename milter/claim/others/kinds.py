"""Is it a kind of text of which the learnt wording knows little: a record, a list, a note to a friend?

Pure. It was learnt from letters.
"""

from milter.claim.lines import flowed
from milter.claim.others.familiar import Familiar
from milter.claim.speaking.pictures import shown
from milter.claim.speaking.speaker import Speaker, speaker
from milter.claim.view import View
from milter.claim.words import ClaimWords
from milter.mail.reading import Reading


class Kinds:
    """Knows these kinds, for one brand; built once."""

    def __init__(self, common: ClaimWords, view: View) -> None:
        """`view` is the plain one."""
        self._comparer, self._voice = view.comparer, view.voice
        self._familiar = Familiar(common)

    def is_a_record(self, reading: Reading) -> bool:
        """True of what a program fills in, and hardly a sentence beside it."""
        return self._voice.fields.are_all(flowed(self._voice.lines.of(shown(reading))))

    def is_a_list(self, reading: Reading) -> bool:
        """True of the items of a list, and hardly a sentence beside them."""
        said = shown(reading)
        return bool(self._voice.items.of(said, self._voice.lines.of(said)))

    def is_familiar(self, reading: Reading) -> bool:
        """True of a note by somebody who says who he is to a friend of his, and that leads to nobody else."""
        return (
            self._familiar.is_said(self._voice.lines.of(reading.note))
            and self.leads_to_himself(reading)
            and speaker(reading, self._comparer) is not Speaker.NOBODY
        )

    def leads_to_himself(self, reading: Reading) -> bool:
        """True where no link leads to anybody but the sender, and the organisation."""
        return not self._voice.leads.lead_elsewhere(reading)
