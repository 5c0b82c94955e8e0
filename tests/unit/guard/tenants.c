/* SPDX-License-Identifier: Apache-2.0 */
/* Issuers of many tenants, as Microsoft's documents describe them: the metadata of "common" and
 * "organizations" with {tenantid}, and keys that name whom they sign for. Made by hand. */

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "fake_issuer.h"
#include "fixture.h"
#include "guard/issuer.h"

#define ONE "72f988bf-86f1-41af-91ab-2d7cd011db47"
#define TWO "8eaef023-2b34-4da1-9baa-8bc8c9d6a490"
#define HOME "9188040d-6c67-4c5b-b112-36a304b66dad"
#define HOST "https://login.microsoftonline.com/"
#define MANY HOST "{tenantid}/v2.0"
#define VERSION_1 "https://sts.windows.net/{tenantid}/"
#define PLACE "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration"

static const char *const audiences[] = {"myapi"};
static const char *const ids[] = {TWO, ONE};
static const char *const upper[] = {"72F988BF-86F1-41AF-91AB-2D7CD011DB47"};

/* ---- configuration ---- */

#define GOOD .issuer = MANY, .audiences = audiences, .audience_count = 1, .discovery_url = PLACE

static void refused(ost_issuer config, const char *word)
{
    issuer *made = NULL;
    ost_error error = {0};
    assert_int_equal(issuer_new(&config, NULL, NULL, &made, &error), OST_E_CONFIG);
    assert_null(made);
    if (strstr(error.detail, word) == NULL)
        fail_msg("%s", error.detail);
}

static void accepted(ost_issuer config)
{
    issuer *made;
    ost_error error = {0};
    if (issuer_new(&config, NULL, NULL, &made, &error) != OST_OK)
        fail_msg("%s", error.detail);
    issuer_free(made);
}

static void g12_which_tenants_must_be_said(void **state)
{
    static const char *const none[] = {"common"};
    static const char *const cut[] = {"72f988bf-86f1-41af-91ab-2d7cd011db4"};
    static const char *const other[] = {"72f988bf-86f1-41af-91ab-2d7cd011db4g"};
    static const char *const gap[] = {ONE, NULL};
    static const char *const origins[] = {"https://id.example.org"};
    accepted((ost_issuer){GOOD, .any_tenant = true});
    accepted((ost_issuer){GOOD, .tenants = ids, .tenant_count = 2});
    accepted((ost_issuer){GOOD, .tenants = upper, .tenant_count = 1});
    refused((ost_issuer){GOOD}, "name the tenants");
    refused((ost_issuer){GOOD, .tenants = ids, .tenant_count = 2, .any_tenant = true}, "tenants");
    refused((ost_issuer){GOOD, .tenants = none, .tenant_count = 1}, "common");
    refused((ost_issuer){GOOD, .tenants = cut, .tenant_count = 1}, "UUID");
    refused((ost_issuer){GOOD, .tenants = other, .tenant_count = 1}, "UUID");
    refused((ost_issuer){GOOD, .tenants = gap, .tenant_count = 2}, "UUID");
    refused((ost_issuer){GOOD, .tenants = NULL, .tenant_count = 1}, "UUID");
    refused((ost_issuer){GOOD, .tenants = ids, .tenant_count = TENANTS_MAX + 1}, "256");
    refused(
        (ost_issuer){
            .issuer = MANY, .audiences = audiences, .audience_count = 1, .any_tenant = true},
        "discovery");
    refused((ost_issuer){.issuer = MANY "/{tenantid}",
                         .audiences = audiences,
                         .audience_count = 1,
                         .discovery_url = PLACE,
                         .any_tenant = true},
            "once");
    refused((ost_issuer){.issuer = HOST ONE "/v2.0",
                         .audiences = audiences,
                         .audience_count = 1,
                         .any_tenant = true},
            "{tenantid}");
    refused((ost_issuer){.issuer = HOST ONE "/v2.0",
                         .audiences = audiences,
                         .audience_count = 1,
                         .tenants = ids,
                         .tenant_count = 2},
            "{tenantid}");
    refused((ost_issuer){GOOD, .any_tenant = true,
                         .status_lists = {.origins = origins, .origin_count = 1}},
            "status lists");
    refused((ost_issuer){GOOD, .any_tenant = true,
                         .introspection = {.client_id = "c", .client_secret = "s"}},
            "introspection");
}

