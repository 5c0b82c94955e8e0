/* SPDX-License-Identifier: Apache-2.0 */
/* Attacks on the form of a token: 18 to 21 and 34 to 38 of the list in
 * docs/development/verification.md. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/base64url.h"
#include "fixture.h"
#include "forge.h"

#define CLAIMS "{" GOOD_CLAIMS "}"

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static ost_text signed_header(fixture *f, const char *header)
{
    return forge(f->arena, header, CLAIMS, f->rsa, FORGE_PKCS1);
}

static ost_text signed_claims(fixture *f, const char *claims)
{
    return forge(f->arena, RSA_HEADER, claims, f->rsa, FORGE_PKCS1);
}

/* Sets that say so leave no key for signatures. */
static void attack_18_key_for_another_use(void **state)
{
    fixture *f = *state;
    static const char *const additions[] = {"\"use\":\"enc\"",
                                            "\"key_ops\":[\"encrypt\"]",
                                            "\"key_ops\":[\"sign\"]",
                                            "\"use\":\"enc\",\"key_ops\":[\"verify\"]",
                                            "\"alg\":\"RSA-OAEP\"",
                                            "\"alg\":\"ES256\"",
                                            "\"use\":7",
                                            "\"key_ops\":\"verify\""};
    ost_key *const keys[] = {f->rsa, NULL};
    ost_text set = fixture_jwks(f->arena, keys);
    for (size_t i = 0; i < ARRAY_LEN(additions); i++) {
        ost_keyset *read = NULL;
        const ost_key *key;
        char *changed = ost_arena_format(f->arena, "{\"keys\":[{%s,%.*s", additions[i],
                                         (int)set.len - 10, set.data + 10);
        ost_result result = ost_keyset_import(text_of(changed), 0, &read, NULL, NULL);
        if (result == OST_OK)
            result = ost_keyset_find(read, OST_TEXT("rsa"), OST_RS256, &key);
        if (result == OST_OK)
            fail_msg("%s", additions[i]);
        ost_keyset_unref(read);
    }
}

static void attack_19_critical_extensions(void **state)
{
    fixture *f = *state;
    static const char *const additions[] = {"\"crit\":[\"exp\"]",
                                            "\"crit\":[\"b64\"],\"b64\":true",
                                            "\"crit\":[\"b64\"],\"b64\":false",
                                            "\"b64\":false",
                                            "\"crit\":[]",
                                            "\"crit\":null",
                                            "\"crit\":\"alg\"",
                                            "\"crit\":[\"alg\"]",
                                            "\"crit\":[\"bork\"],\"bork\":1"};
    for (size_t i = 0; i < ARRAY_LEN(additions); i++) {
        char *header =
            ost_arena_format(f->arena, "{\"alg\":\"RS256\",\"kid\":\"rsa\",%s}", additions[i]);
        fixture_refuses(f, signed_header(f, header), OST_E_CRITICAL);
    }
}

static void attack_20_json_that_readers_disagree_on(void **state)
{
    fixture *f = *state;
    static const char *const headers[] = {
        "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"kid\":\"rsa\"}",
        "{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"rsa\"}",
        "{\"alg\":\"RS256\",\"\\u0061lg\":\"none\",\"kid\":\"rsa\"}",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\\u0000\"}",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x\":\"\\ud800\"}",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x\":\"\\udc00\\ud800\"}",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x\":\"\xff\"}",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x\":\"\xc0\xaf\"}",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x\":\"\xed\xa0\x80\"}",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\"}x",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\"}{}",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\",}",
        "{'alg':'RS256','kid':'rsa'}",
        "{alg:\"RS256\",kid:\"rsa\"}",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x\":NaN}",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x\":01}",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\"/**/}",
        "\xef\xbb\xbf{\"alg\":\"RS256\",\"kid\":\"rsa\"}",
        "[{\"alg\":\"RS256\",\"kid\":\"rsa\"}]",
        "\"RS256\"",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\"",
    };
    for (size_t i = 0; i < ARRAY_LEN(headers); i++)
        fixture_refuses(f, signed_header(f, headers[i]), OST_E_TOKEN_FORMAT);
    static const char *const claims[] = {
        CLAIMS "x",
        "[" CLAIMS "]",
        "{" GOOD_CLAIMS ",\"aud\":\"myapi\"}",
        "{" GOOD_CLAIMS ",\"\\u0061ud\":\"myapi\"}",
        "{" GOOD_CLAIMS ",\"realm_access\":{\"roles\":[],\"roles\":[\"admin\"]}}",
        "{" GOOD_CLAIMS ",\"x\":\"\\u0000\"}",
        "{" GOOD_CLAIMS ",\"x\":\"\\ud83d\"}",
        "{" GOOD_CLAIMS ",\"x\":\"\xc3\x28\"}",
        "{" GOOD_CLAIMS ",}",
        "{" GOOD_CLAIMS ",\"x\":1e999}",
        "null",
        "",
    };
    for (size_t i = 0; i < ARRAY_LEN(claims); i++)
        fixture_refuses(f, signed_claims(f, claims[i]), OST_E_TOKEN_FORMAT);
}

