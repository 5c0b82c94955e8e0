# SPDX-License-Identifier: Apache-2.0
"""openid-client as a client that signs its proofs, pushes its requests and binds its tokens (npm/proving_client.mjs)."""

import json
import os
import subprocess

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from dpop import b64
from programs import Provider

CALLBACK = "http://localhost:8000/auth"
SECRET = "a secret of thirty-two bytes and more"
USER = {
    "username": "alice",
    "enabled": True,
    "email": "alice@example.com",
    "emailVerified": True,
    "firstName": "Alice",
    "lastName": "Tester",
    "credentials": [{"type": "password", "value": "alice-password"}],
}


def realm_of(key):
    numbers = key.public_key().public_numbers()
    x, y = (b64(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
    jwk = {"kty": "EC", "crv": "P-256", "kid": "proving", "x": x, "y": y}
    proving = {
        "clientId": "proving",
        "clientAuthenticatorType": "client-jwt",
        "redirectUris": [CALLBACK],
        "attributes": {
            "use.jwks.string": "true",
            "jwks.string": json.dumps({"keys": [jwk]}),
            "token.endpoint.auth.signing.alg": "ES256",
            "require.pushed.authorization.requests": "true",
            "dpop.bound.access.tokens": "true",
        },
    }
    by_secret = {
        "clientId": "secret-proving",
        "clientAuthenticatorType": "client-secret-jwt",
        "secret": SECRET,
        "serviceAccountsEnabled": True,
    }
    return {"realm": "proving", "enabled": True, "clients": [proving, by_secret], "users": [USER]}


def test_openid_client_proves_everything(tmp_path, npm_home, node):
    key = ec.generate_private_key(ec.SECP256R1())
    file = tmp_path / "proving-realm.json"
    file.write_text(json.dumps(realm_of(key)))
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    with Provider([file], tmp_path / "provider") as provider:
        environment = {
            **os.environ,
            "ISSUER": provider.realm("proving").issuer,
            "CALLBACK": CALLBACK,
            "CLIENT_KEY": key.private_bytes(serialization.Encoding.PEM, pkcs8, plain).decode(),
            "CLIENT_SECRET": SECRET,
        }
        done = subprocess.run(
            [node, "--experimental-global-webcrypto", "--test", "proving_client.mjs"],
            cwd=npm_home,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + provider.log_tail(20)
