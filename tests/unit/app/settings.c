/* SPDX-License-Identifier: Apache-2.0 */
/* Options and variables: defaults, limits, what excludes what. */
#include "app/config/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static ost_arena *arena;
static ost_error error;

static int set_up(void **state)
{
    (void)state;
    arena = ost_arena_new(1 << 20);
    for (const option *each = settings_options; each->name != NULL; each++) {
        if (each->variable != NULL)
            unsetenv(each->variable);
    }
    unsetenv("OSTIARY_COOKIE_SECRET");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ost_arena_free(arena);
    return 0;
}

static ost_result read_list(char **words, app_settings *ret)
{
    option_values values;
    int count = 0;
    error = (ost_error){0};
    while (words[count] != NULL)
        count++;
    ost_result result = options_read(settings_options, count, words, 0, &values, &error);
    return result == OST_OK ? settings_read(&values, arena, ret, &error) : result;
}

#define WORD(word) ost_arena_copy(arena, text_of(word))
#define READ(ret, ...) read_words(ret, (const char *const[]){__VA_ARGS__, NULL})

static ost_result read_words(app_settings *ret, const char *const *words)
{
    char *copies[32] = {0};
    for (size_t i = 0; words[i] != NULL; i++)
        copies[i] = WORD(words[i]);
    return read_list(copies, ret);
}

static void tenants_and_discovery_urls(void **state)
{
    app_settings s;
    assert_int_equal(READ(&s, "--issuer=https://a/{tenantid}", "--issuer=https://b", "--audience=x",
                          "--discovery-url=https://a/1", "--discovery-url", "https://b/2",
                          "--tenant=t1", "--tenant", "t2"),
                     OST_OK);
    assert_int_equal(s.discovery_url_count, 2);
    assert_string_equal(s.discovery_urls[1], "https://b/2");
    assert_int_equal(s.tenant_count, 2);
    assert_string_equal(s.tenants[1], "t2");
    assert_false(s.any_tenant);
    assert_int_equal(READ(&s, "--issuer=https://a", "--audience=x", "--any-tenant"), OST_OK);
    assert_true(s.any_tenant);
    assert_int_equal(READ(&s, "--issuer=https://a", "--audience=x", "--discovery-url=https://a/1",
                          "--discovery-url=https://a/2"),
                     OST_E_CONFIG);
    assert_non_null(strstr(error.detail, "--discovery-url"));
    (void)state;
}

static void g6_own_address(void **state)
{
    app_settings s;
    assert_int_equal(
        READ(&s, "--base-url", "https://h.example:443", "--cors-origin", "http://a:80"), OST_OK);
    assert_string_equal(s.base_url, "https://h.example");
    assert_string_equal(s.cors_origins[0], "http://a");
    (void)state;
}

static void cors_origins(void **state)
{
    static const char *const wrong[] = {"https://a/", "a.example", "null",
                                        "https://",   "https://A", ""};
    app_settings s;
    (void)state;
    assert_int_equal(READ(&s, "--cors-origin", "https://a.example:8443", "--cors-origin=*"),
                     OST_OK);
    assert_int_equal(s.cors_origin_count, 2);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        assert_int_equal(READ(&s, "--cors-origin", wrong[i]), OST_E_CONFIG);
        assert_non_null(strstr(error.detail, "--cors-origin"));
    }
}

/* A variable of the environment comes once, and pages of apps and extensions have origins too. */
static void n7_origins_of_one_variable_and_of_programs(void **state)
{
    static const char *const there[] = {"https://a.example", "http://b:5173",
                                        "capacitor://localhost", "tauri://localhost",
                                        "chrome-extension://abcdefghijklmnop"};
    static const char *const wrong[] = {
        ",",       "https://a, ,https://b", "htps://a.example", "capacitor://", "capacitor://a/b",
        "file://", "null,https://a"};
    app_settings s;
    (void)state;
    assert_int_equal(
        READ(&s, "--cors-origin", "https://a.example:443, http://b:5173", "--cors-origin",
             "capacitor://localhost,tauri://localhost,chrome-extension://abcdefghijklmnop"),
        OST_OK);
    assert_int_equal(s.cors_origin_count, ARRAY_LEN(there));
    for (size_t i = 0; i < ARRAY_LEN(there); i++)
        assert_string_equal(s.cors_origins[i], there[i]);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_int_equal(READ(&s, "--cors-origin", wrong[i]), OST_E_CONFIG);
}

