#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A client of Keycloak that proves itself by its TLS certificate (client-x509, tls_client_auth of RFC 8705) has the subject
# of the certificate in x509.subjectdn. In which form?
#
# Expected: as RFC 8705 §2.1.2 has it, the string of RFC 4514, which openssl x509 -nameopt RFC2253 prints; that spaces
# behind commas do not matter.
# Seen: a client with RFC 4514's form is refused with 401 by both versions; with spaces behind the commas, as Java prints
# names, the same client is let in.
# For us: the name counts, not its spelling: both forms are read, and compared attribute by attribute.
#
# Keycloak 24.0.5 and 26.7.3, openssl 3 as the client's tool.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
key() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2>/dev/null; }
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout ca.key -out ca.pem -subj /CN=CA 2>/dev/null
for each in 'server /CN=localhost' 'client /C=DE/O=Shop/CN=batch'; do
    set -- $each
    key "$1" "$2"
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -days 2 -out "$1.pem" 2>/dev/null
done
keytool -importcert -noprompt -alias ca -file ca.pem -keystore ca.p12 -storetype PKCS12 -storepass changeit 2>/dev/null

cat >realm.py <<'PY'
import json
import subprocess

asked = ["openssl", "x509", "-in", "client.pem", "-noout", "-subject", "-nameopt", "RFC2253"]
rfc = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip().removeprefix("subject=")
names = {"rfc4514": rfc, "spaces": rfc.replace(",", ", "), "reversed": ", ".join(reversed(rfc.split(",")))}
clients = [
    {
        "clientId": name,
        "clientAuthenticatorType": "client-x509",
        "serviceAccountsEnabled": True,
        "attributes": {"x509.subjectdn": subject},
    }
    for name, subject in names.items()
]
json.dump({"realm": "shop", "enabled": True, "clients": clients}, open("shop-realm.json", "w"))
print(*(f"{name}: {subject}" for name, subject in names.items()), sep="\n")
PY
python3 realm.py >seen

for version in 24.0.5 26.7.3; do
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
        -Dartifact=org.keycloak:keycloak-quarkus-dist:$version:tar.gz -DoutputDirectory=. >/dev/null 2>&1
    tar -xzf keycloak-quarkus-dist-$version.tar.gz
    mkdir -p keycloak-$version/data/import
    cp shop-realm.json keycloak-$version/data/import
    http=$(free_port) port=$(free_port)
    keycloak-$version/bin/kc.sh start-dev --import-realm --http-host=127.0.0.1 --http-port="$http" --https-port="$port" \
        --https-certificate-file="$work/server.pem" --https-certificate-key-file="$work/server.key" \
        --https-client-auth=request --https-trust-store-file="$work/ca.p12" --https-trust-store-password=changeit >log 2>&1 &
    pid=$!
    for _ in $(seq 480); do
        curl -fs -o /dev/null "http://127.0.0.1:$http/realms/shop" && break
        sleep 0.5
    done
    for name in rfc4514 spaces reversed; do
        status=$(curl -sk -o /dev/null -w '%{http_code}' --cert client.pem --key client.key \
            "https://localhost:$port/realms/shop/protocol/openid-connect/token" -d grant_type=client_credentials -d client_id=$name)
        echo "$version $name: $status" >>seen
    done
    kill "$pid"
    wait "$pid" || true
    pid=''
done
cat >expected <<'TEXT'
rfc4514: CN=batch,O=Shop,C=DE
spaces: CN=batch, O=Shop, C=DE
reversed: C=DE, O=Shop, CN=batch
24.0.5 rfc4514: 401
24.0.5 spaces: 200
24.0.5 reversed: 401
26.7.3 rfc4514: 401
26.7.3 spaces: 200
26.7.3 reversed: 401
TEXT
cat seen
diff expected seen
