/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a JWK. A key that is accepted comes back from its export as the same, shows nothing
 * private in its public one, and signs what it verifies. */
#include <stdint.h>

#include "fixed_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ost_key *export_and_import(const ost_key *key, bool private, ost_arena *arena)
{
    ost_text text = {0};
    ost_key *again = NULL;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    check((private ? ost_key_export_private(key, writer) : ost_key_export_public(key, writer)) ==
          OST_OK);
    check(ost_json_writer_finish(writer, &text) == OST_OK);
    check(ost_key_import_jwk(text, &again, NULL) == OST_OK);
    check(ost_key_is_private(again) == private);
    return again;
}

static void check_same(const ost_key *a, const ost_key *b)
{
    char left[44], right[44];
    check(ost_key_thumbprint(a, left) == OST_OK && ost_key_thumbprint(b, right) == OST_OK);
    check(text_is(text_of(left), right) && text_equal(ost_key_kid(a), ost_key_kid(b)));
    check(ost_key_type_of(a) == ost_key_type_of(b) && ost_key_bits(a) == ost_key_bits(b));
    for (ost_alg alg = OST_RS256; alg <= OST_RSA_OAEP_512; alg++)
        check(ost_key_serves(a, alg) == ost_key_serves(b, alg));
}

static void check_signs(const ost_key *key, ost_arena *arena)
{
    for (ost_alg alg = OST_RS256; alg <= OST_RSA_OAEP_512; alg++) {
        ost_text token = {0}, payload = {0};
        ost_unverified_jws jws;
        ost_result signed_ = ost_jws_sign(OST_TEXT("{}"), key, alg, NULL, arena, &token);
        check(signed_ == OST_OK || signed_ == OST_E_KEY_USE); /* key_ops may forbid it */
        if (signed_ != OST_OK)
            continue;
        check(ost_key_serves(key, alg) && alg <= OST_ED448);
        check(ost_jws_read_unverified(token, OST_ALG_BIT(alg), arena, &jws, NULL) == OST_OK);
        ost_result verified = ost_jws_verify(&jws, key, arena, &payload);
        check(verified == OST_OK || verified == OST_E_KEY_USE);
    }
}

/* As PEM it is the same key, for everything that its type can do. */
static void check_pem(const ost_key *key, ost_arena *arena)
{
    ost_text pem = {0};
    ost_key *again = NULL;
    char left[44], right[44];
    check(ost_key_export_spki(key, OST_KEY_PEM, arena, &pem) == OST_OK);
    check(ost_key_import_pem(pem, OST_ALG_UNSET, NULL, &again, NULL) == OST_OK);
    check(ost_key_thumbprint(key, left) == OST_OK && ost_key_thumbprint(again, right) == OST_OK);
    check(text_is(text_of(left), right) && !ost_key_is_private(again));
    ost_key_unref(again);
}

/* No key serves both signatures and encryption where anything says which. */
static void check_purpose(const ost_key *key)
{
    bool signs = false, manages = false;
    for (ost_alg alg = OST_RS256; alg <= OST_RSA_OAEP_512; alg++) {
        signs |= ost_key_serves(key, alg) && alg <= OST_ED448;
        manages |= ost_key_serves(key, alg) && alg > OST_ED448;
    }
    check(signs || manages);
    check(!(signs && manages) || ost_key_type_of(key) == OST_KEY_RSA ||
          ost_key_type_of(key) == OST_KEY_EC);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_key *key = NULL, *again;
    ost_error error = {0};
    ost_result result = ost_key_import_jwk((ost_text){(const char *)data, size}, &key, &error);
    check(error.code == result && text_is_utf8(text_of(error.detail)));
    check((key != NULL) == (result == OST_OK));
    if (result != OST_OK)
        return 0;
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    check_purpose(key);
    if (ost_key_type_of(key) != OST_KEY_OCT) {
        check_pem(key, arena);
        again = export_and_import(key, false, arena);
        check_same(key, again);
        ost_key_unref(again);
    }
    if (ost_key_is_private(key)) {
        again = export_and_import(key, true, arena);
        check_same(key, again);
        ost_key_unref(again);
        check_signs(key, arena);
    }
    ost_arena_free(arena);
    ost_key_unref(key);
    return 0;
}
