/* SPDX-License-Identifier: Apache-2.0 */
/* An issuer for tests; see fake_issuer.h. */
#include "fake_issuer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define DISCOVERY "/realms/a/.well-known/openid-configuration"
#define CERTS "/realms/a/protocol/openid-connect/certs"
#define INTROSPECT "/realms/a/protocol/openid-connect/token/introspect"

static void send_large(const tiny_request *request)
{
    static char piece[1024];
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n";
    memset(piece, ' ', sizeof piece);
    tiny_send(request, head, sizeof head - 1);
    for (int i = 0; i < 10240; i++)
        tiny_send(request, piece, sizeof piece);
}

static void wait_for_release(fake_issuer *f, const tiny_request *request)
{
    for (int i = 0; i < 500; i++) {
        pthread_mutex_lock(&f->lock);
        bool released = f->released;
        pthread_mutex_unlock(&f->lock);
        if (released)
            return;
        tiny_pause(request, 10);
    }
}

/* Keeps the question, and finds what is to be answered. */
static fake_mode take_question(fake_issuer *f, const tiny_request *request)
{
    pthread_mutex_lock(&f->lock);
    snprintf(f->asked_head, sizeof f->asked_head, "%s", request->head);
    snprintf(f->asked_body, sizeof f->asked_body, "%s", request->body);
    fake_mode mode = f->ask_mode;
    pthread_mutex_unlock(&f->lock);
    atomic_fetch_add(&f->questions, 1);
    return mode;
}

static void answer_question(const tiny_request *request, fake_issuer *f)
{
    static _Thread_local char body[sizeof f->said];
    char fields[128];
    fake_mode mode = take_question(f, request);
    if (mode == FAKE_SLOW)
        wait_for_release(f, request);
    pthread_mutex_lock(&f->lock);
    int status = mode == FAKE_ERROR ? 500 : f->ask_status;
    bool dead = strstr(request->body, "token=dead") != NULL;
    snprintf(body, sizeof body, "%s", dead ? "{\"active\":false}" : f->said);
    snprintf(fields, sizeof fields, "Content-Type: %s\r\n",
             mode == FAKE_HTML ? "text/html" : f->ask_type);
    pthread_mutex_unlock(&f->lock);
    if (mode == FAKE_REDIRECT)
        tiny_reply(request, 302, "Location: /elsewhere\r\n", body);
    else if (mode == FAKE_LARGE)
        send_large(request);
    else if (mode != FAKE_DOWN)
        tiny_reply(request, status, fields, body);
}

static void answer_list(const tiny_request *request, fake_issuer *f)
{
    static _Thread_local char body[65536];
    char fields[128];
    atomic_fetch_add(&f->list_fetches, 1);
    pthread_mutex_lock(&f->lock);
    fake_mode mode = f->list_mode;
    pthread_mutex_unlock(&f->lock);
    if (mode == FAKE_SLOW)
        wait_for_release(f, request);
    pthread_mutex_lock(&f->lock);
    snprintf(body, sizeof body, "%s", f->list);
    snprintf(fields, sizeof fields, "Content-Type: %s\r\n", f->list_type);
    pthread_mutex_unlock(&f->lock);
    if (mode == FAKE_LARGE)
        send_large(request);
    else if (mode != FAKE_DOWN)
        tiny_reply(request,
                   mode == FAKE_ERROR      ? 500
                   : mode == FAKE_REDIRECT ? 302
                                           : 200,
                   fields, body);
}

/* What is published now, and how it is to be served. */
static fake_mode take_document(fake_issuer *f, bool is_discovery, char *body, size_t body_size,
                               char *fields, size_t fields_size)
{
    pthread_mutex_lock(&f->lock);
    fake_mode mode = is_discovery ? f->discovery_mode : f->keys_mode;
    snprintf(body, body_size, "%s",
             mode == FAKE_TEXT ? f->text
             : is_discovery    ? f->discovery
                               : f->keys);
    snprintf(fields, fields_size, "Content-Type: application/json\r\n%s", f->fields);
    pthread_mutex_unlock(&f->lock);
    return mode;
}

