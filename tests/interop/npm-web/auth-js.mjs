// SPDX-License-Identifier: Apache-2.0
// Auth.js, which next-auth is made of, with its provider for Keycloak.

import { ExpressAuth, getSession } from '@auth/express'
import Keycloak from '@auth/express/providers/keycloak'

export function authJs(app, path, base, { issuer, id, secret }) {
  const config = {
    basePath: path,
    trustHost: true,
    secret: 'a secret of more than thirty-two letters',
    providers: [Keycloak({ clientId: id, clientSecret: secret, issuer })],
    callbacks: {
      // Its own `sub` is a number that it draws for itself.
      jwt: ({ token, account }) =>
        account ? { ...token, id: account.providerAccountId, access_token: account.access_token } : token,
      session: ({ session, token }) => ({ ...session, sub: token.id, access_token: token.access_token }),
      redirect: ({ url }) => url,
    },
  }
  app.get(`${path}/login`, (request, response) => response.redirect(`${path}/signin?callbackUrl=${base}/me`))
  app.get(`${path}/logout`, (request, response) => response.redirect(`${path}/signout`))
  app.get(`${path}/me`, async (request, response) => {
    const session = await getSession(request, config)
    if (!session) return response.sendStatus(401)
    response.json({ sub: session.sub, email: session.user.email, access_token: session.access_token })
  })
  // It looks for what follows the path in the first parameter without a name, which Express 5 has for expressions alone.
  app.use(new RegExp(`^${path}/(.*)`), ExpressAuth(config))
}
