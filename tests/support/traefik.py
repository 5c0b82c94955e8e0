# SPDX-License-Identifier: Apache-2.0
"""Traefik before `ostiary gate`, as docs/usage/gateway.md configures it."""

import http.client
import json

from gate_site import FIELDS, Proxy
from peers import PROJECT, virtual_environment
from waiting import until


def traefik_program():
    return virtual_environment("traefik", PROJECT / "tests/interop/gateways/traefik.txt") / "bin/traefik"


def static_config(port, secure_port, entry_point):
    points = {"site": {"address": f"127.0.0.1:{port}", **entry_point}}
    if secure_port:
        points["secure"] = {"address": f"127.0.0.1:{secure_port}", "http": {"tls": {}}}
    return {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": "INFO"},
        "entryPoints": points,
        "providers": {"file": {"filename": "dynamic.json", "watch": False}},
    }


UPGRADES = "(!HeaderRegexp(`Upgrade`, `.`) || HeaderRegexp(`Upgrade`, `(?i)^websocket$`))"


def dynamic_config(gate, application, hosts=("localhost",), before=(), **more):
    """`before`: names and configurations of what comes before the question; `more`: members of forwardAuth."""
    before = dict(before)
    site = "(" + " || ".join(f"Host(`{host}`)" for host in hosts) + ")"
    asks = {
        "address": f"{gate}/check",
        "trustForwardHeader": False,
        "maxResponseBodySize": 4096,
        "authResponseHeaders": ["Cookie", *FIELDS],
    }
    asks.update(more)
    routers = {
        "app": {"rule": f"{site} && {UPGRADES}", "middlewares": [*before, "ostiary"], "service": "app"},
        "ostiary": {"rule": f"{site} && PathPrefix(`/_ostiary/`)", "priority": 1000, "service": "ostiary"},
    }
    services = {name: {"loadBalancer": {"servers": [{"url": url}]}} for name, url in (("app", application), ("ostiary", gate))}
    return {"http": {"middlewares": {**before, "ostiary": {"forwardAuth": asks}}, "routers": routers, "services": services}}


class Traefik(Proxy):
    def __init__(self, folder, port, gate, application, secure_port=None, entry_point=None, **more):
        super().__init__(folder, port)
        folder.mkdir(parents=True, exist_ok=True)
        self.write(dynamic_config(gate, application, **more))
        (folder / "traefik.json").write_text(json.dumps(static_config(port, secure_port, entry_point or {})))
        self.host, self.secure = more.get("hosts", ["localhost"])[0], secure_port
        self.command = ["env", "-C", folder, traefik_program(), "--configFile=traefik.json"]

    def __enter__(self):
        """Traefik listens before it has read who is where."""
        super().__enter__()
        until(self._routes, lambda: self.log.read_text())
        return self

    def _routes(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/", headers={"Host": self.host})
        status = connection.getresponse().status
        connection.close()
        return status != 404

    def write(self, config):
        (self.folder / "dynamic.json").write_text(json.dumps(config))