static void every_allocation_may_fail(void **state)
{
    const ost_issuer config = {GOOD, .tenants = ids, .tenant_count = 2};
    issuer *made = NULL;
    for (uint64_t n = 1; made == NULL; n++) {
        memory_fail_at(n);
        ost_result result = issuer_new(&config, NULL, NULL, &made, NULL);
        memory_fail_at(0);
        assert_int_equal(result, made != NULL ? OST_OK : OST_E_MEMORY);
    }
    issuer_free(made);
}

/* ---- tokens ---- */

/* The keys of "common": `rsa` for every tenant, `ec` for that of personal accounts alone, `ed` with
 * a name that is none. */
static void publish(fixture *f, fake_issuer *entra, const char *name)
{
    static const char *const members[] = {MANY, HOST HOME "/v2.0", NULL};
    ost_key *const keys[] = {f->rsa, f->ec, f->ed};
    char *set = entra->keys;
    size_t room = sizeof entra->keys, len = 0;
    pthread_mutex_lock(&entra->lock);
    snprintf(entra->discovery, sizeof entra->discovery, "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\"}",
             name, tiny_server_url(entra->server, "/realms/a/protocol/openid-connect/certs"));
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        ost_text jwk;
        ost_json_writer *writer = ost_json_writer_new(f->arena, 0);
        assert_int_equal(ost_key_export_public(keys[i], writer), OST_OK);
        assert_int_equal(ost_json_writer_finish(writer, &jwk), OST_OK);
        len += (size_t)snprintf(set + len, room - len, "%s%.*s,\"x5t\":\"AAAA\",\"issuer\":%s%s%s}",
                                i == 0 ? "{\"keys\":[" : ",", (int)jwk.len - 1, jwk.data,
                                members[i] != NULL ? "\"" : "",
                                members[i] != NULL ? members[i] : "[7]",
                                members[i] != NULL ? "\"" : "");
    }
    snprintf(set + len, room - len, "]}");
    pthread_mutex_unlock(&entra->lock);
}

static ost_guard *guard_of(fixture *f, fake_issuer *entra, ost_issuer config)
{
    ost_guard *guard;
    ost_error error = {0};
    publish(f, entra, config.issuer);
    config.audiences = audiences;
    config.audience_count = 1;
    config.discovery_url =
        tiny_server_url(entra->server, "/realms/a/.well-known/openid-configuration");
    const ost_guard_config guard_config = {
        .issuers = &config, .issuer_count = 1, .context = &f->context};
    if (ost_guard_new(&guard_config, &guard, &error) != OST_OK)
        fail_msg("%s", error.detail);
    assert_true(ost_guard_wait_ready(guard, 10));
    return guard;
}

static ost_text sign(fixture *f, const ost_key *key, const char *iss, const char *tid)
{
    static const ost_alg algs[] = {
        [OST_KEY_RSA] = OST_RS256, [OST_KEY_EC] = OST_ES256, [OST_KEY_OKP] = OST_EDDSA};
    ost_text token;
    const char *claims =
        ost_arena_format(f->arena,
                         "{" GOOD_TIMES ",\"iss\":\"%s\"%s%s,\"aud\":\"myapi\",\"azp\":\"c\","
                         "\"ver\":\"2.0\",\"scp\":\"read\"}",
                         iss, tid != NULL ? ",\"tid\":" : "", tid != NULL ? tid : "");
    assert_int_equal(
        ost_jws_sign(text_of(claims), key, algs[ost_key_type_of(key)], "JWT", f->arena, &token),
        OST_OK);
    return token;
}

