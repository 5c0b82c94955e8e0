/* The guard from credentials to verdict, with an issuer that signs by a shared secret, so that no
 * network takes part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ostiary/guard.h>

#include "text.h"

#define NOW 1700000000
#define SECRET "0123456789abcdef0123456789abcdef"

static int64_t fixed_now(void *user)
{
    return *(int64_t *)user;
}

typedef struct fixture {
    int64_t now;
    ost_context context;
    ost_guard *guard;
    ost_key *key;
    ost_arena *arena;
} fixture;

static int setup(void **state)
{
    static fixture f;
    static const char *const audiences[] = {"myapi"};
    f = (fixture){.now = NOW};
    f.context = (ost_context){.now = fixed_now, .user = &f.now};
    f.arena = ost_arena_new(1 << 20);
    const ost_issuer issuer = {
        .issuer = "https://id.example.org",
        .audiences = audiences,
        .audience_count = 1,
        .algorithms = OST_ALG_BIT(OST_HS256),
        .hmac_secret = OST_TEXT(SECRET),
    };
    const ost_guard_config config = {
        .issuers = &issuer, .issuer_count = 1, .context = &f.context, .realm = "items"};
    ost_error error = {0};
    if (ost_guard_new(&config, &f.guard, &error) != OST_OK) {
        print_error("%s\n", error.detail);
        return -1;
    }
    *state = &f;
    return ost_key_import_secret(OST_TEXT(SECRET), OST_HS256, NULL, &f.key, NULL);
}

static int teardown(void **state)
{
    fixture *f = *state;
    ost_guard_free(f->guard);
    ost_key_unref(f->key);
    ost_arena_free(f->arena);
    return 0;
}

static ost_verdict check_token(fixture *f, const char *claims, const char *typ,
                               const ost_policy *policy)
{
    ost_text token;
    ost_verdict verdict;
    assert_int_equal(ost_jws_sign(text_of(claims), f->key, OST_HS256, typ, f->arena, &token),
                     OST_OK);
    char *header = ost_arena_format(f->arena, "Bearer %.*s", (int)token.len, token.data);
    const ost_text field = text_of(header);
    const ost_credentials credentials = {.authorization = &field, .authorization_count = 1};
    ost_guard_check(f->guard, policy, &credentials, true, f->arena, &verdict);
    return verdict;
}

#define GOOD                                                                                       \
    "\"iss\":\"https://id.example.org\",\"aud\":[\"myapi\",\"x\"],\"exp\":1700000300,"             \
    "\"sub\":\"alice\",\"scope\":\"openid items:read\",\"realm_access\":{\"roles\":[\"user\"]}"

static const ost_policy any = {0};

static void a_valid_token_is_let_in(void **state)
{
    fixture *f = *state;
    for (int round = 0; round < 2; round++) { /* the second is remembered */
        ost_verdict verdict = check_token(f, "{" GOOD "}", "JWT", &any);
        assert_int_equal(verdict.decision, OST_ALLOW);
        assert_true(text_is(ost_identity_subject(verdict.identity), "alice"));
    }
}

static void a_remembered_token_expires(void **state)
{
    fixture *f = *state;
    assert_int_equal(check_token(f, "{" GOOD "}", "JWT", &any).decision, OST_ALLOW);
    f->now = NOW + 300 + 31;
    ost_verdict verdict = check_token(f, "{" GOOD "}", "JWT", &any);
    assert_int_equal(verdict.decision, OST_REFUSE);
    assert_int_equal(verdict.reason, OST_E_EXPIRED);
    assert_int_equal(verdict.status, 401);
    f->now = NOW;
}

static void no_token_is_challenged(void **state)
{
    fixture *f = *state;
    ost_verdict verdict;
    ost_guard_check(f->guard, &any, &(ost_credentials){0}, true, f->arena, &verdict);
    assert_int_equal(verdict.status, 401);
    assert_true(text_is(verdict.challenge, "Bearer realm=\"items\""));
    assert_true(text_is(verdict.message, "Not authenticated"));
}

static void attack_26_27_other_kinds_of_tokens(void **state)
{
    fixture *f = *state;
    static const char *const bad[] = {
        "{" GOOD ",\"typ\":\"ID\"}",      "{" GOOD ",\"typ\":\"Refresh\"}",
        "{" GOOD ",\"typ\":\"Offline\"}", "{" GOOD ",\"typ\":\"Logout\"}",
        "{" GOOD ",\"typ\":7}",           "{" GOOD ",\"nonce\":\"n\"}",
        "{" GOOD ",\"at_hash\":\"n\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(check_token(f, bad[i], "JWT", &any).reason, OST_E_TOKEN_TYPE);
    assert_int_equal(check_token(f, "{" GOOD "}", "logout+jwt", &any).reason, OST_E_TOKEN_TYPE);
}

static void attack_39_two_authorization_fields(void **state)
{
    fixture *f = *state;
    const ost_text fields[] = {OST_TEXT("Bearer a.b.c"), OST_TEXT("Bearer a.b.c")};
    const ost_credentials credentials = {.authorization = fields, .authorization_count = 2};
    ost_verdict verdict;
    ost_guard_check(f->guard, &any, &credentials, true, f->arena, &verdict);
    assert_int_equal(verdict.status, 400);
}

static void attack_44_a_remembered_token_meets_another_policy(void **state)
{
    fixture *f = *state;
    static const char *const other_audience[] = {"billing", NULL};
    static const char *const scopes[] = {"items:write", NULL};
    static const char *const roles[] = {"admin", NULL};
    const ost_policy by_audience = {.audiences = other_audience};
    const ost_policy by_scope = {.scopes = scopes};
    const ost_policy by_role = {.realm_roles = roles};
    const ost_policy by_algorithm = {.algorithms = OST_ALG_BIT(OST_RS256)};
    assert_int_equal(check_token(f, "{" GOOD "}", "JWT", &any).decision, OST_ALLOW);
    assert_int_equal(check_token(f, "{" GOOD "}", "JWT", &by_audience).status, 401);
    ost_verdict verdict = check_token(f, "{" GOOD "}", "JWT", &by_scope);
    assert_int_equal(verdict.status, 403);
    assert_true(text_is(verdict.challenge,
                        "Bearer realm=\"items\", error=\"insufficient_scope\", "
                        "scope=\"items:write\", error_description=\"the token lacks a scope\""));
    assert_int_equal(check_token(f, "{" GOOD "}", "JWT", &by_role).status, 403);
    assert_int_equal(check_token(f, "{" GOOD "}", "JWT", &by_algorithm).reason, OST_E_ALGORITHM);
}

static void a_bound_token_is_no_bearer_token(void **state)
{
    assert_int_equal(check_token(*state, "{" GOOD ",\"cnf\":{\"jkt\":\"x\"}}", "JWT", &any).reason,
                     OST_E_SENDER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_valid_token_is_let_in),
        cmocka_unit_test(a_remembered_token_expires),
        cmocka_unit_test(no_token_is_challenged),
        cmocka_unit_test(attack_26_27_other_kinds_of_tokens),
        cmocka_unit_test(attack_39_two_authorization_fields),
        cmocka_unit_test(attack_44_a_remembered_token_meets_another_policy),
        cmocka_unit_test(a_bound_token_is_no_bearer_token),
    };
    return cmocka_run_group_tests_name("guard-check", tests, setup, teardown);
}
