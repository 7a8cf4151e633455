"""Which event loop? That of uvloop where it is installed, else that of asyncio."""

import asyncio
import importlib.util


def has_uvloop() -> bool:
    """True where the extra `fast` is installed."""
    return importlib.util.find_spec("uvloop") is not None


def new_event_loop() -> asyncio.AbstractEventLoop:
    """A loop for this process."""
    if has_uvloop():
        import uvloop

        return uvloop.new_event_loop()
    return asyncio.new_event_loop()
