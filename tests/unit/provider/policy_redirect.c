/* SPDX-License-Identifier: Apache-2.0 */
/* Redirect URIs under secure-redirect-uris-enforcer: registered ones and those that are asked for,
 * mostly as Keycloak 26.7.3 takes them. */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/policy/policy_executor.h"
#include "test.h"

#define GENERAL "Invalid Redirect Uri: invalid uri"
#define LOOPBACK "Invalid Redirect Uri: invalid loopback address"
#define PRIVATE "Invalid Redirect Uri: invalid private use scheme"

static const char strict[] =
    "{\"allow-ipv4-loopback-address\":\"true\",\"allow-ipv6-loopback-address\":\"true\","
    "\"allow-private-use-uri-scheme\":\"true\",\"oauth-2-1-compliant\":\"true\"}";
static const char plain_http[] =
    "{\"allow-ipv4-loopback-address\":true,\"allow-ipv6-loopback-address\":true,"
    "\"allow-http-scheme\":\"true\",\"oauth-2-1-compliant\":true}";
static const char nothing[] = "{}";
static const char domains[] =
    "{\"allow-permitted-domains\":[\"a\\\\.example\",\".*\\\\.b\\\\.example\"],"
    "\"allow-wildcard-context-path\":true}";

static const struct {
    const char *configuration, *uri;
    bool asked_for;
    const char *refusal;
} rows[] = {
    {strict, "https://a.example/x", false, NULL},
    {strict, "https://a.example:8443/x", false, NULL},
    {strict, "http://a.example/x", false, GENERAL},
    {strict, "https://a.example/*", false, GENERAL},
    {strict, "*", false, GENERAL},
    {strict, "", false, GENERAL},
    {strict, "/x", false, GENERAL},
    {strict, "https://a.example/x#f", false, GENERAL},
    {strict, "https://user@a.example/", false, GENERAL},
    {strict, "https://a.example/ x", false, GENERAL},
    {strict, "http://127.0.0.1/cb", false, LOOPBACK},
    {strict, "http://localhost/cb", false, LOOPBACK},
    {strict, "https://localhost/cb", false, LOOPBACK},
    {strict, "http://[::1]/cb", false, LOOPBACK},
    {strict, "https://127.0.0.1/cb", false, NULL},
    {strict, "https://127.9.9.9/cb", false, NULL},
    {strict, "https://[::1]/cb", false, NULL},
    {strict, "https://[::1]:1/cb", false, LOOPBACK},
    {strict, "https://[::1]:1/cb", true, NULL},
    {strict, "https://[0:0:0:0:0:0:0:1]/cb", false, LOOPBACK},
    {strict, "com.example.app:/cb", false, NULL},
    {strict, "com.example.app:/cb#x", false, PRIVATE},
    {strict, "app:/cb", false, PRIVATE},
    {strict, "HTTPS://a.example/x", false, NULL},
    {strict, "HTTP://a.example/x", false, GENERAL},
    {plain_http, "http://127.0.0.1/cb", false, NULL},
    {plain_http, "http://127.0.0.1:80/cb", false, LOOPBACK},
    {plain_http, "http://127.0.0.1:80/cb", true, NULL},
    {plain_http, "http://127.0.0.1/cb", true, LOOPBACK},
    {plain_http, "http://localhost:80/cb", true, LOOPBACK},
    {plain_http, "http://[::1]:80/cb", true, NULL},
    {plain_http, "com.example.app:/cb", false, PRIVATE},
    {plain_http, "http://a.example/", false, GENERAL},
    {nothing, "https://a.example/x", false, NULL},
    {nothing, "https://a.example/x#f", false, NULL},
    {nothing, "http://a.example/x", false, GENERAL},
    {nothing, "https://a.example/*", false, GENERAL},
    {nothing, "https://127.0.0.1/", false, LOOPBACK},
    {nothing, "app:/cb", false, PRIVATE},
    {domains, "https://a.example/x", false, NULL},
    {domains, "https://x.b.example/x", false, NULL},
    {domains, "https://b.example/x", false, GENERAL},
    {domains, "https://a.example/*", false, NULL},
    {domains, "https://a.example/x*", false, GENERAL},
    {domains, "https://a.example/*/*", false, GENERAL},
};

static ost_arena *arena;

static const ost_json *json(const char *text)
{
    const ost_json *value;
    assert_int_equal(OST_OK, ost_json_read(text_of(text), NULL, arena, &value, NULL));
    return value;
}

static const policy_refusal *ask(const char *configuration, const char *uri, bool asked_for)
{
    policy_edits edits = {0};
    policy_case c = {.event = POLICY_PREAUTHORIZATION, .redirect_uri = text_of(uri)};
    if (asked_for)
        return check_redirect_uri(json(configuration), &c);
    c.event = POLICY_REGISTER;
    c.proposed = json(ost_arena_format(arena, "{\"redirectUris\":[\"%s\"]}", uri));
    return propose_redirect_uris(json(configuration), &c, &edits);
}

static void uris(void **state)
{
    (void)state;
    arena = ost_arena_new((size_t)1 << 20);
    assert_non_null(arena);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const policy_refusal *seen = ask(rows[i].configuration, rows[i].uri, rows[i].asked_for);
        const char *words = seen != NULL ? seen->description : "good";
        const char *wanted = rows[i].refusal != NULL ? rows[i].refusal : "good";
        if (strcmp(words, wanted) != 0)
            fail_msg("%s%s: %s, not %s", rows[i].uri, rows[i].asked_for ? " asked for" : "", words,
                     wanted);
    }
    ost_arena_free(arena);
}

/* Relative ones are below the root URL; what follows a logout counts too. */
static void clients(void **state)
{
    static const struct {
        const char *client;
        bool good;
    } of[] = {
        {"{\"rootUrl\":\"https://a.example\",\"redirectUris\":[\"/x\"]}", true},
        {"{\"rootUrl\":\"http://a.example\",\"redirectUris\":[\"/x\"]}", false},
        {"{\"rootUrl\":\"https://a.example\",\"redirectUris\":[\"/*\"]}", false},
        {"{\"redirectUris\":[]}", false},
        {"{\"redirectUris\":[7]}", false},
        {"{\"redirectUris\":[],\"standardFlowEnabled\":false}", true},
        {"{\"redirectUris\":[],\"standardFlowEnabled\":false,\"implicitFlowEnabled\":true}", false},
        {"{\"redirectUris\":[\"https://a.example/\"],\"attributes\":{"
         "\"post.logout.redirect.uris\":\"+##https://a.example/bye\"}}",
         true},
        {"{\"redirectUris\":[\"https://a.example/\"],\"attributes\":{"
         "\"post.logout.redirect.uris\":\"https://a.example/bye##http://a.example/\"}}",
         false},
    };
    (void)state;
    arena = ost_arena_new((size_t)1 << 20);
    assert_non_null(arena);
    for (size_t i = 0; i < ARRAY_LEN(of); i++) {
        policy_edits edits = {0};
        const policy_case c = {.event = POLICY_REGISTER, .proposed = json(of[i].client)};
        if ((propose_redirect_uris(json(strict), &c, &edits) == NULL) != of[i].good)
            fail_msg("%s", of[i].client);
    }
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uris),
        cmocka_unit_test(clients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
