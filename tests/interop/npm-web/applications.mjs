// SPDX-License-Identifier: Apache-2.0
// Web applications, one for each library, below a path of their own: /NAME/login leads to the provider, /NAME/me tells
// who is logged in. The line that is printed when they listen is awaited by the test.

import express from 'express'

import { authJs } from './auth-js.mjs'
import { betterAuthentication } from './better-auth.mjs'
import { expressOpenidConnect } from './express-openid-connect.mjs'
import { honoAuth } from './hono.mjs'
import { passportOpenidconnect } from './passport.mjs'

const { ISSUER, PORT } = process.env
const origin = `http://localhost:${PORT}`
const client = { issuer: ISSUER, id: 'web', secret: process.env.CLIENT_SECRET }

const app = express()
const applications = {
  'auth-js': authJs,
  'better-auth': betterAuthentication,
  'express-openid-connect': expressOpenidConnect,
  hono: honoAuth,
  passport: passportOpenidconnect,
}
for (const [name, make] of Object.entries(applications)) await make(app, `/${name}`, `${origin}/${name}`, client)

app.get('/', (request, response) => response.send('somebody is back'))
app.use((error, request, response, next) => {
  if (response.headersSent) return next(error)
  response.status(error.status ?? 500).send(`${error.message}: ${error.cause ?? ''}`)
})
app.listen(Number(PORT), '127.0.0.1', () => console.log('listening'))
