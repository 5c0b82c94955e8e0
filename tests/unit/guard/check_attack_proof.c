/* SPDX-License-Identifier: Apache-2.0 */
/* Attack 41: proofs of possession that are not of this request, this token or this key (RFC 9449
 * §4.3). */
#include <stdio.h>
#include <string.h>

#include <openssl/bn.h>

#include "base/array.h"
#include "base/base64url.h"
#include "forge.h"
#include "prover.h"

/* ---- what must pass ---- */

static void a_bound_token_with_its_proof_is_let_in(void **state)
{
    fixture *f = *state;
    const ost_key *const keys[] = {f->ec, f->rsa};
    for (size_t i = 0; i < 2; i++) {
        ost_text token = prover_token(f, keys[i], "");
        for (int round = 0; round < 3; round++)
            prover_allowed(prover_try(f, token, (proof_parts){.key = keys[i]}));
    }
}

static void urls_are_compared_in_their_normal_form(void **state)
{
    fixture *f = *state;
    static const char *const same[] = {
        "HTTPS://API.Example.org/items",       "https://api.example.org:443/items",
        "https://api.example.org/items?x=1#y", "https://api.example.org/a/../%69tems",
        "https://api.example.org/./items",
    };
    ost_text token = prover_token(f, f->ec, "");
    for (size_t i = 0; i < ARRAY_LEN(same); i++)
        prover_allowed(prover_try(f, token, (proof_parts){.htu = same[i]}));
}

static void a_proof_may_be_a_little_ahead_or_old(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    prover_allowed(prover_try(f, token, (proof_parts){.iat = NOW - 60}));
    prover_allowed(prover_try(f, token, (proof_parts){.iat = NOW + 10}));
}

/* ---- 41: DPoP ---- */

static void attack_41_wrong_method(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    static const char *const methods[] = {"POST", "get", "", "GET ", "GETX"};
    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        prover_refused(prover_try(f, token, (proof_parts){.htm = methods[i]}), OST_E_PROOF);
}

static void attack_41_wrong_url(void **state)
{
    fixture *f = *state;
    static const char *const urls[] = {
        "http://api.example.org/items",
        "https://api.example.org:444/items",
        "https://api.example.org/items/",
        "https://api.example.org/Items",
        "https://api.example.org/item",
        "https://api.example.org/",
        "https://other.example.org/items",
        "https://api.example.org.evil.org/items",
        "https://api.example.org@evil/items",
        "https://evil@api.example.org/items",
        "https://api.example.org%2Fitems",
        "https://api.example.org/a%2Fitems",
        "https://api.example.org/items%",
        "https://api.example.org/items%0",
        "//api.example.org/items",
        "/items",
        "",
        "items",
        "https://",
        "https:///items",
        "https://api.example.org:443x/items",
        "https://api.example.org\\\\items",
        "https://api.example.org/items/../..",
        "ftp://api.example.org/items",
    };
    ost_text token = prover_token(f, f->ec, "");
    for (size_t i = 0; i < ARRAY_LEN(urls); i++)
        prover_refused(prover_try(f, token, (proof_parts){.htu = urls[i]}), OST_E_PROOF);
}

static void attack_41_wrong_token_hash(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, ""), other = prover_token(f, f->ec, ",\"x\":1");
    prover_refused(
        prover_show(f, f->guard, &fixture_any, token, prover_proof(f, other, (proof_parts){0})),
        OST_E_PROOF);
    prover_refused(prover_try(f, token, (proof_parts){.ath = ""}), OST_E_PROOF);
}

static void attack_41_wrong_time(void **state)
{
    fixture *f = *state;
    static const int64_t offsets[] = {-61, -3600, 11, 3600};
    ost_text token = prover_token(f, f->ec, "");
    for (size_t i = 0; i < ARRAY_LEN(offsets); i++)
        prover_refused(prover_try(f, token, (proof_parts){.iat = NOW + offsets[i]}), OST_E_PROOF);
}

static void attack_41_another_key(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    /* A key of the thief's own; it signs well, and is not the token's. */
    prover_refused(prover_try(f, token, (proof_parts){.key = f->rsa}), OST_E_SENDER);
    /* The victim's public key in the header, signed by the thief's. */
    ost_key *mine;
    assert_int_equal(ost_key_generate(OST_ES256, 0, NULL, &mine, NULL), OST_OK);
    prover_refused(
        prover_try(f, token, (proof_parts){.key = mine, .jwk = prover_jwk(f->arena, f->ec)}),
        OST_E_PROOF);
    ost_key_unref(mine);
}

