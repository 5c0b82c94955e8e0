#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the tree is the house that docs/development/architecture.md draws.

   walls.py [--stamp FILE --depfile FILE]

An include of an inner header tells its room (`"guard/keys/issuer.h"`); a room may use the rooms that
this table grants it and no others; files do not include each other in circles; no folder of src holds more than 40 files; no inner header has
the name of a public one or hides a system header. The build runs it too, with a stamp and a list of
the files that were looked at, so that a forbidden include does not build.
"""
import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES_MAX = 40

# What each floor stands on. A floor sees all of the floors that it names.
FLOORS = {
    "base": [],
    "jose": ["base"],
    "net": ["base"],
    "guard": ["base", "jose", "net"],
    "login": ["base", "jose", "net", "guard"],
    "http": ["base"],
    "page": ["base", "http"],
    "trace": ["base", "net", "http"],
    "store": ["base"],
    "app": ["base", "jose", "guard", "login", "http", "page", "trace"],
    "gate": ["base", "jose", "guard", "login", "http", "trace", "app"],
    "provider": ["base", "jose", "net", "guard", "http", "page", "store", "trace"],
    "cli": ["base", "jose", "net", "guard", "http", "store", "trace", "app", "gate", "provider"],
}

# What each wing may use within its floor: "." is the top of the floor. Floors that are not named
# here have no order within.
WINGS = {
    "base/json": ["."],
    "base/config": [".", "json"],
    "base/trace": ["."],
    "jose/verify": ["."],
    "jose/point": ["."],
    "jose/key": [".", "point", "verify"],
    "jose/signature": [".", "key", "verify"],
    "jose/jws": [".", "key", "signature"],
    "jose/jwe": [".", "key"],
    "jose/jwt": [".", "key"],
    "guard/check": [".", "cache", "keys", "introspection", "status", "sender"],
    "guard/cache": [],
    "guard/sender": [],
    "guard/keys": [],
    "guard/introspection": ["cache", "keys"],
    "guard/status": ["cache", "keys"],
    "guard/logout": [".", "keys", "sender", "status"],
    "guard/monitoring": [".", "keys", "introspection", "status"],
    "app/config": [],
    "store/memory": ["."],
    "store/sealing": ["."],
    "store/user": [".", "sealing", "session"],
    "store/search": [".", "user"],
    "store/session": [".", "memory", "realm"],
    "store/grant": [".", "session"],
    "store/realm": [".", "sealing", "session", "search", "user"],
    "store/reseal": [".", "sealing", "user"],
    "store/sqlite": [".", "search"],
    "store/postgresql": [".", "search"],
    "store/transfer": [".", "sqlite", "postgresql"],
    "store/upgrade": [".", "sqlite"],
    "cli/tool": ["."],
    "cli/explain": [".", "tool"],
    "cli/provider": [".", "directory"],
    "cli/store": [".", "provider"],
    "cli/directory": [".", "provider"],
    "http/message": ["."],
    "http/log": ["."],
    "http/monitoring": [".", "log"],
    "http/connection": [".", "message"],
    "http/http1": [".", "message", "connection"],
    "http/http2": [".", "message", "connection"],
    "app/monitoring": ["."],
    "provider/proof": [],
    "provider/signing": [],
    "provider/pkcs11": [],
    "provider/flow": [],
    "provider/webauthn": ["flow"],
    "provider/realm": ["proof", "signing", "pkcs11", "policy", "webauthn", "flow"],
    "provider/policy": ["flow", "proof"],
    "provider/member": ["realm", "proof"],
    "provider/stream": ["realm", "member"],
    "provider/key": ["realm", "member", "pkcs11"],
    "provider/completion": ["realm", "member", "stream", "key"],
    "provider/file": ["flow", "completion", "realm", "member", "stream", "key", "policy", "profile", "proof"],
    "provider/call": ["realm", "signing", "pkcs11", "policy"],
    "provider/profile": ["realm", "member", "proof"],
    "provider/user": ["flow", "realm", "member", "admin", "profile", "webauthn", "proof"],
    "provider/session": ["flow", "call", "realm", "proof", "webauthn", "user"],
    "provider/detail": ["call", "realm", "proof"],
    "provider/token": ["flow", "call", "realm", "policy", "session", "client", "proof", "detail"],
    "provider/assertion": ["call", "realm", "policy", "session", "client", "proof", "detail", "token"],
    "provider/login": ["flow", "webauthn", "detail", "upstream", "call", "realm", "policy", "proof", "session", "token", "client", "user", "profile", "admin"],
    "provider/factor": ["action_page", "flow", "webauthn", "call", "realm", "session", "login", "upstream", "user", "admin"],
    "provider/admin": ["realm", "policy", "member", "file", "call", "session", "user", "mail"],
    "provider/client_admin": ["realm", "policy", "member", "completion", "file", "call", "session", "admin"],
    "provider/account": ["webauthn", "realm", "member", "call", "session", "admin", "console", "user", "profile", "proof"],
    "provider/upstream": ["flow", "call", "realm", "proof", "session", "user", "admin"],
    "provider/broker": ["flow", "realm", "member", "call", "admin", "proof", "session", "login", "client", "user", "profile", "factor", "upstream"],
    "provider/client_scope": ["realm", "member", "call", "admin", "proof"],
    "provider/component": ["realm", "member", "key", "call", "admin"],
    "provider/directory": ["realm", "member", "file", "call", "admin", "user", "session", "profile", "mail", "action"],
    "provider/evaluation": ["realm", "call", "token", "admin"],
    "provider/setting": ["realm", "member", "call", "admin", "policy", "user", "flow"],
    "provider/transfer": ["realm", "member", "key", "file", "call", "admin", "directory", "proof"],
    "provider/mail": ["member"],
    "provider/action_page": ["login", "call", "realm", "session", "user", "profile", "admin"],
    "provider/action": ["action_page", "proof", "factor", "call", "realm", "session", "user", "admin", "login", "upstream", "mail"],
    "provider/direct": ["realm", "call", "admin"],
    "provider/registration": ["detail", "call", "realm", "member", "completion", "file", "policy", "session", "admin", "client_admin", "proof"],
    "provider/client": ["call", "realm", "registration", "proof", "admin"],
    "provider/ciba": ["detail", "call", "realm", "session", "token", "login"],
    "provider/console": ["realm", "call", "admin"],
    "provider/logout": ["call", "realm", "proof"],
    "provider/rotation": ["call", "realm"],
    "provider/endpoint": ["broker", "action_page", "upstream", "detail", "policy", "signing", "pkcs11", "call", "realm", "proof", "session", "token", "login", "logout", "ciba", "registration", "client", "user", "factor", "mail", "action"],
}

problems = []


def room_of(path):
    """("guard", "keys") of guard/keys/issuer.h, ("guard", ".") of guard/check.c."""
    parts = path.split("/")
    return parts[0], parts[1] if len(parts) > 2 else "."


def check_include(where, file, name):
    if not (ROOT / "src" / name).is_file():
        problems.append(f"{where}: \"{name}\" is not a header below src")
        return
    floor, wing = room_of(file)
    its_floor, its_wing = room_of(name)
    if its_floor != floor:
        if its_floor not in FLOORS.get(floor, []):
            problems.append(f"{where}: the floor {floor} may not use {its_floor}")
    elif its_wing != wing and f"{floor}/{wing}" in WINGS and its_wing not in WINGS[f"{floor}/{wing}"]:
        problems.append(f"{where}: the wing {floor}/{wing} may not use {its_wing} of its floor")


def check_file(path):
    file = path.relative_to(ROOT / "src").as_posix()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if found:
            check_include(f"src/{file}:{number}", file, found[1])


def read_graph(files):
    """Which file includes which; a .c file and its header are one."""
    graph = {}
    for path in files:
        name = path.relative_to(ROOT / "src").with_suffix("").as_posix()
        seen = graph.setdefault(name, set())
        for found in re.finditer(r'^\s*#\s*include\s+"([^"]+)\.h"', path.read_text(), re.MULTILINE):
            if found[1] != name:
                seen.add(found[1])
    return graph


def reachable(graph, start):
    seen, left = set(), [start]
    while left:
        for name in graph.get(left.pop(), ()):
            if name not in seen:
                seen.add(name)
                left.append(name)
    return seen


def check_circles(files):
    """A circle is read, tested and changed as one file, so there is none. X.c and X.h count as one file, X."""
    graph = read_graph(files)
    reach = {name: reachable(graph, name) for name in graph}
    told = set()
    for name in sorted(graph):
        circle = {other for other in reach[name] if name in reach.get(other, ())}
        if not circle or name in told:
            continue
        told |= circle
        problems.append(f"these files include each other in a circle: {', '.join(sorted(circle))}")


def check_names(headers):
    public = {path.name for path in (ROOT / "include/ostiary").glob("*.h")}
    seen = {}
    for path in headers:
        if path.name in public:
            problems.append(f"{path.relative_to(ROOT)} has the name of a public header")
        if pathlib.Path("/usr/include", path.name).is_file():
            problems.append(f"{path.relative_to(ROOT)} hides a system header")
        if path.name in seen:
            problems.append(f"two headers are called {path.name}: {seen[path.name]} and {path.relative_to(ROOT)}")
        seen[path.name] = path.relative_to(ROOT)


def check_folders(files):
    count = {}
    for path in files:
        count[path.parent] = count.get(path.parent, 0) + 1
    for folder, number in count.items():
        if number > FILES_MAX:
            problems.append(f"{folder.relative_to(ROOT)} has {number} files; {FILES_MAX} at most")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--stamp")
    options.add_argument("--depfile")
    given = options.parse_args()
    files = sorted([*(ROOT / "src").rglob("*.c"), *(ROOT / "src").rglob("*.h")])
    for path in files:
        check_file(path)
    check_circles(files)
    check_names([path for path in files if path.suffix == ".h"])
    check_folders(files)
    for problem in problems:
        print(problem)
    if problems:
        return 1
    if given.stamp:
        pathlib.Path(given.depfile).write_text(
            f"{given.stamp}: " + " ".join(str(path).replace(" ", "\\ ") for path in files) + "\n")
        pathlib.Path(given.stamp).write_text("")
    return 0


sys.exit(main())
