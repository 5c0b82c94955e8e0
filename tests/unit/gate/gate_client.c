/* SPDX-License-Identifier: Apache-2.0 */
/* Clients of sites' own: what is taken, what is refused by its place, whose files are read, and who
 * finds them. */
#include "gate/gate_client.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define ARENA_MAX ((size_t)4 << 20)
#define LOGS_IN "{\"prefix\":\"/\",\"policy\":{},\"login\":true}"
#define OF_SITE(host, more, rule)                                                                  \
    "{\"origin\":\"https://" host ".b.example\"," more "\"rules\":[" rule "]}"
#define CLIENT(members) "\"client\":{" members "},"
#define SHARED "\"cookie_domain\":\"b.example\","
#define FIRST OF_SITE("a", SHARED CLIENT("\"id\":\"w\",\"secret_file\":\"s\""), LOGS_IN) ","

static char folder[] = "/tmp/ostiary-client-XXXXXX";

static ost_result read_sites(const char *sites, ost_arena *arena, const gate_rules **ret_rules,
                             ost_error *error)
{
    char text[2048];
    snprintf(text, sizeof text, "{\"sites\":[%s]}", sites);
    return gate_rules_read(text_of(text), arena, ret_rules, error);
}

static void what_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *sites, *words; /* NULL: good */
    } cases[] = {
        {OF_SITE("a", CLIENT("\"id\":\"w\""), LOGS_IN), NULL},
        {OF_SITE("a", CLIENT("\"id\":\"w i\",\"redirect_path\":\"/oauth2/callback\""), LOGS_IN),
         NULL},
        {OF_SITE("a", CLIENT("\"id\":\"w\",\"key_file\":\"k\""), LOGS_IN), NULL},
        {FIRST OF_SITE("c", SHARED CLIENT("\"id\":\"w\",\"secret_file\":\"s\""), LOGS_IN), NULL},
        {FIRST OF_SITE("c", CLIENT("\"id\":\"v\""), LOGS_IN), NULL},
        {FIRST OF_SITE("c", SHARED, LOGS_IN), "sites[0] and sites[1] share sessions"},
        {FIRST OF_SITE("c", SHARED CLIENT("\"id\":\"W\",\"secret_file\":\"s\""), LOGS_IN),
         "sites[0] and sites[1] share sessions"},
        {FIRST OF_SITE("c", SHARED CLIENT("\"id\":\"w\",\"key_file\":\"s\""), LOGS_IN),
         "sites[0] and sites[1] share sessions"},
        {FIRST OF_SITE("c", SHARED CLIENT("\"id\":\"w\",\"secret_file\":\"t\""), LOGS_IN),
         "sites[0] and sites[1] share sessions"},
        {OF_SITE("a", CLIENT("\"id\":\"w\""), "{\"prefix\":\"/\",\"policy\":{}}"),
         "sites[0].client is who signs in there"},
        {OF_SITE("a", CLIENT(""), LOGS_IN), "sites[0].client.id must"},
        {OF_SITE("a", CLIENT("\"id\":\"\""), LOGS_IN), "sites[0].client.id must"},
        {OF_SITE("a", CLIENT("\"id\":\"a\\nb\""), LOGS_IN), "sites[0].client.id must"},
        {OF_SITE("a", CLIENT("\"id\":\"\\u00e4\""), LOGS_IN), "sites[0].client.id must"},
        {OF_SITE("a", CLIENT("\"id\":1"), LOGS_IN), "sites[0].client.id must"},
        {OF_SITE("a", "\"client\":\"w\",", LOGS_IN), "sites[0].client must be an object"},
        {OF_SITE("a", "\"client\":null,", LOGS_IN), "sites[0].client must be an object"},
        {OF_SITE("a", CLIENT("\"id\":\"w\",\"secret\":\"s\""), LOGS_IN),
         "sites[0].client.secret is unknown"},
        {OF_SITE("a", CLIENT("\"id\":\"w\",\"secret_file\":\"\""), LOGS_IN),
         "sites[0].client.secret_file must"},
        {OF_SITE("a", CLIENT("\"id\":\"w\",\"key_file\":\"a\\u0000b\""), LOGS_IN), "not JSON"},
        {OF_SITE("a", CLIENT("\"id\":\"w\",\"key_file\":[]"), LOGS_IN),
         "sites[0].client.key_file must"},
        {OF_SITE("a", CLIENT("\"id\":\"w\",\"key_file\":\"k\",\"secret_file\":\"s\""), LOGS_IN),
         "sites[0].client has a secret_file and a key_file"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_arena *arena = ost_arena_new(ARENA_MAX);
        const gate_rules *rules = NULL;
        ost_error error = {0};
        ost_result result = read_sites(cases[i].sites, arena, &rules, &error);
        if (result != (cases[i].words == NULL ? OST_OK : OST_E_CONFIG))
            fail_msg("%s: %s", cases[i].sites, error.detail);
        if (cases[i].words != NULL && !text_starts(text_of(error.detail), cases[i].words))
            fail_msg("%s: %s", cases[i].sites, error.detail);
        ost_arena_free(arena);
    }
}

