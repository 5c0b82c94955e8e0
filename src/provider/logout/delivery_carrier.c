/* SPDX-License-Identifier: Apache-2.0 */
/* Deliveries on their way to clients; see delivery_carrier.h. */
#include "provider/logout/delivery_carrier.h"

#include "base/context.h"
#include "base/percent.h"
#include "base/text.h"
#include "http/message/address_scope.h"
#include "provider/logout/client_message.h"
#include "store/session/store_logout.h"

#define ARENA ((size_t)4 << 20)

static bool is_public(const struct sockaddr *address, void *user)
{
    ip_address a;
    (void)user;
    return address_of_socket(address, &a) && address_is_public(&a);
}

/* An address that an administrator has given may be one of this network, without TLS, for that is
 * where applications are; one that a client has registered for itself is a stranger's. */
static ost_result post_to(delivery_carrier *carrier, delivery *d, const logout_client *wants,
                          const client_message *message, delivery_done *done)
{
    const char *const headers[] = {message->type, message->authorization, NULL};
    /* Made with the first message: most providers have none to send. */
    if (carrier->net == NULL) {
        ost_result result = net_client_new(LOGOUT_TRANSFERS, &carrier->net);
        if (result != OST_OK)
            return result;
    }
    const net_request request = {.url = message->url,
                                 .headers = headers,
                                 .body = text_of(message->body),
                                 .ca_file = carrier->ca_file,
                                 .timeout_ms = LOGOUT_TIMEOUT,
                                 .max_body = LOGOUT_ANSWER_MAX,
                                 .insecure_http = !wants->registered,
                                 .allows = wants->registered ? is_public : NULL};
    return net_fetch(carrier->net, &request, done, d, NULL);
}

/* Where neither the client's login nor the configuration says under which name we are known, the
 * token could not be believed. */
static bool find_issuer(const delivery_carrier *carrier, store_logout *row, ost_arena *arena)
{
    const char *url = carrier->provider->address.url;
    if (row->issuer.len == 0 && url != NULL) {
        ost_text name = percent_encode(arena, row->realm);
        row->issuer = text_of(ost_arena_format(arena, "%s/realms/%.*s", url, OST_FORMAT(name)));
    }
    return row->issuer.len > 0;
}

/* OST_E_NOT_FOUND: nobody is to be told any more. */
static ost_result make_message(const delivery_carrier *carrier, const delivery *d,
                               const realm_entry *entry, const realm_client *client,
                               const logout_client *wants, ost_arena *arena,
                               client_message *ret_message)
{
    store_logout row = d->row;
    if (delivery_kind_of(d) == DELIVERY_NOTIFICATION)
        return client_message_notify(client, &row, arena, ret_message);
    if (wants->back_url == NULL || !find_issuer(carrier, &row, arena))
        return OST_E_NOT_FOUND;
    return client_message_log_out(entry, client, wants, &row, carrier->provider->context, arena,
                                  ret_message);
}

ost_result delivery_send(delivery_carrier *carrier, delivery *d, delivery_done *done)
{
    client_message message;
    ost_arena *arena = ost_arena_new(ARENA);
    if (arena == NULL)
        return OST_E_MEMORY;
    const realm_entry *entry = provider_realm(carrier->provider, d->row.realm, arena);
    const realm_client *client =
        entry != NULL ? realm_find_client(entry->realm, d->row.client_id) : NULL;
    ost_result result = OST_E_NOT_FOUND;
    if (client != NULL && client->enabled) {
        logout_client wants = logout_client_read(client, arena);
        result = make_message(carrier, d, entry, client, &wants, arena, &message);
        if (result == OST_OK)
            result = post_to(carrier, d, &wants, &message, done);
    }
    ost_arena_free(arena);
    return result;
}

/* ---- its life ---- */

ost_result delivery_carrier_init(delivery_carrier *carrier, provider *of, const char *ca_file)
{
    *carrier = (delivery_carrier){.provider = of};
    if (ca_file != NULL)
        carrier->ca_file = memory_copy(text_of(ca_file));
    return ca_file == NULL || carrier->ca_file != NULL ? OST_OK : OST_E_MEMORY;
}

void delivery_carrier_stop(delivery_carrier *carrier)
{
    if (carrier->net != NULL)
        net_client_stop(carrier->net);
}

void delivery_carrier_end(delivery_carrier *carrier)
{
    net_client_free(carrier->net);
    memory_free(carrier->ca_file);
}
