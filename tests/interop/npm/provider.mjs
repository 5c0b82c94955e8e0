// SPDX-License-Identifier: Apache-2.0
// The provider under test, from the environment, and a browser just good enough for its login form.

// Node 18, as Debian 12 has it, keeps Web Crypto behind a flag.
if (!globalThis.crypto) {
  const { webcrypto } = await import('node:crypto')
  globalThis.crypto = webcrypto
  globalThis.CryptoKey ??= webcrypto.CryptoKey
}

export const issuer = required('ISSUER')
export const callback = required('CALLBACK')
export const home = new URL('/', callback).href
export const api = { id: 'myapi', secret: 'myapi-secret' }
export const docs = { id: 'items-docs', callback: new URL('/docs/oauth2-redirect', callback).href }
export const alice = { username: 'alice', password: 'alice-password' }

function required(name) {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

export class Browser {
  #cookies = new Map()

  async get(url) {
    return this.#send(url, {})
  }

  async post(url, form) {
    return this.#send(url, { method: 'POST', body: new URLSearchParams(form) })
  }

  async #send(url, options) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { redirect: 'manual', headers: cookie ? { cookie } : {}, ...options })
    for (const line of answer.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(';')
      const at = pair.indexOf('=')
      const ended = attributes.some((a) => /^\s*max-age=0\s*$/i.test(a))
      if (ended) this.#cookies.delete(pair.slice(0, at))
      else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return answer
  }

  // Follows the authorization request through the login form; returns the callback's URL.
  async logIn(authorizationUrl, { username, password }) {
    const page = await this.get(authorizationUrl)
    if (page.status === 302) return new URL(page.headers.get('location'))
    if (page.status !== 200) throw new Error(`no login page: ${page.status} ${await page.text()}`)
    const form = /<form[^>]*id="kc-form-login"[^>]*>/.exec(await page.text())
    if (!form) throw new Error('the login page has no form kc-form-login')
    const action = /action="([^"]+)"/.exec(form[0])[1].replaceAll('&amp;', '&')
    const answer = await this.post(new URL(action, authorizationUrl), { username, password, credentialId: '' })
    if (answer.status !== 302) throw new Error(`not logged in: ${answer.status} ${await answer.text()}`)
    return new URL(answer.headers.get('location'), authorizationUrl)
  }
}
