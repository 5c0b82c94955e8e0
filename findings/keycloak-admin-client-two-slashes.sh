#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The npm package @keycloak/keycloak-admin-client builds each address from the server's base, a path of the resource and a
# path of the operation. A server that refuses paths beginning with two slashes, since "//name/…" reads as another host
# where it is taken for a relative reference (RFC 3986 §4.2), should never meet one.
#
# Expected: one slash at the beginning of each line, none at the end.
# Seen: 24.0.5 asks for "//admin/serverinfo", and for that alone; Keycloak 24.0.5 answers it. 26.7.4 does not, but ends the
# path of each list in a slash instead, "/admin/realms/r/users/".
# For us: two slashes are refused with 400, as the HTTP engine refuses all such paths, so that serverInfo.find() fails with
# 24.0.5; slashes at the end of a path of the admin API count for nothing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >ask.mjs <<'JS'
import http from 'node:http'
import KcAdminClient from '@keycloak/keycloak-admin-client'

const server = http.createServer((request, response) => {
  console.log(request.url)
  response.setHeader('content-type', 'application/json')
  response.end('{}')
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const admin = new KcAdminClient({ baseUrl: `http://127.0.0.1:${server.address().port}`, realmName: 'r' })
admin.setAccessToken('t')
await admin.realms.find()
await admin.users.find()
await admin.clients.find()
await admin.serverInfo.find()
server.close()
JS
for version in 24.0.5 26.7.4; do
  rm -rf node_modules package.json package-lock.json
  npm init -y >/dev/null
  npm install --silent --ignore-scripts "@keycloak/keycloak-admin-client@$version"
  echo "$version"
  node --no-warnings --experimental-global-webcrypto ask.mjs
done | tee seen

diff seen - <<'TXT'
24.0.5
/admin/realms
/admin/realms/r/users
/admin/realms/r/clients
//admin/serverinfo
26.7.4
/admin/realms/
/admin/realms/r/users/
/admin/realms/r/clients/
/admin/serverinfo
TXT
echo "as described"
