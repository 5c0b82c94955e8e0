/* SPDX-License-Identifier: Apache-2.0 */
/* The policy of a route against the claims of a token. */

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "guard/policy_check.h"
#include "guard/token_kind.h"
#include "test.h"

#define NOW 1700000000
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NOTHING ((const char *const[]){NULL})

static const char claims_text[] =
    "{\"exp\":1700000300,\"iss\":\"i\",\"aud\":[\"myapi\",\"other\"],\"scope\":\"openid  read\","
    "\"realm_access\":{\"roles\":[\"user\",7,null,\"offline_access\"]},\"acr\":\"1\","
    "\"auth_time\":1699999900,\"resource_access\":{\"myapi\":{\"roles\":[\"editor\"]},"
    "\"a\":{\"roles\":[\"b:c\"]},\"odd\":{\"roles\":\"editor\"},\"list\":[\"editor\"]}}";

static ost_arena *arena;

static int setup(void **state)
{
    arena = ost_arena_new(1 << 20);
    return 0;
}

static int teardown(void **state)
{
    ost_arena_free(arena);
    return 0;
}

static const ost_claims *claims_of(const char *text)
{
    const ost_claims *claims;
    assert_int_equal(ost_claims_read(text_of(text), arena, &claims, NULL), OST_OK);
    return claims;
}

typedef struct expectation {
    ost_policy policy;
    ost_result result;
} expectation;

static void check_all(const char *text, const expectation *all, size_t count)
{
    const ost_claims *claims = claims_of(text);
    for (size_t i = 0; i < count; i++) {
        ost_error error = {0};
        ost_result result = policy_check(&all[i].policy, claims, OST_ES256, NOW, 30, &error);
        if (result != all[i].result)
            fail_msg("%zu: %s %s", i, ost_result_name(result), error.detail);
        assert_int_equal(error.code, result);
        assert_int_equal(error.detail[0] == '\0', result == OST_OK);
    }
}

#define CHECK(text, all) check_all(text, all, sizeof(all) / sizeof(all)[0])

static void audiences_and_algorithms(void **state)
{
    const expectation all[] = {
        {{0}, OST_OK},
        {{.audiences = LIST("myapi")}, OST_OK},
        {{.audiences = LIST("x", "other")}, OST_OK},
        {{.audiences = LIST("x")}, OST_E_AUDIENCE},
        {{.audiences = NOTHING}, OST_E_AUDIENCE},
        {{.algorithms = OST_ALG_BIT(OST_ES256) | OST_ALG_BIT(OST_RS256)}, OST_OK},
        {{.algorithms = OST_ALG_BIT(OST_RS256)}, OST_E_ALGORITHM},
    };
    CHECK(claims_text, all);
}

/* Keycloak writes "DPoP" where it has bound the token to a key; without one it is no such token. */
static void kinds_of_tokens(void **state)
{
    static const struct {
        const char *claims;
        ost_result result;
    } all[] = {
        {"{\"exp\":1,\"typ\":\"Bearer\"}", OST_OK},
        {"{\"exp\":1,\"typ\":\"DPoP\",\"nonce\":\"n\",\"cnf\":{\"jkt\":\"k\"}}", OST_OK},
        {"{\"exp\":1,\"sub\":\"\"}", OST_E_CLAIM_MISSING}, /* C10 */
        {"{\"exp\":1,\"sub\":\"\",\"typ\":\"Bearer\"}", OST_E_CLAIM_MISSING},
        {"{\"exp\":1,\"sub\":\" \",\"typ\":\"Bearer\"}", OST_OK},
        {"{\"exp\":1,\"typ\":\"DPoP\"}", OST_E_TOKEN_TYPE},
        {"{\"exp\":1,\"typ\":\"DPoP\",\"cnf\":{}}", OST_E_TOKEN_TYPE},
        {"{\"exp\":1,\"typ\":\"DPoP\",\"cnf\":\"jkt\"}", OST_E_TOKEN_TYPE},
        {"{\"exp\":1,\"typ\":\"DPoP\",\"cnf\":{\"x5t#S256\":\"k\"}}", OST_E_TOKEN_TYPE},
        {"{\"exp\":1,\"typ\":\"dpop\",\"cnf\":{\"jkt\":\"k\"}}", OST_E_TOKEN_TYPE},
        {"{\"exp\":1,\"typ\":\"ID\",\"cnf\":{\"jkt\":\"k\"}}", OST_E_TOKEN_TYPE},
        {"{\"exp\":1,\"typ\":\"Refresh\",\"cnf\":{\"jkt\":\"k\"}}", OST_E_TOKEN_TYPE},
    };
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        ost_error error = {0};
        ost_result result = token_kind_check_claims(claims_of(all[i].claims), &error);
        if (result != all[i].result)
            fail_msg("%s: %s", all[i].claims, ost_result_name(result));
    }
}

