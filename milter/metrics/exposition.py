"""What do we tell Prometheus? The counts of all processes, and what the keeper knows. Pure.

The names and sentences stand where each figure is declared; those that only the keeper knows, here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from milter.meter.figure import STEPS, Figure
from milter.meter.table import Table
from milter.quarantine.held import State
from milter.quarantine.size import Size

# name -> (sentence, labels).
OF_KEEPER: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "vigimel_build_info": ("The version that runs.", ("version",)),
    "vigimel_brand_info": (
        "The brands that are protected, and the version of their facts.",
        ("brand", "version"),
    ),
    "vigimel_workers_wanted": ("Worker processes that there should be.", ()),
    "vigimel_sessions": ("Open connections of mail servers and clients.", ("way",)),
    "vigimel_store_up": ("1 where the quarantine answers.", ()),
    "vigimel_next_hop_up": ("1 where the last that was heard of a next hop was an answer.", ()),
    "vigimel_draining": ("1 while the service stops.", ()),
    "vigimel_official_stopped_proving": (
        "Domains of a brand that proved themselves for thirty days and not once since yesterday.",
        (),
    ),
    "vigimel_quarantine_mails": ("Mails in the quarantine.", ("state",)),
    "vigimel_quarantine_bytes": ("Octets of these mails as they came.", ("state",)),
    "vigimel_quarantine_campaigns": ("Letters of which mail waits, each with all its copies.", ()),
    "vigimel_quarantine_largest_campaign": ("Mails that wait of the letter of which most do.", ()),
    "vigimel_quarantine_requests": ("Requests of recipients that nobody has answered.", ()),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the keeper knows at this moment, by the names above."""

    values: Mapping[str, Sequence[tuple[tuple[str, ...], float]]] = field(default_factory=dict)


# By identity: a registry keeps its collectors by their hash.
@dataclass(frozen=True, eq=False)
class Exposition(Collector):
    """Everything there is to tell."""

    table: Table
    known: Known

    def collect(self) -> Iterator[Metric]:
        """Each figure once."""
        sums = self.table.sums()
        for figure in self.table.figures:
            if figure.kind in _FAMILIES:
                yield _FAMILIES[figure.kind](figure, sums)
        for name, samples in self.known.values.items():
            says, labels = OF_KEEPER[name]
            family = GaugeMetricFamily(name, says, labels=labels)
            for values, value in samples:
                family.add_metric(values, value)
            yield family


def registry(table: Table, known: Known) -> CollectorRegistry:
    """For an encoder of prometheus_client."""
    found = CollectorRegistry(auto_describe=False)
    found.register(Exposition(table, known))
    return found


def of_quarantine(found: Mapping[State, Size]) -> dict[str, Sequence[tuple[tuple[str, ...], float]]]:
    """How much waits."""
    return {
        "vigimel_quarantine_mails": [((state.value,), size.mails) for state, size in found.items()],
        "vigimel_quarantine_bytes": [((state.value,), size.octets) for state, size in found.items()],
    }


def _counter(figure: Figure, sums: Sequence[float]) -> Metric:
    family = CounterMetricFamily(figure.name, figure.says, labels=figure.label_names)
    for labels, (value,) in figure.read(sums):
        family.add_metric(labels, value)
    return family


def _gauge(figure: Figure, sums: Sequence[float]) -> Metric:
    family = GaugeMetricFamily(figure.name, figure.says, labels=figure.label_names)
    for labels, (value,) in figure.read(sums):
        family.add_metric(labels, value)
    return family


def _histogram(figure: Figure, sums: Sequence[float]) -> Metric:
    family = HistogramMetricFamily(figure.name, figure.says, labels=figure.label_names)
    for labels, cells in figure.read(sums):
        *counts, seconds = cells
        steps, so_far = [], 0.0
        for bound, count in zip((*map(str, STEPS), "+Inf"), counts, strict=True):
            so_far += count
            steps.append((bound, so_far))
        family.add_metric(labels, steps, seconds)
    return family


_FAMILIES = {"counter": _counter, "gauge": _gauge, "histogram": _histogram}
