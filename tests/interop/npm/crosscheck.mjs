// SPDX-License-Identifier: Apache-2.0
// The side of npm's jose in the cross-checks; see ../crosscheck/ours.c for requests and answers.
import { createInterface } from 'node:readline'
import * as jose from 'jose'

const keys = new Map()

async function keyOf(request) {
  const name = JSON.stringify([request.alg, request.enc, request.key])
  if (!keys.has(name)) {
    // `dir` keys are the content encryption's.
    const alg = request.alg === 'dir' ? request.enc : request.alg
    keys.set(name, await jose.importJWK({ ...request.key, ext: true }, alg))
  }
  return keys.get(name)
}

const operations = {
  async sign({ alg, content }, key) {
    return { token: await new jose.CompactSign(content).setProtectedHeader({ alg }).sign(key) }
  },
  async verify({ alg, token }, key) {
    const { payload } = await jose.compactVerify(token, key, { algorithms: [alg] })
    return { content: jose.base64url.encode(payload) }
  },
  async encrypt({ alg, enc, content, zip }, key) {
    const encrypting = new jose.CompactEncrypt(content)
    encrypting.setProtectedHeader(zip ? { alg, enc, zip: 'DEF' } : { alg, enc })
    if (alg.startsWith('PBES2')) encrypting.setKeyManagementParameters({ p2c: 1000 })
    return { token: await encrypting.encrypt(key) }
  },
  async decrypt({ alg, enc, token }, key) {
    const { plaintext } = await jose.compactDecrypt(token, key, {
      keyManagementAlgorithms: [alg],
      contentEncryptionAlgorithms: [enc],
    })
    return { content: jose.base64url.encode(plaintext) }
  },
}

async function answer(request) {
  try {
    const key = await keyOf(request)
    const content = request.content === undefined ? undefined : jose.base64url.decode(request.content)
    return await operations[request.op]({ ...request, content }, key)
  } catch (error) {
    return { error: `${error.name}: ${error.message}` }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))))
}
