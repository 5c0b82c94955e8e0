# SPDX-License-Identifier: Apache-2.0
"""`realm import --replace` and `--merge`: a realm that exists becomes what a file says, and loses
nothing that the file does not mean."""

import copy
import json
import subprocess

import pytest
from oidc import Client
from programs import provider_program
from waiting import until
from web import unverified_token

CLIENT = Client("shop", None, "https://shop.example/cb")
BACK = Client("back", "back-secret")
OTP = {"type": "otp", "secretData": '{"value":"aaaaaaaaaaaaaaaaaaaa"}', "credentialData": '{"subType":"totp","digits":6}'}


def user(name, **members):
    return {"username": name, "enabled": True, "credentials": [{"type": "password", "value": f"{name}-password"}], **members}


FILE = {
    "realm": "x",
    "enabled": True,
    "displayName": "X",
    "accessTokenLifespan": 300,
    "attributes": {"a": "1", "b": "2"},
    "roles": {"realm": [{"name": "boss", "description": "the boss"}, {"name": "old"}], "client": {"shop": [{"name": "buyer"}]}},
    "groups": [{"name": "staff", "realmRoles": ["boss"]}],
    "clients": [
        {"clientId": "shop", "publicClient": True, "directAccessGrantsEnabled": True, "redirectUris": ["https://shop.example/cb"],
         "attributes": {"post.logout.redirect.uris": "+", "access.token.lifespan": "100"}},
        {"clientId": "back", "serviceAccountsEnabled": True, "secret": "back-secret"},
    ],
    "users": [user("ann", email="ann@x.example", realmRoles=["boss", "old"], groups=["/staff"]), user("bob", email="bob@x.example")],
}


def changed(**members):
    return copy.deepcopy({**FILE, **members})


class Site:
    """A running provider, and files that are imported into it."""

    def __init__(self, provider, folder):
        self.provider, self.folder = provider, folder
        self.realm = provider.realm("x")

    def command(self, *words, **options):
        command = [provider_program(), *words, "--data", self.provider.data]
        return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120, **options)

    def file(self, content):
        path = self.folder / "new" / "x-realm.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content))
        return path

    def take(self, content, *arguments):
        """The report on the one realm."""
        done = self.command("realm", "import", self.file(content), "--json", *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)[0]

    def refuse(self, content, *arguments):
        done = self.command("realm", "import", self.file(content), *arguments)
        assert done.returncode == 1, done.stdout
        return done.stderr

    def export(self):
        done = self.command("realm", "export", "x")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def kids(self):
        return {key["kid"] for key in self.realm.certs().json()["keys"]}

    def log_in(self, name="ann", password=None):
        return self.realm.password(CLIENT, name, password or f"{name}-password")


@pytest.fixture
def site(tmp_path, new_provider):
    file = tmp_path / "x-realm.json"
    file.write_text(json.dumps(FILE))
    return Site(new_provider([file]), tmp_path)


def results(report, members=False):
    """{("OVERWRITTEN", "CLIENT", "shop"), …}, or with the members' names."""
    found = {(one["action"], one["resourceType"], one["resourceName"]): set(one.get("members", ())) for one in report["changes"]["results"]}
    return found if members else set(found)


def named(entries, name, by="name"):
    return next(entry for entry in entries if entry[by] == name)


BOTH = pytest.mark.parametrize("mode", ["--replace", "--merge"])


@BOTH
def test_the_same_file_again_changes_nothing(site, mode):
    before = site.export()
    report = site.take(FILE, mode)
    assert (report["changes"]["results"], report["outcome"]) == ([], "unchanged")
    assert site.export() == before


@BOTH
def test_a_realms_own_export_changes_nothing(site, mode):
    site.log_in()
    before = site.export()
    report = site.take(before, mode)
    assert (report["changes"]["results"], report["outcome"]) == ([], "unchanged")
    assert site.export() == before


@BOTH
def test_a_realm_that_is_not_there_is_made(site, mode):
    assert site.take({"realm": "y", "users": [user("ann")]}, mode)["outcome"] == "imported"


def test_without_either_a_realm_that_exists_is_skipped(site):
    before = site.export()
    assert site.take(changed(displayName="Y"))["outcome"] == "skipped"
    assert site.export() == before
    done = site.command("realm", "import", site.file(FILE), "--replace", "--merge")
    assert done.returncode == 2


