# SPDX-License-Identifier: Apache-2.0
"""A client that has its users authenticated on another device (CIBA)."""

import hashlib
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from dpop import b64
from oidc import Client

GRANT = "urn:openid:params:grant-type:ciba"
BANK = Client("bank", "bank-secret")


def ask(realm, client=BANK, **changes):
    """An authentication request; None leaves a parameter out."""
    form = {"scope": "openid", "login_hint": "carol", **({} if client.secret else client.form), **changes}
    form = {name: value for name, value in form.items() if value is not None}
    return realm.browser().post(realm.endpoint("ext/ciba/auth"), form, dict(client.auth))


def poll(realm, client, request, **more):
    return realm.token({"grant_type": GRANT, "auth_req_id": request, **more}, client)


class EcKey:
    """A P-256 key that is made of a name, so that a realm file may name it."""

    def __init__(self, name):
        secret = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")
        self.private = ec.derive_private_key(secret, ec.SECP256R1())

    def jwk(self, kid):
        public = self.private.public_key().public_numbers()
        x, y = (b64(number.to_bytes(32, "big")) for number in (public.x, public.y))
        return {"kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "alg": "ES256", "x": x, "y": y}

    def token(self, header, claims):
        text = ".".join(b64(json.dumps(part).encode()) for part in (header, claims))
        r, s = utils.decode_dss_signature(self.private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


PROBED_KEY = EcKey("ciba")
