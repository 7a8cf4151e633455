"""Under which names does a registry register? The public suffix list, as tldextract reads it.

Pure: the list is the one that comes with the library, none is ever fetched. A tenth of what the library loads
and builds answers us; each process would have the rest too, 9 MB.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tldextract.tldextract import TLDExtract, Trie

# What it would fetch lists with, and keep them in, and who of each module it takes from there at its import.
_FETCHING = {"requests": "Session", "requests_file": "FileAdapter", "filelock": "FileLock"}


def build_extract() -> "TLDExtract":
    """What parts a domain; its tree is built, so that processes which are forked share it."""
    extract_class, trie_class = _imported()
    extract = extract_class(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False)
    # It would make a session, and not use it.
    unused: Any = object()
    known = extract._get_tld_extractor(unused)  # noqa: SLF001 there is no way to leave out private names
    known.tlds_incl_private_trie = known.tlds_excl_private_trie
    known.tlds_incl_private = known.tlds_excl_private = frozenset()
    known.private_tlds = known.public_tlds = []
    _share_leaves(known.tlds_excl_private_trie, trie_class(end=True))
    return extract


def _imported() -> "tuple[type[TLDExtract], type[Trie]]":
    """The library, with nothing in the place of what it would fetch lists with."""
    empty = {name: ModuleType(name) for name in _FETCHING if name not in sys.modules}
    for name, module in empty.items():
        setattr(module, _FETCHING[name], object)
    sys.modules.update(empty)
    try:
        from tldextract.tldextract import TLDExtract, Trie
    finally:
        # Whoever else wants them gets them.
        for name in empty:
            del sys.modules[name]
    return TLDExtract, Trie


def _share_leaves(trie: "Trie", leaf: "Trie") -> None:
    """Nine in ten end a suffix and have none below: one does for them all."""
    for label, below in trie.matches.items():
        if below.matches:
            _share_leaves(below, leaf)
        else:
            trie.matches[label] = leaf
