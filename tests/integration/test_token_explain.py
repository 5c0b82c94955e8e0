# SPDX-License-Identifier: Apache-2.0
"""ostiary token explain: the guard's verdict, and the check that is to blame."""

import hashlib
import hmac
import itertools
import json
import subprocess

import pytest
from dpop import DpopClient
from explained import CLAIMS, ISSUER, NOW, check_of, explain, failed, keys, part, run, signed, without  # noqa: F401
from web import Browser, unverified_token


def test_a_good_token(keys):
    told = explain(keys, signed(keys, CLAIMS))
    assert told["allowed"] and told["verified"] and told["status"] == 200
    assert [check["outcome"] for check in told["checks"]] == ["passed"] * 13


HS = {"alg": "HS256", "typ": "JWT", "kid": "k1"}
BROKEN = {
    "aud is account": (lambda k: signed(k, {**CLAIMS, "aud": "account"}), "audience", "OST_E_AUDIENCE"),
    "aud missing": (lambda k: signed(k, without("aud")), "audience", "OST_E_AUDIENCE"),
    "aud longer": (lambda k: signed(k, {**CLAIMS, "aud": "api2"}), "audience", "OST_E_AUDIENCE"),
    "iss with slash": (lambda k: signed(k, {**CLAIMS, "iss": ISSUER + "/"}), "issuer", "OST_E_ISSUER"),
    "iss by http": (lambda k: signed(k, {**CLAIMS, "iss": ISSUER.replace("https", "http")}), "issuer", "OST_E_ISSUER"),
    "iss in capitals": (lambda k: signed(k, {**CLAIMS, "iss": ISSUER.upper()}), "issuer", "OST_E_ISSUER"),
    "iss master": (lambda k: signed(k, {**CLAIMS, "iss": "https://id.example.org/realms/master"}), "issuer", "OST_E_ISSUER"),
    "iss elsewhere": (lambda k: signed(k, {**CLAIMS, "iss": "http://keycloak:8080/realms/a"}), "issuer", "OST_E_ISSUER"),
    "iss missing": (lambda k: signed(k, without("iss")), "issuer", "OST_E_ISSUER"),
    "expired": (lambda k: signed(k, {**CLAIMS, "exp": NOW - 31}), "time", "OST_E_EXPIRED"),
    "exp missing": (lambda k: signed(k, without("exp")), "time", "OST_E_CLAIM_MISSING"),
    "exp a string": (lambda k: signed(k, {**CLAIMS, "exp": str(NOW)}), "time", "OST_E_CLAIM_TYPE"),
    "nbf in the future": (lambda k: signed(k, {**CLAIMS, "nbf": NOW + 31}), "time", "OST_E_NOT_YET"),
    "iat in the future": (lambda k: signed(k, {**CLAIMS, "iat": NOW + 31}), "time", "OST_E_NOT_YET"),
    "ID token": (lambda k: signed(k, {**CLAIMS, "typ": "ID"}), "type", "OST_E_TOKEN_TYPE"),
    "refresh token": (lambda k: signed(k, {**CLAIMS, "typ": "Refresh"}), "type", "OST_E_TOKEN_TYPE"),
    "ID token of others": (lambda k: signed(k, {**without("typ"), "nonce": "n"}), "type", "OST_E_TOKEN_TYPE"),
    "header of a logout token": (lambda k: signed(k, CLAIMS, typ="logout+jwt"), "header", "OST_E_TOKEN_TYPE"),
    "foreign signature": (lambda k: signed(k, CLAIMS, "foreign"), "signature", "OST_E_SIGNATURE"),
    "unknown kid": (lambda k: signed(k, CLAIMS, header={"alg": "ES256", "kid": "k2"}), "key", "OST_E_KEY_UNKNOWN"),
    "other algorithm": (lambda k: signed(k, CLAIMS, header={"alg": "ES384", "kid": "k1"}), "key", "OST_E_KEY_USE"),
    "alg none": (lambda k: f'{part({"alg": "none"})}.{part(CLAIMS)}.AA', "algorithm", "OST_E_ALGORITHM"),
    "shared secret": (
        lambda k: (lambda i: f"{i}.{part(hmac.new(b'x' * 32, i.encode(), hashlib.sha256).digest())}")(
            f"{part(HS)}.{part(CLAIMS)}"
        ),
        "algorithm",
        "OST_E_ALGORITHM",
    ),
    "critical": (lambda k: signed(k, CLAIMS, header={"alg": "ES256", "crit": ["x"]}), "header", "OST_E_CRITICAL"),
    "bound to what is not a key": (lambda k: signed(k, {**CLAIMS, "cnf": {"jkt": "x"}}), "sender", "OST_E_SENDER"),
    "cut off": (lambda k: signed(k, CLAIMS).rsplit(".", 1)[0], "form", "OST_E_TOKEN_FORMAT"),
    "opaque": (lambda k: "2YotnFZFEjr1zCsicMWpAA", "form", "OST_E_TOKEN_FORMAT"),
    "encrypted": (lambda k: "e30.AA.AA.AA.AA", "form", "OST_E_TOKEN_FORMAT"),
    "padded": (lambda k: signed(k, CLAIMS).replace(".", "=.", 1), "form", "OST_E_TOKEN_FORMAT"),
    "quoted": (lambda k: '"' + signed(k, CLAIMS) + '"', "form", "OST_E_TOKEN_FORMAT"),
    "large": (lambda k: signed(k, {**CLAIMS, "x": "x" * 13000}), "size", "OST_E_CEILING"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_check_to_blame_is_named(keys, name):
    make, check, reason = BROKEN[name]
    told = explain(keys, make(keys))
    assert not told["allowed"] and told["status"] in (400, 401)
    assert failed(told)[0] == check, told
    step = next(c for c in told["checks"] if c["check"] == check)
    assert step["reason"] == reason and step["expected"] and step["advice"]
    assert told["reason"] in (reason, "OST_E_FORMAT")  # a malformed header field is refused as such


@pytest.mark.parametrize(
    "options,allowed",
    [
        (("--scope", "read"), True),
        (("--scope", "read", "--scope", "write"), False),
        (("--realm-role", "user"), True),
        (("--realm-role", "admin"), False),
        (("--client-role", "api:reader"), True),
        (("--client-role", "api:writer"), False),
        (("--client", "web"), True),
        (("--client", "other"), False),
        (("--access-token-profile",), False),
    ],
)
def test_what_a_route_asks_for(keys, options, allowed):
    told = explain(keys, signed(keys, CLAIMS), *options)
    assert told["allowed"] == allowed
    assert bool(failed(told)) == (not allowed)


POLICIES = [
    ({}, None),
    ({"scopes": ["read"], "any_realm_roles": ["admin", "user"], "clients": ["web"]}, None),
    ({"scopes": ["write"]}, "OST_E_SCOPE"),
    ({"any_client_roles": ["api:writer"]}, "OST_E_ROLE"),
    ({"audiences": ["account"]}, None),
    ({"audiences": ["other"]}, "OST_E_AUDIENCE"),
    ({"clients": ["mobile"]}, "OST_E_CLIENT"),
    ({"algorithms": ["RS256"]}, "OST_E_ALGORITHM"),
    ({"claims": [{"claim": "sub", "matches": "a*"}]}, None),
    ({"claims": [{"claim": "org.department", "equals": "hr"}]}, "OST_E_CLAIM"),
    ({"max_age": 60}, "OST_E_STEP_UP"),
]


@pytest.mark.parametrize("policy,reason", POLICIES, ids=lambda value: json.dumps(value) if isinstance(value, dict) else value)
def test_a_policy_as_programs_read_it(keys, tmp_path, policy, reason):
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(policy))
    told = explain(keys, signed(keys, CLAIMS), "--policy", file)
    assert told.get("reason") == reason and told["allowed"] == (reason is None)
    assert failed(told) == ([] if told["allowed"] else ["policy"])
    if not told["allowed"]:
        step = check_of(told, "policy")
        assert step["reason"] == reason and step["deciding"] and step["advice"]


def test_a_policy_that_wants_bound_tokens(keys, tmp_path):
    file = tmp_path / "policy.json"
    file.write_text('{"sender": "dpop"}')
    told = explain(keys, signed(keys, CLAIMS), "--policy", file)
    assert told["reason"] == "OST_E_SENDER" and failed(told) == ["sender"]


@pytest.mark.parametrize(
    "content,more,status,words",
    [
        ('{"scope": ["read"]}', (), 1, "is not a policy"),
        ("no JSON", (), 1, "is not a policy"),
        ('{"scopes": ["read",]}', (), 1, "(column 20, in scopes[1])"),
        ('{"open": true}', (), 2, "is open"),
        ("{}", ("--scope", "read"), 2, "--policy says all"),
        (None, (), 1, "No such file"),
    ],
)
def test_policies_that_cannot_be_taken(keys, tmp_path, content, more, status, words):
    file = tmp_path / "policy.json"
    if content is not None:
        file.write_text(content)
    asked = ("--issuer", ISSUER, "--audience", "api", "--jwks", keys / "keys.jwks", "--policy", file)
    done = run("token", "explain", *asked, *more, feed=signed(keys, CLAIMS))
    assert done.returncode == status and words in done.stderr and done.stdout == ""


def test_several_mistakes_are_all_told(keys):
    told = explain(keys, signed(keys, {**CLAIMS, "aud": "account", "exp": NOW - 100}, "foreign"))
    assert failed(told) == ["signature", "audience", "time"] and not told["verified"]


FAULTS = {
    "alg": lambda claims: {"header": {"alg": "HS256", "kid": "k1"}},
    "kid": lambda claims: {"header": {"alg": "ES256", "kid": "k2"}},
    "typ": lambda claims: {"typ": "logout+jwt"},
    "signature": lambda claims: {"name": "foreign"},
    "iss": lambda claims: claims.update(iss="https://else"),
    "no iss": lambda claims: claims.pop("iss", None) and None,
    "aud": lambda claims: claims.update(aud="account"),
    "exp": lambda claims: claims.update(exp=NOW - 100),
    "exp type": lambda claims: claims.update(exp="soon"),
    "nbf": lambda claims: claims.update(nbf=NOW + 100),
    "kind": lambda claims: claims.update(typ="ID"),
    "azp": lambda claims: claims.update(azp="other"),
    "scope": lambda claims: claims.update(scope="openid"),
    "cnf": lambda claims: claims.update(cnf={"jkt": "x"}),
}


@pytest.mark.parametrize("faults", list(itertools.chain(*(itertools.combinations(FAULTS, n) for n in (0, 1, 2)))), ids="+".join)
@pytest.mark.parametrize("profile", [(), ("--access-token-profile",)], ids=["", "profile"])
def test_the_checks_agree_with_the_verdict(keys, faults, profile):
    """With any two faults the one check that is marked has the guard's reason, and it is the first that
    failed, for they stand in the guard's order; when it lets a token in, all have passed."""
    claims, how = {**CLAIMS, "client_id": "web", "jti": "1"}, {"typ": "at+jwt" if profile else "JWT"}
    for fault in faults:
        how.update(FAULTS[fault](claims) or {})
    told = explain(keys, signed(keys, claims, **how), "--client", "web", "--scope", "read", *profile)
    assert told["allowed"] == (faults == ())
    if told["allowed"]:
        assert {check["outcome"] for check in told["checks"]} == {"passed"}
        assert not any("deciding" in check for check in told["checks"])
    else:
        (deciding,) = (check for check in told["checks"] if check.get("deciding"))
        assert deciding["reason"] == told["reason"], told
        if not {"iss", "no iss"} & set(faults):  # a foreign issuer's keys are not looked for
            assert deciding["check"] == failed(told)[0]


@pytest.mark.parametrize("name", ["sub", "client_id", "jti", "iat"])
def test_what_the_profile_asks_for(keys, name):
    claims = {**CLAIMS, "client_id": "web", "jti": "1"}
    del claims[name]
    told = explain(keys, signed(keys, claims, typ="at+jwt"), "--access-token-profile")
    assert failed(told) == ["type"] and told["reason"] == "OST_E_CLAIM_MISSING"
    assert f'"{name}"' in next(c for c in told["checks"] if c["check"] == "type")["seen"]


def test_nothing_is_no_token(keys):
    told = explain(keys, "")
    assert failed(told) == ["form"] and told["status"] == 401


def test_keys_that_cannot_be_fetched(keys):
    token = signed(keys, {**CLAIMS, "iss": "http://127.0.0.1:9/realms/a"})
    done = run(
        *("token", "explain", "--json", "--issuer", "http://127.0.0.1:9/realms/a", "--audience", "api"),
        *("--now", NOW, "-"),
        feed=token,
    )
    told = json.loads(done.stdout)
    assert done.returncode == 1 and told["status"] == 503 and failed(told) == ["key"]


def test_what_a_person_reads(keys):
    token = signed(keys, {**CLAIMS, "aud": "account"})
    done = run(
        *("token", "explain", "--issuer", ISSUER, "--audience", "api", "--now", NOW, "--jwks", keys / "keys.jwks"),
        feed=token,
    )
    assert "FAIL audience" in done.stdout and "Included" in done.stdout
    assert "The guard answers 401, OST_E_AUDIENCE" in done.stdout
    assert token not in done.stdout and max(map(len, done.stdout.splitlines())) <= 100


def test_a_token_of_our_provider(new_provider, realm_file, myapi):
    realm = new_provider([realm_file]).realm()
    token = realm.password(myapi, "alice", "alice-password").json()["access_token"]
    issuer = unverified_token(token)[1]["iss"]
    asked = ("token", "explain", "--issuer", issuer, "--audience")
    assert run(*asked, "myapi", feed=token).returncode == 0
    done = run(*asked, "elsewhere", feed=token)
    assert done.returncode == 1 and "FAIL audience" in done.stdout


def test_what_decides_is_said_where_several_checks_fail(keys):
    asked = ("token", "explain", "--issuer", ISSUER, "--audience", "api", "--now", NOW, "--jwks", keys / "keys.jwks")
    both = run(*asked, feed=signed(keys, {**CLAIMS, "aud": "account", "exp": NOW - 100})).stdout
    assert [line for line in both.splitlines() if "<-" in line] == ["FAIL audience <- the guard's answer"]
    assert "<-" not in run(*asked, feed=signed(keys, {**CLAIMS, "aud": "account"})).stdout


def test_a_key_set_by_its_url(new_provider, realm_file, myapi):
    """Without asking the issuer's metadata, which has another name than the tokens here."""
    realm = new_provider([realm_file]).realm()
    token = realm.password(myapi, "alice", "alice-password").json()["access_token"]
    issuer = unverified_token(token)[1]["iss"]
    asked = ("token", "explain", "--issuer", issuer, "--audience", "myapi", "--jwks")
    certs = f"{issuer}/protocol/openid-connect/certs"
    assert run(*asked, certs, feed=token).returncode == 0
    assert run(*asked, certs + "x", feed=token).returncode == 1
    done = run(*asked, "http://id.example.org/certs", feed=token)
    assert done.returncode == 2 and "https" in done.stderr


# ---- tokens that are bound to their sender ----

URL = "https://api.example.org/items"


def digest(raw):
    return part(hashlib.sha256(raw).digest())


@pytest.fixture(scope="module")
def bound(keys):
    """A token that is bound to a key, and what writes proofs of it into a file."""
    client = DpopClient()
    token = signed(keys, {**CLAIMS, "cnf": {"jkt": client.thumbprint}})

    def proof(**changes):
        file = keys / "proof.jwt"
        file.write_text(client.proof(URL, token, **{"iat": NOW - 5, **changes}) + "\n")
        return file

    return token, proof


def sender_of(told):
    return check_of(told, "sender")


def test_a_bound_token_is_not_judged_without_a_proof(keys, bound):
    told = explain(keys, bound[0])
    assert not told["allowed"] and told["proof_missing"] and failed(told) == []
    assert sender_of(told)["outcome"] == "unknown" and "--proof" in sender_of(told)["advice"]
    done = run(
        *("token", "explain", "--issuer", ISSUER, "--audience", "api", "--now", NOW, "--jwks", keys / "keys.jwks"),
        feed=bound[0],
    )
    assert done.returncode == 1 and "   - sender" in done.stdout and "All else is well." in done.stdout


def test_what_else_is_wrong_decides_before_a_missing_proof(keys, bound):
    told = explain(keys, bound[0], audience="elsewhere")
    assert failed(told) == ["audience"] and "proof_missing" not in told
    assert [check["check"] for check in told["checks"] if check.get("deciding")] == ["audience"]


def test_a_bound_token_with_its_proof(keys, bound):
    token, proof = bound
    told = explain(keys, token, "--proof", proof(), "--url", URL + "?page=2")
    assert told["allowed"] and failed(told) == []
    assert explain(keys, token, "--proof", proof(method="POST"), "--url", URL, "--method", "POST")["allowed"]


@pytest.mark.parametrize(
    "changes,options,word",
    [
        ({}, ("--url", "https://api.example.org/other"), "htu"),
        ({}, ("--url", URL, "--method", "DELETE"), "htm"),
        ({"iat": NOW - 100}, ("--url", URL), "100 seconds ago"),
        ({"ath": digest(b"another")}, ("--url", URL), "ath"),
    ],
)
def test_a_proof_of_something_else(keys, bound, changes, options, word):
    told = explain(keys, bound[0], "--proof", bound[1](**changes), *options)
    assert failed(told) == ["sender"] and told["reason"] == "OST_E_PROOF"
    assert word in sender_of(told)["seen"] and sender_of(told)["deciding"]


def test_a_proof_for_a_token_that_is_not_bound(keys, bound):
    told = explain(keys, signed(keys, CLAIMS), "--proof", bound[1](), "--url", URL)
    assert failed(told) == ["sender"] and told["reason"] == "OST_E_SENDER"


def test_a_token_that_is_bound_to_a_certificate(keys):
    for name in ("client", "other"):
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        command += ["-subj", f"/CN={name}", "-keyout", keys / f"{name}.key", "-out", keys / f"{name}.pem"]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    der = subprocess.run(
        ["openssl", "x509", "-in", keys / "client.pem", "-outform", "DER"], check=True, capture_output=True, timeout=60
    ).stdout
    (keys / "client.der").write_bytes(der)
    token = signed(keys, {**CLAIMS, "cnf": {"x5t#S256": digest(der)}})
    assert explain(keys, token)["proof_missing"]
    assert explain(keys, token, "--certificate", keys / "client.pem")["allowed"]
    assert explain(keys, token, "--certificate", keys / "client.der")["allowed"]
    told = explain(keys, token, "--certificate", keys / "other.pem")
    assert failed(told) == ["sender"] and told["reason"] == "OST_E_SENDER"
    (keys / "both.pem").write_text((keys / "client.key").read_text() + (keys / "client.pem").read_text())
    assert explain(keys, token, "--certificate", keys / "both.pem")["allowed"]
    done = run(
        *("token", "explain", "--issuer", ISSUER, "--audience", "api", "--jwks", keys / "keys.jwks"),
        *("--certificate", keys / "client.key"),
        feed=token,
    )
    assert done.returncode == 1 and "client.key: no certificate" in done.stderr


def test_wrong_usage(keys):
    for wrong in (("--url", URL), ("--method", "GET"), ("--proof", "-"), ("--proof", "-", "--url", URL)):
        done = run("token", "explain", "--issuer", ISSUER, "--audience", "a", *wrong, feed="a.b.c")
        assert done.returncode == 2 and "--proof" in done.stderr
    assert run("token", "explain", feed="a.b.c").returncode == 2
    assert run("token", "explain", "--issuer", ISSUER, feed="a.b.c").returncode == 2
    done = run("token", "explain", "--issuer", "ftp://x", "--audience", "a", feed="a.b.c")
    assert done.returncode == 2 and done.stderr.startswith("ostiary: token explain:")


# ---- tokens of other kinds ----


def test_an_encrypted_token(keys):
    """Signed by the issuer, then encrypted for this API (RFC 7519 §5.2)."""
    for name in ("api", "other"):
        done = run("jwk", "generate", "--alg", "ECDH-ES+A128KW", "--kid", "e1", "--output", keys / f"{name}.jwk")
        assert done.returncode == 0, done.stderr

    def encrypted(content, *more):
        done = run("jwe", "encrypt", "--key", keys / "api.jwk", *more, feed=content)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    token, own = encrypted(signed(keys, CLAIMS), "--content-type", "JWT"), ("--decryption-key", keys / "api.jwk")
    told = explain(keys, token, *own)
    assert told["allowed"] and told["verified"] and check_of(told, "decryption")["outcome"] == "passed"
    assert [check["check"] for check in told["checks"]][:3] == ["size", "decryption", "form"]
    wrong = encrypted(signed(keys, {**CLAIMS, "aud": "x"}), "--content-type", "JWT")
    assert failed(explain(keys, wrong, *own)) == ["audience"]
    told = explain(keys, token, "--decryption-key", keys / "other.jwk")
    assert failed(told) == ["decryption"] and told["reason"] == "OST_E_DECRYPTION"
    assert check_of(told, "decryption")["deciding"] and "public key" in check_of(told, "decryption")["advice"]
    told = explain(keys, encrypted(json.dumps(CLAIMS)), *own)
    assert failed(told) == ["decryption"] and "sign first" in check_of(told, "decryption")["advice"]
    told = explain(keys, token)
    assert failed(told) == ["form"] and "decryption" not in [check["check"] for check in told["checks"]]


def test_tokens_that_the_issuer_is_asked_about(new_provider, realm_file, myapi, tmp_path):
    file = tmp_path / "myrealm-realm.json"
    document = json.loads(realm_file.read_text())
    document["clients"].append({"clientId": "asker", "secret": "asker-secret"})
    file.write_text(json.dumps(document))
    realm = new_provider([file]).realm()
    tokens = realm.password(myapi, "alice", "alice-password", scope="openid").json()
    secret = tmp_path / "secret"
    secret.write_text("myapi-secret\n")
    asked = ("token", "explain", "--json", "--issuer", unverified_token(tokens["access_token"])[1]["iss"])
    asked += ("--audience", "myapi", "--introspection-secret-file", secret)

    def told_of(token, which, client="myapi"):
        return json.loads(run(*asked, "--introspection-client", client, "--introspect", which, feed=token).stdout)

    told = told_of(tokens["access_token"], "every")
    assert told["allowed"] and check_of(told, "introspection")["outcome"] == "passed"
    assert "introspection" not in [c["check"] for c in told_of(tokens["access_token"], "opaque")["checks"]]
    told = told_of("2YotnFZFEjr1zCsicMWpAA", "opaque")
    assert failed(told) == ["introspection"] and told["reason"] == "OST_E_INACTIVE" and not told["verified"]
    assert "aud does not name the client that asks: an audience mapper" in check_of(told, "introspection")["advice"]  # G18
    form = {**myapi.form, "refresh_token": tokens["refresh_token"]}
    assert Browser().post(realm.endpoint("logout"), form).status == 204
    told = told_of(tokens["access_token"], "every")
    assert failed(told) == ["introspection"] and "revoked" in check_of(told, "introspection")["advice"]
    assert "mapper" not in check_of(told, "introspection")["advice"]  # G18: its aud names the client
    secret.write_text("asker-secret\n")
    told = told_of(tokens["access_token"], "every", "asker")
    assert 'Its aud does not name the client that asks, "asker"' in check_of(told, "introspection")["advice"]  # G18
    secret.write_text("wrong\n")
    told = told_of(tokens["access_token"], "every")
    assert told["status"] == 503 and "secret" in check_of(told, "introspection")["advice"]
    asked += ("--introspection-client", "myapi")
    assert run(*asked, feed="x").returncode == 2
    assert run(*asked, "--introspect", "some", feed="x").returncode == 2


def test_a_token_of_a_status_list(keys):
    listed = {**CLAIMS, "status": {"status_list": {"idx": 1, "uri": "https://127.0.0.1:1/lists/1"}}}
    told = explain(keys, signed(keys, listed))
    assert failed(told) == ["status"] and told["reason"] == "OST_E_STATUS"
    assert "--status-origin" in check_of(told, "status")["advice"]
    told = explain(keys, signed(keys, listed), "--status-origin", "https://127.0.0.1:1")
    assert failed(told) == ["status"] and told["status"] == 503 and told["reason"] == "OST_E_REMOTE"
    told = explain(keys, signed(keys, {**listed, "aud": "x"}), "--status-origin", "https://127.0.0.1:1")
    assert failed(told) == ["audience"] and "status" not in [check["check"] for check in told["checks"]]
