"""What does the mail want from its reader? The best ask of each kind, with the sentence that asks.

Pure. Never raises.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import parse_qsl

from milter.ask.accounts import accounts_to_pay
from milter.ask.ask import LONGEST_QUOTE, Ask, wants_harm
from milter.ask.hosts import follow
from milter.ask.lexicon import Lexicon
from milter.ask.links import Clicks, find_clicks
from milter.ask.numbers import Number, find_numbers
from milter.ask.text import Demand, find_demands, find_paraphrased, is_told, named_kinds
from milter.brand.brand import Brand
from milter.brand.promise import AskKind
from milter.mail.reading import Form, LinkKind, Reading
from milter.mail.target import shown_hosts
from milter.mail.text.quoting import without_marks

_MOST_FORMS = 50
_MOST_LINKS = 1000
# A number stands in the sentence that asks to call it, or a line or two below.
_LINES_TO_THE_NUMBER = 3
# That of a demand in the subject stands anywhere in a short letter.
_LINES_BELOW_SUBJECT = 40
_LONGEST_LINE = 1000
# A quick look for what may be a premium number, before numbers are read: `08 99`, `118 712`. It
# begins with a digit that few lines hold.
_PREMIUM = re.compile(r"8(?:(?<=[0oO]8)|(?<=[0oO][ .]8)|(?<=338)|(?<=33[ .]8))[ .]?9")
_PREMIUM_DIGITS = ("118", "８")
# A number with two digits in each cell of a table.
_DIGITS_APART = re.compile(r"(?<=\d)\n(?=\d)")
_DIALLING = frozenset({"tel", "callto", "sms"})
_DIAL = frozenset("tcsTCS")
_MOST_DRAFTS, _LONGEST_DRAFT = 20, 4000


def find_asks(
    reading: Reading,
    lexicon: Lexicon,
    brand: Brand,
    *,
    include_quoted: bool = False,
    paraphrased: bool = True,
) -> tuple[Ask, ...]:
    """The first ask of each kind, in the order of `AskKind`.

    Quoted and forwarded text is another's, and is read only with `include_quoted`. Where the lexicon finds
    nothing that does harm, what is `paraphrased` is looked for, too.
    """
    clicks = find_clicks(reading, lexicon.links, brand)
    wanted = _wanted(reading, clicks)
    found: dict[AskKind, Ask] = {}
    texts = _texts(reading, include_quoted)

    def take(candidates: _Candidates) -> tuple[Ask, ...]:
        for kind, quote, where in candidates:
            if kind not in found:
                found[kind] = Ask(kind, _short(quote), where)
                wanted.discard(kind)
        return tuple(found[kind] for kind in AskKind if kind in found)

    asks = take(_candidates(reading, lexicon, brand, clicks, wanted, texts))
    if not paraphrased or wants_harm(asks):
        return asks
    return take(_paraphrased(texts, lexicon, brand, wanted))


_Candidates = Iterator[tuple[AskKind, str, str]]
_Texts = list[tuple[str, str]]


def _texts(reading: Reading, include_quoted: bool) -> _Texts:
    texts = [("text", reading.text), ("subject", reading.subject), ("attachment", reading.attached)]
    return [*texts, ("quoted text", without_marks(reading.quoted))] if include_quoted else texts


def _wanted(reading: Reading, clicks: Clicks) -> set[AskKind]:
    """The kinds that a sentence can ask for: those of which the mail holds what the sentence speaks of."""
    wanted = set(AskKind)
    # A click on a link that leads home is no ask, and a bait tells more than the sentence before it. Without
    # any link that could be read, the click is asked for in a picture or a file.
    if clicks.bait or clicks.leads_home:
        wanted.discard(AskKind.LINK)
    if not reading.attachments and not reading.attached:
        wanted.discard(AskKind.ATTACHMENT)
        # Nor is a form that can stand nowhere but there.
        if clicks.leads_home and not clicks.bait and not reading.forms:
            wanted.discard(AskKind.FORM)
    return wanted


def _candidates(
    reading: Reading,
    lexicon: Lexicon,
    brand: Brand,
    clicks: Clicks,
    wanted: set[AskKind],
    texts: _Texts,
) -> _Candidates:
    if clicks.bait:
        yield AskKind.LINK, clicks.bait.shown, clicks.bait.where
    yield from _forms(reading, lexicon, brand)
    yield from _dialled(reading, lexicon, brand)
    yield from _drafted(reading, lexicon)
    for where, text in texts:
        demands = find_demands(text, lexicon, wanted)
        below = f"\n{reading.text}" if where == "subject" else ""
        yield from _answered(demands, where, text + below, lexicon, brand)
        yield from _premium(where, text, wanted, lexicon, brand)
        if AskKind.PAYMENT in wanted:
            yield from ((AskKind.PAYMENT, line, where) for line in accounts_to_pay(text, lexicon))


def _paraphrased(texts: _Texts, lexicon: Lexicon, brand: Brand, wanted: set[AskKind]) -> _Candidates:
    """What is wanted in words that no phrase has."""
    for where, text in texts:
        if where == "subject":
            # A title names what the letter is about.
            continue
        demands = (
            one for one in find_paraphrased(text, lexicon, wanted) if not _leads_to_its_host(one, brand)
        )
        yield from _answered(demands, where, text, lexicon, brand)


def _leads_to_its_host(demand: Demand, brand: Brand) -> bool:
    """Does the sentence show hosts of the organisation alone: where it is to be done?"""
    hosts = shown_hosts(demand.sentence.text)
    return bool(hosts) and all(map(brand.knows, hosts))


def _answered(
    demands: Iterable[Demand], where: str, text: str, lexicon: Lexicon, brand: Brand
) -> _Candidates:
    """The demands; of those to call, such as name a number that is not the organisation's."""
    lines = text.split("\n")
    most = _LINES_BELOW_SUBJECT if where == "subject" else _LINES_TO_THE_NUMBER
    for demand in demands:
        begin = demand.sentence.last + 1
        below = lines[begin : begin + most]
        if demand.kind is not AskKind.CALL_BACK or _names_a_wrong_number(demand, below, lexicon, brand):
            yield demand.kind, demand.sentence.text, where