/* What two could read in two ways, what browsers spell otherwise, and what the gate uses itself. */
static void redirect_addresses(void **state)
{
    (void)state;
    static const char *const good[] = {"/oauth2/callback", "/_ostiary/callback",      "/a-b._~",
                                       "/checked",         "/_ostiary/callback/wiki", "/healthy"};
    static const char *const bad[] = {"",
                                      "/",
                                      "a",
                                      "//a",
                                      "/a/",
                                      "/a//b",
                                      "/../a",
                                      "/a/./b",
                                      "/a;b",
                                      "/a%2fb",
                                      "/a?b",
                                      "/a#b",
                                      "/a b",
                                      "/a\\\\b",
                                      "/check",
                                      "/check/",
                                      "/check/x",
                                      "/health/live",
                                      "/metrics",
                                      "/health",
                                      "/a.",
                                      "/a*",
                                      "https://x/",
                                      "/_ostiary/login",
                                      "/\\u00e4x",
                                      "/a@b",
                                      "/a:b",
                                      "/a\\u0000b",
                                      "/_ostiary/logout",
                                      "/_ostiary/user",
                                      "/_ostiary/backchannel-logout"};
    char sites[512];
    for (size_t i = 0; i < ARRAY_LEN(good) + ARRAY_LEN(bad); i++) {
        bool fine = i < ARRAY_LEN(good);
        const char *path = fine ? good[i] : bad[i - ARRAY_LEN(good)];
        ost_arena *arena = ost_arena_new(ARENA_MAX);
        const gate_rules *rules = NULL;
        ost_error error = {0};
        snprintf(sites, sizeof sites,
                 OF_SITE("a", CLIENT("\"id\":\"w\",\"redirect_path\":\"%s\""), LOGS_IN), path);
        ost_result result = read_sites(sites, arena, &rules, &error);
        if (result != (fine ? OST_OK : OST_E_CONFIG))
            fail_msg("%s: %s", path, error.detail);
        if (fine)
            assert_string_equal(rules->sites[0].client->as.redirect_path, path);
        ost_arena_free(arena);
    }
}

/* ---- files ---- */

static void write_file(const char *name, const char *text, mode_t mode)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
}

/* One client whose member names that file; the caller unloads. */
static ost_result load(const char *member, const char *name, ost_arena *arena,
                       const gate_rules **ret_rules, ost_error *error)
{
    char sites[512];
    snprintf(sites, sizeof sites, OF_SITE("a", CLIENT("\"id\":\"w\",\"%s\":\"%s/%s\""), LOGS_IN),
             member, folder, name);
    assert_int_equal(read_sites(sites, arena, ret_rules, error), OST_OK);
    return gate_client_load(*ret_rules, arena, error);
}

static const char *long_text(void)
{
    static char text[20000];
    memset(text, 'x', sizeof text - 1);
    return text;
}

