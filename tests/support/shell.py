# SPDX-License-Identifier: Apache-2.0
"""Administration by `ostiary realm|client|user|role|group`: at a store, at our server, at a Keycloak. One story for all."""

import json
import subprocess

from programs import provider_program


class Shell:
    """`place`: the options that name the store or the server; `login`: what is typed before anything else."""

    def __init__(self, *place, login=""):
        self.place, self.login = place, login

    def run(self, *words, text=""):
        command = [str(part) for part in (provider_program(), *words, *self.place)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, input=self.login + text)

    def __call__(self, *words, fails=False, text=""):
        done = self.run(*words, text=text)
        assert (done.returncode == 1) == fails and done.returncode in (0, 1), (words, done.stderr)
        return done.stderr if fails else done.stdout


def rows(told):
    return [line.split("\t") for line in told.splitlines()]


def documents(told):
    return [json.loads(line) for line in told.splitlines()]


def realms(shell):
    assert shell("realm", "create", "story", "displayName=A story", "--quiet") == ""
    assert "story" in [row[1] for row in rows(shell("realm", "list"))]
    assert next(one for one in documents(shell("realm", "list", "--json")) if one["realm"] == "story")["displayName"] == "A story"
    assert "(409)" in shell("realm", "create", "story", fails=True)
    shell("realm", "set", "story", "accessTokenLifespan=77", "attributes.colour=red")
    shown = json.loads(shell("realm", "show", "story"))
    assert (shown["accessTokenLifespan"], shown["attributes"]["colour"], shown["displayName"]) == (77, "red", "A story")
    assert "Realm not found" in shell("realm", "show", "nowhere", fails=True)


def clients(shell):
    here = ("--realm", "story")
    made = shell("client", "create", "web", "publicClient=true", 'redirectUris=["https://web.example/*"]', *here).strip()
    assert made in [row[0] for row in rows(shell("client", "list", *here)) if row[1:] == ["web", "public", "enabled"]]
    assert "already exists" in shell("client", "create", "web", *here, fails=True)
    shell("client", "create", "api/v1 & more", "secret=a-secret-of-the-api", *here)
    assert shell("client", "secret", "api/v1 & more", *here) == "a-secret-of-the-api\n"
    assert len(shell("client", "secret", "api/v1 & more", "--regenerate", *here).strip()) == 32
    shell("client", "set", "web", "enabled=false", "attributes.login_theme=plain", *here)
    shown = json.loads(shell("client", "show", "web", *here))
    assert not shown["enabled"] and shown["attributes"]["login_theme"] == "plain" and shown["redirectUris"] == ["https://web.example/*"]
    assert not any("secret" in one for one in documents(shell("client", "list", "--json", *here)))
    shell("client", "delete", "web", *here)
    assert "Could not find client: web" in shell("client", "show", "web", *here, fails=True)


def users(shell):
    here = ("--realm", "story")
    person = ("email=ann@example.org", "firstName=Ann", "lastName=North", "emailVerified=true")
    made = json.loads(shell("user", "create", "ann", *person, "--json", *here))
    assert (made["username"], made["email"], made["emailVerified"], made["enabled"]) == ("ann", "ann@example.org", True, True)
    assert [made["id"], "ann", "ann@example.org", "enabled"] in rows(shell("user", "list", *here))
    shell("user", "set", "ann", "firstName=Anna", *here)
    shown = json.loads(shell("user", "show", made["id"], *here))
    assert (shown["firstName"], shown["lastName"]) == ("Anna", "North") and shown == json.loads(shell("user", "show", "ann", *here))
    shell("user", "set-password", "ann", *here, text="ann-password\n")
    shell("user", "disable", "ann", *here)
    assert [row[3] for row in rows(shell("user", "list", *here)) if row[1] == "ann"] == ["disabled"]
    shell("user", "enable", "ann", *here)
    assert "User not found: bob" in shell("user", "show", "bob", *here, fails=True)
    assert "(409)" in shell("user", "create", "ANN", *here, fails=True)
    shell("user", "create", "bob", "--quiet", *here)


def roles(shell):
    here = ("--realm", "story")
    of_api = ("--client", "api/v1 & more", *here)
    shell("role", "create", "seller", "description=Sells", "attributes.level=3", *here)
    shell("role", "create", "read/write", *of_api)
    shell("role", "create", "reader", *of_api)
    assert ["seller", "Sells"] in [row[1:] for row in rows(shell("role", "list", *here))]
    assert sorted(row[1] for row in rows(shell("role", "list", *of_api))) == ["read/write", "reader"]
    assert json.loads(shell("role", "show", "seller", *here))["attributes"] == {"level": ["3"]}
    shell("role", "add-role", "seller", "read/write", "--of-client", "api/v1 & more", *here)
    assert json.loads(shell("role", "show", "seller", *here))["composite"]
    shell("role", "set", "reader", "description=Reads", *of_api)
    assert json.loads(shell("role", "show", "reader", *of_api))["description"] == "Reads"
    shell("user", "add-role", "ann", "seller", *here)
    shell("user", "add-role", "ann", "reader", *of_api)
    shell("user", "remove-role", "ann", "reader", *of_api)
    shell("role", "delete", "reader", *of_api)
    assert "Could not find role: reader" in shell("user", "add-role", "ann", "reader", *of_api, fails=True)
    assert "Could not find role: reader" in shell("role", "delete", "reader", *of_api, fails=True)
    assert "Could not find client: none" in shell("role", "list", "--client", "none", *here, fails=True)


def groups(shell):
    here = ("--realm", "story")
    top = shell("group", "create", "/staff", "attributes.floor=2", *here).strip()
    below = shell("group", "create", "/staff/north & east", *here).strip()
    shell("group", "create", "guests", *here)
    listed = rows(shell("group", "list", *here))
    assert [top, "/staff"] in listed and [below, "/staff/north & east"] in listed and len(listed) == 3
    assert listed.index([top, "/staff"]) < listed.index([below, "/staff/north & east"])
    assert json.loads(shell("group", "show", "staff", *here))["attributes"] == {"floor": ["2"]}
    shell("group", "add-member", "/staff/north & east", "ann", *here)
    assert [row[1] for row in rows(shell("group", "members", "/staff/north & east", *here))] == ["ann"]
    shell("group", "add-role", "/staff", "seller", *here)
    shell("group", "remove-role", "/staff", "seller", *here)
    shell("group", "remove-member", "/staff/north & east", "ann", *here)
    assert shell("group", "members", "/staff/north & east", *here) == ""
    shell("group", "set", "guests", "name=visitors", *here)
    assert "Could not find group: guests" in shell("group", "show", "guests", *here, fails=True)
    assert "Could not find group: /none" in shell("group", "create", "/none/x", *here, fails=True)
    shell("group", "delete", "/staff", *here)
    assert [row[1] for row in rows(shell("group", "list", *here))] == ["/visitors"]


def endings(shell):
    shell("user", "delete", "bob", "--realm", "story")
    assert "User not found" in shell("user", "delete", "bob", "--realm", "story", fails=True)
    shell("realm", "delete", "story")
    assert "Realm not found" in shell("client", "list", "--realm", "story", fails=True)
    assert "story" not in [row[1] for row in rows(shell("realm", "list"))]


def story(shell):
    for part in (realms, clients, users, roles, groups, endings):
        part(shell)