def _premium(where: str, text: str, wanted: set[AskKind], lexicon: Lexicon, brand: Brand) -> _Candidates:
    """Numbers of the highest tariffs: who names one wants it called, unless he warns of it."""
    if AskKind.CALL_BACK not in wanted or not _may_be_premium(text):
        return
    for line in text.split("\n"):
        numbers = find_numbers(line[:_LONGEST_LINE], lexicon.tariffs) if _may_be_premium(line) else ()
        # Ten digits without a blank may be the number of a file.
        wrong = any(n.is_premium and not n.written.isdigit() and _misleads(n, brand) for n in numbers)
        if wrong and not is_told(line[:_LONGEST_LINE], lexicon):
            yield AskKind.CALL_BACK, line, where
            return


def _may_be_premium(text: str) -> bool:
    return _PREMIUM.search(text) is not None or any(map(text.__contains__, _PREMIUM_DIGITS))


def _names_a_wrong_number(demand: Demand, below: list[str], lexicon: Lexicon, brand: Brand) -> bool:
    """Does the demand to call, or a line below it, name a number that is not the organisation's?"""
    lines = (line[:LONGEST_QUOTE] for line in below)
    near = _DIGITS_APART.sub(" ", "\n".join([demand.sentence.text, *lines]))
    return any(_misleads(number, brand) for number in find_numbers(near, lexicon.tariffs))


def _misleads(number: Number, brand: Brand) -> bool:
    return not brand.answers(number.digits)


def _forms(reading: Reading, lexicon: Lexicon, brand: Brand) -> _Candidates:
    for form in reading.forms[:_MOST_FORMS]:
        if not _leads_home(form, lexicon, brand) or form.words.strip():
            yield AskKind.FORM, form.words or form.action, "form"
        # A label beside an input is a demand in itself.
        yield from ((kind, form.words, "form") for kind in named_kinds(form.words, lexicon))


def _leads_home(form: Form, lexicon: Lexicon, brand: Brand) -> bool:
    host = follow(form.action, lexicon.links.wrappers).host
    return host is not None and brand.knows(host)


def _dialled(reading: Reading, lexicon: Lexicon, brand: Brand) -> _Candidates:
    """Links that dial a number which costs more than a call; others stand in every signature."""
    for link in reading.links[:_MOST_LINKS]:
        if link.target[:1] in _DIAL and link.scheme in _DIALLING and link.kind is not LinkKind.IMAGE:
            numbers = find_numbers(link.target.partition(":")[2][:100], lexicon.tariffs)
            if any(number.is_costly and _misleads(number, brand) for number in numbers):
                yield AskKind.CALL_BACK, link.shown or link.target, "tel link"


def _drafted(reading: Reading, lexicon: Lexicon) -> _Candidates:
    """Links that begin a mail whose text is written already (RFC 6068): what it names is to be filled in."""
    drafts = (
        one
        for one in reading.links[:_MOST_LINKS]
        if one.target[:7].lower() == "mailto:" and "?" in one.target
    )
    for link in islice(drafts, _MOST_DRAFTS):
        fields = parse_qsl(link.target.partition("?")[2][:_LONGEST_DRAFT])
        body = "\n".join(text for field, text in fields if field.lower() == "body")
        if not body:
            continue
        yield AskKind.REPLY, link.shown or body, "mail link"
        yield from ((kind, body, "mail link") for kind in named_kinds(body, lexicon))


def _short(quote: str) -> str:
    quote = " ".join(quote.split())
    return quote if len(quote) <= LONGEST_QUOTE else quote[: LONGEST_QUOTE - 1] + "…"