typedef struct tenant_case {
    const char *iss, *tid;
    ost_result reason;
    const char *words;
} tenant_case;

/* Twice, so that what is remembered is seen too. */
static void checks(fixture *f, ost_guard *guard, const ost_key *key, const tenant_case *expected)
{
    ost_text token = sign(f, key, expected->iss, expected->tid);
    for (int again = 0; again < 2; again++) {
        ost_verdict verdict = fixture_check(f, guard, &fixture_any, token);
        if (verdict.reason != expected->reason)
            fail_msg("%s, %s: %s, %.*s", expected->iss, expected->tid,
                     ost_result_name(verdict.reason), (int)verdict.explanation.len,
                     verdict.explanation.data);
        if (expected->words != NULL)
            assert_non_null(strstr(verdict.explanation.data, expected->words));
    }
}

#define QUOTED(id) "\"" id "\""
#define NOT OST_E_ISSUER

static void g12_the_issuer_is_the_tenants(void **state)
{
    static const tenant_case any[] = {
        {HOST ONE "/v2.0", QUOTED(ONE), OST_OK, NULL},
        {HOST TWO "/v2.0", QUOTED(TWO), OST_OK, NULL},
        {HOST HOME "/v2.0", QUOTED(HOME), OST_OK, NULL},
        {HOST ONE "/v2.0", QUOTED(TWO), NOT, TWO},
        {HOST ONE "/v2.0", NULL, NOT, "no UUID"},
        {HOST ONE "/v2.0", "7", NOT, "no UUID"},
        {HOST ONE "/v2.0", "[" QUOTED(ONE) "]", NOT, "no UUID"},
        {HOST "common/v2.0", QUOTED("common"), NOT, "no UUID"},
        {HOST "/v2.0", QUOTED(""), NOT, "no UUID"},
        {HOST "{tenantid}/v2.0", QUOTED("{tenantid}"), NOT, "no UUID"},
        {HOST "{tenantid}/v2.0", QUOTED(ONE), NOT, NULL},
        {HOST "72F988BF-86F1-41AF-91AB-2D7CD011DB47/v2.0",
         QUOTED("72F988BF-86F1-41AF-91AB-2D7CD011DB47"), NOT, "no UUID"},
        {HOST ONE "/v2.0/", QUOTED(ONE), NOT, NULL},
        {HOST ONE "/", QUOTED(ONE), NOT, NULL},
        {HOST ONE, QUOTED(ONE), NOT, NULL},
        {"https://sts.windows.net/" ONE "/", QUOTED(ONE), NOT, NULL},
        {"https://login.microsoftonline.us/" ONE "/v2.0", QUOTED(ONE), NOT, NULL},
        {"https://login.microsoftonline.com.example.org/" ONE "/v2.0", QUOTED(ONE), NOT, NULL},
    };
    fixture *f = *state;
    fake_issuer *entra = fake_issuer_start();
    ost_guard *guard = guard_of(f, entra, (ost_issuer){.issuer = MANY, .any_tenant = true});
    for (size_t i = 0; i < ARRAY_LEN(any); i++)
        checks(f, guard, f->rsa, &any[i]);
    /* A foreign key of the same kid. */
    checks(f, guard, f->rsa_foreign,
           &(tenant_case){HOST ONE "/v2.0", QUOTED(ONE), OST_E_SIGNATURE, NULL});
    ost_guard_free(guard);
    fake_issuer_stop(entra);
}

