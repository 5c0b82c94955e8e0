#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A message encrypted with a password (PBES2): does the default number of rounds of one library fit under the ceiling of
# the next? RFC 7518 §4.8.1.2 names a minimum of 1000 and no maximum.
#
# Expected: defaults are read everywhere.
# Seen: go-jose writes 600,000 rounds unless told otherwise (what OWASP recommends for PBKDF2 with SHA-256), and none of
# the three others reads its messages: jose takes at most 10,000, jwcrypto 16,384, joserfc 300,000. go-jose itself
# stops at 1,000,000.
# For us: `ostiary jwe encrypt` says in its page who reads how many rounds; ours reads up to 1,000,000.
#
# go-jose 4.1.9, jose 6.2.18, joserfc 1.8.0, jwcrypto 1.6.1.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir g && cd g
cat >main.go <<'GO'
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

func main() {
	messages := map[string]string{}
	for _, rounds := range []int{0, 10000, 10001, 16384, 16385, 300000, 300001, 600000} {
		writer, err := jose.NewEncrypter(jose.A128GCM, jose.Recipient{
			Algorithm: jose.PBES2_HS256_A128KW, Key: "correct horse", PBES2Count: rounds}, nil)
		if err != nil {
			panic(err)
		}
		message, _ := writer.Encrypt([]byte("hello"))
		text, _ := message.CompactSerialize()
		name := fmt.Sprint(rounds)
		if rounds == 0 {
			name = "default"
			header, _ := base64.RawURLEncoding.DecodeString(strings.Split(text, ".")[0])
			var said struct{ P2c int }
			json.Unmarshal(header, &said)
			fmt.Println("go-jose writes", said.P2c)
		}
		messages[name] = text
	}
	text, _ := json.Marshal(messages)
	os.WriteFile("../messages.json", text, 0o600)
}
GO
cat >go.mod <<'GO'
module finding

go 1.24

require github.com/go-jose/go-jose/v4 v4.1.9
GO
go mod tidy >/dev/null 2>&1
go run . >../seen
cd ..

python3 -m venv v
v/bin/pip -q install joserfc==1.8.0 jwcrypto==1.6.1
cat >read.py <<'PY'
import json, warnings
warnings.simplefilter("ignore")
from joserfc import jwe
from joserfc.jwk import OctKey
from jwcrypto import jwe as jwcrypto_jwe, jwk

ALGORITHMS = ["PBES2-HS256+A128KW", "A128GCM"]
messages = json.load(open("messages.json"))


def read_by_jwcrypto(text):
    message = jwcrypto_jwe.JWE(algs=ALGORITHMS)
    message.deserialize(text, key=jwk.JWK.from_password("correct horse"))


for name, read in (
    ("joserfc", lambda text: jwe.decrypt_compact(text, OctKey.import_key("correct horse"), algorithms=ALGORITHMS)),
    ("jwcrypto", read_by_jwcrypto),
):
    taken = []
    for rounds, text in messages.items():
        try:
            read(text)
            taken.append(rounds)
        except Exception:
            pass
    print(f"{name} reads", *sorted(taken, key=lambda r: int(r) if r != "default" else 0))
PY
v/bin/python -W ignore read.py >>seen 2>/dev/null

mkdir n && cd n
npm init -y >/dev/null && npm install --silent jose@6.2.18
cat >read.mjs <<'JS'
import fs from 'fs'
import { compactDecrypt } from 'jose'

const taken = []
for (const [rounds, text] of Object.entries(JSON.parse(fs.readFileSync('../messages.json'))))
  await compactDecrypt(text, Buffer.from('correct horse'), { keyManagementAlgorithms: ['PBES2-HS256+A128KW'] })
    .then(() => taken.push(rounds), () => {})
console.log('jose reads', ...taken.sort())
JS
node read.mjs >>../seen
cd ..

cat >expected <<'TEXT'
go-jose writes 600000
joserfc reads 10000 10001 16384 16385 300000
jwcrypto reads 10000 10001 16384
jose reads 10000
TEXT
cat seen
diff expected seen
