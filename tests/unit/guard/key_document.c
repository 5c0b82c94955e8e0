/* SPDX-License-Identifier: Apache-2.0 */
/* Discovery documents and key sets, without a network. */

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "curl_memory.h"
#include "guard/issuer.h"
#include "guard/keys/issuer_document.h"
#include "test.h"

#define NAME "https://id.example.org/realms/a"
#define CERTS "https://id.example.org/certs"
#define X "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define KEY(kid) "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"" kid "\"," X "}"

static issuer *made;

static int setup(void **state)
{
    static const char *const audiences[] = {"myapi"};
    const ost_issuer config = {.issuer = NAME, .audiences = audiences, .audience_count = 1};
    return issuer_new(&config, NULL, NULL, &made, NULL) == OST_OK ? 0 : -1;
}

static int teardown(void **state)
{
    issuer_free(made);
    return 0;
}

static const key_snapshot *now_published(void)
{
    return atomic_load(&made->source.keys.current);
}

static void publish(const char *text, ost_result expected, bool changes)
{
    bool changed = false;
    ost_error error = {0};
    ost_result result = key_document_publish(&made->source, text_of(text), &changed, &error);
    assert_int_equal(result, expected);
    assert_int_equal(changed, changes);
    assert_int_equal(error.code, expected);
}

static void discovery_names_where_the_keys_are(void **state)
{
    discovery found = {0};
    static const char good[] = "{\"issuer\":\"" NAME "\",\"jwks_uri\":\"" CERTS "\"}";
    assert_int_equal(discovery_read(&made->source, text_of(good), &found, NULL), OST_OK);
    assert_string_equal(found.jwks_url, CERTS);
    assert_null(found.introspection_url);
    memory_free(found.jwks_url);
}

/* Where it may not be asked, the keys serve all the same. */
static void discovery_names_whom_to_ask(void **state)
{
    static const struct {
        const char *endpoint, *expected;
    } cases[] = {
        {"\"" CERTS "\"", CERTS},
        {"\"http://id.example.org/ask\"", NULL},
        {"\"http://localhost:8080/ask\"", NULL}, /* whoever listens there is not the issuer */
        {"\"file:///etc/passwd\"", NULL},
        {"7", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char document[512];
        discovery found = {0};
        snprintf(document, sizeof document,
                 "{\"issuer\":\"" NAME "\",\"jwks_uri\":\"" CERTS
                 "\",\"introspection_endpoint\":%s}",
                 cases[i].endpoint);
        assert_int_equal(discovery_read(&made->source, text_of(document), &found, NULL), OST_OK);
        if (cases[i].expected != NULL)
            assert_string_equal(found.introspection_url, cases[i].expected);
        else
            assert_null(found.introspection_url);
        memory_free(found.jwks_url);
        memory_free(found.introspection_url);
    }
}

/* An issuer elsewhere does not have this machine ask its own services. */
static void attack_33_discovery_that_points_at_this_machine(void **state)
{
    static const char *const urls[] = {"http://127.0.0.1:9200/_shutdown", "HTTP://LOCALHOST/certs",
                                       "http://[::1]/certs"};
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        char document[512];
        discovery found = {0};
        ost_error error = {0};
        snprintf(document, sizeof document, "{\"issuer\":\"" NAME "\",\"jwks_uri\":\"%s\"}",
                 urls[i]);
        assert_int_equal(discovery_read(&made->source, text_of(document), &found, &error),
                         OST_E_REMOTE);
        assert_null(found.jwks_url);
    }
}

