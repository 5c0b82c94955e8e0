/* SPDX-License-Identifier: Apache-2.0 */
/* Asking identity providers; see upstream_fetch.h. */
#include "provider/upstream/upstream_fetch.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "http/message/address_scope.h"
#include "net/net.h"

struct upstream_client {
    pthread_mutex_t lock; /* for what follows */
    net_client *net;      /* NULL until somebody is asked: no thread stands by for nobody */
    bool stopping;
    upstream_shares shares;
    char *ca_file;
};

ost_result upstream_client_new(const char *ca_file, upstream_client **ret_client)
{
    upstream_client *client = memory_alloc(sizeof *client);
    if (client == NULL)
        return OST_E_MEMORY;
    client->ca_file = ca_file != NULL ? memory_copy(text_of(ca_file)) : NULL;
    if (ca_file != NULL && client->ca_file == NULL) {
        memory_free(client);
        return OST_E_MEMORY;
    }
    pthread_mutex_init(&client->lock, NULL);
    *ret_client = client;
    return OST_OK;
}

void upstream_client_stop(upstream_client *client)
{
    if (client == NULL)
        return;
    pthread_mutex_lock(&client->lock);
    client->stopping = true;
    net_client *net = client->net;
    pthread_mutex_unlock(&client->lock);
    if (net != NULL)
        net_client_stop(net);
}

void upstream_client_free(upstream_client *client)
{
    if (client == NULL)
        return;
    net_client_free(client->net);
    pthread_mutex_destroy(&client->lock);
    memory_free(client->ca_file);
    memory_free(client);
}

static ost_result net_of(upstream_client *client, net_client **ret_net)
{
    pthread_mutex_lock(&client->lock);
    ost_result result = client->stopping      ? OST_E_STATE
                        : client->net != NULL ? OST_OK
                                              : net_client_new(UPSTREAM_TRANSFERS, &client->net);
    *ret_net = client->net;
    pthread_mutex_unlock(&client->lock);
    return result;
}

/* ---- one question ---- */

typedef struct asked {
    call *call;
    upstream_question *question;
    void (*next)(call *call);
    const char *blocks;
    bool plain;
    size_t place; /* in the shares, until it has ended */
    char *answer; /* memory of its own: it comes on another thread */
    size_t len;
} asked;

/* In plain text only where nobody else listens. */
static bool allows(const struct sockaddr *address, void *user)
{
    const asked *a = user;
    ip_address ip;
    return address_of_socket(address, &ip) && address_is_allowed(&ip, text_of(a->blocks)) &&
           (!a->plain || !address_is_public(&ip));
}

static void go_on(http_exchange *exchange, void *user)
{
    asked *a = user;
    upstream_question *q = a->question;
    if (a->answer != NULL) {
        const char *copy = ost_arena_copy(a->call->arena, (ost_text){a->answer, a->len});
        wipe(a->answer, a->len);
        memory_free(a->answer);
        a->answer = NULL;
        q->answer = (ost_text){copy, a->len};
        if (copy == NULL)
            q->result = OST_E_MEMORY;
    }
    if (q->result != OST_OK)
        http_add_detail(exchange, "upstream", text_of(q->detail));
    a->next(a->call);
}

static bool says(ost_text type, const char *wanted)
{
    ost_text name = text_trim(text_slice(type, 0, text_find(type, ';', 0)));
    return text_equal_ignoring_case(name, text_of(wanted));
}

static void give_back(const asked *a)
{
    upstream_client *client = a->call->provider->upstreams;
    pthread_mutex_lock(&client->lock);
    upstream_shares_give(&client->shares, a->place);
    pthread_mutex_unlock(&client->lock);
}

static ost_text host_of(ost_text url)
{
    size_t colon = text_find(url, ':', 0), begin = colon + sizeof "://" - 1;
    if (begin >= url.len)
        return url;
    return text_slice(url, begin, text_find(url, '/', begin) - begin);
}

/* Whose share it is of. */
static const char *owner_of(const asked *a)
{
    call *c = a->call;
    return a->question->is_intent
               ? call_format(c, "%s %s", c->realm->name, c->client->client_id)
               : call_format(c, "%.*s", OST_FORMAT(host_of(text_of(a->question->url))));
}

static ost_result take_place(asked *a)
{
    upstream_client *client = a->call->provider->upstreams;
    upstream_kind kind = a->question->is_intent ? UPSTREAM_OF_INTENT : UPSTREAM_OF_PROVIDER;
    const char *owner = owner_of(a);
    if (owner == NULL)
        return OST_E_MEMORY;
    pthread_mutex_lock(&client->lock);
    ost_result result = upstream_shares_take(&client->shares, kind, text_of(owner), &a->place);
    pthread_mutex_unlock(&client->lock);
    return result;
}

static void ended(const net_response *response, void *user)
{
    asked *a = user;
    upstream_question *q = a->question;
    q->result = response->result;
    q->status = response->status;
    if (response->result == OST_OK) {
        q->is_json = says(response->content_type, "application/json");
        q->is_jwt = says(response->content_type, "application/jwt");
        a->answer = memory_alloc(response->body.len + 1);
        a->len = response->body.len;
        if (a->answer == NULL)
            q->result = OST_E_MEMORY;
        else if (a->len > 0)
            memcpy(a->answer, response->body.data, a->len);
    }
    snprintf(q->detail, sizeof q->detail, "%s",
             response->detail != NULL ? response->detail : ost_result_sentence(q->result));
    give_back(a);
    http_resume(a->call->exchange, go_on, a);
}

/* In development another provider is on this machine. */
static const char *blocks_of(call *c)
{
    const char *blocks = c->realm->document_addresses != NULL ? c->realm->document_addresses : "";
    return c->provider->development ? call_format(c, "%s 127.0.0.0/8 ::1", blocks) : blocks;
}

static ost_result question_send(asked *a)
{
    const upstream_question *q = a->question;
    upstream_client *client = a->call->provider->upstreams;
    const net_request request = {.url = q->url,
                                 .headers = q->headers,
                                 .body = q->body,
                                 .ca_file = client->ca_file,
                                 .timeout_ms = UPSTREAM_TIMEOUT,
                                 .max_body = UPSTREAM_ANSWER_MAX,
                                 .insecure_http = true,
                                 .allows = allows};
    net_client *net;
    ost_result result = a->blocks != NULL ? net_of(client, &net) : OST_E_MEMORY;
    if (result == OST_OK)
        result = take_place(a);
    if (result != OST_OK)
        return result;
    result = net_fetch(net, &request, ended, a, NULL);
    if (result != OST_OK)
        give_back(a);
    return result;
}

void upstream_fetch(call *c, upstream_question *q, void (*next)(call *c))
{
    asked *a = ost_arena_alloc(c->arena, sizeof *a);
    if (a == NULL) {
        q->result = OST_E_MEMORY;
        next(c);
        return;
    }
    *a = (asked){.call = c,
                 .question = q,
                 .next = next,
                 .blocks = blocks_of(c),
                 .plain = text_starts(text_of(q->url), "http://")};
    http_suspend(c->exchange);
    ost_result result = question_send(a);
    if (result == OST_OK)
        return; /* what is at `a` is the answer's from here on */
    q->result = result;
    snprintf(q->detail, sizeof q->detail, "%s", ost_result_sentence(result));
    http_resume(c->exchange, go_on, a);
}
