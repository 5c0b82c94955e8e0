# SPDX-License-Identifier: Apache-2.0
"""Whoever is told that something has ended may trust in that, also at a node that has not heard of all keys yet."""

import hashlib
import hmac
import json
import time

import pytest
from dpop import b64
from nodes import cluster, nodes, reason  # noqa: F401  (fixtures)
from oidc import Client
from waiting import until
from web import Browser, unverified_token

WEB = Client("web", "a-secret-of-the-web")
REALM = {
    "realm": "myrealm",
    "enabled": True,
    "passwordPolicy": "hashAlgorithm(pbkdf2-sha256) and hashIterations(1)",
    "clients": [{"clientId": "web", "secret": WEB.secret, "directAccessGrantsEnabled": True}],
    "users": [{"username": "ann", "enabled": True, "credentials": [{"type": "password", "value": "ann-password"}]}],
}
SECRET = b"known at another node and not here".ljust(64, b".")
JWK = json.dumps({"kty": "oct", "kid": "elsewhere", "alg": "HS512", "use": "sig", "k": b64(SECRET)})
BEHIND = f"""
    SET session_replication_role = replica; -- nobody is told
    INSERT INTO key (kid, realm, algorithm, use, jwk, certificate, state, created, signs_from, ends, component)
        SELECT 'elsewhere', realm, algorithm, use, '{JWK}', certificate, state, created - 1, signs_from, ends, component
        FROM key WHERE algorithm = 'HS512' AND realm = 'myrealm'"""


@pytest.fixture
def realm_file(tmp_path):
    path = tmp_path / "myrealm-realm.json"
    path.write_text(json.dumps(REALM))
    return path


def signed(claims, kid):
    text = ".".join(b64(json.dumps(part).encode()) for part in ({"alg": "HS512", "kid": kid}, claims))
    return text + "." + b64(hmac.digest(SECRET, text.encode(), hashlib.sha512))


def asked(realm, token):
    """What revocation, introspection, logout and refresh say, and logout in a browser whose cookie it is."""
    end = lambda path, name: Browser().post(realm.endpoint(path), {name: token}, WEB.auth)  # noqa: E731
    header, claims = unverified_token(token)
    cookie = {"Cookie": "KEYCLOAK_IDENTITY=" + signed({**claims, "typ": "Serialized-ID"}, header["kid"])}
    form = {"client_id": "web", "post_logout_redirect_uri": ""}
    return {
        "revoke": end("revoke", "token").status,
        "introspect": end("token/introspect", "token").status,
        "logout": end("logout", "refresh_token").status,
        "refresh": realm.refresh(WEB, token).status,
        "browser": Browser().get(realm.endpoint("logout"), form, cookie).status,
    }


def test_a_token_whose_key_is_not_known_here_yet_is_not_told_as_ended(nodes, cluster, tmp_path):  # noqa: F811
    realm, other = (node.realm() for node in nodes)
    time.sleep(1.5)  # they have read what they found at their start
    tokens = realm.password(WEB, "ann", "ann-password").json()
    claims = unverified_token(tokens["refresh_token"])[1]
    unknown, elsewhere = signed(claims, "nowhere"), signed(claims, "elsewhere")
    assert asked(other, unknown) == {"revoke": 200, "introspect": 200, "logout": 400, "refresh": 400, "browser": 200}
    cluster.sql(BEHIND, tmp_path.name)
    assert set(asked(other, elsewhere).values()) == {503}
    assert realm.refresh(WEB, tokens["refresh_token"]).status == 200
    cluster.kill()
    try:
        for token in (unknown, elsewhere):
            assert set(asked(other, token).values()) == {503}
    finally:
        cluster.start()
    until(lambda: reason(nodes[0]) is None and reason(nodes[1]) is None, "health again")
    cluster.sql("UPDATE key SET created = created WHERE kid = 'elsewhere'", tmp_path.name)
    end = lambda: Browser().post(other.endpoint("revoke"), {"token": elsewhere}, WEB.auth).status  # noqa: E731
    until(lambda: end() == 200, "a key that is known")
    assert realm.refresh(WEB, tokens["refresh_token"]).status == 400
