"""What do /metrics, /healthz and /readyz answer?

Nothing of a mail or of a person stands there. A request that is anything else than one of these is 404.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from milter.brand.brand import Brand
from milter.intake.board import Board
from milter.metrics.exposition import Known, of_quarantine, registry
from milter.metrics.health import Health, Part

_NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Watched:
    """All that is shown: the state, who runs, and the connections by way."""

    health: Health
    version: str
    brands: tuple[Brand, ...]
    boards: dict[str, Board]

    def known(self) -> Known:
        """What no process counts."""
        health = self.health
        quarantine = health.quarantine
        return Known(
            {
                "vigimel_build_info": [((self.version,), 1)],
                "vigimel_brand_info": [((brand.key, brand.version), 1) for brand in self.brands],
                "vigimel_workers_wanted": [((), health.wanted)],
                "vigimel_sessions": [((way,), board.row(0).total) for way, board in self.boards.items()],
                "vigimel_store_up": [((), quarantine is not None)],
                "vigimel_next_hop_up": [((), health.hop_answers())],
                "vigimel_official_stopped_proving": [((), len(health.stopped_proving))],
                "vigimel_quarantine_campaigns": [((), health.campaigns[0])],
                "vigimel_quarantine_largest_campaign": [((), health.campaigns[1])],
                "vigimel_quarantine_requests": [((), health.requests)],
                "vigimel_draining": [((), health.is_draining)],
                **of_quarantine(quarantine or {}),
            }
        )


def build_page(watched: Watched) -> Starlette:
    """The application, to be run by an ASGI server."""

    async def metrics(request: Request) -> Response:
        await watched.health.look()
        encode, content_type = choose_encoder(request.headers.get("accept", "")[:1000])
        content = encode(registry(watched.health.table, watched.known()))
        return Response(content, media_type=content_type, headers=_NO_STORE)

    return Starlette(
        routes=[
            Route("/metrics", metrics),
            Route("/healthz", _answer(watched.health.healthy)),
            Route("/readyz", _answer(watched.health.ready)),
        ]
    )


def _answer(
    ask: Callable[[], Awaitable[Sequence[Part]]],
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        parts = await ask()
        status = 200 if all(part.is_well for part in parts) else 503
        said = {part.name: {"ok": part.is_well, "says": part.says} for part in parts}
        return JSONResponse({"ok": status == 200, **said}, status, headers=_NO_STORE)

    return answer
