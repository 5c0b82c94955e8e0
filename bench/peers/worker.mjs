// SPDX-License-Identifier: Apache-2.0
// A library of node's in the table of libraries: worker.mjs NAME FOLDER ALG, otherwise as worker.h says.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const issuer = 'http://localhost:8080/realms/myrealm'
const audience = 'myapi'
const chunk = 16

const libraries = {
  async fast_jwt(alg, jwk, pem) {
    const { createVerifier } = await import('fast-jwt')
    return createVerifier({ key: pem, algorithms: [alg], allowedIss: issuer, allowedAud: audience, requiredClaims: ['exp'], cache: false })
  },
  async jose(alg, jwk) {
    const { importJWK, jwtVerify } = await import('jose')
    const key = await importJWK(jwk, alg)
    const options = { issuer, audience, algorithms: [alg], requiredClaims: ['exp'] }
    return (token) => jwtVerify(token, key, options)
  },
}

async function accepts(check, token) {
  try {
    await check(token)
    return true
  } catch {
    return false
  }
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

async function measure(check, tokens, seconds) {
  const start = cpuSeconds()
  let now = start
  let count = 0
  while (now - start < seconds) {
    for (let i = 0; i < chunk; i++) {
      const verdict = check(tokens[count++ % tokens.length])
      if (verdict instanceof Promise) await verdict
    }
    now = cpuSeconds()
  }
  return count / (now - start)
}

const [name, folder, alg] = process.argv.slice(2)
const read = (kind) => readFileSync(`${folder}/${alg}.${kind}`, 'utf8')
const [good, bad] = ['good', 'bad'].map((kind) => read(kind).trim().split('\n'))
const check = await libraries[name](alg, JSON.parse(read('jwk')), read('pem'))
for (const token of good) await check(token)
for (const token of bad) {
  if (await accepts(check, token)) throw new Error('accepts a bad token')
}
console.log('ready')
for await (const line of createInterface({ input: process.stdin })) {
  console.log((await measure(check, good, Number(line))).toFixed(1))
}
