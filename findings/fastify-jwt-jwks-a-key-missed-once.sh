#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An API verifies tokens with fastify-jwt-jwks, by the address of a key set, as its README shows for Auth0. Its issuer is a realm, as
# Keycloak's: one of several below one host. A new key begins to sign, and its first token arrives before the key set has the key,
# because a proxy keeps the set for a minute. When is the token taken, and what does the address alone demand of its issuer?
#
# Expected: refused, then looked up anew within a minute or so; any issuer, or the one that the realm's address names.
# Seen: that a name was missing once is remembered as long as keys are, a week: the tokens of the new key are refused for that time, with
# "Missing Key", by that process and no other, though the set has the key by now. Each instance that was
# asked in that minute has to be started anew. secretsTtl makes it shorter for both, and 0 asks for the set with each request.
# The issuer, where none is named, has to be the host with a slash, "https://id.example/", which a realm's never is.
# For us: a key is published ten minutes before it signs (`key rotate --delay`), so that nobody asks for it in vain.
#
# fastify-jwt-jwks 3.1.2, fastify 5.6.2, jose 6.2.18.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund fastify-jwt-jwks@3.1.2 fastify@5.6.2 jose@6.2.18

cat >ask.mjs <<'JS'
import { once } from 'node:events'
import { createServer } from 'node:http'
import Fastify from 'fastify'
import plugin from 'fastify-jwt-jwks'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'

const pairs = {}
for (const kid of ['old', 'new'])
  pairs[kid] = await generateKeyPair('RS256')
const published = async kid => ({ ...await exportJWK(pairs[kid].publicKey), kid, alg: 'RS256', use: 'sig' })
let keys = [await published('old')], fetches = 0
const server = createServer((request, response) => {
  fetches++
  response.end(JSON.stringify({ keys }))
})
await once(server.listen(0, '127.0.0.1'), 'listening')
const host = `http://127.0.0.1:${server.address().port}`, issuer = `${host}/realms/shop`
const jwksUrl = `${issuer}/protocol/openid-connect/certs`
const token = (kid, iss = issuer) =>
  new SignJWT({ sub: 'ann' }).setProtectedHeader({ alg: 'RS256', kid }).setIssuer(iss).setIssuedAt().setExpirationTime('60d')
    .sign(pairs[kid].privateKey)

async function api(options) {
  const api = Fastify()
  await api.register(plugin, options)
  api.get('/', { preValidation: api.authenticate }, request => request.user.sub)
  return async bearer => {
    const before = fetches
    const answer = await api.inject({ url: '/', headers: { authorization: `Bearer ${bearer}` } })
    const asked = fetches === before ? '' : ', the set was asked for'
    return (answer.statusCode === 200 ? answer.body : `${answer.statusCode} ${answer.json().message}`) + asked
  }
}

const now = Date.now, later = milliseconds => { Date.now = () => now() + milliseconds }
const minute = 60_000, day = 24 * 60 * minute
const ask = await api({ jwksUrl, issuer }), [older, newer] = [await token('old'), await token('new')]
console.log(`old key: ${await ask(older)}`)
console.log(`new key, not in the set: ${await ask(newer)}`)
keys = [await published('new'), await published('old')]
for (const [name, time] of [['at once', 0], ['an hour later', 60 * minute], ['six days later', 6 * day], ['eight days later', 8 * day]]) {
  later(time)
  console.log(`new key, in the set, ${name}: ${await ask(newer)}`)
}
later(0)
console.log(`the same, another process: ${await (await api({ jwksUrl, issuer }))(newer)}`)
const short = await api({ jwksUrl, issuer, secretsTtl: 0 })
console.log(`secretsTtl 0: ${await short(newer)}, ${await short(newer)}`)
const bare = await api({ jwksUrl })
console.log(`no issuer named, of the realm: ${(await bare(older)).replace(host, 'HOST')}`)
console.log(`no issuer named, of the host: ${await bare(await token('old', `${host}/`))}`)
process.exit()
JS
node ask.mjs >seen
cat seen
cat >expected <<'TEXT'
old key: ann, the set was asked for
new key, not in the set: 401 Missing Key: Public key must be provided, the set was asked for
new key, in the set, at once: 401 Missing Key: Public key must be provided
new key, in the set, an hour later: 401 Missing Key: Public key must be provided
new key, in the set, six days later: 401 Missing Key: Public key must be provided
new key, in the set, eight days later: ann, the set was asked for
the same, another process: ann, the set was asked for
secretsTtl 0: ann, the set was asked for, ann, the set was asked for
no issuer named, of the realm: 401 Authorization token is invalid: The iss claim value is not allowed., the set was asked for
no issuer named, of the host: ann
TEXT
diff expected seen
