/* SPDX-License-Identifier: Apache-2.0 */
/* The file of rules is read anew while requests run: each keeps what it began with, what is wrong
 * changes nothing, and nothing is left over. */
#include "gate/gate_rule_file.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define VERSIONS 5
#define RELOADS 300
#define CLIENTS 3
#define STAYS "HTTP/1.1 200 "

static char folder[] = "/tmp/ostiary-rules-XXXXXX";
static char path[64], socket_path[64];

static const char logs_in[] =
    "{\"sites\": [{\"origin\": \"https://v9.example\", \"rules\": [{\"prefix\": \"/\", "
    "\"policy\": {}, \"login\": true}]}]}";

static void write_file(const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
}

/* A version is told by its number of rules, each of which has the number in its path. */
static void write_version(int version)
{
    char text[2048];
    int len = snprintf(text, sizeof text,
                       "{\"sites\": [{\"origin\": \"https://v%d.example\", \"rules\": [", version);
    for (int i = 0; i < version; i++)
        len += snprintf(text + len, sizeof text - (size_t)len, "%s{\"path\": \"/%d/%d\", %s}",
                        i > 0 ? "," : "", version, i,
                        i % 2 == 0 ? "\"policy\": {\"scopes\": [\"a\"]}" : "\"public\": true");
    snprintf(text + len, sizeof text - (size_t)len, "]}]}");
    write_file(text);
}

static int version_of(const gate_rules *rules)
{
    const gate_site *site = &rules->sites[0];
    char expected[64];
    int version = (int)site->rule_count;
    snprintf(expected, sizeof expected, "https://v%d.example", version);
    bool whole = rules->site_count == 1 && text_is(site->origin, expected);
    for (int i = 0; i < version; i++) {
        snprintf(expected, sizeof expected, "/%d/%d", version, i);
        whole = whole && text_is(site->rules[i].path, expected);
    }
    return whole ? version : -1;
}

/* ---- one thread ---- */

static void what_is_wrong_changes_nothing(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "{\"sites\": [{\"origin\": \"https://v9.example\", \"rules\": [{\"prefix\"",
        "{}",
        "{\"sites\": [{\"origin\": \"https://v9.example\", \"rules\": [{\"prefix\": \"/\"}]}]}",
        logs_in, /* without a client */
    };
    gate_rule_file file = {0};
    const gate_rules *rules = NULL;
    ost_error error = {0};
    write_version(2);
    assert_int_equal(gate_rule_file_open(&file, path, &error), OST_OK);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        write_file(wrong[i]);
        assert_int_equal(gate_rule_file_reload(&file, &rules, &error), OST_E_CONFIG);
        assert_true(strstr(error.detail, i == 4 ? "--client-id" : path) != NULL);
        assert_null(rules);
    }
    assert_true(file.stale);
    assert_int_equal(file.failed_reloads, ARRAY_LEN(wrong));
    write_version(3);
    assert_int_equal(gate_rule_file_reload(&file, &rules, &error), OST_OK);
    assert_int_equal(version_of(rules), 3);
    assert_false(file.stale);
    gate_rule_file_close(&file);
}

/* What nobody may wait for, and what is not there: a server that reads it answers meanwhile. */
static void only_files_are_read_again(void **state)
{
    (void)state;
    gate_rule_file file = {0};
    const gate_rules *rules = NULL;
    ost_error error = {0};
    write_version(1);
    assert_int_equal(gate_rule_file_open(&file, path, &error), OST_OK);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(gate_rule_file_reload(&file, &rules, &error), OST_E_SYSTEM);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(gate_rule_file_reload(&file, &rules, &error), OST_E_CONFIG);
    assert_non_null(strstr(error.detail, "not a regular file"));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(gate_rule_file_reload(&file, &rules, &error), OST_E_CONFIG);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(symlink("/dev/zero", path), 0);
    assert_int_equal(gate_rule_file_reload(&file, &rules, &error), OST_E_CONFIG);
    assert_int_equal(unlink(path), 0);
    write_version(4);
    assert_int_equal(gate_rule_file_reload(&file, &rules, &error), OST_OK);
    gate_rule_file_close(&file);
}

static void rules_that_log_in_need_a_client(void **state)
{
    (void)state;
    gate_rule_file file = {0};
    ost_error error = {0};
    write_file(logs_in);
    assert_int_equal(gate_rule_file_open(&file, path, &error), OST_OK);
    assert_int_equal(gate_rule_file_take_client(&file, false, &error), OST_E_CONFIG);
    assert_int_equal(gate_rule_file_take_client(&file, true, &error), OST_OK);
    gate_rule_file_close(&file);
}