static void g12_a_list_of_tenants(void **state)
{
    static const tenant_case listed[] = {
        {HOST ONE "/v2.0", QUOTED(ONE), OST_OK, NULL},
        {HOST TWO "/v2.0", QUOTED(TWO), OST_OK, NULL},
        {HOST HOME "/v2.0", QUOTED(HOME), NOT, "not in the list"},
        {HOST HOME "/v2.0", QUOTED(ONE), NOT, NULL},
    };
    fixture *f = *state;
    fake_issuer *entra = fake_issuer_start();
    ost_guard *guard =
        guard_of(f, entra, (ost_issuer){.issuer = MANY, .tenants = ids, .tenant_count = 2});
    for (size_t i = 0; i < ARRAY_LEN(listed); i++)
        checks(f, guard, f->rsa, &listed[i]);
    ost_guard_free(guard);
    guard = guard_of(f, entra, (ost_issuer){.issuer = MANY, .tenants = upper, .tenant_count = 1});
    checks(f, guard, f->rsa, &(tenant_case){HOST ONE "/v2.0", QUOTED(ONE), OST_OK, NULL});
    checks(f, guard, f->rsa, &(tenant_case){HOST TWO "/v2.0", QUOTED(TWO), NOT, NULL});
    ost_guard_free(guard);
    fake_issuer_stop(entra);
}

static void g12_a_key_signs_for_whom_the_set_says(void **state)
{
    static const tenant_case home[] = {
        {HOST HOME "/v2.0", QUOTED(HOME), OST_OK, NULL},
        {HOST ONE "/v2.0", QUOTED(ONE), NOT, "the key signs for"},
        {HOST HOME "/v2.0", QUOTED(ONE), NOT, NULL},
    };
    fixture *f = *state;
    fake_issuer *entra = fake_issuer_start();
    ost_guard *guard = guard_of(f, entra, (ost_issuer){.issuer = MANY, .any_tenant = true});
    for (size_t i = 0; i < ARRAY_LEN(home); i++)
        checks(f, guard, f->ec, &home[i]);
    checks(f, guard, f->ed, &(tenant_case){HOST ONE "/v2.0", QUOTED(ONE), NOT, "the key signs"});
    ost_guard_free(guard);
    /* One tenant by its own name: the member means nothing, as any that is not registered. */
    guard = guard_of(f, entra, (ost_issuer){.issuer = HOST ONE "/v2.0"});
    checks(f, guard, f->ec, &(tenant_case){HOST ONE "/v2.0", QUOTED(ONE), OST_OK, NULL});
    checks(f, guard, f->ec, &(tenant_case){HOST TWO "/v2.0", QUOTED(TWO), NOT, NULL});
    checks(f, guard, f->ec, &(tenant_case){MANY, QUOTED(ONE), NOT, NULL});
    ost_guard_free(guard);
    fake_issuer_stop(entra);
}

/* Keys of version 1 have no such member. */
static void g12_version_1_of_many_tenants(void **state)
{
    fixture *f = *state;
    fake_issuer *entra = fake_issuer_start();
    ost_key *const keys[] = {f->rsa, NULL};
    ost_guard *guard = guard_of(f, entra, (ost_issuer){.issuer = VERSION_1, .any_tenant = true});
    /* The set of version 2 belongs to other names. */
    const tenant_case good = {"https://sts.windows.net/" ONE "/", QUOTED(ONE), OST_OK, NULL};
    checks(f, guard, f->rsa, &(tenant_case){good.iss, good.tid, NOT, "the key signs for"});
    ost_guard_free(guard);
    fake_issuer_publish(entra, keys);
    const ost_issuer config = {
        .issuer = VERSION_1,
        .any_tenant = true,
        .audiences = audiences,
        .audience_count = 1,
        .jwks_url = tiny_server_url(entra->server, "/realms/a/protocol/openid-connect/certs"),
    };
    const ost_guard_config guard_config = {
        .issuers = &config, .issuer_count = 1, .context = &f->context};
    assert_int_equal(ost_guard_new(&guard_config, &guard, NULL), OST_OK);
    assert_true(ost_guard_wait_ready(guard, 10));
    checks(f, guard, f->rsa, &good);
    checks(f, guard, f->rsa,
           &(tenant_case){"https://sts.windows.net/" ONE "/", QUOTED(TWO), NOT, NULL});
    checks(f, guard, f->rsa, &(tenant_case){HOST ONE "/v2.0", QUOTED(ONE), NOT, NULL});
    ost_guard_free(guard);
    fake_issuer_stop(entra);
}

