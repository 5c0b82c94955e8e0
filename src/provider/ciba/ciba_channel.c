/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the authentication channel; see ciba_channel.h. */
#include "provider/ciba/ciba_channel.h"

#include <stdio.h>

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "net/net.h"

struct ciba_channel {
    net_client *net;
    char *uri, *ca_file;
};

ost_result ciba_channel_new(const char *uri, const char *ca_file, ciba_channel **ret_channel,
                            ost_error *error)
{
    if (net_url_check(text_of(uri), true) != OST_OK)
        return ost_error_set(error, OST_E_CONFIG,
                             "the address of the authentication channel is no http or https URL");
    ciba_channel *channel = memory_alloc(sizeof *channel);
    if (channel == NULL)
        return error_set_sentence(error, OST_E_MEMORY);
    channel->uri = memory_copy(text_of(uri));
    channel->ca_file = ca_file != NULL ? memory_copy(text_of(ca_file)) : NULL;
    ost_result result = channel->uri == NULL || (ca_file != NULL && channel->ca_file == NULL)
                            ? OST_E_MEMORY
                            : net_client_new(CIBA_CHANNEL_TRANSFERS, &channel->net);
    if (result != OST_OK) {
        ciba_channel_free(channel);
        return error_set_sentence(error, result);
    }
    *ret_channel = channel;
    return OST_OK;
}

void ciba_channel_stop(ciba_channel *channel)
{
    if (channel != NULL && channel->net != NULL)
        net_client_stop(channel->net);
}

void ciba_channel_free(ciba_channel *channel)
{
    if (channel == NULL)
        return;
    net_client_free(channel->net);
    memory_free(channel->uri);
    memory_free(channel->ca_file);
    memory_free(channel);
}

/* ---- one request ---- */

typedef struct asked {
    call *call;
    void (*next)(call *call);
    ost_result result;
    long status;
    char detail[160];
} asked;

/* What the channel suffers from is the operator's to know. */
static void judge(asked *a)
{
    call *c = a->call;
    if (a->result == OST_OK && a->status == 201)
        return;
    if (a->result == OST_OK) {
        snprintf(a->detail, sizeof a->detail, "it answered %ld", a->status);
        call_refuse(c, 503, "server_error", "Unexpected response from authentication device");
    } else {
        call_refuse(c, 503, "server_error", "Failed to send authentication request");
    }
    http_add_detail(c->exchange, "channel", text_of(a->detail));
}

static void go_on(http_exchange *exchange, void *user)
{
    asked *a = user;
    (void)exchange;
    judge(a);
    a->next(a->call);
}

static void ended(const net_response *response, void *user)
{
    asked *a = user;
    a->result = response->result;
    a->status = response->status;
    snprintf(a->detail, sizeof a->detail, "%s",
             response->detail != NULL ? response->detail : ost_result_sentence(response->result));
    http_resume(a->call->exchange, go_on, a);
}

static ost_result post(asked *a, ost_text token, ost_text body)
{
    const ciba_channel *channel = a->call->provider->channel;
    const char *bearer = call_format(a->call, "Authorization: Bearer %.*s", OST_FORMAT(token));
    const char *const headers[] = {"Content-Type: application/json", bearer, NULL};
    const net_request request = {.url = channel->uri,
                                 .headers = headers,
                                 .body = body,
                                 .ca_file = channel->ca_file,
                                 .timeout_ms = CIBA_CHANNEL_TIMEOUT,
                                 .max_body = CIBA_CHANNEL_ANSWER_MAX,
                                 .insecure_http = true};
    return bearer != NULL ? net_fetch(channel->net, &request, ended, a, NULL) : OST_E_MEMORY;
}

void ciba_channel_ask(call *c, ost_text token, ost_text body, void (*next)(call *c))
{
    asked *a = ost_arena_alloc(c->arena, sizeof *a);
    if (a == NULL) {
        call_refuse(c, 500, "server_error", NULL);
        next(c);
        return;
    }
    *a = (asked){.call = c, .next = next};
    http_suspend(c->exchange);
    ost_result result = post(a, token, body);
    if (result == OST_OK)
        return; /* what is at `a` is the answer's from here on */
    a->result = result;
    snprintf(a->detail, sizeof a->detail, "%s", ost_result_sentence(result));
    http_resume(c->exchange, go_on, a);
}
