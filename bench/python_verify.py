#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""python: the check of a 1.4 KB RS256 access token from Python, ours against others.

Ours does what a guard does: a policy with a scope and a role, the claims touched. The others verify the
signature, exp, iss and aud: PyJWT with a parsed key, joserfc with an imported key, python-jose with PEM as
tutorials use it, parsed at every call, as it does. A bare signature is the same token's by the same library,
without the header, claims, policy, times and revocations around it: what no verification can do without. Blocks of each take turns; figures are medians of checks a second of CPU time, the ratio
is the median of each round's. The C guard's own rate comes from bench-guard, before and after."""

import base64
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import jose.jwt
import jwt as pyjwt

from command_line import read_options
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc import jwk as joserfc_jwk
from joserfc import jwt as joserfc_jwt

import ostiary
from ostiary import jwk, jwt
from ostiary._core import bytes_verify

PROJECT = pathlib.Path(__file__).resolve().parents[1]
ISSUER, AUDIENCE, TOKENS = "https://id.example.org/realms/bench", "items-api", 64


def claims_of(number):
    """As Keycloak makes them, a token of 1.4 KB."""
    return {
        "jti": f"{number:08d}-0c5d-4f3c-9f5e-1d2a6b7c8d9e",
        "iss": ISSUER,
        "aud": [AUDIENCE, "account"],
        "sub": "f:9d2c7a34-55a1-4c3e-8f0b-2f5a6b7c8d9e:alice",
        "typ": "Bearer",
        "azp": "web",
        "sid": "1f0c5d4e-3b2a-4190-8f7e-6d5c4b3a2918",
        "acr": "1",
        "allowed-origins": ["https://app.example.org"],
        "realm_access": {"roles": ["default-roles-bench", "offline_access", "uma_authorization"]},
        "resource_access": {"account": {"roles": ["manage-account", "manage-account-links", "view-profile"]}},
        "scope": "openid profile email",
        "email_verified": True,
        "name": "Alice Example",
        "preferred_username": "alice",
        "given_name": "Alice",
        "family_name": "Example",
        "email": "alice@example.org",
    }


class Ours:
    def __init__(self, folder, key, no_cache):
        seed = pathlib.Path(folder) / f"keys-{no_cache}.json"
        seed.write_text(json.dumps({"keys": [key.to_jwk()]}))
        # Its issuer cannot be reached, so that nothing is fetched meanwhile.
        self.verifier = ostiary.Verifier(
            ISSUER, AUDIENCE, jwks_url="http://127.0.0.1:1/", seed_file=str(seed), no_cache=no_cache
        )
        assert self.verifier.ready
        self.policy = ostiary.Policy({"scopes": ["email"], "realm_roles": ["offline_access"]})

    def block(self, tokens, count):
        verify, policy = self.verifier.verify, self.policy
        for number in range(count):
            verify(tokens[number % TOKENS], policy)["sub"]


class Signature:
    def __init__(self, key):
        self.key = key.public()

    def block(self, tokens, count):
        key = self.key
        parts = [token.encode().rpartition(b".") for token in tokens]
        signed = [(text, base64.urlsafe_b64decode(signature + b"==")) for text, _, signature in parts]
        for number in range(count):
            text, signature = signed[number % TOKENS]
            if not bytes_verify(text, signature, key, "RS256"):
                raise AssertionError("a good signature was refused")


class PyJWT:
    def __init__(self, pem):
        self.key = load_pem_public_key(pem.encode())

    def block(self, tokens, count):
        for number in range(count):
            token = tokens[number % TOKENS]
            pyjwt.decode(token, self.key, algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER)["sub"]


class Joserfc:
    def __init__(self, public):
        self.key = joserfc_jwk.import_key(public)
        self.registry = joserfc_jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": AUDIENCE}
        )

    def block(self, tokens, count):
        for number in range(count):
            token = joserfc_jwt.decode(tokens[number % TOKENS], self.key, algorithms=["RS256"])
            self.registry.validate(token.claims)
            token.claims["sub"]


class Jose:
    def __init__(self, pem):
        self.pem = pem

    def block(self, tokens, count):
        for number in range(count):
            token = tokens[number % TOKENS]
            jose.jwt.decode(token, self.pem, algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER)["sub"]


def seconds(worker, tokens, count):
    begun = time.process_time()
    worker.block(tokens, count)
    return (time.process_time() - begun) / count


def count_for(worker, tokens, lasting=0.15):
    count = 64
    while (taken := seconds(worker, tokens, count) * count) < lasting / 2:
        count *= 2
    return max(64, int(count * lasting / taken))


def guard_rate(build):
    """Checks a second of the C guard, as bench-guard measures them."""
    program = build / "bench" / "bench-guard"
    if not program.exists():
        return None
    rows = subprocess.run([program, "--json"], capture_output=True, text=True, check=True).stdout.splitlines()
    return next(row["ours"] for row in map(json.loads, rows) if row["name"] == "verify-rs256-cold")


def report(as_json, name, ours, peer, ratio):
    if as_json:
        print(json.dumps({"name": name, "ours": round(ours, 1), "peer": round(peer, 1), "ratio": round(ratio, 3)}))
    else:
        print(f"{name:28} {ours:12.1f}/s {peer:12.1f}/s {ratio:8.2f}   {1e6 / ours:8.2f} us {1e6 / peer:8.2f} us")


def main():
    arguments = read_options(__doc__, rounds=9)
    key = jwk.Key.generate("RS256", kid="bench")
    tokens = [jwt.sign(claims_of(number), key, "RS256", lifetime=3600) for number in range(TOKENS)]
    guard_rates = [guard_rate(arguments.build)]
    with tempfile.TemporaryDirectory() as folder:
        workers = {
            "cold": Ours(folder, key, True),
            "remembered": Ours(folder, key, False),
            "signature": Signature(key),
            "pyjwt": PyJWT(key.to_pem()),
            "joserfc": Joserfc(key.to_jwk()),
            "jose": Jose(key.to_pem()),
        }
        counts = {name: count_for(worker, tokens) for name, worker in workers.items()}
        times = {name: [] for name in workers}
        for _ in range(arguments.rounds):
            for name, worker in workers.items():
                times[name].append(seconds(worker, tokens, counts[name]))
    guard_rates.append(guard_rate(arguments.build))
    rates = {name: 1 / statistics.median(values) for name, values in times.items()}

    def ratio(ours, peer):
        return statistics.median(p / o for o, p in zip(times[ours], times[peer]))

    for peer in ("pyjwt", "joserfc", "jose", "signature"):
        report(arguments.json, f"python-verify-cold-{peer}", rates["cold"], rates[peer], ratio("cold", peer))
    report(arguments.json, "python-verify-remembered", rates["remembered"], rates["cold"], ratio("remembered", "cold"))
    if None not in guard_rates:
        guard = statistics.mean(guard_rates)
        report(arguments.json, "python-verify-cold-guard", rates["cold"], guard, rates["cold"] / guard)
    else:
        print("python-verify-cold-guard: not measured: bench-guard is not built", file=sys.stderr)


if __name__ == "__main__":
    main()
