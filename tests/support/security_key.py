# SPDX-License-Identifier: Apache-2.0
"""A security key in software: it registers at a relying party and signs in there, or does one thing of that wrongly. CBOR is
written by hand, so that it is no work of the reader that it tests."""

import base64
import hashlib
import json
import os
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rsa_keys import rsa_key

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40
MODEL = bytes(range(16))


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value):
    def head(kind, number):
        if number < 24:
            return bytes([kind << 5 | number])
        for more, size, form in ((24, 1 << 8, ">B"), (25, 1 << 16, ">H"), (26, 1 << 32, ">I")):
            if number < size:
                return bytes([kind << 5 | more]) + struct.pack(form, number)
        raise ValueError(number)

    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(name) + cbor(of) for name, of in value.items())


RSA = {"RS256": hashes.SHA256, "RS384": hashes.SHA384, "RS512": hashes.SHA512}


class SecurityKey:
    """One authenticator with one credential."""

    def __init__(self, origin, rp_id=None, kind="ES256", counter=0):
        self.origin, self.rp_id, self.kind = origin, rp_id or origin.split("//")[1].split(":")[0], kind
        self.id, self.counter, self.user_handle = os.urandom(32), counter, b""
        if kind in RSA:
            self.key = rsa_key()
        elif kind == "Ed25519":
            self.key = ed25519.Ed25519PrivateKey.generate()
        else:
            curve = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}[kind]
            self.key = ec.generate_private_key(curve())

    @property
    def alg(self):
        return {"ES256": -7, "ES384": -35, "ES512": -36, "RS256": -257, "RS384": -258, "RS512": -259, "Ed25519": -8}[self.kind]

    def cose(self):
        public = self.key.public_key()
        if self.kind in RSA:
            n = public.public_numbers()
            return cbor({-2: n.e.to_bytes(3, "big"), -1: n.n.to_bytes(256, "big"), 1: 3, 3: self.alg})
        if self.kind == "Ed25519":
            return cbor({1: 1, 3: self.alg, -1: 6, -2: public.public_bytes(Encoding.Raw, PublicFormat.Raw)})
        n, size = public.public_numbers(), (self.key.key_size + 7) // 8
        curve = {"ES256": 1, "ES384": 2, "ES512": 3}[self.kind]
        return cbor({1: 2, 3: self.alg, -1: curve, -2: n.x.to_bytes(size, "big"), -3: n.y.to_bytes(size, "big")})

    def sign(self, data):
        if self.kind in RSA:
            return self.key.sign(data, padding.PKCS1v15(), RSA[self.kind]())
        if self.kind == "Ed25519":
            return self.key.sign(data)
        hashed = {"ES256": hashes.SHA256, "ES384": hashes.SHA384, "ES512": hashes.SHA512}[self.kind]
        return self.key.sign(data, ec.ECDSA(hashed()))

    def client_data(self, kind, given, **changes):
        data = {"type": f"webauthn.{kind}", "challenge": given, "origin": self.origin, "crossOrigin": False, **changes}
        return json.dumps(data, separators=(",", ":")).encode()

    def authenticator_data(self, flags, rp_id=None):
        self.counter += 1 if self.counter else 0
        return hashlib.sha256((rp_id or self.rp_id).encode()).digest() + bytes([flags]) + struct.pack(">I", self.counter)

    def attestation(self, flags, rp_id=None, form="none", client_data=b""):
        attested = MODEL + struct.pack(">H", len(self.id)) + self.id + self.cose()
        data = self.authenticator_data(flags | ATTESTED, rp_id) + attested
        statement = {}
        if form == "packed":
            statement = {"alg": self.alg, "sig": self.sign(data + hashlib.sha256(client_data).digest())}
        return cbor({"fmt": form, "attStmt": statement, "authData": data})

    def create(self, options, flags=USER_PRESENT | USER_VERIFIED, rp_id=None, form="none", **changes):
        """The fields of the form that registers it, of what a page asks (or its challenge alone)."""
        options = options if isinstance(options, dict) else {"challenge": options}
        if "user" in options:
            self.user_handle = unb64(options["user"]["id"])
        client_data = self.client_data("create", options["challenge"], **changes)
        made = self.attestation(flags, rp_id, form, client_data)
        return {
            "clientDataJSON": b64(client_data),
            "attestationObject": b64(made),
            "publicKeyCredentialId": b64(self.id),
            "transports": "usb,internal",
            "error": "",
        }

    def get(self, options, flags=USER_PRESENT | USER_VERIFIED, rp_id=None, **changes):
        """The fields of the form that uses it."""
        options = options if isinstance(options, dict) else {"challenge": options}
        client_data = self.client_data("get", options["challenge"], **changes)
        data = self.authenticator_data(flags, rp_id)
        return {
            "clientDataJSON": b64(client_data),
            "authenticatorData": b64(data),
            "signature": b64(self.sign(data + hashlib.sha256(client_data).digest())),
            "credentialId": b64(self.id),
            "userHandle": b64(self.user_handle),
            "error": "",
        }

    def credential(self, kind="webauthn", label="Key"):
        """As Keycloak writes it into a realm file."""
        data = {
            "aaguid": "00010203-0405-0607-0809-0a0b0c0d0e0f",
            "credentialId": base64.b64encode(self.id).decode(),
            "counter": self.counter,
            "credentialPublicKey": b64(self.cose()),
            "attestationStatementFormat": "none",
            "transports": ["usb"],
        }
        return {"type": kind, "userLabel": label, "secretData": "{}", "credentialData": json.dumps(data)}


def asked(form):
    """What the page asks the browser, of a form of ours."""
    return json.loads(form.attributes["data-options"])
