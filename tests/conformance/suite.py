# SPDX-License-Identifier: Apache-2.0
"""The REST interface of a running OpenID conformance suite."""

import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request

MODULE_SECONDS = 240
POLL_SECONDS = 0.5


class SuiteError(Exception):
    """The suite has refused a request; the text says what and why."""


class Suite:
    def __init__(self, base, alias):
        self.base, self.alias = base.rstrip("/"), alias
        self.here = f"{self.base}/test/a/{alias}"
        parts = urllib.parse.urlsplit(self.base)
        self.host, self.port = parts.hostname, parts.port or 443
        # Its certificate is its own, made for this machine; whoever asks for the run names the address.
        self.certificate = ssl.get_server_certificate((self.host, self.port))
        self._context = ssl.create_default_context(cadata=self.certificate)

    def _call(self, method, path, query=None, body=None):
        url = f"{self.base}/api/{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60, context=self._context) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise SuiteError(f"{method} {url}: {error.code} {error.read(300).decode(errors='replace')}") from None

    def version(self):
        return self._call("GET", "server")

    def make_plan(self, name, variant, configuration):
        """The plan's identifier, and its modules as {testModule, variant}."""
        query = {"planName": name, "variant": json.dumps(variant)}
        made = self._call("POST", "plan", query, configuration)
        return made["id"], made["modules"]

    def start(self, plan, module):
        """Begins a module; the identifier of its run. One that is configured starts by itself."""
        query = {"test": module["testModule"], "plan": plan, "variant": json.dumps(module.get("variant") or {})}
        return self._call("POST", "runner", query)["id"]

    def begin(self, run):
        """Goes on with one that waits for somebody to do something first."""
        self._call("POST", f"runner/{run}")

    def info(self, run):
        return self._call("GET", f"info/{run}")

    def log(self, run):
        return self._call("GET", f"log/{run}")

    def browser(self, run):
        """What the run waits for somebody's browser to do."""
        return self._call("GET", f"runner/browser/{run}")

    def visited(self, run, url):
        self._call("POST", f"runner/browser/{run}/visit", {"url": url})

    def stop(self, run):
        self._call("DELETE", f"runner/{run}")

    def wait(self, run, statuses=("FINISHED", "INTERRUPTED"), seconds=MODULE_SECONDS):
        """The run's state once it is one of these; its last one when time is over."""
        deadline = time.monotonic() + seconds
        while True:
            state = self.info(run)
            if state["status"] in statuses or time.monotonic() > deadline:
                return state
            time.sleep(POLL_SECONDS)