static void another_issuer_is_named_in_the_error(void **state)
{
    static const struct {
        const char *named, *expected;
    } cases[] = {
        {NAME "/",
         "its issuer is \"" NAME "/\"; configure it with the slash at its end, which counts"},
        {"http://keycloak:8080/realms/a",
         "its issuer is \"http://keycloak:8080/realms/a\"; if tokens name that one, configure it, "
         "and this as its discovery URL"},
        {"", "its issuer is \"\"; if tokens name that one, configure it, and this as its "
             "discovery URL"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char document[256];
        discovery found = {0};
        ost_error error = {0};
        snprintf(document, sizeof document, "{\"issuer\":\"%s\",\"jwks_uri\":\"" CERTS "\"}",
                 cases[i].named);
        assert_int_equal(discovery_read(&made->source, text_of(document), &found, &error),
                         OST_E_ISSUER);
        assert_string_equal(error.detail, cases[i].expected);
        assert_null(found.jwks_url);
    }
    ost_error error = {0};
    assert_int_equal(issuer_document_misnamed(text_of(NAME), NAME "/", &error), OST_E_ISSUER);
    assert_non_null(strstr(error.detail, "configure it without a slash at its end"));
}

#define DOCUMENT "/.well-known/openid-configuration"

static void g11_an_answer_that_is_none_names_the_address(void **state)
{
    (void)state;
    static const struct {
        issuer_document kind;
        const char *url;
        net_response response;
        const char *expected;
    } cases[] = {
        {ISSUER_DISCOVERY,
         "https://id.example.org" DOCUMENT,
         {.status = 404},
         "discovery: https://id.example.org" DOCUMENT
         ": status 404; is a path missing from the issuer's URL, such as /realms/NAME?"},
        {ISSUER_DISCOVERY,
         NAME DOCUMENT,
         {.status = 404},
         "discovery: " NAME DOCUMENT
         ": status 404; is the realm's name right, or is /auth missing before /realms?"},
        {ISSUER_DISCOVERY,
         "https://id.example.org/auth/realms/a" DOCUMENT,
         {.status = 410},
         "discovery: https://id.example.org/auth/realms/a" DOCUMENT
         ": status 410; is the realm's name right, and is /auth wanted (Keycloak: until 16)?"},
        {ISSUER_DISCOVERY,
         NAME DOCUMENT DOCUMENT,
         {.status = 404},
         "discovery: " NAME DOCUMENT DOCUMENT
         ": status 404; the issuer's URL ends before /.well-known"},
        {ISSUER_DISCOVERY,
         NAME DOCUMENT "?code=secret",
         {.status = 503},
         "discovery: " NAME DOCUMENT ": status 503"},
        {ISSUER_KEYS, NAME "/certs", {.status = 404}, "key set: " NAME "/certs: status 404"},
        {ISSUER_KEYS,
         NAME "/certs",
         {.status = 200},
         "key set: " NAME "/certs: the answer is empty"},
        {ISSUER_KEYS,
         NAME "/certs",
         {.status = 200, .body = {"\r\n <html>", 9}},
         "key set: " NAME "/certs: the answer is HTML or XML, not JSON"},
        {ISSUER_KEYS,
         NAME "/certs",
         {.status = 200, .body = {"\xff\xfe{\0", 4}},
         "key set: " NAME "/certs: this is UTF-16, and UTF-8 is expected"},
        {ISSUER_KEYS,
         NAME "/certs",
         {.result = OST_E_REDIRECT, .detail = "", .redirect = "https://sso.example.org/login"},
         "key set: " NAME "/certs: a redirect to https://sso.example.org/login was answered, and "
         "none is followed"},
        {ISSUER_KEYS,
         NAME "/certs",
         {.result = OST_E_TLS, .detail = "SSL certificate problem: self-signed certificate"},
         "key set: " NAME "/certs: SSL certificate problem: self-signed certificate; is its "
         "authority in the CA file?"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_error why = {0}, error = {0};
        ost_result result =
            issuer_document_check(cases[i].kind, cases[i].url, &cases[i].response, &why);
        assert_int_not_equal(result, OST_OK);
        assert_int_equal(issuer_document_fail(cases[i].kind, cases[i].url, result, &why, &error),
                         result);
        assert_string_equal(error.detail, cases[i].expected);
    }
    const net_response good = {.status = 200, .body = OST_TEXT_INIT("\xef\xbb\xbf {}")};
    assert_int_equal(issuer_document_check(ISSUER_KEYS, NAME, &good, NULL), OST_OK);
}

static void the_same_document_keeps_its_generation(void **state)
{
    publish("{\"keys\":[" KEY("a") "]}", OST_OK, true);
    uint64_t generation = now_published()->generation;
    publish("{\"keys\":[" KEY("a") "]}", OST_OK, false);
    assert_int_equal(now_published()->generation, generation);
    publish("{\"keys\":[" KEY("b") "]}", OST_OK, true);
    assert_int_not_equal(now_published()->generation, generation);
    /* Back again is another one still: what was remembered in between has gone. */
    publish("{\"keys\":[" KEY("a") "]}", OST_OK, true);
    assert_true(now_published()->generation > generation + 1);
}

static void a_bad_document_changes_nothing(void **state)
{
    publish("{\"keys\":[" KEY("a") "," KEY("b") "]}", OST_OK, true);
    const key_snapshot *before = now_published();
    publish("{\"keys\":[]}", OST_E_KEY_UNKNOWN, false);
    publish("<html></html>", OST_E_JSON, false);
    publish("", OST_E_JSON, false);
    publish("{\"keys\":[" KEY("a") ",{\"kty\":\"oct\",\"k\":\"AAAA\"}]}", OST_E_KEY_USE, false);
    assert_ptr_equal(now_published(), before);
    assert_int_equal(ost_keyset_count(before->keys), 2);
}

static void g2_a_key_that_stands_there_twice_is_one(void **state)
{
    publish("{\"keys\":[" KEY("a") "," KEY("a") "]}", OST_OK, true);
    assert_int_equal(ost_keyset_count(now_published()->keys), 1);
}

static void g3_what_is_left_out_is_known(void **state)
{
    publish("{\"keys\":[" KEY("a") ",{\"kty\":\"AKP\",\"kid\":\"new\"}]}", OST_OK, true);
    assert_int_equal(now_published()->left_out.count, 1);
    assert_non_null(strstr(now_published()->left_out.first, "AKP"));
    publish("{\"keys\":[" KEY("a") ",{\"kty\":\"AKP\",\"kid\":\"new\"}]}", OST_OK, false);
    assert_int_equal(now_published()->left_out.count, 1); /* of the same document, too */
    publish("{\"keys\":[" KEY("a") "]}", OST_OK, true);
    assert_int_equal(now_published()->left_out.count, 0);
}

static void every_allocation_may_fail(void **state)
{
    static const char document[] = "{\"issuer\":\"" NAME "\",\"jwks_uri\":\"" CERTS
                                   "\",\"introspection_endpoint\":\"" CERTS "\"}";
    static const char keys[] = "{\"keys\":[" KEY("x") "," KEY("y") "]}";
    discovery found = {0};
    for (uint64_t n = 1; found.jwks_url == NULL; n++) {
        memory_fail_at(n);
        ost_result result = discovery_read(&made->source, text_of(document), &found, NULL);
        memory_fail_at(0);
        assert_int_equal(result, found.jwks_url != NULL ? OST_OK : OST_E_MEMORY);
    }
    memory_free(found.jwks_url);
    memory_free(found.introspection_url);
    const key_snapshot *before = now_published();
    for (uint64_t n = 1; now_published() == before; n++) {
        bool changed = false;
        memory_fail_at(n);
        ost_result result = key_document_publish(&made->source, text_of(keys), &changed, NULL);
        memory_fail_at(0);
        assert_int_equal(changed, result == OST_OK);
        assert_true(result == OST_OK || result == OST_E_MEMORY);
        assert_int_equal(now_published() == before, result != OST_OK);
    }
}

/* A URL that could not be read for want of memory is not taken for one that is not allowed: that
 * would last until the next discovery. */
static void every_allocation_of_the_url_parser_may_fail(void **state)
{
    static const char document[] = "{\"issuer\":\"" NAME "\",\"jwks_uri\":\"" CERTS
                                   "\",\"introspection_endpoint\":\"" CERTS "\"}";
    discovery found = {0};
    long n = 1;
    for (; found.jwks_url == NULL; n++) {
        curl_memory_fail_at(n);
        ost_result result = discovery_read(&made->source, text_of(document), &found, NULL);
        assert_int_equal(result, curl_memory_failed() ? OST_E_MEMORY : OST_OK);
    }
    assert_true(n > 10);
    assert_string_equal(found.introspection_url, CERTS);
    memory_free(found.jwks_url);
    memory_free(found.introspection_url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(discovery_names_where_the_keys_are),
        cmocka_unit_test(discovery_names_whom_to_ask),
        cmocka_unit_test(attack_33_discovery_that_points_at_this_machine),
        cmocka_unit_test(another_issuer_is_named_in_the_error),
        cmocka_unit_test(g11_an_answer_that_is_none_names_the_address),
        cmocka_unit_test(the_same_document_keeps_its_generation),
        cmocka_unit_test(a_bad_document_changes_nothing),
        cmocka_unit_test(g2_a_key_that_stands_there_twice_is_one),
        cmocka_unit_test(g3_what_is_left_out_is_known),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_of_the_url_parser_may_fail),
    };
    if (!curl_memory_begin())
        return 1;
    return cmocka_run_group_tests_name("guard-key_document", tests, setup, teardown);
}