static void scopes(void **state)
{
    const expectation all[] = {
        {{.scopes = LIST("read")}, OST_OK},
        {{.scopes = LIST("read", "openid")}, OST_OK},
        {{.scopes = LIST("read", "write")}, OST_E_SCOPE},
        {{.scopes = LIST("rea")}, OST_E_SCOPE},
        {{.scopes = LIST("READ")}, OST_E_SCOPE},
        {{.scopes = LIST("")}, OST_E_SCOPE},
        {{.scopes = LIST("openid  read")}, OST_E_SCOPE},
        {{.scopes = NOTHING}, OST_OK},
        {{.any_scopes = LIST("write", "read")}, OST_OK},
        {{.any_scopes = LIST("write", "delete")}, OST_E_SCOPE},
        {{.any_scopes = NOTHING}, OST_E_SCOPE},
        {{.scopes = LIST("read"), .any_scopes = LIST("write")}, OST_E_SCOPE},
    };
    CHECK(claims_text, all);
    const expectation none[] = {{{.scopes = LIST("read")}, OST_E_SCOPE}};
    CHECK("{\"exp\":1}", none);
    CHECK("{\"exp\":1,\"scope\":\"\"}", none);
    CHECK("{\"exp\":1,\"scope\":null}", none);
    CHECK("{\"exp\":1,\"scope\":{\"read\":1}}", none);
    CHECK("{\"exp\":1,\"scope\":[\"openid read\",7,null]}", none);
    CHECK("{\"exp\":1,\"scope\":\"openid\",\"scp\":[\"read\"]}", none);
    /* G12: an array, as IdentityServer and Spring write it; null is nothing. */
    const expectation some[] = {{{.scopes = LIST("read")}, OST_OK}};
    CHECK("{\"exp\":1,\"scope\":[\"openid\",\"read\"]}", some);
    CHECK("{\"exp\":1,\"scope\":null,\"scp\":[\"read\"]}", some);
    CHECK("{\"exp\":1,\"scp\":\"openid read\"}", some);
}

static void roles(void **state)
{
    const expectation all[] = {
        {{.realm_roles = LIST("user")}, OST_OK},
        {{.realm_roles = LIST("user", "offline_access")}, OST_OK},
        {{.realm_roles = LIST("user", "admin")}, OST_E_ROLE},
        {{.realm_roles = LIST("editor")}, OST_E_ROLE},
        {{.realm_roles = LIST("")}, OST_E_ROLE},
        {{.realm_roles = LIST("7")}, OST_E_ROLE},
        {{.client_roles = LIST("myapi:editor")}, OST_OK},
        {{.client_roles = LIST("a:b:c")}, OST_OK},
        {{.client_roles = LIST("myapi:user")}, OST_E_ROLE},
        {{.client_roles = LIST("other:editor")}, OST_E_ROLE},
        {{.client_roles = LIST("odd:editor")}, OST_E_ROLE},
        {{.client_roles = LIST("list:editor")}, OST_E_ROLE},
        {{.client_roles = LIST("editor")}, OST_E_ROLE},
        {{.client_roles = LIST("myapi:")}, OST_E_ROLE},
        {{.client_roles = LIST(":editor")}, OST_E_ROLE},
        {{.client_roles = LIST("myapi:editor", "myapi:owner")}, OST_E_ROLE},
        {{.any_realm_roles = LIST("admin", "user")}, OST_OK},
        {{.any_realm_roles = LIST("admin", "owner")}, OST_E_ROLE},
        {{.any_realm_roles = NOTHING}, OST_E_ROLE},
        {{.any_client_roles = LIST("x:y", "myapi:editor")}, OST_OK},
        {{.any_client_roles = LIST("x:y", "editor")}, OST_E_ROLE},
        {{.any_client_roles = NOTHING}, OST_E_ROLE},
        {{.realm_roles = LIST("user"), .any_client_roles = LIST("x:y")}, OST_E_ROLE},
    };
    CHECK(claims_text, all);
    const expectation none[] = {{{.realm_roles = LIST("user")}, OST_E_ROLE},
                                {{.client_roles = LIST("myapi:user")}, OST_E_ROLE}};
    CHECK("{\"exp\":1}", none);
    CHECK("{\"exp\":1,\"realm_access\":[\"user\"],\"resource_access\":[]}", none);
    CHECK("{\"exp\":1,\"realm_access\":{\"roles\":\"user\"},\"resource_access\":\"myapi\"}", none);
    CHECK("{\"exp\":1,\"realm_access\":{\"roles\":{\"user\":\"user\"}}}", none);
    CHECK("{\"exp\":1,\"roles\":[\"user\"]}", none);
}

/* RFC 7519 §2: fractions are allowed. */
static void g8_fractions_of_seconds(void **state)
{
    const expectation enough[] = {{{.max_age = 100}, OST_OK}};
    const expectation too_old[] = {{{.max_age = 99}, OST_E_STEP_UP}};
    CHECK("{\"exp\":1,\"auth_time\":1699999870.5}", enough); /* floor: 130 s ago, with the leeway */
    CHECK("{\"exp\":1,\"auth_time\":1.6999998705e9}", enough);
    CHECK("{\"exp\":1,\"auth_time\":1699999870.999}", too_old);
}

