// SPDX-License-Identifier: Apache-2.0

// The peer of api-guarded in Go: net/http and go-oidc, which keeps the parsed keys; one processor.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
)

func main() {
	issuer := os.Getenv("ISSUER")
	keys := oidc.NewRemoteKeySet(context.Background(), issuer+"/protocol/openid-connect/certs")
	verifier := oidc.NewVerifier(issuer, keys, &oidc.Config{ClientID: os.Getenv("AUDIENCE")})

	http.HandleFunc("/public/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"message": "Hello anonymous user!"})
	})
	http.HandleFunc("/items/", func(w http.ResponseWriter, r *http.Request) {
		text, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !bearer {
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		token, err := verifier.Verify(r.Context(), text)
		if err != nil {
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"message": "Hello user " + token.Subject + "! This is a protected resource!"})
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
