#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Kubernetes makes users of tokens by expressions (CEL) on their claims: structured authentication, claimMappings. A realm's token has
# a number (uidNumber of a directory) and its scope, words in a string. What do the obvious expressions make of them?
#
# Expected: string(claims.uidNumber) is the number's digits, and claims.scope.split(" ") the words as groups.
# Seen: numbers are doubles. Up to 999999 the text has the digits; 1000000 becomes "1e+06" and 2001234 "2.001234e+06", so that those
# users have another uid than everybody else's sort, while "claims.uidNumber == 2001234" holds. string(int(claims.uidNumber)) is what
# has the digits. split() passes the check of the configuration, and then every login fails, "expression must return a string or a
# list of strings", which it is; the same behind .map(w, w) logs in. An expression over a claim that a user does not have
# (roles of nobody) refuses the user, too; claims.?realm_access.?roles.orValue([]) does not.
# For us: nothing to do; a mapper that says jsonType.label "String" spares the conversion.
#
# k8s.io/apiserver 0.37.2.
set -euo pipefail
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

cat >main.go <<'GO'
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/authentication/cel"
	"k8s.io/apiserver/plugin/pkg/authenticator/token/oidc"
)

const issuer = "https://issuer.example/realms/r"

type keySet struct{ key *ecdsa.PublicKey }

func (set keySet) VerifySignature(_ context.Context, token string) ([]byte, error) {
	jws, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return nil, err
	}
	return jws.Verify(set.key)
}

func main() {
	secret, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	signer, _ := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: secret}, nil)
	ask := func(name string, value any, mappings apiserver.ClaimMappings, rules ...apiserver.ClaimValidationRule) string {
		now := time.Now().Unix()
		claims, _ := json.Marshal(map[string]any{"iss": issuer, "aud": "cluster", "sub": "ann", "iat": now, "exp": now + 300, name: value})
		jws, _ := signer.Sign(claims)
		token, _ := jws.CompactSerialize()
		none := ""
		mappings.Username = apiserver.PrefixedClaimOrExpression{Claim: "sub", Prefix: &none}
		authenticator, err := oidc.New(context.Background(), oidc.Options{
			JWTAuthenticator: apiserver.JWTAuthenticator{
				Issuer:               apiserver.Issuer{URL: issuer, Audiences: []string{"cluster"}},
				ClaimMappings:        mappings,
				ClaimValidationRules: rules,
			},
			Compiler:             cel.NewDefaultCompiler(),
			KeySet:               keySet{&secret.PublicKey},
			SupportedSigningAlgs: []string{"ES256"},
		})
		if err != nil {
			return "the configuration is refused"
		}
		answer, _, err := authenticator.AuthenticateToken(context.Background(), token)
		if err != nil {
			return "refused"
		}
		return fmt.Sprintf("uid %q, groups %q", answer.User.GetUID(), answer.User.GetGroups())
	}
	for _, number := range []int{999999, 1000000, 2001234} {
		for _, expression := range []string{"string(claims.uidNumber)", "string(int(claims.uidNumber))"} {
			mappings := apiserver.ClaimMappings{UID: apiserver.ClaimOrExpression{Expression: expression}}
			fmt.Printf("%s of %d: %s\n", expression, number, ask("uidNumber", number, mappings))
		}
	}
	rule := apiserver.ClaimValidationRule{Expression: "claims.uidNumber == 2001234", Message: "another"}
	fmt.Printf("%s of 2001234: %s\n", rule.Expression, ask("uidNumber", 2001234, apiserver.ClaimMappings{}, rule))
	groups := func(expression, name string, value any) {
		mappings := apiserver.ClaimMappings{Groups: apiserver.PrefixedClaimOrExpression{Expression: expression}}
		fmt.Printf("%s: %s\n", expression, ask(name, value, mappings))
	}
	groups("claims.scope.split(' ')", "scope", "read write")
	groups("claims.scope.split(' ').map(w, w)", "scope", "read write")
	groups("claims.realm_access.roles", "realm_access", map[string][]string{"roles": {"buyer"}})
	groups("claims.realm_access.roles", "email_verified", true)
	groups("claims.?realm_access.?roles.orValue([])", "email_verified", true)
}
GO
go mod init findings >/dev/null 2>&1
export GOFLAGS=-mod=mod
go get k8s.io/apiserver@v0.37.2 github.com/go-jose/go-jose/v4@v4.1.9 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go run . >seen 2>/dev/null

cat seen
cat >expected <<'TEXT'
string(claims.uidNumber) of 999999: uid "999999", groups []
string(int(claims.uidNumber)) of 999999: uid "999999", groups []
string(claims.uidNumber) of 1000000: uid "1e+06", groups []
string(int(claims.uidNumber)) of 1000000: uid "1000000", groups []
string(claims.uidNumber) of 2001234: uid "2.001234e+06", groups []
string(int(claims.uidNumber)) of 2001234: uid "2001234", groups []
claims.uidNumber == 2001234 of 2001234: uid "", groups []
claims.scope.split(' '): refused
claims.scope.split(' ').map(w, w): uid "", groups ["read" "write"]
claims.realm_access.roles: uid "", groups ["buyer"]
claims.realm_access.roles: refused
claims.?realm_access.?roles.orValue([]): uid "", groups []
TEXT
diff expected seen
