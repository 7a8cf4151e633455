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


@pytest.mark.parametrize("path", sorted(CONTAINER.rglob("Containerfile")), ids=lambda path: path.parent.name)
def test_hadolint_finds_nothing_in_the_containerfiles(path: Path) -> None:
    command = [str(BESIDE_PYTHON / "hadolint"), str(path)]
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


def compose() -> dict[str, Any]:
    """What stands in the compose file, which its specification takes."""
    text = (CONTAINER / "compose.yaml").read_text("utf-8")
    importlib.import_module("compose_spec").PyCompose.from_yaml(text).validate()
    return dict(yaml.safe_load(text))


def test_the_compose_file_names_only_what_is_there() -> None:
    whole = compose()
    services = whole["services"].values()
    built = [CONTAINER / s["build"]["context"] / s["build"]["dockerfile"] for s in services if "build" in s]
    mounted = [volume.split(":")[0] for service in services for volume in service["volumes"]]

    assert {"postfix", "gateway", "dovecot", "postgresql"} == set(whole["services"])
    assert all(path.is_file() for path in built)
    assert all((CONTAINER / source).is_file() for source in mounted if source.startswith("."))
    assert set(whole["volumes"]) == {source for source in mounted if not source.startswith(".")}
    assert set(whole["secrets"]) == {name for service in services for name in service["secrets"]}
    assert set(whole["networks"]) == {name for service in services for name in service["networks"]}


def test_no_service_of_the_compose_file_has_more_rights_than_it_needs() -> None:
    services = compose()["services"]

    for name in ("postfix", "gateway", "dovecot"):
        assert (["ALL"], ["no-new-privileges:true"]) == (
            services[name]["cap_drop"],
            services[name]["security_opt"],
        )
    assert services["gateway"]["read_only"]
    assert "cap_add" not in services["gateway"]
    # The entrance behind the gateway, and Dovecot's, are for the network of the containers.
    assert [["25:25"], ["10081:10081", "127.0.0.1:10090:10090"], ["993:993"], []] == [
        service.get("ports", []) for service in services.values()
    ]


def test_the_network_that_is_believed_is_that_of_the_compose_file() -> None:
    (subnet,) = (one["subnet"] for one in compose()["networks"]["mail"]["ipam"]["config"])
    wanted = tomllib.loads((CONTAINER / "vigimel.toml").read_text("utf-8"))["smtp"]
    entrance = (CONTAINER / "postfix" / "master.cf").read_text("utf-8").partition("\n10026 ")[2]

    assert [subnet] == wanted["trusted_clients"] == wanted["trusted_proxies"]
    assert f"-o mynetworks={subnet}\n" in entrance
    assert f"-o smtpd_authorized_xforward_hosts={subnet}\n" in entrance