static void files(void **state)
{
    (void)state;
    /* Of RFC 8037 appendix A.1. */
    static const char private_key[] = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"nWGxne_"
                                      "9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
                                      "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}\n";
    static const char public_key[] = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_"
                                     "7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";
    const struct {
        const char *member, *text;
        mode_t mode;
        const char *words; /* NULL: good */
    } cases[] = {
        {"secret_file", "s:cret\r\n", 0600, NULL},
        {"secret_file", "s", 0640, NULL},
        {"secret_file", "s", 0644, "is open to everybody"},
        {"secret_file", "s", 0602, "is open to everybody"},
        {"secret_file", "\n\n", 0600, "it is empty"},
        {"secret_file", "one\ntwo\n", 0600, "one line"},
        {"secret_file", long_text(), 0600, "too long"},
        {"key_file", private_key, 0600, NULL},
        {"key_file", public_key, 0600, "no private key"},
        {"key_file", "{}", 0600, "key_file"},
        {"key_file", "s", 0600, "key_file"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_arena *arena = ost_arena_new(ARENA_MAX);
        const gate_rules *rules = NULL;
        ost_error error = {0};
        write_file("it", cases[i].text, cases[i].mode);
        ost_result result = load(cases[i].member, "it", arena, &rules, &error);
        const login_client *client = &rules->sites[0].client->as;
        if (result != (cases[i].words == NULL ? OST_OK : OST_E_CONFIG) ||
            (cases[i].words != NULL && strstr(error.detail, cases[i].words) == NULL))
            fail_msg("%zu: %s", i, error.detail);
        if (result == OST_OK)
            assert_true((client->key != NULL) != (client->secret != NULL));
        if (i == 0)
            assert_string_equal(client->secret, "s:cret");
        gate_client_unload(rules);
        ost_arena_free(arena);
    }
}

/* Nobody waits for who has the other end of a pipe. */
static void what_is_no_file(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/pipe", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    static const char *const names[] = {"pipe", ".", "missing"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        ost_arena *arena = ost_arena_new(ARENA_MAX);
        const gate_rules *rules = NULL;
        ost_error error = {0};
        assert_int_equal(load("secret_file", names[i], arena, &rules, &error),
                         i < 2 ? OST_E_CONFIG : OST_E_SYSTEM);
        assert_true(text_starts(text_of(error.detail), "sites[0].client.secret_file: "));
        gate_client_unload(rules);
        ost_arena_free(arena);
    }
    assert_int_equal(unlink(path), 0);
}

/* ---- who finds them ---- */

static void by_host_and_path(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(ARENA_MAX);
    const gate_rules *rules = NULL;
    ost_error error = {0};
    assert_int_equal(read_sites(OF_SITE("a", CLIENT("\"id\":\"w\",\"redirect_path\":\"/cb\""),
                                        LOGS_IN) "," OF_SITE("b", "", LOGS_IN),
                                arena, &rules, &error),
                     OST_OK);
    const gate_client *client = rules->sites[0].client;
    static const char *const none[][2] = {
        {"b.b.example", "/cb"},
        {"c.b.example", "/cb"},
        {"a.b.example", "/cb/"},
        {"a.b.example", "/CB"},
        {"a.b.example", "/cbx"},
        {"a.b.example:80", "/cb"},
        {"", ""},
    };
    assert_ptr_equal(gate_client_of_path(rules, OST_TEXT("a.b.example"), OST_TEXT("/cb")), client);
    assert_ptr_equal(gate_client_of_path(rules, OST_TEXT("a.b.example:443"), OST_TEXT("/cb")),
                     client);
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        assert_null(gate_client_of_path(rules, text_of(none[i][0]), text_of(none[i][1])));
    const char *const own[] = {"gate", "api"};
    const ost_logout_rules logouts = gate_client_logouts(rules, &(ost_logout_rules){own, 2}, arena);
    assert_int_equal(logouts.client_count, 3);
    assert_string_equal(logouts.clients[1], "api");
    assert_string_equal(logouts.clients[2], "w");
    gate_client_unload(rules);
    gate_client_unload(NULL);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said),
        cmocka_unit_test(redirect_addresses),
        cmocka_unit_test(files),
        cmocka_unit_test(what_is_no_file),
        cmocka_unit_test(by_host_and_path),
    };
    if (mkdtemp(folder) == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char path[128];
    snprintf(path, sizeof path, "%s/it", folder);
    (void)unlink(path);
    (void)rmdir(folder);
    return failed;
}