static void answer(const tiny_request *request, void *user)
{
    fake_issuer *f = user;
    if (strncmp(request->path, "/lists/", 7) == 0) {
        answer_list(request, f);
        return;
    }
    if (strcmp(request->path, INTROSPECT) == 0) {
        answer_question(request, f);
        return;
    }
    static _Thread_local char body[32768];
    char fields[512];
    bool is_discovery = strcmp(request->path, DISCOVERY) == 0;
    bool is_keys = strcmp(request->path, CERTS) == 0;
    fake_mode mode = take_document(f, is_discovery, body, sizeof body, fields, sizeof fields);
    atomic_fetch_add(is_discovery ? &f->discoveries : is_keys ? &f->key_fetches : &f->others, 1);
    if (mode == FAKE_SLOW || mode == FAKE_OLD)
        wait_for_release(f, request);
    if (mode == FAKE_SLOW)
        (void)take_document(f, is_discovery, body, sizeof body, fields, sizeof fields);
    if (mode == FAKE_ERROR)
        tiny_reply(request, 500, "", "{}");
    else if (mode == FAKE_REDIRECT)
        tiny_reply(request, 302, "Location: /elsewhere\r\n", body);
    else if (mode == FAKE_HTML)
        tiny_reply(request, 200, "Content-Type: text/html\r\n", "<html>We are closed</html>");
    else if (mode == FAKE_LARGE)
        send_large(request);
    else if (mode != FAKE_DOWN)
        tiny_reply(request, 200, fields, body);
}

fake_issuer *fake_issuer_start(void)
{
    fake_issuer *f = calloc(1, sizeof *f);
    pthread_mutex_init(&f->lock, NULL);
    f->server = tiny_server_start(answer, f);
    assert_non_null(f->server);
    snprintf(f->name, sizeof f->name, "%s", tiny_server_url(f->server, "/realms/a"));
    snprintf(f->discovery, sizeof f->discovery,
             "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\",\"introspection_endpoint\":\"%s\"}", f->name,
             tiny_server_url(f->server, CERTS), tiny_server_url(f->server, INTROSPECT));
    f->ask_status = 200;
    snprintf(f->list_type, sizeof f->list_type, "application/statuslist+jwt");
    snprintf(f->ask_type, sizeof f->ask_type, "application/json");
    snprintf(f->said, sizeof f->said, "{\"active\":false}");
    return f;
}

void fake_issuer_stop(fake_issuer *f)
{
    tiny_server_stop(f->server);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

void fake_issuer_publish(fake_issuer *f, ost_key *const *keys)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_text set = fixture_jwks(arena, keys);
    pthread_mutex_lock(&f->lock);
    text_to_string(set, f->keys, sizeof f->keys);
    pthread_mutex_unlock(&f->lock);
    ost_arena_free(arena);
}

void fake_issuer_serve(fake_issuer *f, fake_mode discovery, fake_mode keys)
{
    pthread_mutex_lock(&f->lock);
    f->discovery_mode = discovery;
    f->keys_mode = keys;
    f->released = false;
    pthread_mutex_unlock(&f->lock);
}

void fake_issuer_say(fake_issuer *f, const char *text)
{
    pthread_mutex_lock(&f->lock);
    snprintf(f->text, sizeof f->text, "%s", text);
    pthread_mutex_unlock(&f->lock);
}

void fake_issuer_answer(fake_issuer *f, fake_mode mode, const char *said)
{
    pthread_mutex_lock(&f->lock);
    f->ask_mode = mode;
    f->released = false;
    snprintf(f->said, sizeof f->said, "%s", said);
    pthread_mutex_unlock(&f->lock);
}

void fake_issuer_status(fake_issuer *f, int status)
{
    pthread_mutex_lock(&f->lock);
    f->ask_status = status;
    pthread_mutex_unlock(&f->lock);
}

void fake_issuer_list(fake_issuer *f, fake_mode mode, ost_text list)
{
    pthread_mutex_lock(&f->lock);
    f->list_mode = mode;
    f->released = false;
    text_to_string(list, f->list, sizeof f->list);
    pthread_mutex_unlock(&f->lock);
}

void fake_issuer_release(fake_issuer *f)
{
    pthread_mutex_lock(&f->lock);
    f->released = true;
    pthread_mutex_unlock(&f->lock);
}

const char *fake_issuer_url(fake_issuer *f, const char *path)
{
    return tiny_server_url(f->server, path);
}
