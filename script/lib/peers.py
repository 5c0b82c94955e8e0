# SPDX-License-Identifier: Apache-2.0
"""Fetches peers for tests, see script/peers."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "interop")]

from gate_proxies import PROXIES, program_of  # noqa: E402
from keycloak import distribution  # noqa: E402
from peers import (  # noqa: E402
    Unavailable,
    free_threaded_python,
    go_program,
    maven_program,
    npm_packages,
    rust_program,
    virtual_environment,
)

INTEROP = ROOT / "tests" / "interop"
BENCH = ROOT / "bench" / "peers"


def fetch_libraries():
    """Those that script/bench compares ours with."""
    virtual_environment("bench", BENCH / "requirements.txt")
    npm_packages(BENCH, "npm-bench")


def fetch_gateways():
    for name in PROXIES:
        program_of(name)


PEERS = {
    # The environment that pytest itself runs in. Debian's pytest shows through when pip has nothing,
    # so that there is always something to run the tests with and to name the reason of each skip.
    "python": lambda: virtual_environment("test", ROOT / "tests" / "requirements.txt", system_packages=True),
    # The environment of the Python package's own tests, with what it is built by and compared with.
    "package": lambda: virtual_environment("package", ROOT / "tests" / "python" / "requirements.txt"),
    # ostiary-jose is installed where python-jose is not: both are called jose.
    "jose": lambda: virtual_environment("jose", ROOT / "tests" / "python-jose" / "requirements.txt"),
    "free-threaded": free_threaded_python,
    "fastapi": lambda: virtual_environment("fastapi", INTEROP / "fastapi_app" / "requirements.txt"),
    "joserfc": lambda: virtual_environment("joserfc", INTEROP / "crosscheck" / "requirements.txt"),
    "npm": lambda: npm_packages(INTEROP / "npm"),
    "npm-web": lambda: npm_packages(INTEROP / "npm-web", "npm-web"),
    "python-clients": lambda: virtual_environment("clients", INTEROP / "python_clients" / "requirements.txt"),
    "go-clients": lambda: go_program(INTEROP / "go_clients", "go-clients", ["test", "-c"]),
    # What reads our dashboards, images and traces.
    "operations": lambda: virtual_environment(
        "operations", ROOT / "tests" / "operations" / "requirements.txt", system_packages=True
    ),
    "site": lambda: virtual_environment("site", ROOT / "packaging" / "site" / "requirements.txt"),
    "oauth2-proxy": lambda: go_program(
        INTEROP / "oauth2_proxy", "oauth2-proxy", ["build"], ["github.com/oauth2-proxy/oauth2-proxy/v7"]
    ),
    "otel-collector": lambda: go_program(ROOT / "tests" / "operations" / "otel_collector", "otel-collector", ["build"]),
    "rust-clients": lambda: rust_program(INTEROP / "rust_clients", "rust-clients"),
    "spring-client": lambda: maven_program(INTEROP / "spring", "spring-client"),
    # Proxies that ask `ostiary gate`.
    "gateways": fetch_gateways,
    "libraries": fetch_libraries,
    "keycloak": distribution,
}

# What takes minutes to build is made when it is named.
BUILT = {"free-threaded"}


def main():
    names = sys.argv[1:] or [name for name in PEERS if name not in BUILT]
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        print(f"script/peers: there is no peer {unknown[0]} ({', '.join(PEERS)})", file=sys.stderr)
        return 2
    missing = 0
    for name in names:
        try:
            PEERS[name]()
        except Unavailable as reason:
            print(f"script/peers: no {name}: {reason}", file=sys.stderr)
            missing += 1
    return 1 if missing and os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
