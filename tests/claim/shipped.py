"""The shipped brand and words, read once for the tests of this room."""

from pathlib import Path

from milter.brand.load import load_brands
from milter.claim.words import load_claim_words

CONFIG = Path(__file__).resolve().parents[2] / "config"
BRAND = load_brands(CONFIG / "brands")[0]
COMMON = load_claim_words(CONFIG / "claim.toml")
