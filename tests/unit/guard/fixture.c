/* SPDX-License-Identifier: Apache-2.0 */
/* A guard without a network; see fixture.h. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const ost_policy fixture_any = {0};

static int64_t held_clock(void *user)
{
    return *(const int64_t *)user;
}

ost_text fixture_jwks(ost_arena *arena, ost_key *const *keys)
{
    ost_text text;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    assert_non_null(writer);
    ost_json_open_object(writer);
    ost_json_put_name(writer, OST_TEXT("keys"));
    ost_json_open_array(writer);
    for (size_t i = 0; keys[i] != NULL; i++)
        assert_int_equal(ost_key_export_public(keys[i], writer), OST_OK);
    ost_json_close_array(writer);
    ost_json_close_object(writer);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    return text;
}

/* A key that serves every algorithm of its type: `alg` is taken out of its JWK. */
static ost_key *unbound(ost_arena *arena, ost_alg alg, const char *kid)
{
    ost_key *bound, *key;
    ost_text text;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    assert_int_equal(ost_key_generate(alg, 0, kid, &bound, NULL), OST_OK);
    assert_int_equal(ost_key_export_private(bound, writer), OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    char *jwk = ost_arena_copy(arena, text), *at = strstr(jwk, "\"alg\"");
    assert_non_null(at);
    at[1] = 'x'; /* "xlg" means nothing */
    assert_int_equal(ost_key_import_jwk(text_of(jwk), &key, NULL), OST_OK);
    ost_key_unref(bound);
    return key;
}

ost_guard *fixture_guard(fixture *f, ost_issuer issuer, ost_guard_config config)
{
    static const char *const audiences[] = {"myapi"};
    char path[] = "/tmp/ostiary-test-XXXXXX";
    ost_key *const keys[] = {f->rsa, f->ec, f->ed, NULL};
    ost_text jwks = fixture_jwks(f->arena, keys);
    int fd = mkstemp(path);
    ost_guard *guard;
    ost_error error = {0};
    assert_true(fd >= 0 && write(fd, jwks.data, jwks.len) == (ssize_t)jwks.len);
    close(fd);
    if (issuer.issuer == NULL)
        issuer.issuer = FIXTURE_ISSUER;
    if (issuer.audience_count == 0 && !issuer.insecure_any_audience) {
        issuer.audiences = audiences;
        issuer.audience_count = 1;
    }
    if (issuer.hmac_secret.len == 0) {
        issuer.jwks_url = "http://127.0.0.1:1/"; /* nobody there */
        issuer.seed_file = path;
    }
    config.issuers = &issuer;
    config.issuer_count = 1;
    config.context = &f->context;
    if (ost_guard_new(&config, &guard, &error) != OST_OK)
        fail_msg("%s", error.detail);
    assert_true(ost_guard_is_ready(guard));
    unlink(path);
    return guard;
}

int fixture_start(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->now = NOW;
    f->context = (ost_context){.now = held_clock, .user = &f->now};
    f->arena = ost_arena_new((size_t)4 << 20);
    f->rsa = unbound(f->arena, OST_RS256, "rsa");
    f->rsa_foreign = unbound(f->arena, OST_RS256, "rsa");
    f->ec = unbound(f->arena, OST_ES256, "ec");
    f->ed = unbound(f->arena, OST_EDDSA, "ed");
    f->guard = fixture_guard(f, (ost_issuer){0},
                             (ost_guard_config){.realm = "items", .insecure_explain = true});
    *state = f;
    return 0;
}

int fixture_end(void **state)
{
    fixture *f = *state;
    ost_guard_free(f->guard);
    ost_key_unref(f->rsa);
    ost_key_unref(f->rsa_foreign);
    ost_key_unref(f->ec);
    ost_key_unref(f->ed);
    ost_arena_free(f->arena);
    free(f);
    return 0;
}

int fixture_reset(void **state)
{
    fixture *f = *state;
    f->now = NOW;
    ost_arena_reset(f->arena);
    return 0;
}

ost_verdict fixture_check_header(fixture *f, ost_guard *guard, const ost_policy *policy,
                                 ost_text authorization)
{
    const ost_credentials credentials = {.authorization = &authorization, .authorization_count = 1};
    ost_verdict verdict;
    ost_guard_check(guard, policy, &credentials, false, f->arena, &verdict);
    return verdict;
}

ost_verdict fixture_check(fixture *f, ost_guard *guard, const ost_policy *policy, ost_text token)
{
    char *header = ost_arena_format(f->arena, "Bearer %.*s", (int)token.len, token.data);
    assert_non_null(header);
    return fixture_check_header(f, guard, policy, text_of(header));
}

ost_text fixture_token(fixture *f, const char *claims)
{
    ost_text token;
    assert_int_equal(ost_jws_sign(text_of(claims), f->ec, OST_ES256, "JWT", f->arena, &token),
                     OST_OK);
    return token;
}

ost_verdict fixture_check_claims(fixture *f, const ost_policy *policy, const char *claims)
{
    return fixture_check(f, f->guard, policy, fixture_token(f, claims));
}

void fixture_refuses(fixture *f, ost_text token, ost_result reason)
{
    ost_verdict verdict = fixture_check(f, f->guard, &fixture_any, token);
    if (verdict.decision != OST_REFUSE || verdict.reason != reason || verdict.status != 401) {
        fail_msg("%s, %d, %.*s for %.*s", ost_result_name(verdict.reason), verdict.status,
                 (int)verdict.explanation.len, verdict.explanation.data,
                 token.len < 400 ? (int)token.len : 400, token.data);
    }
    assert_null(verdict.identity);
    assert_true(text_starts(verdict.challenge, "Bearer realm=\"items\", error=\"invalid_token\""));
}

void fixture_refuses_claims(fixture *f, const char *claims, ost_result reason)
{
    fixture_refuses(f, fixture_token(f, claims), reason);
}

void fixture_allows(fixture *f, ost_text token)
{
    ost_verdict verdict = fixture_check(f, f->guard, &fixture_any, token);
    if (verdict.decision != OST_ALLOW) {
        fail_msg("%s: %.*s", ost_result_name(verdict.reason), (int)verdict.explanation.len,
                 verdict.explanation.data);
    }
    assert_non_null(verdict.identity);
    assert_int_equal(verdict.status, 200);
}
