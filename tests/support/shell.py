# SPDX-License-Identifier: Apache-2.0
"""Administration by `ostiary realm|client|user|role|group`: at a store, at our server, at a Keycloak. One story for all."""

import json
import subprocess

from programs import provider_program
from waiting import until
from web import Browser


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


def audiences(client):
    """What the audience mappers of a client have: pairs of a member and its value, in their order by value."""
    mappers = json.loads(client).get("protocolMappers", [])
    named = [pair for one in mappers for pair in one["config"].items() if pair[0].startswith("included.") and pair[1]]
    return sorted(named, key=lambda pair: pair[1])


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
    for audience, more in (("api/v1 & more", ()), ("https://api.example/v1", ()), ("ledger", ("--custom",))):
        for _ in range(2):
            shell("client", "add-audience", "web", audience, *more, *here)
    assert "Could not find client: lodger" in shell("client", "add-audience", "web", "lodger", *here, fails=True)
    assert audiences(shell("client", "show", "web", *here)) == [
        ("included.client.audience", "api/v1 & more"),
        ("included.custom.audience", "https://api.example/v1"),
        ("included.custom.audience", "ledger"),
    ]
    shell("client", "remove-audience", "web", "api/v1 & more", *here)
    shell("client", "remove-audience", "web", "ledger", *here)
    assert "has no mapper for the audience ledger" in shell("client", "remove-audience", "web", "ledger", *here, fails=True)
    assert audiences(shell("client", "show", "web", *here)) == [("included.custom.audience", "https://api.example/v1")]
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


def people(shell):
    """`user add`: with a password and roles, or not at all."""
    here = ("--realm", "story")
    shell("role", "create", "helper", *here)
    told = shell("user", "add", "eve", "--email", "eve@example.org", "--role", "helper", "--role", "offline_access", *here, text="eve-password\n")
    assert told == "User eve added to realm story.\n"
    shown = json.loads(shell("user", "show", "eve", *here))
    assert (shown["username"], shown["email"], shown["enabled"]) == ("eve", "eve@example.org", True)
    assert "User exists" in shell("user", "add", "Eve", "--no-password", *here, fails=True)
    assert "Could not find role: none" in shell("user", "add", "fred", "--role", "none", "--no-password", *here, fails=True)
    assert "User not found: fred" in shell("user", "show", "fred", *here, fails=True), "a user without the role"
    assert "no password came" in shell.run("user", "add", "fred", *here).stderr
    assert "Realm not found" in shell("user", "add", "fred", "--no-password", "--realm", "none", fails=True)


def keys(shell):
    here = ("--realm", "story")
    listed = rows(shell("key", "list", *here))
    signing = [row[0] for row in listed if row[1:] == ["RS256", "sig", "active"]]
    assert len(signing) == 1
    shown = json.loads(shell("key", "list", "--json", *here))
    assert [[one[name] for name in ("kid", "algorithm", "use", "status")] for one in shown] == listed
    assert "Realm story has a new signing key" in shell("key", "rotate", "--delay", "0", *here)
    after = [row[0] for row in rows(shell("key", "list", *here)) if row[1:3] == ["RS256", "sig"]]
    assert len(after) == 2 and signing[0] in after
    shell("key", "rotate", "--alg", "XS256", "--delay", "0", *here, fails=True)
    assert "needs --realm" in shell.run("key", "rotate").stderr
    for words in (("key", "list"), ("key", "rotate", "--delay", "0")):
        assert "Realm not found" in shell(*words, "--realm", "none", fails=True)


def sessions(shell, provider):
    """Of a user who logs in at the provider."""
    here = ("--realm", "story")

    def log_in(name, password):
        form = {"grant_type": "password", "client_id": "admin-cli", "username": name, "password": password}
        answer = provider.realm("story").token(form)
        assert answer.status == 200, answer.text

    # What is written into the store by another process is served within a second.
    until(lambda: Browser().get(f"{provider.base}/realms/story").status == 200, "the realm is served")

    shell("user", "set", "eve", "firstName=Eve", "lastName=West", *here)
    assert shell("session", "list", *here) == ""
    for _ in range(3):
        log_in("eve", "eve-password")
    listed = rows(shell("session", "list", *here))
    user = json.loads(shell("user", "show", "eve", *here))["id"]
    assert len(listed) == 3 and {row[1] for row in listed} == {user} and all(1.6e9 < int(time) < 1e10 for row in listed for time in row[2:])
    assert sorted(rows(shell("session", "list", "--user", "eve", *here))) == sorted(listed)
    shown = json.loads(shell("session", "list", "--json", *here))
    assert [[one["id"], one["userId"], str(one["start"]), str(one["lastAccess"])] for one in shown] == listed
    shell("session", "end", listed[0][0], *here)
    assert [row[0] for row in rows(shell("session", "list", *here))] == [row[0] for row in listed[1:]]
    assert f"Session not found: {listed[0][0]}" in shell("session", "end", listed[0][0], *here, fails=True)
    assert shell("session", "end", "--user", "eve", *here) == "2 ended\n"
    assert shell("session", "list", *here) == ""
    assert "needs SESSION or --user" in shell("session", "end", *here, fails=True)
    assert "User not found: none" in shell("session", "list", "--user", "none", *here, fails=True)
    for words in (("list",), ("end", "x")):
        assert "Realm not found" in shell("session", *words, "--realm", "none", fails=True)


