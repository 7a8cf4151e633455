"""Under which names does a registry register? The public suffix list, as tldextract reads it.

Pure: the list is the one that comes with the library, none is ever fetched. The library builds two trees of
it, of which we ask one; each process would hold both.
"""

from typing import Any

from tldextract.tldextract import TLDExtract, Trie


def build_extract() -> TLDExtract:
    """What parts a domain; its tree is built, so that processes which are forked share it."""
    extract = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False)
    # It would make a session, and not use it.
    unused: Any = object()
    known = extract._get_tld_extractor(unused)  # noqa: SLF001 there is no way to leave out private names
    known.tlds_incl_private_trie = known.tlds_excl_private_trie
    known.tlds_incl_private = known.tlds_excl_private = frozenset()
    known.private_tlds = known.public_tlds = []
    _share_leaves(known.tlds_excl_private_trie, Trie(end=True))
    return extract


def _share_leaves(trie: Trie, leaf: Trie) -> None:
    """Nine in ten end a suffix and have none below: one does for them all."""
    for label, below in trie.matches.items():
        if below.matches:
            _share_leaves(below, leaf)
        else:
            trie.matches[label] = leaf
