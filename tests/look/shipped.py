"""The judgment as shipped, without OCR."""

from milter.config.load import load, shipped

CONFIG = load(shipped(), to_serve=False).judge.model_copy(update={"vision": "off"})