/* Nobody has keys fetched by a token of a tenant that may not come in. */
static void g12_a_stranger_causes_no_fetch(void **state)
{
    fixture *f = *state;
    fake_issuer *entra = fake_issuer_start();
    ost_guard *guard =
        guard_of(f, entra, (ost_issuer){.issuer = MANY, .tenants = ids, .tenant_count = 2});
    ost_key *unknown;
    assert_int_equal(ost_key_generate(OST_ES256, 0, "unknown", &unknown, NULL), OST_OK);
    int before = atomic_load(&entra->key_fetches);
    const ost_credentials stranger = {.bearer = sign(f, unknown, HOST HOME "/v2.0", QUOTED(HOME))};
    const ost_credentials tenant = {.bearer = sign(f, unknown, HOST ONE "/v2.0", QUOTED(ONE))};
    ost_verdict verdict;
    ost_guard_check(guard, &fixture_any, &stranger, true, f->arena, &verdict);
    assert_int_equal(verdict.reason, OST_E_ISSUER);
    assert_int_equal(verdict.decision, OST_REFUSE);
    assert_int_equal(atomic_load(&entra->key_fetches), before);
    ost_guard_check(guard, &fixture_any, &tenant, true, f->arena, &verdict);
    assert_int_equal(verdict.decision, OST_WAIT);
    ost_guard_free(guard);
    ost_key_unref(unknown);
    fake_issuer_stop(entra);
}

/* A tenant with a name of its own goes before the many, whatever stands first. */
static void g12_one_tenant_beside_many(void **state)
{
    static const char *const second[] = {"other"};
    fixture *f = *state;
    fake_issuer *many = fake_issuer_start(), *one = fake_issuer_start();
    ost_key *const keys[] = {f->ec, NULL};
    publish(f, many, MANY);
    fake_issuer_publish(one, keys);
    const ost_issuer issuers[] = {
        {.issuer = MANY,
         .audiences = second,
         .audience_count = 1,
         .any_tenant = true,
         .discovery_url =
             tiny_server_url(many->server, "/realms/a/.well-known/openid-configuration")},
        {.issuer = HOST ONE "/v2.0",
         .audiences = audiences,
         .audience_count = 1,
         .jwks_url = tiny_server_url(one->server, "/realms/a/protocol/openid-connect/certs")},
    };
    const ost_guard_config config = {.issuers = issuers, .issuer_count = 2, .context = &f->context};
    ost_guard *guard;
    assert_int_equal(ost_guard_new(&config, &guard, NULL), OST_OK);
    assert_true(ost_guard_wait_ready(guard, 10));
    checks(f, guard, f->ec, &(tenant_case){HOST ONE "/v2.0", QUOTED(ONE), OST_OK, NULL});
    checks(f, guard, f->rsa,
           &(tenant_case){HOST ONE "/v2.0", QUOTED(ONE), OST_E_KEY_UNKNOWN, NULL});
    checks(f, guard, f->rsa, &(tenant_case){HOST TWO "/v2.0", QUOTED(TWO), OST_E_AUDIENCE, NULL});
    ost_guard_free(guard);
    fake_issuer_stop(one);
    fake_issuer_stop(many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(g12_which_tenants_must_be_said),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test_setup(g12_the_issuer_is_the_tenants, fixture_reset),
        cmocka_unit_test_setup(g12_a_list_of_tenants, fixture_reset),
        cmocka_unit_test_setup(g12_a_key_signs_for_whom_the_set_says, fixture_reset),
        cmocka_unit_test_setup(g12_version_1_of_many_tenants, fixture_reset),
        cmocka_unit_test_setup(g12_a_stranger_causes_no_fetch, fixture_reset),
        cmocka_unit_test_setup(g12_one_tenant_beside_many, fixture_reset),
    };
    return cmocka_run_group_tests_name("guard-tenants", tests, fixture_start, fixture_end);
}