static void clients(void **state)
{
    const expectation all[] = {
        {{.clients = LIST("web")}, OST_OK},
        {{.clients = LIST("x", "web")}, OST_OK},
        {{.clients = LIST("we")}, OST_E_CLIENT},
        {{.clients = NOTHING}, OST_E_CLIENT},
    };
    CHECK("{\"exp\":1,\"azp\":\"web\"}", all);
    CHECK("{\"exp\":1,\"client_id\":\"web\"}", all);
    const expectation none[] = {{{.clients = LIST("")}, OST_E_CLIENT},
                                {{.clients = LIST("web")}, OST_E_CLIENT}};
    CHECK("{\"exp\":1}", none);
    CHECK("{\"exp\":1,\"azp\":\"\",\"client_id\":\"web\"}", none);
}

#define RULES(...) ((const ost_claim_rule[]){__VA_ARGS__, {0}})

static void claim_rules(void **state)
{
    const expectation all[] = {
        {{.claims = RULES({0})}, OST_OK},
        {{.claims = RULES({"acr", OST_CLAIM_EQUALS, "1"})}, OST_OK},
        {{.claims = RULES({"acr", OST_CLAIM_EQUALS, "2"})}, OST_E_CLAIM},
        {{.claims = RULES({"acr", OST_CLAIM_EQUALS, "1"}, {"acr", OST_CLAIM_EQUALS, "2"})},
         OST_E_CLAIM},
        {{.claims = RULES({"scope", OST_CLAIM_CONTAINS, "read"})}, OST_OK},
        {{.claims = RULES({"scope", OST_CLAIM_CONTAINS, "rea"})}, OST_E_CLAIM},
        {{.claims = RULES({"realm_access.roles", OST_CLAIM_CONTAINS, "user"})}, OST_OK},
        {{.claims = RULES({"/realm_access/roles", OST_CLAIM_CONTAINS, "user"})}, OST_OK},
        {{.claims = RULES({"/realm_access/roles/3", OST_CLAIM_MATCHES, "off*"})}, OST_OK},
        {{.claims = RULES({"auth_time", OST_CLAIM_EQUALS, "1699999900"})}, OST_OK},
        {{.claims = RULES({"missing", OST_CLAIM_MATCHES, "*"})}, OST_E_CLAIM},
        {{.claims = RULES({"acr", (ost_claim_test)7, "1"})}, OST_E_CLAIM},
        {{.claims = RULES({"acr", OST_CLAIM_EQUALS, NULL})}, OST_E_CLAIM},
    };
    CHECK(claims_text, all);
}

static void step_up(void **state)
{
    const expectation all[] = {
        {{.acr_values = LIST("1")}, OST_OK},
        {{.acr_values = LIST("2", "1")}, OST_OK},
        {{.acr_values = LIST("2")}, OST_E_STEP_UP},
        {{.acr_values = NOTHING}, OST_E_STEP_UP},
        {{.max_age = 100}, OST_OK},
        {{.max_age = 70}, OST_OK}, /* and 30 of leeway */
        {{.max_age = 69}, OST_E_STEP_UP},
        {{.max_age = 4294967295u}, OST_OK},
    };
    CHECK(claims_text, all);
    const expectation ahead_by_leeway[] = {{{.max_age = 1}, OST_OK}};
    CHECK("{\"exp\":1,\"auth_time\":1700000030}", ahead_by_leeway);
    const expectation further_ahead[] = {{{.max_age = 1}, OST_E_STEP_UP}};
    CHECK("{\"exp\":1,\"auth_time\":1700000031}", further_ahead);
    const expectation unknown[] = {{{.max_age = 4294967295u}, OST_E_STEP_UP},
                                   {{.acr_values = LIST("")}, OST_E_STEP_UP}};
    CHECK("{\"exp\":1,\"acr\":1}", unknown);
    CHECK("{\"exp\":1,\"auth_time\":\"1699999999\",\"acr\":null}", unknown);
    CHECK("{\"exp\":1,\"auth_time\":1e300,\"acr\":[\"\"]}", unknown);
    CHECK("{\"exp\":1,\"auth_time\":4102444800,\"acr\":1}", unknown); /* in the year 2100 */
}

static void what_is_missing_is_named(void **state)
{
    const ost_policy policy = {.scopes = LIST("write")};
    ost_error error = {0};
    assert_int_equal(policy_check(&policy, claims_of(claims_text), OST_ES256, NOW, 30, &error),
                     OST_E_SCOPE);
    assert_string_equal(error.detail, "scope \"write\" is missing, the token has \"openid  read\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audiences_and_algorithms),
        cmocka_unit_test(kinds_of_tokens),
        cmocka_unit_test(scopes),
        cmocka_unit_test(roles),
        cmocka_unit_test(clients),
        cmocka_unit_test(g8_fractions_of_seconds),
        cmocka_unit_test(claim_rules),
        cmocka_unit_test(step_up),
        cmocka_unit_test(what_is_missing_is_named),
    };
    return cmocka_run_group_tests_name("guard-policy", tests, setup, teardown);
}
