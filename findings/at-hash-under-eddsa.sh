#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A realm of Keycloak signs ID tokens with EdDSA (an eddsa-generated key). The token has "at_hash", half of a hash of the access
# token that comes with it; which hash follows from the signature's algorithm (OpenID Connect Core §3.1.3.6). EdDSA names none;
# by the curve it is SHA-512 for Ed25519 and SHAKE256 for Ed448. Which clients take a login whose at_hash is right?
#
# Expected: Keycloak hashes by the curve, of SHAKE256 the 114 bytes that Ed448 takes (RFC 8032 §5.2); clients that verify EdDSA
# signatures check at_hash, or leave alone what they cannot check.
# Seen: Ed25519 is as expected. For Ed448 Keycloak takes 64 bytes of SHAKE256, which oidc-token-hash (openid-client 5 stands on it)
# does not know. Of five clients' libraries three refuse every EdDSA login after the signature: social-auth-core raises
# NotImplementedError, idpyoidc takes the last three letters of "EdDSA" for the hash's size and finds no match,
# angular-oauth2-oidc's own check says "Algorithm not supported: EdDSA". Authlib and oidc-token-hash agree for Ed25519.
# For us: our ID tokens of Ed448 keys had SHA-512, which nobody expects; they have 114 bytes of SHAKE256 now. Our login takes
# Keycloak's 64 as well. The guide to keys says whom EdDSA shuts out, since it named it among what everybody knows.
#
# Keycloak 26.7.3, social-auth-core 7.0.0, idpyoidc 5.0.0, Authlib 1.9.10, angular-oauth2-oidc 22.0.2, oidc-token-hash 5.2.0.
set -euo pipefail
version=26.7.3
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip -q install social-auth-core==7.0.0 idpyoidc==5.0.0 Authlib==1.9.10
npm install --silent --no-audit --no-fund --legacy-peer-deps angular-oauth2-oidc@22.0.2 oidc-token-hash@5.2.0 >/dev/null

mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact=org.keycloak:keycloak-quarkus-dist:$version:tar.gz -DoutputDirectory=. >/dev/null 2>&1
tar -xzf keycloak-quarkus-dist-$version.tar.gz
mkdir -p keycloak-$version/data/import
python3 - keycloak-$version/data/import <<'PY'
import json
import pathlib
import sys

for curve in ("Ed25519", "Ed448"):
    ann = {"username": "ann", "enabled": True, "email": "ann@shop.example", "firstName": "Ann", "lastName": "Lee"}
    ann["credentials"] = [{"type": "password", "value": "ann-password"}]
    client = {"clientId": "shop", "publicClient": True, "directAccessGrantsEnabled": True}
    client["attributes"] = {"id.token.signed.response.alg": "EdDSA"}
    key = {"name": "eddsa", "providerId": "eddsa-generated", "config": {"priority": ["100"]}}
    key["config"]["eddsaEllipticCurveKey"] = [curve]
    realm = {"realm": curve, "enabled": True, "users": [ann], "clients": [client]}
    realm["components"] = {"org.keycloak.keys.KeyProvider": [key]}
    (pathlib.Path(sys.argv[1]) / f"{curve}-realm.json").write_text(json.dumps(realm))
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
keycloak-$version/bin/kc.sh start-dev --import-realm --http-host=127.0.0.1 --http-port="$port" >log 2>&1 &
pid=$!
base=http://127.0.0.1:$port/realms
for _ in $(seq 480); do
    curl -fs -o /dev/null "$base/Ed448" && break
    sleep 0.5
done
for curve in Ed25519 Ed448; do
    curl -fsS -d grant_type=password -d client_id=shop -d username=ann -d password=ann-password -d scope=openid \
        "$base/$curve/protocol/openid-connect/token" >"$curve.json"
done

cat >ask.py <<'PY'
import base64
import hashlib
import json
import subprocess

from authlib.oidc.core.util import create_half_hash
from cryptojwt.jws.utils import left_hash
from social_core.backends.open_id_connect import OpenIdConnectAuth


def part(text):
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def half(digest):
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def tried(ask):
    try:
        return ask()
    except Exception as error:
        return type(error).__name__


seen = {}
for curve in ("Ed25519", "Ed448"):
    answer = json.load(open(f"{curve}.json"))
    access = answer["access_token"]
    header, claims = (part(piece) for piece in answer["id_token"].split(".")[:2])
    assert header["alg"] == "EdDSA"
    hashes = {
        "SHA-512": half(hashlib.sha512(access.encode()).digest()),
        "SHAKE256, 114 bytes": half(hashlib.shake_256(access.encode()).digest(114)),
        "SHAKE256, 64 bytes": half(hashlib.shake_256(access.encode()).digest(64)),
    }
    seen[f"Keycloak {curve}"] = [name for name, value in hashes.items() if value == claims["at_hash"]]
    right = claims["at_hash"]
    done = subprocess.run(["node", "ask.mjs", curve, access, right], capture_output=True, text=True, check=True)
    seen |= json.loads(done.stdout)
    if curve == "Ed448":
        continue
    seen["social-auth-core"] = tried(lambda: OpenIdConnectAuth.calc_at_hash(access, "EdDSA") == right)
    # idpyoidc.message.oidc.verify_id_token: left_hash(access_token, "HS" + alg[-3:])
    seen["idpyoidc"] = tried(lambda: left_hash(access, "HS" + "EdDSA"[-3:]) == right)
    seen["Authlib"] = create_half_hash(access, "EdDSA").decode() == right
print(json.dumps(seen, indent=1))
assert seen == {
    "Keycloak Ed25519": ["SHA-512"],
    "Keycloak Ed448": ["SHAKE256, 64 bytes"],
    "social-auth-core": "NotImplementedError",
    "idpyoidc": False,
    "Authlib": True,
    "angular-oauth2-oidc": "Algorithm not supported: EdDSA",
    "oidc-token-hash Ed25519": True,
    "oidc-token-hash Ed448": False,
}, "no longer as it was"
PY
# Its check is a class without a constructor's needs; the package is Angular's, and so its source is read for that class alone.
cat >ask.mjs <<'JS'
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [, , curve, access, right] = process.argv;
const tokenHash = createRequire(import.meta.url)("oidc-token-hash");
const source = readFileSync("node_modules/angular-oauth2-oidc/fesm2022/angular-oauth2-oidc.mjs", "utf8");
const from = source.indexOf("class AbstractValidationHandler");
const upTo = source.indexOf("\nclass ", from);
const Handler = new Function(`${source.slice(source.lastIndexOf("class ValidationHandler", from), upTo)};
return AbstractValidationHandler;`)();
const asked = {
    idTokenHeader: { alg: "EdDSA" }, idToken: "-", accessToken: access, idTokenClaims: { at_hash: right },
};
let angular;
try {
    angular = await new Handler().validateAtHash(asked);
} catch (error) {
    angular = error.message;
}
console.log(JSON.stringify({
    "angular-oauth2-oidc": angular,
    [`oidc-token-hash ${curve}`]: tokenHash.generate(access, "EdDSA", curve) === right,
}));
JS
venv/bin/python ask.py