static void defaults(void **state)
{
    (void)state;
    app_settings s;
    assert_int_equal(read_words(&s, (const char *const[]){NULL}), OST_OK);
    assert_string_equal(s.address, "127.0.0.1");
    assert_int_equal(s.port, 8000);
    assert_int_equal(s.loops, 0);
    assert_int_equal(s.log, SETTINGS_LOG_TEXT);
    assert_false(s.insecure_http || s.insecure_explain || s.no_docs || s.no_monitoring);
    assert_null(s.client_id);
    assert_int_equal(s.issuer_count, 0);
    assert_int_equal(s.cors_origin_count, 0);
}

static void given(void **state)
{
    (void)state;
    app_settings s;
    assert_int_equal(READ(&s, "--port=0", "--address", "0.0.0.0", "--issuer", "https://a",
                          "--issuer=https://b", "--audience", "x", "--audience", "y",
                          "--trusted-proxy", "10.0.0.0/8", "--loops", "2", "--log-format", "json",
                          "--base-url", "https://api.example:8443", "--insecure-explain"),
                     OST_OK);
    assert_int_equal(s.port, 0);
    assert_int_equal(s.issuer_count, 2);
    assert_string_equal(s.issuers[1], "https://b");
    assert_int_equal(s.audience_count, 2);
    assert_int_equal(s.proxy_count, 1);
    assert_int_equal(s.loops, 2);
    assert_int_equal(s.log, SETTINGS_LOG_JSON);
    assert_true(s.insecure_explain);
}

static void from_the_environment(void **state)
{
    (void)state;
    app_settings s;
    setenv("OSTIARY_PORT", "9000", 1);
    setenv("OSTIARY_ISSUER", "https://a", 1);
    setenv("OSTIARY_AUDIENCE", "x", 1);
    setenv("OSTIARY_CLIENT_ID", "c", 1);
    setenv("OSTIARY_CLIENT_SECRET", "s", 1);
    setenv("OSTIARY_INSECURE_HTTP", "0", 1);
    setenv("OSTIARY_NO_DOCS", "1", 1);
    setenv("OSTIARY_COOKIE_SECRET",
           "0123456789abcdef0123456789abcdef 1123456789abcdef0123456789abcdef", 1);
    assert_int_equal(READ(&s, "--port", "9001"), OST_OK);
    assert_int_equal(s.port, 9001); /* the command line wins */
    assert_string_equal(s.issuers[0], "https://a");
    assert_string_equal(s.client_secret, "s");
    assert_false(s.insecure_http);
    assert_true(s.no_docs);
    assert_true(text_is(s.cookie_secret, "0123456789abcdef0123456789abcdef"));
    assert_true(text_is(s.older_secret, "1123456789abcdef0123456789abcdef"));
    assert_false(s.passing_secret);
}

static void a_passing_secret(void **state)
{
    (void)state;
    app_settings one, two;
    assert_int_equal(READ(&one, "--issuer=https://a", "--audience=x", "--client-id=c"), OST_OK);
    assert_int_equal(READ(&two, "--issuer=https://a", "--audience=x", "--client-id=c"), OST_OK);
    assert_true(one.passing_secret);
    assert_int_equal(one.cookie_secret.len, 43);
    assert_false(text_equal(one.cookie_secret, two.cookie_secret));
    assert_null(one.client_secret);
}

static void a_secret_does_not_stay_on_the_command_line(void **state)
{
    (void)state;
    app_settings s;
    char *joined[] = {WORD("--issuer=https://a"), WORD("--audience=x"), WORD("--client-id=c"),
                      WORD("--client-secret=hidden"), NULL};
    char *apart[] = {WORD("--issuer=https://a"), WORD("--audience=x"), WORD("--client-id=c"),
                     WORD("--client-secret"),    WORD("last"),         NULL};
    char *twice[] = {WORD("--issuer=https://a"), WORD("--client-secret=hidden"),
                     WORD("--client-secret"), WORD("last"), NULL};
    assert_int_equal(read_list(joined, &s), OST_OK);
    assert_string_equal(s.client_secret, "hidden");
    assert_string_equal(joined[3], "--client-secret=");
    assert_int_equal(read_list(apart, &s), OST_OK);
    assert_string_equal(s.client_secret, "last");
    assert_string_equal(apart[4], "");
    assert_int_equal(read_list(twice, &s), OST_E_ARGUMENT);
}

