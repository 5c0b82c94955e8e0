#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Dovecot lets mail users in by access tokens, which it asks a provider about (passdb oauth2, introspection_mode = post). Its own
# credentials stand in the address, as its manual has it ("https://adminuser:adminpass@server.name/…"), or in client_id and
# client_secret. Do both work with Keycloak?
#
# Expected: both; the former is Basic authentication, which Keycloak takes at the introspection endpoint.
# Seen: only the latter. Beside Basic, Dovecot always sends "client_id=&client_secret=", and Keycloak reads the two empty parameters
# instead of the field: "Invalid client or Invalid client credentials", whereupon Dovecot logs "No username returned" and answers
# every user with a temporary failure. RFC 6749 §3.2 has parameters without a value treated as if they were left out. Keycloak does so
# with none of these: "client_secret=" beside the right Basic field, and "scope=", which is an invalid scope named "".
# For us: parameters without a value count as left out, and Dovecot comes in by either way.
#
# Debian 12: dovecot-core 2.3.19.1 (run as root). Keycloak 26.7.3.
set -euo pipefail
version=26.7.3
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"

mkdir debs
(cd debs && apt-get -qq download dovecot-core=1:2.3.19.1+dfsg1-2.1+deb12u7 libapparmor1 libcap2 libexttextcat-2.0-0 libicu72 liblua5.4-0 \
    liblzma5 libpam0g libsodium23 libstemmer0d libsystemd0 libtirpc3 libunwind8 libwrap0 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done

mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact=org.keycloak:keycloak-quarkus-dist:$version:tar.gz -DoutputDirectory=. >/dev/null 2>&1
tar -xzf keycloak-quarkus-dist-$version.tar.gz
mkdir -p keycloak-$version/data/import
cat >keycloak-$version/data/import/r-realm.json <<'JSON'
{"realm": "r", "enabled": true,
 "users": [{"username": "ann", "enabled": true, "email": "ann@example.com", "emailVerified": true, "firstName": "Ann", "lastName": "A",
            "credentials": [{"type": "password", "value": "secret"}]}],
 "clients": [{"clientId": "mail", "publicClient": true, "directAccessGrantsEnabled": true,
              "protocolMappers": [{"name": "imap", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper",
                                   "config": {"included.client.audience": "imap", "access.token.claim": "true"}}]},
             {"clientId": "imap", "secret": "s3cret", "serviceAccountsEnabled": true}]}
JSON
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
keycloak-$version/bin/kc.sh start-dev --import-realm --http-host=127.0.0.1 --http-port="$port" >log 2>&1 &
pid=$!
base=127.0.0.1:$port/realms/r
for _ in $(seq 480); do
    curl -fs -o /dev/null "http://$base" && break
    sleep 0.5
done
endpoint=$base/protocol/openid-connect/token
word() { python3 -c 'import json, sys; answer = json.load(sys.stdin); print(answer.get(sys.argv[1]) or answer["error"])' "$1"; }
token=$(curl -s "http://$endpoint" -d grant_type=password -d client_id=mail -d username=ann -d password=secret | word access_token)

cat >dovecot.conf <<CONF
base_dir = $work/run
state_dir = $work/run
log_path = $work/dovecot.log
protocols =
ssl = no
default_internal_user = root
default_internal_group = root
default_login_user = nobody
passdb {
  driver = oauth2
  args = $work/oauth2
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}
CONF
# Dovecot knows where it lies: for it alone, /usr has the package's files, too.
ask() { # what, where, more settings
    printf '%s\n' "introspection_url = http://$2" 'introspection_mode = post' 'active_attribute = active' 'active_value = true' "${@:3}" >oauth2
    echo "dovecot, credentials in $1: $(unshare --mount bash -c "
        mount -t overlay overlay -o lowerdir=$work/root/usr:/usr /usr
        dovecot -c $work/dovecot.conf
        doveadm -c $work/dovecot.conf auth test ann@example.com $token 2>&1 | grep -o 'auth succeeded\|code=temp_fail'
        doveadm -c $work/dovecot.conf stop")"
}
{
    ask 'the address' "imap:s3cret@$endpoint/introspect"
    ask 'client_id and client_secret' "$endpoint/introspect" 'client_id = imap' 'client_secret = s3cret'
    for more in '' client_id= client_secret= scope= code=; do
        echo "Basic, and \"$more\": $(curl -s -u imap:s3cret "http://$endpoint" -d grant_type=client_credentials -d "$more" | word token_type)"
    done
} >seen
cat seen
cat >expected <<'TEXT'
dovecot, credentials in the address: code=temp_fail
dovecot, credentials in client_id and client_secret: auth succeeded
Basic, and "": Bearer
Basic, and "client_id=": invalid_client
Basic, and "client_secret=": unauthorized_client
Basic, and "scope=": invalid_scope
Basic, and "code=": Bearer
TEXT
diff expected seen