/* The same token in another spelling. */
static void attack_21_lenient_base64(void **state)
{
    fixture *f = *state;
    /* Header of 41 bytes: its last character has two unused bits. */
    ost_text token = signed_header(f, "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x\":\"yyyyy\"}  ");
    fixture_allows(f, token);
    char *at = ost_arena_copy(f->arena, token);
    char *dot = strchr(at, '.');
    size_t header_len = (size_t)(dot - at);
    assert_int_equal(header_len % 4, 3); /* two unused bits */
    dot[-1]++;
    fixture_refuses(f, text_of(at), OST_E_TOKEN_FORMAT);
    dot[-1]--;
    fixture_allows(f, text_of(at));
    int len = (int)header_len;
    const char *spellings[] = {
        ost_arena_format(f->arena, "%.*s=%s", len, at, dot),
        ost_arena_format(f->arena, "%s=", at),
        ost_arena_format(f->arena, "%s==", at),
    };
    for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
        ost_verdict verdict = fixture_check(f, f->guard, &fixture_any, text_of(spellings[i]));
        assert_int_equal(verdict.decision, OST_REFUSE);
        assert_true(verdict.status == 400 || verdict.status == 401);
    }
    /* Characters of the other alphabet, and none of either. */
    static const char strange[] = "+/ \t\r\n,;:\"%*@\x7f\x80";
    for (size_t i = 0; i < sizeof strange - 1; i++) {
        for (size_t where = 5; where < token.len; where += token.len / 3) {
            char kept = at[where];
            at[where] = strange[i];
            ost_verdict verdict = fixture_check(f, f->guard, &fixture_any, text_of(at));
            assert_int_equal(verdict.decision, OST_REFUSE);
            at[where] = kept;
        }
    }
    fixture_allows(f, text_of(at));
}

static void nest(char *text, size_t depth)
{
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    text[2 * depth] = '\0';
}

static void attack_34_size_and_depth(void **state)
{
    fixture *f = *state;
    struct timespec start;
    char *large = ost_arena_alloc(f->arena, (size_t)1 << 20);
    memset(large, 'a', ((size_t)1 << 20) - 1);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    ost_text header = {large, ((size_t)1 << 20) - 1};
    memcpy(large, "Bearer ", 7);
    ost_verdict verdict = fixture_check_header(f, f->guard, &fixture_any, header);
    assert_int_equal(verdict.reason, OST_E_CEILING);
    assert_int_equal(verdict.status, 401);
    large[12] = large[500] = '.';
    assert_int_equal(fixture_check_header(f, f->guard, &fixture_any, header).reason, OST_E_CEILING);
    memset(large, 'B', 1000);
    assert_int_equal(fixture_check_header(f, f->guard, &fixture_any, header).reason,
                     OST_E_TOKEN_MISSING);
    ost_arena_reset(f->arena);
    static char deep[20000];
    for (size_t depth = 16; depth <= 8192; depth *= 2) {
        char *claims = ost_arena_alloc(f->arena, 40000);
        nest(deep, depth);
        snprintf(claims, 40000, "{" GOOD_CLAIMS ",\"x\":%s}", deep);
        ost_text token = signed_claims(f, claims);
        verdict = fixture_check(f, f->guard, &fixture_any, token);
        assert_int_equal(verdict.decision, OST_REFUSE);
        snprintf(claims, 40000, "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x\":%s}", deep);
        verdict = fixture_check(f, f->guard, &fixture_any, signed_header(f, claims));
        assert_int_equal(verdict.decision, OST_REFUSE);
        ost_arena_reset(f->arena);
    }
    assert_true(seconds_since(&start) < 2); /* sanitizers included */
}

