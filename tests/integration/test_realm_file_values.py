# SPDX-License-Identifier: Apache-2.0
"""Values of realm files that do not do what they seem to say: told with the reason, or refused as Keycloak refuses them."""

import json
import pathlib
import re

from realm_imports import ANN, CLIENT, SHOP, importing, log_in, realm_of, run  # noqa: F401, F811  (fixtures)

SECRET = json.dumps({"value": "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=", "salt": "MTIzNDU2Nzg5MDEyMzQ1Ng=="})


def hashed(**data):
    return {"type": "password", "secretData": SECRET, "credentialData": json.dumps(data)}


def reasons(report):
    """{path.member: (fate, why)} of everything that is told."""
    found = {}
    for entry in report[0]["objects"]:
        for fate in ("kept without effect", "refused in use", "refused", "unknown"):
            for item in entry.get(fate, []):
                found[".".join(filter(None, (entry["path"], item["member"])))] = (fate, item.get("why"))
    return found


# ---- credentials that let nobody in ----


def test_hashes_that_are_not_known_are_told_with_the_user(importing):
    users = [
        {"username": "bcrypt", "credentials": [hashed(algorithm="bcrypt", hashIterations=10)]},
        {"username": "known", "credentials": [hashed(algorithm="pbkdf2-sha256", hashIterations=10)]},
        {"username": "none", "credentials": [{"type": "password"}]},
    ]
    done, report = importing({"realm": "x", "users": users}, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert reasons(report) == {
        "users[0].credentials[0].credentialData": (
            "kept without effect", "nobody signs in by it: hashes of that algorithm are not known"),
        "users[2].credentials[0].type": ("kept without effect", "nobody signs in by it: it is no hash that can be read"),
    }
    assert [entry["name"] for entry in report[0]["objects"] if "kept without effect" in entry] == ["bcrypt", "none"]
    done, _ = importing({"realm": "x", "users": users}, "--strict")
    assert done.returncode == 1
    assert "users[0].credentials[0].credentialData: nobody signs in by it" in done.stderr


def test_the_same_of_very_many_users_is_counted(tmp_path):
    users = [{"username": f"u{n}", "credentials": [hashed(algorithm="bcrypt", hashIterations=10)]} for n in range(5000)]
    file = tmp_path / "x-realm.json"
    file.write_text(json.dumps({"realm": "x", "sslRequired": "external", "users": users, "clients": [{"clientId": "shop", "redirectUri": "x"}]}))
    done = run("realm", "import", "--dry-run", file, "--data", tmp_path / "data")
    assert done.returncode == 0 and "there was no store" not in done.stderr, done.stderr
    assert run("realm", "import", tmp_path / "y-realm.json", "--data", tmp_path / "data").returncode == 1
    assert not (tmp_path / "data").exists()  # neither a trial nor a file that is not there makes a store
    lines = done.stdout.splitlines()
    assert "5000 kept without effect" in lines[0] and len(lines) < 30
    assert "  users[19].credentials[0] u19: credentialData: kept without effect" in done.stdout
    assert "u20:" not in done.stdout
    assert "  … and 4980 more like these (--json has them all): Credential: credentialData: kept without effect" in done.stdout
    assert "clients[0] shop: redirectUri: unknown" in done.stdout


def test_a_plain_value_is_a_password_as_in_keycloak(realm_of, importing):
    users = [
        {**ANN, "credentials": [{"type": "pasword", "value": "ann-password"}]},
        {"username": "bob", "enabled": True, "credentials": [{"value": "bob-password"}]},
    ]
    _, report = importing({"realm": "x", "users": users}, "--dry-run")
    assert reasons(report) == {"users[0].credentials[0].type": (
        "kept without effect", "no such type is known: it is taken for a password, as in Keycloak")}
    realm, _ = realm_of(users=users)
    assert log_in(realm).status == realm.password(CLIENT, "bob", "bob-password").status == 200


# ---- values out of a fixed set ----


def client(**attributes):
    return {"realm": "x", "clients": [{**SHOP, "attributes": attributes}]}


REFUSED_AS_BY_KEYCLOAK = [
    ("sslRequired", {"sslRequired": "sometimes"}, "none of all, external, none"),
    ("bruteForceStrategy", {"bruteForceStrategy": "FOO"}, "none of MULTIPLE, LINEAR"),
    ("authenticationFlows[0].authenticationExecutions[0].requirement",
     {"authenticationFlows": [{"alias": "f", "authenticationExecutions": [{"authenticator": "a", "requirement": "required"}]}]},
     "none of REQUIRED, CONDITIONAL, ALTERNATIVE, DISABLED, OPTIONAL"),
]


def test_what_keycloak_does_not_import_either_is_refused(importing):
    for path, members, why in REFUSED_AS_BY_KEYCLOAK:
        done, _ = importing({"realm": "x", **members}, "--dry-run")
        assert done.returncode == 1 and f"{path}: {why}" in done.stderr, path
    for spelling in ("ALL", "External", "none"):
        assert importing({"realm": "x", "sslRequired": spelling}, "--dry-run")[0].returncode == 0


POLICIES = ("length(8) and foo(1)", "Length(8)", "length(x)", "regexPattern([)")
TOLD, BARRED = "kept without effect", "refused in use"
ODD = [
    ("otpPolicyType", {"otpPolicyType": "TOTP"}, TOLD, "none of totp, hotp; totp counts"),
    ("otpPolicyAlgorithm", {"otpPolicyAlgorithm": "SHA512"}, TOLD, "HmacSHA1 counts"),
    ("otpPolicyDigits", {"otpPolicyDigits": 5}, TOLD, "none of 6, 8; 6 counts"),
    ("webAuthnPolicyUserVerificationRequirement", {"webAuthnPolicyUserVerificationRequirement": "Required"}, TOLD, "not specified"),
    ("webAuthnPolicySignatureAlgorithms", {"webAuthnPolicySignatureAlgorithms": ["ES256", "FOO"]}, TOLD, "it is not asked for"),
    ("eventsListeners", {"eventsListeners": ["jboss-logging", "email"]}, TOLD, "nobody is sent mail"),
    ("attributes.cibaBackchannelTokenDeliveryMode", {"attributes": {"cibaBackchannelTokenDeliveryMode": "push"}}, TOLD, "poll counts"),
    ("smtpServer.starttls", {"smtpServer": {"host": "h", "starttls": "yes", "password": "${vault.mail}"}}, TOLD, "none of true, false; false counts"),
    ("smtpServer.password", {}, TOLD, "there is no vault"),
    ("enabledEventTypes", {"enabledEventTypes": ["LOGIN", "LOGIN_ERROR", "SIGNIN"]}, TOLD, "no event has such a name"),
    ("supportedLocales", {"internationalizationEnabled": True, "supportedLocales": ["de", "xx"]}, TOLD, "the pages have no such language"),
    ("defaultLocale", {"defaultLocale": "de_DE"}, TOLD, "the pages have no such language"),
]
ODD_OF_CLIENTS = [
    ("pkce.code.challenge.method", "s256", BARRED, "authorization requests of the client are refused"),
    ("dpop.bound.access.tokens", "yes", TOLD, "none of true, false; false counts"),
    ("tls.client.certificate.bound.access.tokens", "1", TOLD, "false counts"),
    ("use.refresh.tokens", "no", TOLD, "false counts"),
    ("access.token.signed.response.alg", "rs256", BARRED, "the client gets no tokens"),
    ("id.token.encrypted.response.alg", "RSA1_5", BARRED, "the client gets no tokens"),
    ("id.token.encrypted.response.enc", "FOO", BARRED, "the client gets no tokens"),
    ("user.info.response.signature.alg", "none", BARRED, "the client gets no tokens"),
    ("authorization.signed.response.alg", "HS256", BARRED, "the client gets no tokens"),
    ("request.object.required", "Request Only", TOLD, "a request object is asked for"),
    ("request.object.signature.alg", "none", BARRED, "no request object of the client is taken"),
    ("request.object.encryption.alg", "ECDH-ES", BARRED, "authorization requests of the client are refused"),
    ("request.object.encryption.enc", "FOO", BARRED, "authorization requests of the client are refused"),
    ("ciba.backchannel.token.delivery.mode", "push", BARRED, "no such grant"),
    ("ciba.backchannel.auth.request.signing.alg", "HS256", BARRED, "no signed request"),
    ("client.secret.authentication.allowed.method", "basic", BARRED, "refused by either way"),
    ("token.endpoint.auth.signing.alg", "FOO", BARRED, "no proof of that algorithm"),
    ("standard.token.exchange.enableRefreshRequestedTokenType", "yes", TOLD, "none is given"),
]


def test_values_that_are_not_known_are_told_with_what_becomes_of_them(importing):
    members = {"realm": "x"}
    for _, one, _, _ in ODD:
        members.update(one)
    for policy in POLICIES:
        done, report = importing({**members, "passwordPolicy": policy}, "--dry-run")
        assert done.returncode == 0, done.stderr
        found = reasons(report)
        assert found.pop("passwordPolicy") == (TOLD, "a part of it cannot be judged here: every password that is set is refused"), policy
    assert set(found) == {path for path, _, _, _ in ODD}
    for path, _, fate, why in ODD:
        assert found[path][0] == fate and why in found[path][1], (path, found[path])
    assert importing({"realm": "x", **ODD[0][1]}, "--dry-run", "--strict")[0].returncode == 1
    done, report = importing(client(**{name: value for name, value, _, _ in ODD_OF_CLIENTS}), "--dry-run")
    found = reasons(report)
    assert set(found) == {f"clients[0].attributes.{name}" for name, _, _, _ in ODD_OF_CLIENTS}
    for name, _, fate, why in ODD_OF_CLIENTS:
        assert found[f"clients[0].attributes.{name}"][0] == fate, name
        assert why in found[f"clients[0].attributes.{name}"][1], name


def test_values_that_are_known_are_not_told(importing):
    attributes = {
        "pkce.code.challenge.method": "S256", "dpop.bound.access.tokens": "True", "use.refresh.tokens": "FALSE",
        "access.token.signed.response.alg": "PS512", "id.token.encrypted.response.alg": "RSA-OAEP", "id.token.encrypted.response.enc": "A256GCM",
        "user.info.response.signature.alg": "unsigned", "request.object.required": "request only", "request.object.signature.alg": "any",
        "request.object.encryption.alg": "any", "client.secret.authentication.allowed.method": "client_secret_basic", "request.object.encryption.enc": "",
    }
    members = {
        "passwordPolicy": "length(8) and digits(undefined) and notUsername and hashIterations(5) and regexPattern(^[a-z and]+$)",
        "otpPolicyType": "hotp", "otpPolicyDigits": 8, "eventsListeners": ["jboss-logging"], "sslRequired": "NONE",
        "webAuthnPolicyAuthenticatorAttachment": "not specified", "webAuthnPolicySignatureAlgorithms": ["ES256", "Ed25519"],
        "smtpServer": {"host": "h", "starttls": True, "port": 25, "auth": "false"},
    }
    done, report = importing({**client(**attributes), **members}, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert reasons(report) == {}


def test_languages_of_the_pages_and_events_are_known(importing):
    languages = [file.stem for file in (pathlib.Path(__file__).parents[2] / "web/page/messages").glob("*.json")]
    texts = {"internationalizationEnabled": True, "supportedLocales": [*languages, "pt-BR", "eo"], "localizationTexts": {"eo": {"a": "b"}}}
    events = re.findall(r'"([A-Z0-9_]+)"', (pathlib.Path(__file__).parents[2] / "src/provider/call/call_event.c").read_text())
    assert len(languages) > 9 and len(events) > 60
    done, report = importing({"realm": "x", **texts, "defaultLocale": "eo", "enabledEventTypes": events}, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert reasons(report) == {}


def test_flows_and_protocols_that_are_not_there_are_told(importing):
    mappers = [{"name": "m", "protocol": "openid", "protocolMapper": "oidc-hardcoded-claim-mapper", "config": {}}]
    overriding = {**SHOP, "protocolMappers": mappers, "authenticationFlowBindingOverrides": {"browsr": "browser"}}
    names = ("registrationFlow", "resetCredentialsFlow", "clientAuthenticationFlow", "dockerAuthenticationFlow", "firstBrokerLoginFlow")
    flows = {"browserFlow": "Browser", "directGrantFlow": "nope", **dict.fromkeys(names, "nope")}
    done, report = importing({"realm": "x", **flows, "clients": [overriding], "clientScopes": [{"name": "s", "protocol": "oidc"}]}, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert reasons(report) == {
        "clientAuthenticationFlow": (TOLD, "clients prove themselves as their clientAuthenticatorType says"),
        "clients[0].protocolMappers[0].protocol": (TOLD, "none of openid-connect, saml, docker-v2; nothing is put into tokens"),
        "clients[0].authenticationFlowBindingOverrides.browsr": ("unknown", "no such member is known; is browser meant?"),
        "clientScopes[0].protocol": (
            TOLD, "none of openid-connect, saml, docker-v2; it counts as openid-connect, and in Keycloak for no client"),
    }
    warned = {entry["path"]: entry["warning"] for entry in report[0]["warnings"]}
    assert {warned[name] for name in names} == {"no such flow is there"}
    assert warned["browserFlow"] == warned["directGrantFlow"] == "no such flow is there: logins are refused"


def test_settings_of_mappers_are_looked_at(importing):
    def mapper(**config):
        return {"name": "m", "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper", "config": config}

    good = {"claim.name": "c", "claim.value": "1", "jsonType.label": "long", "access.token.claim": "true"}
    odd = {"claim.name": "c", "claim.value": "1", "jsonType.label": "number", "acess.token.claim": "true", "id.token.claim": "yes"}
    done, report = importing({"realm": "x", "clients": [{**SHOP, "protocolMappers": [mapper(**good), mapper(**odd)]}]}, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert reasons(report) == {
        "clients[0].protocolMappers[1].config.jsonType.label": (TOLD, "none of String, long, int, boolean, JSON; String counts"),
        "clients[0].protocolMappers[1].config.acess.token.claim": (
            "unknown", "no such attribute is known; is access.token.claim meant?"),
        "clients[0].protocolMappers[1].config.id.token.claim": (TOLD, "none of true, false; false counts"),
    }


# ---- P13, P21: what an import refuses, a preview refuses ----


def test_p21_a_preview_finds_users_who_are_alike(importing):
    def user(name, **members):
        return {"username": name, "enabled": True, **members}

    alike = [
        [user("\u00c4nne"), user("bob"), user("\u00e4nne")],
        [user("a", email="Q@x.example"), user("b", email="q@x.example")],
        [user("a", id="11111111-1111-1111-1111-111111111111"), user("b", id="11111111-1111-1111-1111-111111111111")],
    ]
    for users in alike:
        previewed, report = importing({"realm": "x", "users": users}, "--dry-run")
        assert previewed.returncode == 1 and report[0]["outcome"] == "refused"
        assert "a user of the name, id or address of" in previewed.stderr and "exists already" in previewed.stderr
    imported, _ = importing({"realm": "x", "users": alike[0]})
    assert imported.returncode == 1 and "exists already" in imported.stderr
    done, _ = importing({"realm": "x", "users": alike[1], "duplicateEmailsAllowed": True, "loginWithEmailAllowed": False}, "--dry-run")
    assert done.returncode == 0, done.stderr


def test_p21_a_preview_of_an_update_finds_users_who_are_alike(importing):
    """So does the import itself, before it has changed anything; names and addresses may go from one to another."""

    def user(name, letter, **members):
        return {"username": name, "id": letter * 8 + "-1111-1111-1111-111111111111", "enabled": True, **members}

    def file(*users):
        return {"realm": "x", "enabled": True, "users": list(users)}

    there = [user("\u00c4nne", "a", email="anne@x.example"), user("bob", "b", email="Bob@x.example")]
    done, _ = importing(file(*there))
    assert done.returncode == 0, done.stderr
    refused = [
        (["--merge"], file(user("Carl", "c"), user("carl", "d"))),
        (["--replace"], file(user("\u00c4nne", "c"), user("\u00e4nne", "d"))),
        (["--merge"], file(user("carl", "c", email="Q@x.example"), user("dora", "d", email="q@x.example"))),
        (["--merge"], file(user("carl", "c", email="BOB@x.example"))),  # whom the file does not name
        (["--merge"], file(user("BOB", "a"))),
        (["--replace"], file(user("ann", "a", email="q@x.example"), user("bob", "b", email="Q@x.example"))),
    ]
    for options, content in refused:
        for more in (["--dry-run"], []):
            done, _ = importing(content, *options, *more)
            assert done.returncode == 1, (options, content, done.stdout)
            assert "there is a user of the name, id or address of" in done.stderr
    swapped = file(user("bob", "a", email="bob@x.example"), user("\u00e4nne", "b", email="anne@x.example"))
    taken = file(user("carl", "c", email="bob@x.example"))
    for options, content in ((["--merge"], swapped), (["--replace"], swapped), (["--replace"], taken)):
        done, _ = importing(content, *options, "--dry-run")
        assert done.returncode == 0, done.stderr
        done, _ = importing(content, *options)
        assert done.returncode == 0, done.stderr


# ---- what is not ignored on the command line ----


def test_a_folder_without_realm_files_is_an_error(tmp_path):
    folder = tmp_path / "realms"
    folder.mkdir()
    (folder / "x-users-0.json").write_text("{}")
    (folder / "notes.txt").write_text("")
    done = run("realm", "import", folder, "--data", tmp_path / "data")
    assert (done.returncode, done.stdout) == (1, "") and "there is no realm file in it" in done.stderr


def test_an_option_with_one_value_is_not_given_twice(tmp_path):
    done = run("realm", "import", "--data", tmp_path / "a", "--data", tmp_path / "b", tmp_path)
    assert done.returncode == 2 and "--data is given twice, and has one value" in done.stderr
