#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A policy of Open Policy Agent verifies a realm's tokens by io.jwt.decode_verify, with the realm's key set as "cert". The tokens are of
# RS256, their key is in the set. Beside it is one more key, as a realm has when its administrator adds a provider of keys.
#
# Expected: a key that one does not understand is passed by (RFC 7517 §5), as OPA passes RSA-OAEP's by.
# Seen: an Ed448 or X448 key, one of secp256k1 (ES256K), an ML-DSA key (RFC 9964's type, AKP), a type or an "alg" that is not known: each
# makes decode_verify and verify_rs256 fail for all tokens. To a policy that is no error: the rule is undefined, "allow" stays false, and
# neither the answer nor OPA's log says a word; only strict builtin errors do ("invalid curve algorithm Ed448", "invalid key type").
# So a key that was added for something else shuts every API behind the policy. Ed25519, X25519, P-521 and RSA keys do no harm.
# And where the key of an EdDSA token has "alg":"Ed25519" (RFC 9864), that token is refused, strict or not.
# What helps is to hand on only the keys that are meant: json.marshal({"keys": [key | some key in set.keys; key.alg == "RS256"]}).
# For us: a realm has RSA keys alone as it comes; docs/usage/provider-programs.md has the rule.
#
# github.com/open-policy-agent/opa v1.22.4.
set -euo pipefail
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

cat >go.mod <<'GO'
module ask

go 1.25

require github.com/open-policy-agent/opa v1.22.4
GO
cat >ask.go <<'GO'
package main

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/rego"
)

const policy = `package api

default allow := false

allow if {
	[valid, _, claims] := io.jwt.decode_verify(input.token, {"cert": input.set, "iss": "https://realm.example", "aud": "api"})
	valid
	claims.azp == "app"
}

default verified := false

verified if io.jwt.verify_rs256(input.token, input.set)

default picked := false

picked if {
	meant := {"keys": [key | some key in json.unmarshal(input.set).keys; key.alg == "RS256"]}
	[true, _, _] = io.jwt.decode_verify(input.token, {"cert": json.marshal(meant), "iss": "https://realm.example", "aud": "api"})
}
`

type jwk map[string]string

func text(octets []byte) string { return base64.RawURLEncoding.EncodeToString(octets) }

func point(name string, octets string) jwk {
	key, err := hex.DecodeString(octets)
	if err != nil {
		panic(err)
	}
	return jwk{"kty": "OKP", "crv": name, "x": text(key)}
}

func rsaKey(kid, alg, use string) (*rsa.PrivateKey, jwk) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	e := big.NewInt(int64(key.E)).Bytes()
	return key, jwk{"kty": "RSA", "kid": kid, "alg": alg, "use": use, "n": text(key.N.Bytes()), "e": text(e)}
}

func with(key jwk, alg, use string) jwk {
	key["kid"], key["alg"], key["use"] = "beside", alg, use
	return key
}

func token(alg, kid string, sign func(signed []byte) []byte) string {
	header, _ := json.Marshal(jwk{"alg": alg, "typ": "JWT", "kid": kid})
	now := time.Now().Unix()
	told := map[string]any{"iss": "https://realm.example", "aud": "api", "azp": "app", "sub": "ann", "iat": now, "exp": now + 300}
	claims, _ := json.Marshal(told)
	signed := text(header) + "." + text(claims)
	return signed + "." + text(sign([]byte(signed)))
}

func ask(name, token string, keys ...jwk) {
	set, _ := json.Marshal(map[string]any{"keys": keys})
	input := map[string]string{"token": token, "set": string(set)}
	seen := []string{}
	for _, strict := range []bool{false, true} {
		told := []func(*rego.Rego){rego.Query("data.api"), rego.Module("api.rego", policy), rego.Input(input)}
		query := rego.New(append(told, rego.StrictBuiltinErrors(strict))...)
		out, err := query.Eval(context.Background())
		if err != nil {
			words := strings.Split(err.Error(), ": ")
			seen = append(seen, "strict: "+words[len(words)-1])
		} else if said := out[0].Expressions[0].Value.(map[string]any); !strict {
			seen = append(seen, fmt.Sprintf("allow %v, verified %v, picked %v", said["allow"], said["verified"], said["picked"]))
		}
	}
	fmt.Printf("%s: %s\n", name, strings.Join(seen, "; "))
}