def files(shell, folder):
    """A realm comes from a file, goes into one, and comes again from that: what a server cannot tell is not in it."""
    brought = {
        "realm": "carried",
        "displayName": "Carried",
        "smtpServer": {"host": "mail.example", "from": "a@example.org", "user": "a", "password": "mail-password"},
        "roles": {"realm": [{"name": "porter"}], "client": {"shop": [{"name": "buyer"}]}},
        "groups": [{"name": "staff", "subGroups": [{"name": "north"}]}],
        "clients": [{"clientId": "shop", "secret": "secret-of-shop", "serviceAccountsEnabled": True}],
        "users": [
            {"username": "gus", "enabled": True, "realmRoles": ["porter"], "clientRoles": {"shop": ["buyer"]}, "groups": ["/staff/north"]},
            {"username": "service-account-shop", "enabled": True, "serviceAccountClientId": "shop", "realmRoles": ["porter"]},
        ],
    }
    path, again = folder / "carried.json", folder / "again.json"
    path.write_text(json.dumps(brought))
    told = shell("realm", "import", path)
    assert f"{path}: carried imported" in told and "1 imported, 0 skipped because they exist" in told
    assert "carried skipped because it exists" in shell("realm", "import", path)
    shell("realm", "export", "carried", "--output", again)
    assert again.stat().st_mode & 0o777 == 0o600
    assert "exists" in shell("realm", "export", "carried", "--output", again, fails=True).lower()
    exported = json.loads(again.read_text())
    assert "**********" not in again.read_text() and exported["realm"] == "carried" and exported["displayName"] == "Carried"
    assert next(one for one in exported["clients"] if one["clientId"] == "shop")["secret"] == "secret-of-shop"
    assert ("password" in exported["smtpServer"]) == (shell.place[0] == "--data")
    people = {one["username"]: one for one in exported["users"]}
    assert "porter" in people["gus"]["realmRoles"] and people["gus"]["clientRoles"]["shop"] == ["buyer"] and people["gus"]["groups"] == ["/staff/north"]
    assert people["service-account-shop"]["serviceAccountClientId"] == "shop" and "porter" in people["service-account-shop"]["realmRoles"]
    assert "users" not in json.loads(shell("realm", "export", "carried", "--without-users"))
    shell("realm", "delete", "carried")
    shell("realm", "import", again)
    assert [row[1] for row in rows(shell("group", "members", "/staff/north", "--realm", "carried"))] == ["gus"]
    assert shell("client", "secret", "shop", "--realm", "carried") == "secret-of-shop\n"
    brought["users"] = [{"username": "ida", "enabled": True}]
    del brought["groups"]  # a Keycloak 24 cannot overwrite groups
    path.write_text(json.dumps(brought))
    assert "carried merged" in shell("realm", "import", "--merge", path)
    assert {"gus", "ida"} <= {row[1] for row in rows(shell("user", "list", "--realm", "carried"))}
    path.write_text(json.dumps([{"realm": "one"}, {"realm": "two"}]))
    assert [one["outcome"] for one in json.loads(shell("realm", "import", "--json", path))] == ["imported", "imported"]
    for broken in ("{", "{}", "[7]"):
        path.write_text(broken)
        assert str(path) in shell("realm", "import", path, fails=True)
    assert "Realm not found" in shell("realm", "export", "none", fails=True)
    for name in ("carried", "one", "two"):
        shell("realm", "delete", name)


def endings(shell):
    shell("user", "delete", "bob", "--realm", "story")
    assert "User not found" in shell("user", "delete", "bob", "--realm", "story", fails=True)
    shell("realm", "delete", "story")
    assert "Realm not found" in shell("client", "list", "--realm", "story", fails=True)
    assert "story" not in [row[1] for row in rows(shell("realm", "list"))]


def story(shell, provider, folder):
    for part in (realms, clients, users, roles, groups, people, keys):
        part(shell)
    sessions(shell, provider)
    files(shell, folder)
    endings(shell)
