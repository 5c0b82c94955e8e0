#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# libscitokens is the library in C++ by which XRootD and HTCondor let tokens in. A realm's access token has exp and iat, but not nbf,
# which is optional (RFC 7519 §4.1.5); none of Keycloak's has it. What does the library make of such a token, and what has to be added?
#
# Expected: as of its sister in Python (scitokens-enforcer-and-claims-it-has-not-met.sh): with ver "scitoken:2.0" it passes.
# Seen: it is refused before that, "'nbf' claim is mandatory", whatever profile is said; with nbf, 0 will do, and without ver it is
# refused for a claim that the library does not know, named as "'realm_access' claim verification is mandatory". With both it passes,
# and every word of the scope is a right: "openid" is one on "/", and so is "read" without a path. An exp with a fraction, which
# NumericDate allows, is refused with the words "std::bad_cast". A token without a scope is refused as well.
# For us: docs/usage/provider-programs.md has the two mappers.
#
# Debian 12: libscitokens0 and scitokens-cpp 0.7.3. PyJWT 2.15.1 makes the tokens.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir debs
(cd debs && apt-get -qq download libscitokens0=0.7.3-1+b1 scitokens-cpp=0.7.3-1+b1 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done
python3 -m venv v
v/bin/pip -q install 'PyJWT[crypto]==2.15.1'

cat >ask.py <<'PY'
import subprocess
import time

import jwt
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec

ISSUER = "https://issuer.example/realms/r"
key = ec.generate_private_key(ec.SECP256R1())
with open("public.pem", "wb") as file:
    file.write(key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo))


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip().split("\n")


def token(**claims):
    now = int(time.time())
    whole = {"iss": ISSUER, "aud": ["account", "api"], "sub": "f3b0", "azp": "app", "iat": now, "exp": now + 300, "jti": "1"}
    whole |= {"typ": "Bearer", "scope": "openid read:/data", "realm_access": {"roles": ["buyer"]}} | claims
    whole["exp"] += whole.pop("fraction", 0)
    return jwt.encode({name: value for name, value in whole.items() if value is not None}, key, "ES256", headers={"kid": "k"})


def verify(what, claims, *profile):
    said = run("root/usr/bin/scitokens-verify", "-c", "public.pem", "-i", ISSUER, "-K", "k", *profile, token(**claims))
    print(f"{what}: {said[-1]}")


def rights(what, audience="api", **claims):
    said = run("root/usr/bin/scitokens-list-access", token(**claims), ISSUER, audience)
    acls = [line.removeprefix("ACL: ") for line in said if line.startswith("ACL: ")]
    print(f"{what}: {', '.join(acls) or said[-1]}")


verify("as it comes", {})
for profile in ("wlcg", "scitokens1", "scitokens2", "atjwt"):
    verify(f"as it comes, for {profile}", {}, "-p", profile)
verify("with nbf", {"nbf": 0})
rights("rights, with nbf", nbf=0)
both = {"nbf": 0, "ver": "scitoken:2.0"}
rights("rights, with nbf and ver", **both)
rights("rights for somebody else", audience="other", **both)
rights("rights by words alone", **both, scope="openid read write:/a")
rights("rights without a scope", **both, scope=None)
rights("rights, exp with a fraction", **both, fraction=0.5)
PY
LD_LIBRARY_PATH=$PWD/root/usr/lib/x86_64-linux-gnu XDG_CACHE_HOME=$PWD v/bin/python ask.py >seen

cat seen
cat >expected <<'TEXT'
as it comes: Failed to deserialize a token: token verification failed: 'nbf' claim is mandatory
as it comes, for wlcg: Failed to deserialize a token: token verification failed: 'nbf' claim is mandatory
as it comes, for scitokens1: Failed to deserialize a token: token verification failed: 'nbf' claim is mandatory
as it comes, for scitokens2: Failed to deserialize a token: token verification failed: 'nbf' claim is mandatory
as it comes, for atjwt: Failed to deserialize a token: token verification failed: 'nbf' claim is mandatory
with nbf: Token deserialization successful.
rights, with nbf: ACL generation failed: token verification failed: 'realm_access' claim verification is mandatory
rights, with nbf and ver: openid:/, read:/data
rights for somebody else: ACL generation failed: token verification failed: 'aud' claim verification failed.
rights by words alone: openid:/, read:/, write:/a
rights without a scope: ACL generation failed: token verification failed: 'scope' claim is mandatory
rights, exp with a fraction: Failed to deserialize a token: std::bad_cast
TEXT
diff expected seen
