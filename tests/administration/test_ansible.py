# SPDX-License-Identifier: Apache-2.0
"""Ansible's modules for Keycloak (PyPI ansible, community.general) describe a realm: it comes to be, and the second time
nothing changes."""

import os
import pathlib
import re
import subprocess

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from needs import must_have
from oidc import Client
from peers import virtual_environment
from programs import Provider
from web import unverified_token

HERE = pathlib.Path(__file__).parent
RECAP = re.compile(r"ok=(\d+) +changed=(\d+) +unreachable=(\d+) +failed=(\d+)")


def private_key(folder):
    file = folder / "key.pem"
    key = rsa.generate_private_key(65537, 2048)
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()))
    return file


def play(home, folder, provider, results):
    """How many tasks went well, changed something, found nobody, failed."""
    words = {"base": provider.base, "username": "root", "password": "root-password", "key": folder / "key.pem", "ansible_python_interpreter": home / "bin" / "python"}
    done = subprocess.run(
        [home / "bin" / "ansible-playbook", "-i", "localhost,", HERE / "realm.yml", *(part for name, value in words.items() for part in ("-e", f"{name}={value}"))],
        env={**os.environ, "ANSIBLE_LOCALHOST_WARNING": "False", "ANSIBLE_HOME": str(folder / "ansible"), "PATH": f"{home / 'bin'}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,  # that it ends; how fast a machine is that has others to serve is not asked
    )
    (results / "ansible.log").write_text(done.stdout)
    assert done.returncode == 0, done.stdout[-4000:]
    return tuple(int(count) for count in RECAP.search(done.stdout).groups())


def test_a_realm_is_described_twice(tmp_path, monkeypatch, results):
    home = must_have(lambda: virtual_environment("ansible", HERE / "requirements-ansible.txt"))
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", "root")
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", "root-password")
    private_key(tmp_path)
    with Provider([], tmp_path) as provider:
        assert play(home, tmp_path, provider, results) == (15, 14, 0, 0)
        tokens = provider.realm("play").password(Client("web", "known"), "ann", "ann-password").json()
        claims = unverified_token(tokens["access_token"])[1]
        assert claims["realm_access"]["roles"] == ["seller"] and claims["resource_access"]["web"]["roles"] == ["buyer"]
        assert play(home, tmp_path, provider, results) == (15, 0, 0, 0)
