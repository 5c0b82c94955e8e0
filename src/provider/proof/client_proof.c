/* SPDX-License-Identifier: Apache-2.0 */
/* The client's way to prove itself; see client_proof.h. */
#include "provider/proof/client_proof.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/proof/attribute.h"
#include "provider/proof/single_key.h"

#define DEFAULT_LIFETIME 60 /* as Keycloak 26 has it */
#define LONGEST_LIFETIME 3600
#define HMAC_ALGS (OST_ALG_BIT(OST_HS256) | OST_ALG_BIT(OST_HS384) | OST_ALG_BIT(OST_HS512))

static client_proof_kind kind_of(const ost_json *client)
{
    static const struct {
        const char *name;
        client_proof_kind kind;
    } kinds[] = {
        {"client-secret", PROOF_SECRET},
        {"client-jwt", PROOF_JWT},
        {"client-secret-jwt", PROOF_SECRET_JWT},
        {"client-x509", PROOF_CERTIFICATE},
    };
    ost_text type = {0};
    if (!ost_json_text(ost_json_get(client, "clientAuthenticatorType"), &type) || type.len == 0)
        return PROOF_SECRET;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (text_is(type, kinds[i].name))
            return kinds[i].kind;
    }
    return PROOF_UNKNOWN;
}

/* As Keycloak: keys that are published go before a set that is brought along, that before a
 * certificate, and that before a public key. */
static void load_keys(const ost_json *client, ost_arena *arena, client_proof *proof)
{
    if (text_says_true(attribute_text(client, "use.jwks.url"))) {
        proof->keys_url = ost_arena_copy(arena, attribute_text(client, "jwks.url"));
        return;
    }
    if (text_says_true(attribute_text(client, "use.jwks.string"))) {
        (void)!client_key_set_read(attribute_text(client, "jwks.string"), &proof->keys);
        return;
    }
    proof->single_key =
        single_key_read(attribute_text(client, "jwt.credential.certificate"), arena);
    if (proof->single_key == NULL)
        proof->single_key =
            single_key_read(attribute_text(client, "jwt.credential.public.key"), arena);
}

/* One algorithm by name, or all of the kind; one of another kind leaves none. */
static ost_algs load_algorithms(const ost_json *client, ost_algs of_kind)
{
    ost_text name = attribute_text(client, "token.endpoint.auth.signing.alg");
    if (name.len == 0)
        return of_kind;
    ost_alg alg = ost_alg_of(name);
    return alg != OST_ALG_UNSET ? OST_ALG_BIT(alg) & of_kind : 0;
}

void client_proof_load(const ost_json *client, ost_arena *arena, client_proof *ret_proof)
{
    client_proof proof = {.kind = kind_of(client), .max_lifetime = DEFAULT_LIFETIME};
    uint64_t seconds;
    if (text_to_unsigned(attribute_text(client, "token.endpoint.auth.signing.max.exp"),
                         LONGEST_LIFETIME, &seconds) &&
        seconds > 0)
        proof.max_lifetime = (int64_t)seconds;
    proof.endpoint_audiences = attribute_text(client, "token.endpoint.auth.signing.aud").len == 0;
    proof.by_secret = secret_rule_load(client);
    load_keys(client, arena, &proof);
    if (proof.kind == PROOF_JWT)
        proof.algorithms = load_algorithms(client, OST_ALGS_DEFAULT);
    else if (proof.kind == PROOF_SECRET_JWT)
        proof.algorithms = load_algorithms(client, HMAC_ALGS);
    if (proof.kind == PROOF_CERTIFICATE)
        proof.certificate = certificate_rule_load(client, arena);
    if (proof.kind == PROOF_SECRET || proof.kind == PROOF_SECRET_JWT)
        (void)!ost_json_text(ost_json_get(client, "secret"), &proof.secret);
    *ret_proof = proof;
}

void client_proof_clear(client_proof *proof)
{
    client_key_set_unref(proof->keys);
    ost_keyset_unref(proof->single_key);
    proof->keys = NULL;
    proof->single_key = NULL;
}