static void attack_41_key_that_is_no_public_one(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, ""), text;
    ost_json_writer *writer = ost_json_writer_new(f->arena, 0);
    assert_int_equal(ost_key_export_private(f->ec, writer), OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    prover_refused(prover_try(f, token, (proof_parts){.jwk = text.data}), OST_E_PROOF);
    static const char *const bad[] = {
        "{}",
        "[]",
        "null",
        "\"x\"",
        "{\"kty\":\"EC\"}",
        "{\"kty\":\"oct\",\"k\":\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY\"}"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        prover_refused(prover_try(f, token, (proof_parts){.jwk = bad[i]}), OST_E_PROOF);
}

/* The client chooses its key, and we do the work. */
static void attack_41_key_that_is_too_large(void **state)
{
    fixture *f = *state;
    ost_key *most, *more = NULL;
    const char *jwk = NULL;
    assert_int_equal(ost_key_generate(OST_RS256, 4096, NULL, &most, NULL), OST_OK);
    prover_allowed(prover_try(f, prover_token(f, most, ""), (proof_parts){.key = most}));
    BIGNUM *n = BN_new();
    while (more == NULL) { /* no modulus, but it looks like one */
        unsigned char bytes[513];
        ost_text text;
        assert_int_equal(BN_rand(n, 4097, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD), 1);
        assert_int_equal(BN_bn2bin(n, bytes), sizeof bytes);
        assert_int_equal(base64url_encode_to(f->arena, text_of_bytes(bytes, sizeof bytes), &text),
                         OST_OK);
        jwk =
            ost_arena_format(f->arena, "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"%s\"}", text.data);
        (void)!ost_key_import_jwk(text_of(jwk), &more, NULL);
    }
    ost_verdict verdict =
        prover_try(f, prover_token(f, more, ""), (proof_parts){.key = most, .jwk = jwk});
    prover_refused(verdict, OST_E_PROOF);
    assert_non_null(strstr(ost_arena_copy(f->arena, verdict.explanation), "has 4097 bits"));
    BN_free(n);
    ost_key_unref(most);
    ost_key_unref(more);
}

static void attack_41_proof_of_another_kind(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    static const char *const types[] = {"JWT", "at+jwt", "", "dpop", "xdpop+jwt"};
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        prover_refused(prover_try(f, token, (proof_parts){.typ = types[i]}), OST_E_PROOF);
    const char *jwk = prover_jwk(f->arena, f->ec);
    static const char *const headers[] = {
        "{\"typ\":\"dpop+jwt\",\"alg\":\"none\",\"jwk\":%s}",
        "{\"typ\":\"dpop+jwt\",\"alg\":\"HS256\",\"jwk\":%s}",
        "{\"typ\":\"dpop+jwt\",\"alg\":\"ES384\",\"jwk\":%s}",
        "{\"typ\":\"dpop+jwt\",\"alg\":\"RS256\",\"jwk\":%s}",
        "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"crit\":[\"x\"],\"jwk\":%s}",
        "{\"alg\":\"ES256\",\"jwk\":%s}",
    };
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        char header[1024];
        const char *at = strstr(headers[i], "%s");
        snprintf(header, sizeof header, "%.*s%s%s", (int)(at - headers[i]), headers[i], jwk,
                 at + 2);
        prover_refused(prover_try(f, token, (proof_parts){.header = header}), OST_E_PROOF);
    }
    prover_refused(
        prover_try(f, token, (proof_parts){.header = "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\"}"}),
        OST_E_PROOF);
}

static void attack_41_claims_that_are_none(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    static const char *const claims[] = {
        "",
        "[]",
        "{}",
        "{\"jti\":\"\",\"htm\":\"GET\",\"htu\":\"" PROVER_URL "\",\"iat\":1700000000}",
        "{\"jti\":7,\"htm\":\"GET\",\"htu\":\"" PROVER_URL "\",\"iat\":1700000000}",
        "{\"jti\":\"n\",\"htm\":\"GET\",\"htu\":\"" PROVER_URL "\",\"iat\":1700000000}",
        "{\"jti\":\"n\",\"htm\":\"GET\",\"htu\":\"" PROVER_URL "\",\"iat\":\"1700000000\"}",
        "{\"jti\":\"n\",\"htm\":\"GET\",\"htu\":\"" PROVER_URL "\",\"iat\":1e300}",
        "{\"jti\":\"n\",\"htm\":\"GET\",\"htu\":\"" PROVER_URL "\"}",
        "{\"jti\":\"n\",\"htm\":[\"GET\"],\"htu\":\"" PROVER_URL "\",\"iat\":1700000000}",
        "{\"jti\":\"n\",\"htm\":\"GET\",\"htu\":[\"" PROVER_URL "\"],\"iat\":1700000000}",
        "{\"jti\":\"n\",\"jti\":\"m\"}",
    };
    for (size_t i = 0; i < ARRAY_LEN(claims); i++)
        prover_refused(prover_try(f, token, (proof_parts){.claims = claims[i]}), OST_E_PROOF);
}

static void attack_41_no_proof_and_two(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    const ost_text proofs[] = {prover_proof(f, token, (proof_parts){0}),
                               prover_proof(f, token, (proof_parts){0})};
    prover_refused(prover_check(f, f->guard, &fixture_any, "DPoP", token, NULL, 0), OST_E_PROOF);
    prover_refused(prover_check(f, f->guard, &fixture_any, "DPoP", token, proofs, 2), OST_E_PROOF);
    const char *both = ost_arena_format(f->arena, "%.*s, %.*s", (int)proofs[0].len, proofs[0].data,
                                        (int)proofs[1].len, proofs[1].data);
    prover_refused(prover_show(f, f->guard, &fixture_any, token, text_of(both)), OST_E_PROOF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_bound_token_with_its_proof_is_let_in, fixture_reset),
        cmocka_unit_test_setup(urls_are_compared_in_their_normal_form, fixture_reset),
        cmocka_unit_test_setup(a_proof_may_be_a_little_ahead_or_old, fixture_reset),
        cmocka_unit_test_setup(attack_41_wrong_method, fixture_reset),
        cmocka_unit_test_setup(attack_41_wrong_url, fixture_reset),
        cmocka_unit_test_setup(attack_41_wrong_token_hash, fixture_reset),
        cmocka_unit_test_setup(attack_41_wrong_time, fixture_reset),
        cmocka_unit_test_setup(attack_41_another_key, fixture_reset),
        cmocka_unit_test_setup(attack_41_key_that_is_no_public_one, fixture_reset),
        cmocka_unit_test_setup(attack_41_key_that_is_too_large, fixture_reset),
        cmocka_unit_test_setup(attack_41_proof_of_another_kind, fixture_reset),
        cmocka_unit_test_setup(attack_41_claims_that_are_none, fixture_reset),
        cmocka_unit_test_setup(attack_41_no_proof_and_two, fixture_reset),
    };
    return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}