@BOTH
def test_the_preview_tells_what_the_import_then_does(site, mode):
    before = site.export()
    new = changed(displayName="Y", users=[user("ann", email="new@x.example"), user("eve")])
    new["clients"][0]["redirectUris"] = ["https://new.example/cb"]
    preview = site.take(new, mode, "--dry-run")
    assert preview["outcome"] == "checked" and site.export() == before
    done = site.take(new, mode)
    assert done["outcome"] == {"--replace": "replaced", "--merge": "merged"}[mode]
    assert results(done, members=True) == results(preview, members=True)
    told = results(done, members=True)
    assert told["OVERWRITTEN", "REALM", "x"] == {"displayName"}
    assert told["OVERWRITTEN", "CLIENT", "shop"] == {"redirectUris"}
    assert "email" in told["OVERWRITTEN", "USER", "ann"] and ("ADDED", "USER", "eve") in told
    assert (("REMOVED", "USER", "bob") in told) == (mode == "--replace")
    assert "back-secret" not in json.dumps(done) and "ann-password" not in json.dumps(done)


def test_the_preview_as_text(site):
    new = changed(displayName="Y", users=[user("ann", realmRoles=["boss", "old"], groups=["/staff"], email="ann@x.example")])
    done = site.command("realm", "import", site.file(new), "--replace", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "  ~ REALM x: displayName\n" in done.stdout and "  - USER bob\n" in done.stdout
    assert "  0 added, 1 overwritten, 1 removed\n" in done.stdout and "1 could be imported, 0 unchanged\n" in done.stdout


@BOTH
def test_the_provider_follows_by_itself_and_sessions_and_keys_stay(site, mode):
    session, kids = site.log_in().json(), site.kids()
    new = changed(accessTokenLifespan=77)
    new["clients"][0]["attributes"] = {"access.token.lifespan": "77"}
    site.take(new, mode)
    until(lambda: site.log_in().json()["expires_in"] == 77, "the provider to follow")
    assert site.kids() == kids
    assert site.realm.refresh(CLIENT, session["refresh_token"]).status == 200
    assert site.realm.userinfo(session["access_token"]).status == 200
    assert site.realm.client_credentials(BACK).status == 200


def test_replace_removes_what_the_file_does_not_have(site):
    bob = site.log_in("bob").json()
    new = changed(users=FILE["users"][:1], clients=FILE["clients"][1:], roles={"realm": [{"name": "boss"}]}, groups=[])
    del new["displayName"], new["users"][0]["groups"]
    report = site.take(new, "--replace")
    assert results(report) >= {("REMOVED", "USER", "bob"), ("REMOVED", "CLIENT", "shop"), ("REMOVED", "GROUP", "staff")}
    until(lambda: site.realm.refresh(CLIENT, bob["refresh_token"]).status != 200)
    now = site.export()
    assert "displayName" not in now and not now["groups"]
    assert {one["username"] for one in now["users"]} == {"ann", "service-account-back"}
    assert {"account", "admin-cli", "back"} <= {one["clientId"] for one in now["clients"]}


def test_replace_keeps_ids_secrets_credentials_and_revocations(site):
    stored = site.export()
    site.take({**stored, "notBefore": 1000, "users": [{**named(stored["users"], "bob", "username"), "credentials": [OTP]},
                                                       *(one for one in stored["users"] if one["username"] != "bob")]}, "--replace")
    new = changed(notBefore=5, users=[{"username": "ann", "enabled": True}, {"username": "BOB", "enabled": True, "firstName": "Bob"}])
    del new["clients"][1]["secret"]
    site.take(new, "--replace")
    now = site.export()
    assert now["notBefore"] == 1000 and now["id"] == stored["id"]
    for kind, key in (("clients", "clientId"), ("groups", "name"), ("clientScopes", "name"), ("users", "username")):
        ids = {one[key]: one.get("id") for one in stored[kind]}
        assert {one[key]: one.get("id") for one in now[kind]}.items() <= ids.items(), kind
    assert named(now["roles"]["realm"], "boss")["id"] == named(stored["roles"]["realm"], "boss")["id"]
    assert named(now["clients"], "back", "clientId")["secret"] == "back-secret"
    assert named(now["users"], "bob", "username")["credentials"] == [OTP]
    assert named(now["users"], "bob", "username")["firstName"] == "Bob"
    until(lambda: site.log_in().status == 200)


def test_replace_with_a_file_without_users_keeps_them_but_not_what_is_gone(site):
    session = site.log_in().json()
    new = changed(roles={"realm": [{"name": "boss"}]}, groups=[])
    del new["users"]
    report = site.take(new, "--replace")
    assert not any(one[:2] == ("REMOVED", "USER") for one in results(report))
    ann = named(site.export()["users"], "ann", "username")
    assert ann["realmRoles"] == ["boss"] and ann["groups"] == []
    assert site.realm.refresh(CLIENT, session["refresh_token"]).status == 200


def test_links_go_with_an_identity_provider_that_replace_takes_out(site):
    """Whoever has its alias next would log in as its users."""
    links = [{"identityProvider": alias, "userId": "7", "userName": "seven"} for alias in ("up", "down")]
    providers = [{"alias": alias, "providerId": "oidc", "enabled": True, "config": {}} for alias in ("up", "down")]
    with_links = changed(identityProviders=providers, users=[{**FILE["users"][0], "federatedIdentities": links}, FILE["users"][1]])
    site.take(with_links, "--replace")
    new = changed(identityProviders=providers[1:])
    del new["users"]
    site.take(new, "--merge")
    assert named(site.export()["users"], "ann", "username")["federatedIdentities"] == links
    site.take(new, "--replace")
    site.take({**new, "identityProviders": providers}, "--replace")
    assert named(site.export()["users"], "ann", "username")["federatedIdentities"] == links[1:]


def test_replace_takes_another_id_for_another_user(site):
    session = site.log_in().json()
    new = changed()
    new["users"][0]["id"] = "00000000-0000-4000-8000-000000000001"
    report = site.take(new, "--replace")
    assert {("ADDED", "USER", "ann"), ("REMOVED", "USER", "ann")} <= set((one["action"], one["resourceType"], one["resourceName"]) for one in report["changes"]["results"])
    assert site.realm.refresh(CLIENT, session["refresh_token"]).status == 400
    assert unverified_token(site.log_in().json()["access_token"])[1]["sub"] == new["users"][0]["id"]


def test_merge_changes_what_the_file_mentions_alone(site):
    stored = site.export()
    report = site.take({
        "realm": "x",
        "attributes": {"b": "3", "c": "4"},
        "roles": {"realm": [{"name": "new"}]},
        "clients": [{"clientId": "shop", "attributes": {"access.token.lifespan": "77"}}, {"clientId": "more", "publicClient": True}],
        "users": [{"username": "ann", "firstName": "Ann"}],
    }, "--merge")
    assert results(report, members=True) == {
        ("OVERWRITTEN", "REALM", "x"): {"attributes"},
        ("OVERWRITTEN", "CLIENT", "shop"): {"attributes"},
        ("ADDED", "CLIENT", "more"): set(),
        ("ADDED", "REALM_ROLE", "new"): set(),
        ("OVERWRITTEN", "USER", "ann"): {"firstName"},
    }
    now = site.export()
    assert now["attributes"] == {"a": "1", "b": "3", "c": "4"}
    shop, was = (named(one["clients"], "shop", "clientId") for one in (now, stored))
    assert shop == {**was, "attributes": {**was["attributes"], "access.token.lifespan": "77"}}
    ann, was = (named(one["users"], "ann", "username") for one in (now, stored))
    assert ann == {**was, "firstName": "Ann"}
    assert now["groups"] == stored["groups"] and now["displayName"] == "X"
    assert len(now["users"]) == len(stored["users"])
    until(lambda: site.log_in().json()["expires_in"] == 77)


def test_merge_keeps_ids_and_second_factors(site):
    site.take({"realm": "x", "users": [{"username": "bob", "credentials": [OTP]}]}, "--merge")
    stored = named(site.export()["users"], "bob", "username")
    assert [one["type"] for one in stored["credentials"]] == ["password", "otp"]
    site.take({"realm": "x", "users": [user("bob", id="another", credentials=[{"type": "password", "value": "new"}])]}, "--merge")
    now = named(site.export()["users"], "bob", "username")
    assert now["id"] == stored["id"] and now["credentials"][1] == OTP
    assert now["credentials"][0] != stored["credentials"][0]


def test_masked_secrets_stand_for_what_is_there(site):
    new = changed(smtpServer={"host": "mail.x.example", "password": "mail-secret"})
    site.take(new, "--replace")
    new["smtpServer"]["password"] = new["clients"][1]["secret"] = "**********"
    for mode in ("--replace", "--merge"):
        assert site.take(new, mode)["outcome"] == "unchanged"
    now = site.export()
    assert now["smtpServer"]["password"] == "mail-secret"
    assert named(now["clients"], "back", "clientId")["secret"] == "back-secret"


def test_users_may_swap_names_and_addresses(site):
    stored = site.export()
    ann, bob = (named(stored["users"], name, "username") for name in ("ann", "bob"))
    for member in ("username", "email"):
        ann[member], bob[member] = bob[member], ann[member]
    site.take(stored, "--replace")
    assert site.log_in("bob", "ann-password").status == 200


def keys_of(realm):
    return [key for key in realm["components"]["org.keycloak.keys.KeyProvider"] if key["config"]["algorithm"] == ["RS256"]]


@BOTH
def test_keys_of_the_file_come_beside_those_of_the_realm(site, mode, tmp_path):
    other = tmp_path / "other"
    assert subprocess.run([str(provider_program()), "realm", "import", str(site.file(FILE)), "--data", str(other)], capture_output=True).returncode == 0
    theirs = json.loads(subprocess.run([str(provider_program()), "realm", "export", "x", "--data", str(other)], capture_output=True).stdout)
    token, kids = site.log_in().json()["access_token"], site.kids()
    report = site.take(changed(components=theirs["components"]), mode)
    assert sum(one[:2] == ("ADDED", "KEY") for one in results(report)) == 3
    until(lambda: len(site.kids()) == 4)
    assert kids < site.kids()
    assert site.realm.userinfo(token).status == 200
    # Published first: what signs is known to everybody who keeps a key set.
    assert unverified_token(site.log_in().json()["access_token"])[0]["kid"] in kids
    assert site.take(changed(components=theirs["components"]), mode)["outcome"] == "unchanged"


def test_a_kid_that_another_key_has_is_refused(site, tmp_path):
    mine = site.export()
    key = keys_of(mine)[0]
    other = tmp_path / "other"
    subprocess.run([str(provider_program()), "realm", "import", str(site.file(FILE)), "--data", str(other)], capture_output=True)
    theirs = json.loads(subprocess.run([str(provider_program()), "realm", "export", "x", "--data", str(other)], capture_output=True).stdout)
    stranger = keys_of(theirs)[0]
    stranger["config"]["kid"] = [next(iter(k["kid"] for k in site.realm.certs().json()["keys"] if k["use"] == "sig"))]
    assert key["config"]["privateKey"] != stranger["config"]["privateKey"]
    told = site.refuse(changed(components={"org.keycloak.keys.KeyProvider": [stranger]}), "--replace")
    assert "another key" in told
    assert site.export() == mine


@BOTH
@pytest.mark.parametrize("members, path", [
    ({"clients": [{"clientId": "shop", "redirectUris": 5}]}, "clients[0].redirectUris"),
    ({"users": [user("ann"), user("eve", groups=["/nowhere"])]}, "users[1].groups[0]"),
    ({"users": [user("ann"), user("ANN")]}, "users[1]: the user ann is there twice"),
    ({"users": [user("eve", email="a@x.example"), user("fay", email="A@x.example")], "displayName": "Y"}, "fay"),
])
def test_what_is_refused_half_way_changes_nothing(site, mode, members, path):
    before = site.export()
    assert path in site.refuse(changed(**members), mode)
    assert site.export() == before


def test_two_at_once_leave_one_of_both(site):
    files = []
    for name in ("one", "two"):
        folder = site.folder / name
        folder.mkdir()
        (folder / "x-realm.json").write_text(json.dumps(changed(displayName=name, users=[user(f"{name}{n}") for n in range(30)])))
        files.append(folder)
    for _ in range(3):
        running = [subprocess.Popen([str(provider_program()), "realm", "import", str(folder), "--replace", "--data", str(site.provider.data)],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for folder in files]
        done = [(process.communicate(timeout=120), process.returncode) for process in running]
        assert any(code == 0 for _, code in done)
        for (_, errors), code in done:
            assert code == 0 or "meanwhile" in errors or "of the user" in errors or "the user" in errors, errors
        now = site.export()
        names = {one["username"] for one in now["users"]}
        assert names == {f"{now['displayName']}{n}" for n in range(30)} | {"service-account-back"}


def test_the_account_of_a_client_comes_and_goes_with_it(site):
    new = changed(clients=[FILE["clients"][0], {"clientId": "other", "serviceAccountsEnabled": True, "secret": "s"}])
    report = results(site.take(new, "--replace"))
    assert {("REMOVED", "USER", "service-account-back"), ("ADDED", "USER", "service-account-other")} <= report
    until(lambda: site.realm.client_credentials(Client("other", "s")).status == 200)
    assert site.realm.client_credentials(BACK).status == 401
