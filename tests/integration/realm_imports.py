# SPDX-License-Identifier: Apache-2.0
"""What tests of realm files begin with: a realm imported by the command, or served by a provider."""

import json
import subprocess

import pytest
from oidc import Client
from programs import provider_program

SHOP = {"clientId": "shop", "publicClient": True, "directAccessGrantsEnabled": True, "redirectUris": ["https://shop.example/cb"]}
ANN = {"username": "ann", "enabled": True, "credentials": [{"type": "password", "value": "ann-password"}]}
CLIENT = Client("shop", None, "https://shop.example/cb")


def run(*arguments, **options):
    return subprocess.run(
        [str(provider_program()), *map(str, arguments)], capture_output=True, text=True, timeout=120, **options
    )


@pytest.fixture
def realm_of(tmp_path, new_provider):
    """Starts a provider with one realm: the members given, beside a client and a user."""

    def make(**members):
        file = tmp_path / "x-realm.json"
        file.write_text(json.dumps({"realm": "x", "enabled": True, "clients": [SHOP], "users": [ANN], **members}))
        made = new_provider([file])
        return made.realm("x"), made

    return make


@pytest.fixture
def importing(tmp_path):
    """Imports text as a realm file; (result of the command, its report or None)."""

    def make(text, *arguments, encoding="utf-8"):
        file = tmp_path / "x-realm.json"
        file.write_text(text if isinstance(text, str) else json.dumps(text), encoding=encoding)
        done = run("realm", "import", file, "--json", "--data", tmp_path / "data", *arguments)
        return done, json.loads(done.stdout) if done.stdout.startswith("[") else None

    return make


def exported(tmp_path, realm="x"):
    done = run("realm", "export", realm, "--data", tmp_path / "data")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def told(report, fate):
    """path.member of everything of one fate."""
    return {
        ".".join(filter(None, (entry["path"], item["member"] if isinstance(item, dict) else item)))
        for entry in report[0]["objects"]
        for item in entry.get(fate, [])
    }


def log_in(realm):
    return realm.password(CLIENT, "ann", "ann-password")
