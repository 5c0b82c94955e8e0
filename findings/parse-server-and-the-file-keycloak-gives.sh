#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Parse Server logs users in by access tokens of a realm. Its adapter's documentation says to configure it with the file that Keycloak
# generates for a client, keycloak.json, and that an app sends the user's roles and groups beside the token if it likes ("optional").
#
# Expected: the file does as it comes; an app that leaves roles and groups out logs its users in; one that sends those of the token, too.
# Seen: the file does not. The client's name is in it as "resource", and "client-id" is asked for; and "auth-server-url" ends with a slash
# in Keycloak's file, which makes an issuer with two of them, so that no token fits: every key is "unable to find". With both put right
# the token's own "roles" and "groups" have to be sent, all of them, in any order, or the login is refused as "Invalid authentication"; so
# a mapper for groups, added to the client for another API, ends its logins. A realm's roles are in realm_access, where they are not
# looked for, and an app that sends them is refused.
# For us: our keycloak.json is like Keycloak's; docs/usage/provider-programs.md says what to change in it.
#
# parse-server 9.10.0 with its parse 8.6.0, jwks-rsa 3.2.0 and jsonwebtoken 9.0.3.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund parse@8.6.0 jwks-rsa@3.2.0 jsonwebtoken@9.0.3
npm pack --silent parse-server@9.10.0 >/dev/null
tar -xzf parse-server-9.10.0.tgz

cat >ask.cjs <<'JS'
const http = require('node:http')
const { generateKeyPairSync } = require('node:crypto')
const jwt = require('jsonwebtoken')
const adapter = require('./package/lib/Adapters/Auth/keycloak.js')

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const server = http.createServer((request, response) => {
  const known = request.url === '/realms/r/protocol/openid-connect/certs'
  const keys = [{ kid: 'k', use: 'sig', alg: 'RS256', ...publicKey.export({ format: 'jwk' }) }]
  response.writeHead(known ? 200 : 404, { 'Content-Type': 'application/json' }).end(JSON.stringify(known ? { keys } : {}))
})
server.listen(0, '127.0.0.1', async () => {
  const base = `http://127.0.0.1:${server.address().port}`
  const file = { realm: 'r', 'auth-server-url': `${base}/`, 'ssl-required': 'external', resource: 'app', 'public-client': true, 'confidential-port': 0 }
  const named = { ...file, 'client-id': 'app' }
  const right = { ...named, 'auth-server-url': base }
  const token = (claims) => jwt.sign({ sub: 'f3b0', azp: 'app', typ: 'Bearer', scope: 'openid', realm_access: { roles: ['buyer'] }, ...claims },
    privateKey, { algorithm: 'RS256', keyid: 'k', issuer: `${base}/realms/r`, audience: 'account', expiresIn: 300 })
  const ask = (what, config, sent = {}, claims = {}) =>
    adapter.validateAuthData({ id: 'f3b0', access_token: token(claims), ...sent }, { config })
      .then(() => 'logged in', (error) => error.message).then((said) => console.log(`${what}: ${said}`))
  await ask('the file', file)
  await ask('with client-id', named)
  await ask('with client-id, without the slash', right)
  await ask('roles of realm_access sent', right, { roles: ['buyer'] })
  const both = { roles: ['buyer', 'seller'], groups: ['/north'] }
  await ask('token with roles and groups, none sent', right, {}, both)
  await ask('token with roles and groups, roles sent', right, { roles: both.roles }, both)
  await ask('token with roles and groups, one role less sent', right, { ...both, roles: ['buyer'] }, both)
  await ask('token with roles and groups, sent', right, { ...both, roles: ['seller', 'buyer'] }, both)
  await ask('token with an empty list of groups, none sent', right, {}, { groups: [] })
  server.close()
  process.exit()
})
JS
node ask.cjs >seen 2>log

cat seen
cat >expected <<'TEXT'
the file: Keycloak auth is not configured. Missing client-id.
with client-id: Unable to find matching key for Key ID: k
with client-id, without the slash: logged in
roles of realm_access sent: Invalid authentication
token with roles and groups, none sent: Invalid authentication
token with roles and groups, roles sent: Invalid authentication
token with roles and groups, one role less sent: Invalid authentication
token with roles and groups, sent: logged in
token with an empty list of groups, none sent: Invalid authentication
TEXT
diff expected seen