/* A verdict must not need more memory than a request has. */
static void attack_34_memory_is_bounded(void **state)
{
    fixture *f = *state;
    char *claims = ost_arena_alloc(f->arena, 16000);
    size_t len = (size_t)snprintf(claims, 16000, "{" GOOD_CLAIMS ",\"x\":[");
    while (len < 11000)
        len += (size_t)snprintf(claims + len, 16000 - len, "[],");
    snprintf(claims + len, 16000 - len, "1]}");
    ost_text token = signed_claims(f, claims);
    assert_true(token.len < 16384);
    ost_arena *small = ost_arena_new((size_t)1 << 20);
    const ost_text field =
        text_of(ost_arena_format(f->arena, "Bearer %.*s", (int)token.len, token.data));
    const ost_credentials credentials = {.authorization = &field, .authorization_count = 1};
    ost_verdict verdict;
    ost_guard_check(f->guard, &fixture_any, &credentials, false, small, &verdict);
    assert_int_equal(verdict.decision, OST_ALLOW);
    ost_arena_free(small);
    /* With less than that it is refused, and never let in. */
    for (size_t ceiling = 16; ceiling < (size_t)1 << 20; ceiling += ceiling / 2) {
        small = ost_arena_new(ceiling);
        ost_guard_check(f->guard, &fixture_any, &credentials, false, small, &verdict);
        if (verdict.decision == OST_REFUSE) {
            assert_int_equal(verdict.reason, OST_E_MEMORY);
            assert_int_equal(verdict.status, 503);
            assert_true(verdict.retry_after > 0);
        }
        ost_arena_free(small);
    }
}

/* Encrypted tokens are not read here: five parts are refused whatever is in them. */
static void attack_35_36_37_38_encrypted_tokens(void **state)
{
    fixture *f = *state;
    static const char *const headers[] = {
        "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"zip\":\"DEF\"}",
        "{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\",\"p2c\":2147483648,\"p2s\":\"AAAA\"}",
        "{\"alg\":\"RSA1_5\",\"enc\":\"A128CBC-HS256\",\"kid\":\"rsa\"}",
        "{\"alg\":\"RSA-OAEP\",\"enc\":\"A128GCM\",\"cty\":\"JWT\"}",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\"}",
    };
    struct timespec start;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        ost_text header;
        assert_int_equal(base64url_encode_to(f->arena, text_of(headers[i]), &header), OST_OK);
        char *token = ost_arena_format(f->arena, "%.*s.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAA",
                                       (int)header.len, header.data);
        fixture_refuses(f, text_of(token), OST_E_TOKEN_FORMAT);
        token = ost_arena_format(f->arena, "%.*s..AAAAAAAAAAAAAAAA.AAAA.AAAA", (int)header.len,
                                 header.data);
        fixture_refuses(f, text_of(token), OST_E_TOKEN_FORMAT);
    }
    /* Nor does a signed token carry another one, compressed or not. */
    fixture_refuses(f, signed_header(f, "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"zip\":\"DEF\"}"),
                    OST_E_TOKEN_FORMAT);
    ost_text inner = signed_claims(f, CLAIMS);
    char *wrapped = ost_arena_copy(f->arena, inner);
    fixture_refuses(f,
                    forge(f->arena, "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"cty\":\"JWT\"}", wrapped,
                          f->rsa, FORGE_PKCS1),
                    OST_E_TOKEN_FORMAT);
    assert_true(seconds_since(&start) < 1);
}

static void garbage_is_refused(void **state)
{
    fixture *f = *state;
    static const char *const garbage[] = {"a",    "a.b",     "a.b.c", "..",        "...",
                                          ".a.b", "a..b",    "a.b.",  "a.b.c.d",   "a.b.c.d.e.f",
                                          "e30.", "e30.e30", "e30..", "e30.e30.e", "null"};
    for (size_t i = 0; i < ARRAY_LEN(garbage); i++)
        fixture_refuses(f, text_of(garbage[i]), OST_E_TOKEN_FORMAT);
    /* JSON tokens of RFC 7515 §7.2 are not compact ones. */
    ost_verdict verdict =
        fixture_check(f, f->guard, &fixture_any,
                      OST_TEXT("{\"payload\":\"e30\",\"protected\":\"e30\",\"signature\":\"\"}"));
    assert_int_equal(verdict.status, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(attack_18_key_for_another_use, fixture_reset),
        cmocka_unit_test_setup(attack_19_critical_extensions, fixture_reset),
        cmocka_unit_test_setup(attack_20_json_that_readers_disagree_on, fixture_reset),
        cmocka_unit_test_setup(attack_21_lenient_base64, fixture_reset),
        cmocka_unit_test_setup(attack_34_size_and_depth, fixture_reset),
        cmocka_unit_test_setup(attack_34_memory_is_bounded, fixture_reset),
        cmocka_unit_test_setup(attack_35_36_37_38_encrypted_tokens, fixture_reset),
        cmocka_unit_test_setup(garbage_is_refused, fixture_reset),
    };
    return cmocka_run_group_tests_name("guard-check_attack_form", tests, fixture_start,
                                       fixture_end);
}
