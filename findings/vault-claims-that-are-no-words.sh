#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Vault lets people and programs in by a realm's tokens (auth method "jwt", a plugin with a Go module of its own). A role says which
# claims must have which values (bound_claims), which go into the token's metadata, for policies and the audit log (claim_mappings),
# and which holds groups (groups_claim). What of claims that are numbers or booleans, and of users who have none?
#
# Expected: a list of numbers is compared as a list of words is; a claim that is mapped and is true or 7 is there as its text; a user
# without roles is in no group.
# Seen: a number compares by itself, not in a list: {"levels": [2]} never fits "levels": [1, 2], while ["2"] fits ["1", "2"]. A mapped
# claim that a token lacks is passed over, but one that is no text ends the login: "error converting claim 'email_verified' to string",
# so that mapping it shuts everybody out; so does a mapped list. A number for user_claim is refused, too. With
# groups_claim=/realm_access/roles a user without roles, whose token at Keycloak has no such claim, cannot log in: "claim not found in
# token"; an empty list is let in, and so is a lone word.
# For us: realms leave realm_access out as Keycloak does; docs/usage/provider-programs.md says what to set: jsonType.label "String" for numbers
# and booleans, and the group mapper, whose list is there even if empty.
#
# vault-plugin-auth-jwt 0.26.1, with go-jose 4.1.9.
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
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/hashicorp/go-hclog"
	jwtauth "github.com/hashicorp/vault-plugin-auth-jwt"
	"github.com/hashicorp/vault/sdk/helper/jsonutil"
	"github.com/hashicorp/vault/sdk/logical"
)

type object = map[string]any

func main() {
	ctx := context.Background()
	secret, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	der, _ := x509.MarshalPKIXPublicKey(&secret.PublicKey)
	public := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	signer, _ := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: secret}, nil)
	storage := &logical.InmemStorage{}
	vault, err := jwtauth.Factory(ctx, &logical.BackendConfig{Logger: hclog.NewNullLogger(), System: &logical.StaticSystemView{}, StorageView: storage})
	if err != nil {
		panic(err)
	}
	// As Vault's HTTP side does: a body of JSON, its numbers kept as they are written.
	send := func(path string, body object) *logical.Response {
		text, _ := json.Marshal(body)
		var data object
		if err := jsonutil.DecodeJSON(text, &data); err != nil {
			panic(err)
		}
		var operation logical.Operation = logical.UpdateOperation
		if strings.HasPrefix(path, "role/") {
			operation = logical.CreateOperation
		}
		answer, err := vault.HandleRequest(ctx, &logical.Request{Operation: operation, Path: path, Storage: storage, Data: data})
		if err != nil {
			panic(err)
		}
		return answer
	}
	send("config", object{"jwt_validation_pubkeys": public})
	roles := 0
	login := func(words string, role, claims object) {
		about := object{"role_type": "jwt", "bound_audiences": "vault", "user_claim": "preferred_username"}
		for key, value := range role {
			about[key] = value
		}
		roles++
		name := fmt.Sprintf("r%d", roles)
		if answer := send("role/"+name, about); answer != nil && answer.IsError() {
			panic(answer.Error())
		}
		now := time.Now().Unix()
		token := object{"sub": "f3b0", "aud": "vault", "preferred_username": "ann", "iat": now, "exp": now + 300}
		for key, value := range claims {
			token[key] = value
		}
		text, _ := json.Marshal(token)
		jws, _ := signer.Sign(text)
		compact, _ := jws.CompactSerialize()
		answer := send("login", object{"role": name, "jwt": compact})
		if answer.IsError() {
			fmt.Printf("%s: %s\n", words, answer.Error())
			return
		}
		groups := []string{}
		for _, group := range answer.Auth.GroupAliases {
			groups = append(groups, group.Name)
		}
		delete(answer.Auth.Metadata, "role")
		fmt.Printf("%s: %s, metadata %v, groups %v\n", words, answer.Auth.Alias.Name, answer.Auth.Metadata, groups)
	}
	bound := func(name string, value any) object { return object{"bound_claims": object{name: value}} }
	login("bound 2001234, is 2001234", bound("uidNumber", 2001234), object{"uidNumber": 2001234})
	login("bound true, is true", bound("email_verified", true), object{"email_verified": true})
	login("bound [2], is [1, 2]", bound("levels", []int{2}), object{"levels": []int{1, 2}})
	login("bound [2], is 2", bound("levels", []int{2}), object{"levels": 2})
	login(`bound ["2"], is ["1", "2"]`, bound("levels", []string{"2"}), object{"levels": []string{"1", "2"}})
	for _, value := range []any{"true", true, 7, []string{"true"}} {
		login(fmt.Sprintf("mapped %#v", value), object{"claim_mappings": object{"email_verified": "verified"}}, object{"email_verified": value})
	}
	login("mapped and not there", object{"claim_mappings": object{"email_verified": "verified"}}, nil)
	login("a number for a name", object{"user_claim": "uidNumber"}, object{"uidNumber": 2001234})
	grouped := object{"groups_claim": "/realm_access/roles"}
	login("roles", grouped, object{"realm_access": object{"roles": []string{"buyer"}}})
	login("a role", grouped, object{"realm_access": object{"roles": "buyer"}})
	login("an empty list of roles", grouped, object{"realm_access": object{"roles": []string{}}})
	login("no roles", grouped, nil)
}
GO
go mod init findings >/dev/null 2>&1
export GOFLAGS=-mod=mod
go get github.com/hashicorp/vault-plugin-auth-jwt@v0.26.1 github.com/go-jose/go-jose/v4@v4.1.9 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go run . >seen

cat seen
cat >expected <<'TEXT'
bound 2001234, is 2001234: ann, metadata map[], groups []
bound true, is true: ann, metadata map[], groups []
bound [2], is [1, 2]: error validating claims: claim "levels" does not match any associated bound claim values
bound [2], is 2: ann, metadata map[], groups []
bound ["2"], is ["1", "2"]: ann, metadata map[], groups []
mapped "true": ann, metadata map[verified:true], groups []
mapped true: error converting claim 'email_verified' to string
mapped 7: error converting claim 'email_verified' to string
mapped []string{"true"}: error converting claim 'email_verified' to string
mapped and not there: ann, metadata map[], groups []
a number for a name: claim "uidNumber" could not be converted to string
roles: ann, metadata map[], groups [buyer]
a role: ann, metadata map[], groups [buyer]
an empty list of roles: ann, metadata map[], groups []
no roles: failed to fetch groups: "/realm_access/roles" claim not found in token
TEXT
diff expected seen
