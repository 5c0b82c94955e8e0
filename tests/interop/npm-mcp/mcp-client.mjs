// SPDX-License-Identifier: Apache-2.0
// The TypeScript SDKs' clients: node mcp-client.mjs sdk|client RESOURCE CALLBACK [METADATA-URL]
// Prints {"authorize": URL} when a person has to log in, reads where the browser ended from its input,
// and prints {"text", "client", "refreshed"} when the tool has answered, also after its token was refreshed.
import { createInterface } from 'node:readline'
import * as sdk from '@modelcontextprotocol/sdk/client/index.js'
import * as sdkTransport from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import * as sdkAuth from '@modelcontextprotocol/sdk/client/auth.js'
import * as client from '@modelcontextprotocol/client'

const [which, resource, callback, metadataUrl] = process.argv.slice(2)
const { Client, StreamableHTTPClientTransport, UnauthorizedError } = which === 'client' ? client : { ...sdk, ...sdkTransport, ...sdkAuth }
const kept = {}

// The second SDK looks at `iss` (RFC 9207), which it takes with the rest of the callback.
const answerOf = (url) => which === 'client' ? url.searchParams : url.searchParams.get('code')

const provider = {
  clientMetadataUrl: metadataUrl,
  redirectUrl: callback,
  clientMetadata: { client_name: 'TypeScript Agent', redirect_uris: [callback], token_endpoint_auth_method: 'none' },
  state: () => 'state-of-the-client',
  clientInformation: () => kept.client,
  saveClientInformation: (client) => { kept.client = client },
  tokens: () => kept.tokens,
  saveTokens: (tokens) => { kept.tokens = tokens },
  redirectToAuthorization: (url) => { console.log(JSON.stringify({ authorize: url.href })) },
  saveCodeVerifier: (verifier) => { kept.verifier = verifier },
  codeVerifier: () => kept.verifier,
  saveDiscoveryState: (state) => { kept.discovery = state },
  discoveryState: () => kept.discovery,
}

async function call() {
  const transport = new StreamableHTTPClientTransport(new URL(resource), { authProvider: provider })
  const client = new Client({ name: 'agent', version: '1' })
  try {
    await client.connect(transport)
    const answer = await client.callTool({ name: 'whoami', arguments: {} })
    return answer.content[0].text
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error
    const lines = createInterface({ input: process.stdin })
    const { value } = await lines[Symbol.asyncIterator]().next()
    lines.close()
    await transport.finishAuth(answerOf(new URL(value)))
    return undefined
  } finally {
    await client.close()
  }
}

const text = (await call()) ?? (await call())
const before = kept.tokens.refresh_token
kept.tokens = { ...kept.tokens, access_token: 'not-a-token' }
const again = await call()
console.log(JSON.stringify({ text, again, client: kept.client.client_id, refreshed: kept.tokens.refresh_token !== before }))
process.exit(0)
