"""All ways in which a letter is written anew."""

from tests.vectors.codings import CODED
from tests.vectors.enclosures import ENCLOSED
from tests.vectors.frames import FRAMED
from tests.vectors.guises import DISGUISED
from tests.vectors.letter import posted
from tests.vectors.salts import SALTED
from tests.vectors.spellings import SPELLED
from tests.vectors.trick import Trick

# What all others are compared with.
TWIN = Trick("plainly", lambda letter: posted(letter, letter.html()))
TRICKS = (*SPELLED, *SALTED, *FRAMED, *ENCLOSED, *CODED, *DISGUISED)
