"""Do the dashboard and the alerts ask for what the gateway tells?"""

import json
import re
import subprocess
from pathlib import Path

import pytest

import milter.serve  # noqa: F401 every figure is declared then
from milter.meter.figure import Timer, figures
from milter.metrics.exposition import OF_KEEPER
from tests.conftest import ROOT

MONITORING = ROOT / "deploy" / "monitoring"
PAGE = (MONITORING / "metrics.md").read_text("utf-8")


def told() -> set[str]:
    """Every name of a figure that stands in an answer of /metrics."""
    named = {figure.name for figure in figures() if figure.name.startswith("vigimel_")}
    steps = {
        f"{figure.name}_{end}"
        for figure in figures()
        if isinstance(figure, Timer)
        for end in ("bucket", "sum", "count")
    }
    return named | steps | set(OF_KEEPER)


def labels() -> dict[str, tuple[str, ...]]:
    """The labels of each name."""
    found = {name: of for name, (_, of) in OF_KEEPER.items()}
    for figure in figures():
        for end in ("", "_bucket", "_sum", "_count"):
            found[figure.name + end] = (*figure.label_names, "le")
    return found


@pytest.mark.parametrize("path", sorted(MONITORING.glob("vigimel.*")), ids=lambda path: path.name)
def test_every_figure_that_is_asked_for_is_told_with_these_labels(path: Path) -> None:
    text = path.read_text("utf-8").replace('\\"', '"')
    named = set(re.findall(r"\bvigimel_[a-z_]+\b", text))
    asked = [
        (name, label)
        for name, inside in re.findall(r"\b(vigimel_[a-z_]+)\{([^}]*)\}", text)
        for label in re.findall(r'(\w+)(?:=~|!=|!~|=)"', inside)
    ]

    assert named
    assert set() == named - told()
    assert [] == [(n, label) for n, label in asked if label not in {*labels()[n], "instance"}]


def test_the_page_on_metrics_explains_every_figure_and_no_other() -> None:
    named = set(re.findall(r"`(vigimel_[a-z_]+)`", PAGE))

    declared = {figure.name for figure in figures() if figure.name.startswith("vigimel_")}
    assert declared | set(OF_KEEPER) == named


@pytest.mark.needs("promtool")
@pytest.mark.parametrize(
    "arguments", [("check", "rules", "vigimel.rules.yml"), ("test", "rules", "vigimel.rules.test.yml")]
)
def test_promtool_finds_the_alerts_right(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        ["promtool", *arguments], cwd=MONITORING, capture_output=True, text=True, check=False
    )

    assert 0 == done.returncode, done.stdout + done.stderr


def test_every_alert_is_tested_and_says_what_to_do() -> None:
    rules = (MONITORING / "vigimel.rules.yml").read_text("utf-8")
    alerts = re.findall(r"alert: (\w+)", rules)
    tested = (MONITORING / "vigimel.rules.test.yml").read_text("utf-8")

    assert [] == [alert for alert in alerts if f'alertname="{alert}"' not in tested]
    assert len(alerts) == rules.count("summary: ") == rules.count("description: ")


def test_each_panel_of_the_dashboard_has_a_place_of_its_own() -> None:
    panels = json.loads((MONITORING / "vigimel.dashboard.json").read_text("utf-8"))["panels"]
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(cells) == len(set(cells))
    assert all(0 <= x < 24 for x, _ in cells)
    assert len(panels) == len({panel["id"] for panel in panels})
