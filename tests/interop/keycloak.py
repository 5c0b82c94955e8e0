#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real Keycloak as a peer: fetched from Maven Central once, run from a folder of its own.

    with Keycloak([realm files]) as keycloak:
        keycloak.realm("myrealm").discovery()
        keycloak.rotate_keys("myrealm")
"""

import argparse
import json
import math
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from authentication_channel import CHANNEL_OPTION  # noqa: E402
from oidc import Realm  # noqa: E402
from peers import Unavailable, answers, cache, free_port, locked, require_program, run  # noqa: E402

VERSION = "24.0.5"
NEWEST = "26.7.3"  # that runs on Java 17
CHOSEN = NEWEST if os.environ.get("OSTIARY_KEYCLOAK") == "newest" else VERSION
COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
JAVA_HOMES = pathlib.Path("/usr/lib/jvm")
START_SECONDS = 180
STOP_SECONDS = 30
ADMIN = ("admin", "admin-password")


def java_home():
    for candidate in (os.environ.get("KEYCLOAK_JAVA_HOME"), *sorted(JAVA_HOMES.glob("java-17-openjdk-*"))):
        if candidate and os.access(f"{candidate}/bin/java", os.X_OK):
            return candidate
    raise Unavailable("Java 17 is not installed (Debian package openjdk-17-jre-headless)")


def distribution(version=CHOSEN):
    """The unpacked distribution, already built for start-dev; downloads it if the cache has none."""
    home = cache() / f"keycloak-{version}"
    ready = home / ".ready"
    artifact = f"org.keycloak:keycloak-quarkus-dist:{version}:tar.gz"
    with locked("keycloak"):
        if ready.exists():
            return home
        archive = cache() / f"keycloak-quarkus-dist-{version}.tar.gz"
        if not archive.exists():
            maven = require_program("mvn", "maven")
            run(
                [maven, "-q", "-B", COPY_GOAL, f"-Dartifact={artifact}", f"-DoutputDirectory={archive.parent}"],
                "download of Keycloak from Maven Central",
            )
        shutil.rmtree(home, ignore_errors=True)
        with tarfile.open(archive) as packed:
            packed.extractall(archive.parent)
        _build_for_development(home, version)
        ready.touch()
    return home


def _build_for_development(home, version):
    """The first start-dev builds the server's image into lib/quarkus; later starts find it there."""
    server = Keycloak([], home=home, version=version)
    try:
        server.start()
    finally:
        server.stop()
        shutil.rmtree(home / "data", ignore_errors=True)


