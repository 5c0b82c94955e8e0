# SPDX-License-Identifier: Apache-2.0
"""Glewlwyd, as Debian packages it, with an SQLite store and one client: a peer of the provider."""

import base64
import http.cookiejar
import json
import pathlib
import re
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request

from peers import free_port

SCHEMA = pathlib.Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
CONFIG = pathlib.Path("/etc/glewlwyd/glewlwyd.conf")


class Glewlwyd:
    grant = "grant_type=client_credentials&scope=bench"

    def __init__(self, folder, core):
        self.folder = pathlib.Path(folder) / "glewlwyd"
        self.folder.mkdir()
        self.port = free_port()
        self.base = f"http://localhost:{self.port}/api"
        self.token_url = f"{self.base}/oidc/token"
        basic = base64.b64encode(b"bench:bench-secret").decode()
        self.lua = f'wrk.headers["Authorization"] = "Basic {basic}"\n'
        self._core = core
        self._web = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def __enter__(self):
        database = self.folder / "glewlwyd.db"
        with sqlite3.connect(database) as store:
            store.executescript(SCHEMA.read_text())
        text = CONFIG.read_text()
        text = re.sub(r"(?m)^port *=.*$", f"port={self.port}", text)
        text = re.sub(r"(?m)^external_url *=.*$", f'external_url="http://localhost:{self.port}/"', text)
        text = re.sub(r"(?m)^log_file *=.*$", f'log_file="{self.folder}/log"', text)
        text = re.sub(r"(?m)^log_level *=.*$", 'log_level="NONE"', text)
        text = re.sub(
            r'(?m)^@include "/etc/glewlwyd/glewlwyd-db.conf"$',
            f'database = {{ type = "sqlite3"; path = "{database}"; }};',
            text,
        )
        config = self.folder / "glewlwyd.conf"
        config.write_text(text)
        command = ["taskset", "-c", self._core, "/usr/bin/glewlwyd", f"--config-file={config}"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self._wait()
            self._configure()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()

    def _wait(self):
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://localhost:{self.port}/config", timeout=1).close()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("glewlwyd does not answer")

    def _post(self, path, value, method="POST"):
        request = urllib.request.Request(
            f"{self.base}/{path}", json.dumps(value).encode(), {"Content-Type": "application/json"}, method=method
        )
        try:
            with self._web.open(request) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"glewlwyd {path}: {error.code} {error.read()[:500]}") from None

    def _configure(self):
        key = self.folder / "key.pem"
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        public = subprocess.run(["openssl", "rsa", "-in", key, "-pubout"], check=True, capture_output=True, text=True)
        self._post("auth/", {"username": "admin", "password": "password"})
        self._post("scope/", {"name": "bench", "display_name": "bench", "password_required": False, "scheme": {}})
        flags = [
            "auth-type-code", "auth-type-token", "auth-type-id-token", "auth-type-none", "auth-type-password",
            "auth-type-refresh", "auth-type-device",
        ]  # fmt: skip
        self._post(
            "mod/plugin/",
            {
                "module": "oidc",
                "name": "oidc",
                "display_name": "oidc",
                "enabled": True,
                "parameters": {
                    "iss": f"http://localhost:{self.port}",
                    "jwt-type": "rsa",
                    "jwt-key-size": "256",
                    "key": key.read_text(),
                    "cert": public.stdout,
                    "access-token-duration": 300,
                    "refresh-token-duration": 1209600,
                    "code-duration": 600,
                    "refresh-token-rolling": False,
                    "allow-non-oidc": True,
                    "auth-type-client-enabled": True,
                    **{f"{flag}-enabled": False for flag in flags},
                    "subject-type": "public",
                },
            },
        )
        self._post(
            "client/",
            {
                "client_id": "bench",
                "name": "bench",
                "enabled": True,
                "confidential": True,
                "password": "bench-secret",
                "client_secret": "bench-secret",
                "authorization_type": ["client_credentials"],
                "token_endpoint_auth_method": ["client_secret_basic", "client_secret_post"],
                "scope": ["bench"],
            },
        )


