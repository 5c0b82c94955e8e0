#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An MCP client learns from the 401's WWW-Authenticate field where the server's metadata is and what scope to ask for. The
# field is a list of challenges (RFC 9110 §11.6.1): other schemes may come first, names of parameters know no case, blanks
# may stand around "=". What do the clients of the three SDKs, and oauth4webapi, read from valid fields?
#
# Expected: the address and the scope "read" in each line.
# Seen: only oauth4webapi 3.8.8 reads all. @modelcontextprotocol/sdk 1.32.2 looks at the field only if it begins with
# "Bearer": behind Basic, DPoP or Negotiate it sees nothing. It and mcp 2.3.0 search the whole text for name=value: a
# parameter whose name ends in "scope", or a description that mentions scope=…, is taken for the scope, in the latter case
# with the quotation mark that follows. Both miss upper-case names and blanks around "=". The Go SDK 1.8.0 refuses the blanks
# and loses what follows an empty list element.
# For us: the guard writes Bearer first wherever it is accepted, "scope" before "error_description", lower-case names and no
# blanks; a proxy that adds its own challenge must put it behind.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >fields.json <<'JSON'
{
  "plain": ["Bearer realm=\"r\", resource_metadata=\"https://a.example/m\", scope=\"read\""],
  "dpop-first": ["DPoP algs=\"ES256\", Bearer resource_metadata=\"https://a.example/m\", scope=\"read\""],
  "basic-first": ["Basic realm=\"r\"", "Bearer resource_metadata=\"https://a.example/m\", scope=\"read\""],
  "negotiate-first": ["Negotiate, Bearer resource_metadata=\"https://a.example/m\", scope=\"read\""],
  "blanks": ["Bearer resource_metadata = \"https://a.example/m\", scope = \"read\""],
  "upper-case": ["Bearer Resource_Metadata=\"https://a.example/m\", Scope=\"read\""],
  "empty-element": ["Bearer realm=\"r\", , resource_metadata=\"https://a.example/m\", scope=\"read\""],
  "description": ["Bearer error_description=\"ask with scope=write\", resource_metadata=\"https://a.example/m\", scope=\"read\""],
  "longer-name": ["Bearer former_scope=\"write\", resource_metadata=\"https://a.example/m\", scope=\"read\""]
}
JSON
npm init -y >/dev/null && npm install --silent @modelcontextprotocol/sdk@1.32.2 oauth4webapi@3.8.8
cat >read.mjs <<'JS'
import fs from 'fs'
import { extractWWWAuthenticateParams } from '@modelcontextprotocol/sdk/client/auth.js'
import { customFetch, protectedResourceRequest } from 'oauth4webapi'

for (const [name, fields] of Object.entries(JSON.parse(fs.readFileSync('fields.json')))) {
  const headers = new Headers()
  for (const field of fields) headers.append('WWW-Authenticate', field)
  const response = () => new Response(null, { status: 401, headers })
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response())
  console.log('typescript', name, resourceMetadataUrl?.href ?? '-', scope ?? '-')
  try {
    await protectedResourceRequest('t', 'GET', new URL('https://a.example/'), undefined, undefined, { [customFetch]: response })
  } catch (error) {
    const bearer = error.cause.find((challenge) => challenge.scheme === 'bearer')
    console.log('oauth4webapi', name, bearer.parameters.resource_metadata, bearer.parameters.scope)
  }
}
JS
node read.mjs >seen

python3 -m venv v
v/bin/pip -q install mcp==2.3.0
cat >read.py <<'PY'
import json
import httpx2
from mcp.client.auth.utils import extract_resource_metadata_from_www_auth, extract_scope_from_www_auth

for name, fields in json.load(open("fields.json")).items():
    response = httpx2.Response(401, headers=[("WWW-Authenticate", field) for field in fields])
    print("python", name, extract_resource_metadata_from_www_auth(response) or "-",
          extract_scope_from_www_auth(response) or "-")
PY
v/bin/python read.py >>seen

mkdir g && cd g
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/modelcontextprotocol/go-sdk/oauthex"
)

func main() {
	text, _ := os.ReadFile("../fields.json")
	var all map[string][]string
	if json.Unmarshal(text, &all) != nil {
		panic("fields.json")
	}
	for name, fields := range all {
		challenges, err := oauthex.ParseWWWAuthenticate(fields)
		if err != nil {
			fmt.Println("go", name, "refused")
			continue
		}
		address, scope := "-", "-"
		for _, c := range challenges {
			if c.Scheme == "bearer" {
				address, scope = c.Params["resource_metadata"], c.Params["scope"]
			}
		}
		fmt.Println("go", name, address, scope)
	}
}
GO
go mod init findings >/dev/null 2>&1
go get github.com/modelcontextprotocol/go-sdk@v1.8.0 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go run . >>../seen
cd ..

LC_ALL=C sort -o seen seen
cat >expected <<'TEXT'
go basic-first https://a.example/m read
go blanks refused
go description https://a.example/m read
go dpop-first https://a.example/m read
go empty-element  
go longer-name https://a.example/m read
go negotiate-first https://a.example/m read
go plain https://a.example/m read
go upper-case https://a.example/m read
oauth4webapi basic-first https://a.example/m read
oauth4webapi blanks https://a.example/m read
oauth4webapi description https://a.example/m read
oauth4webapi dpop-first https://a.example/m read
oauth4webapi empty-element https://a.example/m read
oauth4webapi longer-name https://a.example/m read
oauth4webapi negotiate-first https://a.example/m read
oauth4webapi plain https://a.example/m read
oauth4webapi upper-case https://a.example/m read
python basic-first https://a.example/m read
python blanks - -
python description https://a.example/m write"
python dpop-first https://a.example/m read
python empty-element https://a.example/m read
python longer-name https://a.example/m write
python negotiate-first https://a.example/m read
python plain https://a.example/m read
python upper-case - -
typescript basic-first - -
typescript blanks - -
typescript description https://a.example/m write"
typescript dpop-first - -
typescript empty-element https://a.example/m read
typescript longer-name https://a.example/m write
typescript negotiate-first - -
typescript plain https://a.example/m read
typescript upper-case - -
TEXT
cat seen
diff expected seen
