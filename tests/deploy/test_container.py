"""Are the files for containers and clusters what those programs take?"""

import importlib
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from milter.config import load
from tests.conftest import ROOT

CONTAINER, KUBERNETES = ROOT / "deploy" / "container", ROOT / "deploy" / "kubernetes"
BESIDE_PYTHON = Path(sys.executable).parent


def documents() -> dict[str, dict[str, Any]]:
    """What stands in the manifests, by kind."""
    named = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text("utf-8"))["resources"]
    texts = [(KUBERNETES / name).read_text("utf-8") for name in named]
    found = [document for text in texts for document in yaml.safe_load_all(text)]
    return {document["kind"]: document for document in found}


def test_hadolint_finds_nothing_in_the_containerfile() -> None:
    command = [str(BESIDE_PYTHON / "hadolint"), str(CONTAINER / "Containerfile")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (0, "") == (done.returncode, done.stdout + done.stderr)


def test_the_schemas_of_kubernetes_hold_for_the_manifests() -> None:
    validate = importlib.import_module("kubernetes_validate")
    # The operator's own kind has its schema in the operator.
    ours = {kind: document for kind, document in documents().items() if kind != "Cluster"}

    assert {"Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy"} == set(ours)
    for document in ours.values():
        validate.validate(document, "1.30", strict=True)


def test_several_replicas_run_without_root_and_without_a_writable_system() -> None:
    pod = documents()["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]

    assert (
        documents()["Deployment"]["spec"]["replicas"]
        > documents()["PodDisruptionBudget"]["spec"]["minAvailable"]
    )
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert ["ALL"] == container["securityContext"]["capabilities"]["drop"]
    assert {"/readyz", "/healthz"} == {
        container[probe]["httpGet"]["path"] for probe in ("readinessProbe", "livenessProbe", "startupProbe")
    }


@pytest.mark.parametrize("directory", [CONTAINER, KUBERNETES], ids=lambda path: path.name)
def test_the_configuration_is_one_that_the_gateway_takes(directory: Path) -> None:
    path = directory / "vigimel.toml"

    load(path, to_serve=False)
    assert tomllib.loads(path.read_text("utf-8"))["quarantine"]["url"].startswith("postgresql://vigimel@")


def test_the_ports_are_those_that_the_configuration_opens() -> None:
    wanted = tomllib.loads((KUBERNETES / "vigimel.toml").read_text("utf-8"))
    (container,) = documents()["Deployment"]["spec"]["template"]["spec"]["containers"]
    opened = [*wanted["smtp"]["proxy_listen"], *wanted["metrics"]["listen"]]

    assert [int(text.rpartition(":")[2]) for text in opened] == [
        p["containerPort"] for p in container["ports"]
    ]


def test_the_compose_file_gives_the_gateway_no_more_than_it_needs() -> None:
    whole = yaml.safe_load((CONTAINER / "compose.yaml").read_text("utf-8"))
    gateway = whole["services"]["gateway"]

    assert gateway["read_only"]
    assert ["ALL"] == gateway["cap_drop"]
    assert (
        ROOT / "deploy" / "container" / gateway["build"]["context"] / gateway["build"]["dockerfile"]
    ).is_file()
    assert set(whole["volumes"]) >= {v.partition(":")[0] for v in gateway["volumes"] if not v.startswith(".")}
    assert set(gateway["secrets"]) <= set(whole["secrets"])