static void what_was_never_opened_is_closed(void **state)
{
    (void)state;
    gate_rule_file file = {0};
    ost_error error = {0};
    write_file("no JSON");
    assert_int_equal(gate_rule_file_open(&file, path, &error), OST_E_CONFIG);
    gate_rule_file_close(&file);
}

/* ---- many ---- */

typedef struct seen {
    const gate_rules *rules;
    int version;
} seen;

static void work(http_exchange *exchange, void *user)
{
    seen *before = user;
    (void)exchange;
    usleep(200); /* several reloads go by */
    if (version_of(before->rules) != before->version)
        before->version = -1;
}

static gate_rule_file shared;

static void answer(http_exchange *exchange, void *user)
{
    const seen *before = user;
    bool same = before->version > 0 && version_of(before->rules) == before->version &&
                gate_rule_file_hold(&shared, exchange) == before->rules;
    http_respond(exchange, same ? 200 : 500, NULL, (ost_text){0});
}

static void handle(http_exchange *exchange, void *user)
{
    (void)user;
    seen *before = ost_arena_alloc(http_arena(exchange), sizeof *before);
    if (before != NULL)
        before->rules = gate_rule_file_hold(&shared, exchange);
    if (before == NULL || before->rules == NULL) {
        http_respond(exchange, 500, NULL, (ost_text){0});
        return;
    }
    before->version = version_of(before->rules);
    http_defer(exchange, work, answer, before);
}

typedef struct client {
    pthread_t thread;
    atomic_bool *over;
    size_t good, bad;
} client;

static int connected(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, socket_path, strlen(socket_path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static void *ask(void *data)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    client *c = data;
    int fd = connected();
    while (fd >= 0 && !atomic_load(c->over)) {
        char answered[2048];
        bool sent = send(fd, request, sizeof request - 1, MSG_NOSIGNAL) == sizeof request - 1;
        ssize_t len = sent ? recv(fd, answered, sizeof answered, 0) : -1;
        if (len > (ssize_t)strlen(STAYS) && memcmp(answered, STAYS, strlen(STAYS)) == 0)
            c->good++;
        else
            c->bad++;
        if (len <= 0)
            break;
    }
    close(fd);
    return NULL;
}

static http_server *serve(void)
{
    static const http_route routes[] = {{.method = HTTP_GET, .path = "/", .handler = handle}};
    const http_config config = {.routes = routes, .route_count = 1, .loops = 2};
    char address[80];
    http_server *server = NULL;
    assert_int_equal(http_server_new(&config, &server, NULL), OST_OK);
    snprintf(address, sizeof address, "unix:%s", socket_path);
    assert_int_equal(http_server_listen(server, address, 0, NULL, NULL), OST_OK);
    assert_int_equal(http_server_start(server, NULL), OST_OK);
    return server;
}

static void requests_keep_what_they_began_with(void **state)
{
    (void)state;
    atomic_bool over = false;
    client clients[CLIENTS] = {0};
    ost_error error = {0};
    write_version(1);
    assert_int_equal(gate_rule_file_open(&shared, path, &error), OST_OK);
    http_server *server = serve();
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i].over = &over;
        assert_int_equal(pthread_create(&clients[i].thread, NULL, ask, &clients[i]), 0);
    }
    for (int i = 0; i < RELOADS; i++) {
        const gate_rules *rules;
        bool good = i % 7 != 6;
        if (good)
            write_version(1 + i % VERSIONS);
        else
            write_file("{\"sites\": [");
        ost_result result = gate_rule_file_reload(&shared, &rules, &error);
        assert_int_equal(result, good ? OST_OK : OST_E_CONFIG);
    }
    atomic_store(&over, true);
    for (size_t i = 0; i < CLIENTS; i++) {
        pthread_join(clients[i].thread, NULL);
        assert_int_equal(clients[i].bad, 0);
        assert_true(clients[i].good > 0);
    }
    http_server_free(server);
    gate_rule_file_close(&shared);
}

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/rules.json", folder);
    snprintf(socket_path, sizeof socket_path, "%s/socket", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_changes_nothing),
        cmocka_unit_test(only_files_are_read_again),
        cmocka_unit_test(rules_that_log_in_need_a_client),
        cmocka_unit_test(what_was_never_opened_is_closed),
        cmocka_unit_test(requests_keep_what_they_began_with),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
