#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Slurm takes commands of people by tokens (auth/jwt): slurmctld has a realm's key set in a file (jwks=), the client a token in SLURM_JWT.
# Whose name does it read out of the token, and what happens when the realm signs with its next key?
#
# Expected: a setting for the claim of the name; keys of other kinds passed over; the file read again by "scontrol reconfigure".
# Seen: there is no setting in this version. The name is "sun" (Slurm user name), or "username"; a realm's preferred_username is not
# looked at, nor is sub. RS256 is the one algorithm; an encryption key and an EC key beside it do no harm, but an RSA key that does
# not say alg, which is optional (RFC 7517 §4.4), is no key. An exp with a fraction, as NumericDate may be, counts as over. With
# the next key in the file its tokens are still refused after reconfigure, until slurmctld starts anew. Whoever is refused for any of
# this reads "Zero Bytes were transmitted or received"; the reason is in slurmctld's log.
# For us: our sets say alg, and exp is whole. docs/usage/provider-programs.md has the mapper, and when to start slurmctld.
#
# Debian 12: slurmctld, slurm-client, slurm-wlm-jwt-plugin 22.05.8, libjwt0 1.10.2. PyJWT 2.15.1 makes the tokens.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

mkdir debs state
packages=(libjwt0=1.10.2-1+deb12u1 libmunge2=0.5.15-2+deb12u1 libhwloc15=2.9.0-1 libjansson4=2.14-2 liblua5.3-0=5.3.6-2)
for part in slurmctld slurm-client slurm-wlm-basic-plugins slurm-wlm-jwt-plugin; do packages+=("$part=22.05.8-4+deb12u3"); done
(cd debs && apt-get -qq download "${packages[@]}" 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done
libraries=$work/root/usr/lib/x86_64-linux-gnu
# It takes the name that it is called by for what it is, and Debian's is called slurmctld-wlm before it is set up.
ln -s slurmctld-wlm root/usr/sbin/slurmctld
python3 -m venv v
v/bin/pip -q install 'PyJWT[crypto]==2.15.1'

cat >make.py <<'PY'
import json
import os
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

keys = {name: rsa.generate_private_key(65537, 2048) for name in ("first", "next", "encryption")} | {"ec": ec.generate_private_key(ec.SECP256R1())}


def jwk(name, **members):
    kind = jwt.algorithms.ECAlgorithm if name == "ec" else jwt.algorithms.RSAAlgorithm
    key = kind.to_jwk(keys[name].public_key(), as_dict=True)
    key.pop("key_ops", None)
    return {"kid": name, **key, **members}


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


others = [jwk("ec", use="sig", alg="ES256"), jwk("encryption", use="enc", alg="RSA-OAEP")]
sets = {
    "whole": [*others, jwk("first", use="sig", alg="RS256")],
    "without-alg": [jwk("first", use="sig")],
    "next": [jwk("next", use="sig", alg="RS256"), jwk("first", use="sig", alg="RS256")],
}
for name, members in sets.items():
    write(f"sets/{name}", json.dumps({"keys": members}))
now = int(time.time())
me = os.environ["ME"]
tokens = {
    "preferred_username": {"preferred_username": me},
    "sub": {"sub": me},
    "username": {"username": me},
    "sun": {"sun": me},
    "sun-and-a-fraction": {"sun": me, "exp": now + 300.5},
}
for name, claims in tokens.items():
    whole = {"iss": "https://issuer.example/realms/r", "aud": ["account", "slurm"], "sub": "f3b0", "iat": now, "exp": now + 300} | claims
    write(f"tokens/{name}", jwt.encode(whole, keys["first"], "RS256", headers={"kid": "first"}))
whole = {"sun": me, "iat": now, "exp": now + 300}
write("tokens/sun-by-es256", jwt.encode(whole, keys["ec"], "ES256", headers={"kid": "ec"}))
write("tokens/sun-by-the-next-key", jwt.encode(whole, keys["next"], "RS256", headers={"kid": "next"}))
PY
ME=$(id -un) v/bin/python make.py
head -c 32 /dev/urandom >hs256.key
chmod 600 hs256.key
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >slurm.conf <<TEXT
ClusterName=c
SlurmctldHost=localhost
SlurmctldPort=$port
SlurmctldPidFile=$work/pid
SlurmUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$work/none
AuthAltTypes=auth/jwt
AuthAltParameters=jwks=$work/jwks.json,jwt_key=$work/hs256.key
StateSaveLocation=$work/state
PluginDir=$libraries/slurm-wlm
ProctrackType=proctrack/linuxproc
MpiDefault=none
NodeName=localhost
PartitionName=p Nodes=localhost
TEXT
export SLURM_CONF=$work/slurm.conf LD_LIBRARY_PATH=$libraries:$libraries/slurm-wlm

start() {
    cp "sets/$1" jwks.json
    root/usr/sbin/slurmctld -D -f slurm.conf >"log-$1" 2>&1 &
    pid=$!
    until (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.2; done
}
stop() { kill "$pid" && wait "$pid" || true; }
ask() {
    local answer
    answer=$(SLURM_JWT=$(cat "tokens/$1") timeout 30 root/usr/bin/scontrol show partition p 2>&1 || true)
    echo "$2, $1: $(sed -n '1s/^.*error: //p; 1s/^PartitionName.*/yes/p' <<<"$answer")"
}

{
    start whole
    for token in preferred_username sub username sun sun-and-a-fraction sun-by-es256; do ask "$token" 'whole set'; done
    cp sets/next jwks.json
    SLURM_JWT=$(cat tokens/sun) root/usr/bin/scontrol reconfigure
    ask sun reconfigured
    ask sun-by-the-next-key reconfigured
    stop
    start next
    ask sun-by-the-next-key 'started anew'
    stop
    start without-alg
    ask sun 'key without alg'
    stop
} >seen

cat seen
cat >expected <<'TEXT'
whole set, preferred_username: Zero Bytes were transmitted or received
whole set, sub: Zero Bytes were transmitted or received
whole set, username: yes
whole set, sun: yes
whole set, sun-and-a-fraction: Zero Bytes were transmitted or received
whole set, sun-by-es256: Zero Bytes were transmitted or received
reconfigured, sun: yes
reconfigured, sun-by-the-next-key: Zero Bytes were transmitted or received
started anew, sun-by-the-next-key: yes
key without alg, sun: Zero Bytes were transmitted or received
TEXT
diff expected seen
