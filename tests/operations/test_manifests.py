# SPDX-License-Identifier: Apache-2.0
"""Where the image is run, and what runs the tests: each file is one that its reader takes, by that reader's schema, and sets
what the program reads."""

import re
import subprocess

import kubernetes_validate
import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema.validators import validator_for
from peers import PROJECT
from programs import provider_program

CONTAINERS = PROJECT / "packaging" / "container"
NODES, DATABASE = CONTAINERS / "kubernetes.yml", CONTAINERS / "kubernetes-postgresql.yml"


def documents(file):
    return list(yaml.safe_load_all(file.read_text()))


def one(kind, file):
    (found,) = (document for document in documents(file) if document["kind"] == kind)
    return found


def environment(container):
    return {entry["name"]: entry for entry in container["env"]}


@pytest.fixture(scope="module")
def settings_known():
    """The variables that `provider start` reads."""
    told = subprocess.run([provider_program(), "provider", "start", "--help"], capture_output=True, text=True, check=True)
    return set(re.findall(r"\b(?:KC|OSTIARY)_[A-Z_]+\b", told.stdout))


@pytest.mark.parametrize(
    ("file", "kinds"),
    [
        (NODES, {"Service", "Deployment", "PodDisruptionBudget", "NetworkPolicy"}),
        (DATABASE, {"Service", "StatefulSet", "NetworkPolicy"}),
    ],
)
def test_manifests_are_what_kubernetes_takes(file, kinds):
    assert {document["kind"] for document in documents(file)} == kinds
    for document in documents(file):
        kubernetes_validate.validate(document, "1.34", strict=True)
    (what,) = (document["spec"] for document in documents(file) if "template" in document["spec"])
    pod = what["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] and container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    claimed = {claim["metadata"]["name"] for claim in what.get("volumeClaimTemplates", [])}
    assert {mount["name"] for mount in container["volumeMounts"]} == claimed | {volume["name"] for volume in pod["volumes"]}


def test_nodes_set_what_the_program_reads(settings_known):
    pod = one("Deployment", NODES)["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsUser"] == 65532
    assert environment(pod["containers"][0]).keys() <= settings_known


def test_nodes_reach_the_database_and_nothing_else_does():
    node, server = (one(kind, file)["spec"]["template"] for kind, file in (("Deployment", NODES), ("StatefulSet", DATABASE)))
    ours, theirs = (environment(pod["spec"]["containers"][0]) for pod in (node, server))
    assert ours["KC_DB_PASSWORD"]["valueFrom"] == theirs["POSTGRES_PASSWORD"]["valueFrom"]
    assert ours["KC_DB_USERNAME"]["value"] == theirs["POSTGRES_USER"]["value"]
    name = one("Service", DATABASE)["metadata"]["name"]
    assert f"postgresql://{name}/{theirs['POSTGRES_DB']['value']}?" in DATABASE.read_text()
    wall = one("NetworkPolicy", DATABASE)["spec"]
    for chosen in (wall["podSelector"]["matchLabels"], one("Service", DATABASE)["spec"]["selector"]):
        assert chosen.items() <= server["metadata"]["labels"].items()
    ((entry,),) = [rule["from"] for rule in wall["ingress"]]
    assert entry["podSelector"]["matchLabels"].items() <= node["metadata"]["labels"].items()


def test_compose_sets_what_the_program_reads(settings_known):
    services = yaml.safe_load((CONTAINERS / "compose.yml").read_text())["services"]
    provider = services["provider"]
    assert set(provider["environment"]) <= settings_known
    assert provider["read_only"] and provider["cap_drop"] == ["ALL"]
    assert all(port.startswith("127.0.0.1:") for port in provider["ports"])
    assert "ports" not in services["database"]


def wrong(schema, content):
    """What is wrong with it by a schema that check-jsonschema brings."""
    known = get_builtin_schema(f"vendor.{schema}")
    return [error.message for error in validator_for(known)(known).iter_errors(content)]


SCHEMAS = {
    "compose-spec": "packaging/container/compose.yml",
    "github-workflows": ".github/workflows/*.yml",
    "github-issue-forms": ".github/ISSUE_TEMPLATE/[!c]*.yml",
    "github-issue-config": ".github/ISSUE_TEMPLATE/config.yml",
    "dependabot": ".github/dependabot.yml",
}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_each_file_is_of_its_readers_schema(schema):
    contents = [yaml.safe_load(file.read_text()) for file in PROJECT.glob(SCHEMAS[schema])]
    assert contents
    for content in contents:
        # YAML of today has "on" as a word, PyYAML as a truth.
        told = {"on" if name is True else name: value for name, value in content.items()}
        assert wrong(schema, told) == []
        assert wrong(schema, told | {"unheard_of": [1]}) != []  # one that takes anything says nothing


def test_dependabot_knows_each_list_of_what_is_pinned():
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout.split()
    names = {"pip": r"requirements[\w-]*\.txt", "npm": "package-lock.json", "gomod": r"go\.sum", "cargo": r"Cargo\.lock", "maven": r"pom\.xml"}
    told = yaml.safe_load((PROJECT / ".github/dependabot.yml").read_text())["updates"]
    for ecosystem, pattern in names.items():
        folders = {"/" + name.rpartition("/")[0] for name in listed if re.fullmatch(f".*/{pattern}", name)}
        assert {folder for update in told if update["package-ecosystem"] == ecosystem for folder in update["directories"]} == folders
