# SPDX-License-Identifier: Apache-2.0
"""schemathesis (PyPI) asks every operation of the admin API, as its OpenAPI description has it, with whatever it makes up:
no answer is a fault of the server's, and it still serves afterwards."""

import json
import os
import pathlib
import re
import subprocess

from administrator import Admin
from needs import must_have
from peers import PROJECT, virtual_environment
from programs import Provider

HERE = pathlib.Path(__file__).parent
SECONDS, ENOUGH = 60, 1000  # of a run, and requests of all runs
CHECKS = ["--checks=no_fault", "--phases=coverage,fuzzing", "--workers=1", "--max-examples=8", "--continue-on-failure", "--no-color"]
REALM = {
    "realm": "shop",
    "enabled": True,
    "clients": [{"clientId": "web"}],
    "roles": {"realm": [{"name": "seller"}]},
    "groups": [{"name": "staff"}],
    "users": [{"username": "ann", "enabled": True, "credentials": [{"type": "password", "value": "ann-password"}]}],
    "identityProviders": [{"alias": "partner", "providerId": "oidc"}],
    "identityProviderMappers": [{"name": "team", "identityProviderAlias": "partner", "identityProviderMapper": "hardcoded-attribute-idp-mapper"}],
}


def ids(root):
    """What the parameters of paths may be, by the segment before them."""
    found = {"realms": ["shop"], "instances": ["partner"], "required-actions": ["UPDATE_PASSWORD"], "flows": ["browser"], "localization": ["de"]}
    found["roles"] = ["seller"]
    for segment in ("clients", "client-scopes", "users", "groups", "components"):
        found[segment] = [root("GET", f"/realms/shop/{segment}").json()[0]["id"]]
    found["roles-by-id"] = [root("GET", "/realms/shop/roles/seller").json()["id"]]
    return found


def described(root):
    """The description with real things in its paths, half of the time; they and the realm may be broken, not deleted."""
    made = subprocess.run([PROJECT / "script" / "lib" / "admin_openapi.py"], check=True, capture_output=True)
    description, known = json.loads(made.stdout), ids(root)
    del description["paths"]["/realms/{realm}"]["delete"]
    for path, operations in description["paths"].items():
        before = {name: segment for segment, name in re.findall(r"([\w-]+)/\{(\w+)\}", path)}
        for method, operation in operations.items():
            for parameter in operation["parameters"]:
                if parameter["in"] != "path":
                    continue
                given = known.get(before.get(parameter["name"]))
                if parameter["name"] == "realm":
                    parameter["schema"] = {"enum": ["shop"]}
                elif given and method != "delete":
                    parameter["schema"] = {"anyOf": [{"enum": given}, parameter["schema"]]}
    return description


def requests(home, description, root, folder, log, seed):
    """How many of them found no fault."""
    command = [home / "bin" / "schemathesis", "run", description, f"--url={root.base}", f"--header=Authorization: Bearer {root.token}"]
    done = subprocess.run(
        [*command, f"--max-time={SECONDS}", f"--seed={seed}", *CHECKS],
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "schemathesis_hooks.py")},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=15 * SECONDS,
    )
    log.write_text(done.stdout)
    assert done.returncode == 0, done.stdout[-6000:]
    return int(re.search(r"(\d+) generated", done.stdout.replace(",", ""))[1])


def test_no_answer_is_a_fault(tmp_path, monkeypatch, results):
    home = must_have(lambda: virtual_environment("schemathesis", HERE / "requirements-schemathesis.txt"))
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", "root")
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", "root-password")
    with Provider([], tmp_path) as provider:
        root = Admin(provider, "master", "root", "root-password")
        assert root("PUT", "/realms/master", {"accessTokenLifespan": 3600}).status == 204
        root = Admin(provider, "master", "root", "root-password")
        assert root("POST", "/realms", REALM).status == 201
        description = tmp_path / "admin.json"
        description.write_text(json.dumps(described(root)))
        asked = 0
        for seed in range(1, 11):  # a busy machine asks less in a minute
            asked += requests(home, description, root, tmp_path, results / f"schemathesis-{seed}.log", seed)
            if asked > ENOUGH:
                break
        print(f"{asked} requests")
        assert asked > ENOUGH
        assert provider.realm("master").discovery().status == 200 and root("GET", "/realms").status == 200