func main() {
	private, key := rsaKey("signs", "RS256", "sig")
	rs := token("RS256", "signs", func(signed []byte) []byte {
		digest := sha256.Sum256(signed)
		signature, err := rsa.SignPKCS1v15(rand.Reader, private, crypto.SHA256, digest[:])
		if err != nil {
			panic(err)
		}
		return signature
	})
	ask("alone", rs, key)

	_, encrypts := rsaKey("beside", "RSA-OAEP", "enc")
	ask("RSA-OAEP", rs, key, encrypts)
	_, later := rsaKey("beside", "RSX", "sig")
	ask("alg RSX", rs, key, later)
	public, edwards, _ := ed25519.GenerateKey(rand.Reader)
	ed := jwk{"kty": "OKP", "crv": "Ed25519", "x": text(public)}
	ask("Ed25519", rs, key, with(ed, "EdDSA", "sig"))
	x, _ := ecdh.X25519().GenerateKey(rand.Reader)
	ask("X25519", rs, key, with(jwk{"kty": "OKP", "crv": "X25519", "x": text(x.PublicKey().Bytes())}, "ECDH-ES", "enc"))
	// RFC 8032 §7.4 and RFC 7748 §6.2 have these two.
	ask("Ed448", rs, key, with(point("Ed448", "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778"+
		"edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180"), "EdDSA", "sig"))
	ask("X448", rs, key, with(point("X448", "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bb"+
		"c836647241d953d40c5b12da88120d53177f80e532c41fa0"), "ECDH-ES", "enc"))
	p521, _ := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	octets, _ := p521.PublicKey.Bytes()
	ask("P-521", rs, key, with(jwk{"kty": "EC", "crv": "P-521", "x": text(octets[1:67]), "y": text(octets[67:])}, "ES512", "sig"))
	// The base point of the curve.
	base, _ := hex.DecodeString("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798" +
		"483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8")
	ask("secp256k1", rs, key, with(jwk{"kty": "EC", "crv": "secp256k1", "x": text(base[:32]), "y": text(base[32:])}, "ES256K", "sig"))
	ml := make([]byte, 1952)
	rand.Read(ml)
	ask("ML-DSA-65", rs, key, with(jwk{"kty": "AKP", "pub": text(ml)}, "ML-DSA-65", "sig"))
	ask("kty NEW", rs, key, jwk{"kty": "NEW", "kid": "beside"})

	eddsa := token("EdDSA", "beside", func(signed []byte) []byte { return ed25519.Sign(edwards, signed) })
	ask("EdDSA by a key of EdDSA", eddsa, key, with(ed, "EdDSA", "sig"))
	ask("EdDSA by a key of Ed25519", eddsa, key, with(ed, "Ed25519", "sig"))
}
GO
export GOPATH=$work/go
go build -mod=mod -o ask . 2>/dev/null
./ask >seen
cat seen
diff - seen <<'TEXT'
alone: allow true, verified true, picked true
RSA-OAEP: allow true, verified true, picked true
alg RSX: allow false, verified false, picked true; strict: invalid key algorithm
Ed25519: allow true, verified true, picked true
X25519: allow true, verified true, picked true
Ed448: allow false, verified false, picked true; strict: invalid curve algorithm Ed448
X448: allow false, verified false, picked true; strict: invalid curve algorithm X448
P-521: allow true, verified true, picked true
secp256k1: allow false, verified false, picked true; strict: "secp256k1"
ML-DSA-65: allow false, verified false, picked true; strict: invalid key type from JSON (AKP)
kty NEW: allow false, verified false, picked true; strict: invalid key type from JSON (NEW)
EdDSA by a key of EdDSA: allow true, verified false, picked false
EdDSA by a key of Ed25519: allow false, verified false, picked false
TEXT
