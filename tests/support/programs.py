# SPDX-License-Identifier: Apache-2.0
"""Starts programs on free ports, waits until they answer, ends them by their process id.

The command lines of our own programs stand here and nowhere else in the tests.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import key_layer
import stores
from oidc import Realm
from peers import PROJECT, Unavailable, answers, free_port
from waiting import until
from web import Browser

READY_SECONDS = 60
STOP_SECONDS = 15
EXAMPLE_REALM = PROJECT / "examples" / "items-api" / "myrealm-realm.json"
EXAMPLE_API = "http://localhost:8000"


def build_folder():
    """OSTIARY_BUILD, else the release build that script/server makes, else one made by hand."""
    if os.environ.get("OSTIARY_BUILD"):
        return pathlib.Path(os.environ["OSTIARY_BUILD"]).resolve()
    release = PROJECT / "build" / "release"
    return release if release.exists() else PROJECT / "build"


def built(path):
    """A program of the build; without it the tests that need it cannot run."""
    program = build_folder() / path
    if not os.access(program, os.X_OK):
        raise Unavailable(f"{program} is not built")
    return program


def sanitized():
    """A build whose memory is no measure: what has been freed stays for a while."""
    return b"__asan_init" in built("src/cli/ostiary").read_bytes()


def provider_program():
    """Where stores.py says that providers have a database, the program that is told so."""
    return stores.program_of(built("src/cli/ostiary"))


def items_api_program():
    return built("examples/items-api/items-api")


class Program:
    """One process with its log. Usable in a with statement, and again after stop()."""

    def __init__(self, command, ready_url, log, environment=None, tls=None):
        self.command = [str(part) for part in command]
        self.ready_url = ready_url
        self.tls = tls  # an SSL context, if the URL needs one
        self.log = pathlib.Path(log)
        self.environment = {**os.environ, **(environment or {})}
        self._process = None

    @property
    def pid(self):
        return self._process.pid if self._process else None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self, wait=True):
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            log.write(f"\n$ {' '.join(self.command)}\n".encode())
            log.flush()
            self._process = subprocess.Popen(
                self.command, stdout=log, stderr=subprocess.STDOUT, env=self.environment, start_new_session=True
            )
        if wait:
            self.wait_until_ready()
        return self

    def wait_until_ready(self):
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                code, self._process = self._process.returncode, None
                raise RuntimeError(f"{self.command[0]} ended with {code}:\n{self.log_tail()}")
            if answers(self.ready_url, self.tls):
                return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"{self.command[0]} did not answer {self.ready_url}:\n{self.log_tail()}")

    def wait_for_logins(self, page="/health"):
        """Until it says that browsers can sign in: it knows its identity provider by then."""
        until(lambda: Browser().get(self.base + page).json().get("login") is True, self.log_tail, step=0.02)

    def stop(self, seconds=STOP_SECONDS):
        """Asks it to end, insists after so many seconds; returns its exit status."""
        process, self._process = self._process, None
        if not process:
            return None
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"{self.command[0]} did not end within {seconds} s of SIGTERM") from None

    def kill(self):
        """kill -9, as a power cut would."""
        process, self._process = self._process, None
        process.kill()
        return process.wait()

    def log_tail(self, lines=40):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def realm_files(realms, folder):
    """A file of each realm, for a provider to import, in a folder that is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for realm in realms:
        files.append(folder / f"{realm['realm']}-realm.json")
        files[-1].write_text(json.dumps(realm))
    return files


def unless_given(pairs, arguments):
    """Options and their values, but for those that a test gives in another way: an option that is given twice is refused."""
    own = {str(argument).partition("=")[0] for argument in arguments}
    return [word for name, value in pairs.items() if name not in own for word in (name, value)]


class Provider(Program):
    """Our identity provider; `administrator`: the name and the password of its first one."""

    kind = "ostiary"

    def __init__(self, realm_files, folder, port=None, arguments=(), administrator=None):
        self.port = port or free_port()
        self.base = f"http://localhost:{self.port}"
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        imports = self.folder / "import"
        imports.mkdir(parents=True, exist_ok=True)
        for file in realm_files:
            shutil.copy(file, imports)
        usual = {"--http-port": self.port, "--data": self.data, "--import-realm": imports}
        command = [provider_program(), "provider", "start-dev", *unless_given(usual, arguments)]
        variables = dict(zip(("KC_BOOTSTRAP_ADMIN_USERNAME", "KC_BOOTSTRAP_ADMIN_PASSWORD"), administrator or ()))
        variables.update(key_layer.environment(build_folder()))
        super().__init__([*command, *arguments], f"{self.base}/health/ready", self.folder / "provider.log", variables)

    def realm(self, name="myrealm"):
        return Realm(self.base, name)


class ItemsApi(Program):
    """The program of the README."""

    def __init__(self, issuer, folder, port=None, audience="myapi", arguments=(), environment=None):
        self.port = port or free_port()
        self.base = f"http://localhost:{self.port}"
        folder = pathlib.Path(folder)
        usual = {"--port": self.port, "--client-id": "myapi", "--docs-client-id": "items-docs", "--data": folder / f"api-{self.port}"}
        command = [items_api_program(), "--issuer", issuer, "--audience", audience, *unless_given(usual, arguments)]
        variables = {"OSTIARY_CLIENT_SECRET": "myapi-secret", **(environment or {})}
        log = folder / f"items-api-{self.port}.log"
        super().__init__([*command, *arguments], f"{self.base}/health/live", log, variables)

    @property
    def ready(self):
        """Whether it says that it can verify tokens."""
        return answers(f"{self.base}/health/ready")


class FastApi(Program):
    """The well-known Python program, see tests/interop/fastapi_app."""

    def __init__(self, python_home, issuer, folder, audience="myapi"):
        self.port = free_port()
        self.base = f"http://localhost:{self.port}"
        app = PROJECT / "tests" / "interop" / "fastapi_app"
        command = [
            *(python_home / "bin" / "uvicorn", "main:app", "--app-dir", app),
            *("--host", "127.0.0.1", "--port", self.port, "--log-level", "warning"),
        ]
        environment = {"ISSUER": issuer, "AUDIENCE": audience, "PYTHONDONTWRITEBYTECODE": "1"}
        super().__init__(command, f"{self.base}/public/", pathlib.Path(folder) / "fastapi.log", environment)


class FastApiItems(Program):
    """examples/fastapi-items, which our package guards."""

    def __init__(self, python_home, issuer, folder, audience="myapi", port=None):
        self.port = port or free_port()
        self.base = f"http://localhost:{self.port}"
        command = [
            *(python_home / "bin" / "uvicorn", "main:app", "--app-dir", PROJECT / "examples" / "fastapi-items"),
            *("--host", "127.0.0.1", "--port", self.port, "--log-level", "warning"),
        ]
        environment = {"ISSUER": issuer, "AUDIENCE": audience, "PYTHONDONTWRITEBYTECODE": "1"}
        super().__init__(command, f"{self.base}/health/live", pathlib.Path(folder) / "fastapi-items.log", environment)


def realm_for(api_base, folder, source=EXAMPLE_REALM):
    """A copy of a realm file whose redirect URIs and origins name this API instead of :8000."""
    text = pathlib.Path(source).read_text().replace(EXAMPLE_API, api_base)
    json.loads(text)
    target = pathlib.Path(folder) / pathlib.Path(source).name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target