static void what_is_refused(void **state)
{
    (void)state;
    const struct {
        const char *words[6], *said;
    } cases[] = {
        {{"--port", "65536"}, "not a number from 0 to 65535"},
        {{"--port", "-1"}, "not a number"},
        {{"--port", "8000 "}, "not a number"},
        {{"--loops", "1000"}, "not a number from 0 to 256"},
        {{"--log-format", "TEXT"}, "not text, json or off"},
        {{"--issuer="}, "--issuer is empty"},
        {{"--issuer", "https://a"}, "--audience is missing"},
        {{"--client-id", "c"}, "needs an --issuer"},
        {{"--tls-certificate", "f"}, "go together"},
        {{"--base-url", "https://api.example/"}, "not an origin"},
        {{"--base-url", "https://API.example"}, "not an origin"},
        {{"--base-url", "api.example"}, "not an origin"},
        {{"--base-url", "https://"}, "not an origin"},
        {{"--base-url", "https://a@b"}, "not an origin"},
        {{"--base-url", "ftp://a"}, "not an origin"},
        {{"--base-url", "https://a..b"}, "not an origin"},
        {{"--cors-origin", "https://h:99999"}, "not an origin"},
        {{"--introspect", "all"}, "neither opaque nor every"},
        {{"--introspect", "every"}, "--introspect needs --introspection-client and one of"},
        {{"--introspect", "every", "--introspection-client", "a"},
         "--introspect needs --introspection-client and one of"},
        {{"--introspection-client", "a"}, "--introspect is missing"},
        {{"--introspection-secret-file", "a"}, "--introspect is missing"},
        {{"word"}, "unexpected argument \"word\""},
        {{"--issuer=https://a", "--audience=x", "--client-id=c", "--client-secret=a",
          "--client-secret-file=b"},
         "exclude each other"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        app_settings s = {.port = 77};
        assert_true(read_words(&s, cases[i].words) != OST_OK);
        assert_int_equal(s.port, 77);
        if (strstr(error.detail, cases[i].said) == NULL)
            fail_msg("case %zu: \"%s\" does not say \"%s\"", i, error.detail, cases[i].said);
    }
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void whom_to_ask_about_tokens(void **state)
{
    (void)state;
    app_settings s;
    char folder[] = "/tmp/ostiary-settings-XXXXXX";
    assert_non_null(mkdtemp(folder));
    const char *path = ost_arena_format(arena, "%s/secret", folder);
    write_file(path, "s3cret\n");
    const char *secret = ost_arena_format(arena, "--introspection-secret-file=%s", path);
    const char *key = ost_arena_format(arena, "--introspection-key-file=%s", path);
    assert_int_equal(READ(&s, "--introspect=every", "--introspection-client=api", secret,
                          "--introspection-lifetime=5", "--status-origin=https://a",
                          "--status-origin", "https://b"),
                     OST_OK);
    assert_string_equal(s.tokens.introspection.client_id, "api");
    assert_string_equal(s.tokens.introspection.client_secret, "s3cret");
    assert_true(s.tokens.introspection.every_token);
    assert_int_equal(s.tokens.introspection.lifetime, 5);
    assert_int_equal(s.tokens.introspection.auth, OST_CLIENT_SECRET_BASIC);
    assert_int_equal(s.tokens.origin_count, 2);
    assert_int_equal(READ(&s, "--introspect=opaque", "--introspection-client=api", key), OST_OK);
    assert_false(s.tokens.introspection.every_token);
    assert_int_equal(s.tokens.introspection.auth, OST_PRIVATE_KEY_JWT);
    assert_null(s.tokens.introspection.client_secret);
    assert_true(text_is(s.tokens.key, "s3cret"));
    assert_int_equal(READ(&s, "--introspect=opaque", "--introspection-client=api", key, secret),
                     OST_E_CONFIG);
    unlink(path);
    rmdir(folder);
    assert_int_equal(READ(&s, "--introspect=opaque", "--introspection-client=api", secret),
                     OST_E_SYSTEM);
}

static void lists_are_bounded(void **state)
{
    (void)state;
    app_settings s;
    const char *words[SETTINGS_ISSUERS + 2] = {0};
    for (size_t i = 0; i <= SETTINGS_ISSUERS; i++)
        words[i] = "--issuer=https://a";
    assert_int_equal(read_words(&s, words), OST_E_CONFIG);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(tenants_and_discovery_urls),
        TEST(g6_own_address),
        TEST(cors_origins),
        TEST(n7_origins_of_one_variable_and_of_programs),
        TEST(defaults),
        TEST(given),
        TEST(from_the_environment),
        TEST(a_passing_secret),
        TEST(a_secret_does_not_stay_on_the_command_line),
        TEST(what_is_refused),
        TEST(whom_to_ask_about_tokens),
        TEST(lists_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
