"""IN WHICH WORDS: French and English, and hostile text so that it does nothing."""
