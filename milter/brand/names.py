"""What is an organisation called, by its key, where somebody is told of it? Pure."""

from dataclasses import dataclass

from milter.brand.brand import Brand

# Of mail that was held when there was a file of it.
_NO_MORE = {"fr": "un organisme protégé", "en": "a protected organisation"}


@dataclass(frozen=True, slots=True)
class Names:
    """Those of these brands."""

    brands: tuple[Brand, ...] = ()

    def of(self, key: str, language: str) -> str:
        """With its article, in French or English."""
        brand = next((one for one in self.brands if one.key == key), None)
        if brand is None:
            return _NO_MORE[language]
        return brand.name if language == "fr" else brand.name_en


NO_NAMES = Names()