class Keycloak:
    """One server on a free port of 127.0.0.1, with a database of its own."""

    def __init__(
        self, realm_files, port=None, home=None, log=None, features=(), arguments=(), version=CHOSEN
    ):
        self.version = version
        self.realm_files = [pathlib.Path(file) for file in realm_files]
        self.port = port or free_port()
        self.base = f"http://localhost:{self.port}"
        # Health and metrics have a port of their own since Keycloak 25.
        self._health_port = self.port if version.startswith("24.") else free_port()
        self._features = features  # that are off by default
        self._arguments = arguments  # of start-dev
        self._home = home
        self._own_home = None
        self._log = pathlib.Path(log) if log else None
        self._process = None
        self._admin_token = None, -math.inf

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def log(self):
        return self._log or self.home / "keycloak.log"

    @property
    def home(self):
        if not self._home:
            self._own_home = pathlib.Path(tempfile.mkdtemp(prefix="keycloak-"))
            self._home = _own_copy(distribution(self.version), self._own_home)
        return self._home

    def realm(self, name="myrealm"):
        return Realm(self.base, name)

    def start(self):
        """Starts the server and waits until it is ready; after stop() it finds its data again."""
        if answers(self.base):
            raise RuntimeError(f"something else listens on port {self.port}")
        self._admin_token = None, -math.inf
        imports = self.home / "data" / "import"
        imports.mkdir(parents=True, exist_ok=True)
        for file in self.realm_files:
            shutil.copy(file, imports / file.name)
        command = [
            str(self.home / "bin" / "kc.sh"),
            "start-dev",
            "--import-realm",
            f"--http-port={self.port}",
            "--http-host=127.0.0.1",
            "--health-enabled=true",
            *([] if self._health_port == self.port else self._management()),
            *([f"--features={','.join(self._features)}"] if self._features else []),
            *map(str, self._arguments),
        ]
        environment = {
            **os.environ,
            "JAVA_HOME": java_home(),
            "KEYCLOAK_ADMIN": ADMIN[0],
            "KEYCLOAK_ADMIN_PASSWORD": ADMIN[1],
        }
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, env=environment, start_new_session=True
            )
        self._wait_until_ready()

    def _management(self):
        """Without TLS also where the server has it."""
        return [f"--http-management-port={self._health_port}", "--http-management-scheme=http"]

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"Keycloak ended with {self._process.returncode}:\n{self.log_tail()}")
            try:
                with urllib.request.urlopen(f"http://localhost:{self._health_port}/health/ready", timeout=5) as answer:
                    if json.load(answer).get("status") == "UP":
                        return
            except (OSError, ValueError):
                pass
            time.sleep(0.2)
        raise RuntimeError(f"Keycloak was not ready after {START_SECONDS} s:\n{self.log_tail()}")

    def log_tail(self, lines=30):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self):
        """Ends the server; its data stays until close()."""
        process, self._process = self._process, None
        if not process:
            return
        # kc.sh starts Java as its child, hence the group that Popen made for the two of them.
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, sign)
            except ProcessLookupError:
                break
            try:
                process.wait(STOP_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
        process.wait()

    def close(self):
        self.stop()
        if self._own_home:
            shutil.rmtree(self._own_home, ignore_errors=True)
            self._own_home = self._home = None

    # Files, while the server does not run

    def import_file(self, file):
        """Overwrites the realm that exists; the first time makes the database, too."""
        self._run_offline("import", "--file", file)

    def export_file(self, realm, file):
        """The realm with users and secrets, as Keycloak has it now."""
        users = "realm_file" if self.version.startswith("24.") else "same_file"
        self._run_offline("export", "--realm", realm, "--users", users, "--file", file)
        return json.loads(pathlib.Path(file).read_text())

    def _run_offline(self, *words):
        command = [str(self.home / "bin" / "kc.sh"), *map(str, words)]
        # It ends before a thorough compiler has paid. A server hashes passwords, and needs that one.
        environment = {**os.environ, "JAVA_HOME": java_home(), "JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1"}
        done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS, env=environment)
        if done.returncode != 0:
            raise RuntimeError(f"{words[0]} ended with {done.returncode}:\n{done.stdout[-3000:]}")

    # The admin API

    def admin_token(self):
        """Of a login of the last half minute, for each costs the hash of a password."""
        token, since = self._admin_token
        if time.monotonic() - since > 30:
            token = self._log_in()
            self._admin_token = token, time.monotonic()
        return token

    def _log_in(self):
        form = {"grant_type": "password", "client_id": "admin-cli", "username": ADMIN[0], "password": ADMIN[1]}
        answer = Realm(self.base, "master").token(form)
        assert answer.status == 200, f"no admin token: {answer.status} {answer.text}"
        return answer.json()["access_token"]

    def admin(self, method, path, body=None):
        """A call of /admin/realms/<path>; returns the parsed answer, or the Location of what was made."""
        request = urllib.request.Request(
            f"{self.base}/admin/realms/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.admin_token()}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
                return json.loads(text) if text else answer.headers.get("Location")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def create_realm(self, file):
        """As it is imported at the start."""
        self.admin("POST", "", json.loads(pathlib.Path(file).read_text()))

    def update_realm(self, realm, **settings):
        self.admin("PUT", realm, settings)

    def create_user(self, realm, username, password, **fields):
        user = {
            "username": username,
            "enabled": True,
            "email": f"{username}@example.com",
            "emailVerified": True,
            "firstName": username.capitalize(),
            "lastName": "Tester",
            "credentials": [{"type": "password", "value": password}],
            **fields,
        }
        return self.admin("POST", f"{realm}/users", user).rsplit("/", 1)[1]

    def keys(self, realm):
        return self.admin("GET", f"{realm}/keys")

    def active_key(self, realm, algorithm="RS256"):
        return self.keys(realm)["active"][algorithm]

    def rotate_keys(self, realm, algorithm="RS256"):
        """Adds a signing key that outranks the present one, which goes on verifying; returns its key id."""
        realm_id = self.admin("GET", realm)["id"]
        before = self.active_key(realm, algorithm)
        highest = max(int(key.get("providerPriority", 0)) for key in self.keys(realm)["keys"])
        config = {
            "priority": [str(highest + 1)],
            "enabled": ["true"],
            "active": ["true"],
            "algorithm": [algorithm],
            "keySize": ["2048"],
        }
        component = {
            "name": f"rotated-{highest + 1}",
            "providerId": "rsa-generated",
            "providerType": "org.keycloak.keys.KeyProvider",
            "parentId": realm_id,
            "config": config,
        }
        self.admin("POST", f"{realm}/components", component)
        after = self.active_key(realm, algorithm)
        assert after != before, "the new key does not sign"
        return after

    def retire_key(self, realm, kid):
        """Takes the key out of the key set: tokens that it signed are refused from now on."""
        for key in self.keys(realm)["keys"]:
            if key["kid"] == kid:
                self.admin("DELETE", f"{realm}/components/{key['providerId']}")
                return
        raise AssertionError(f"no key {kid}")


def _own_copy(template, folder):
    """A home that shares the libraries of the template and nothing that the server writes."""
    for name in ("bin", "conf"):
        shutil.copytree(template / name, folder / name)
    for name in ("providers", "themes"):
        (folder / name).mkdir()
    (folder / "lib").mkdir()
    for name in ("app", "lib"):
        (folder / "lib" / name).symlink_to(template / "lib" / name)
    shutil.copytree(template / "lib" / "quarkus", folder / "lib" / "quarkus")
    shutil.copy(template / "lib" / "quarkus-run.jar", folder / "lib" / "quarkus-run.jar")
    return folder


def main():
    parser = argparse.ArgumentParser(description="Run real Keycloak with realm files until interrupted.")
    parser.add_argument("realm_files", nargs="+", type=pathlib.Path)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--channel", help="where authentications are asked for (CIBA)")
    parser.add_argument("--version", default=VERSION)
    parser.add_argument("--features", nargs="*", default=(), help="that are off by default")
    options = parser.parse_args()
    arguments = [f"{CHANNEL_OPTION}={options.channel}"] if options.channel else []
    with Keycloak(options.realm_files, options.port, features=options.features, arguments=arguments, version=options.version) as keycloak:
        print(f"{keycloak.base} (admin: {'/'.join(ADMIN)}), log: {keycloak.log}", flush=True)
        # Set by hand: a shell lets its background jobs ignore SIGINT.
        signals = (signal.SIGINT, signal.SIGTERM)
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        signal.sigwait(signals)


if __name__ == "__main__":
    main()
