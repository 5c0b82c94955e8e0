/* SPDX-License-Identifier: Apache-2.0 */
/* The clients that are told; see logout_peer.h. */
#include "provider/logout/logout_peer.h"

#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"

#define FORGOTTEN_MS (10 * 60 * 1000) /* after which a failure is none of today's */

/* ---- deliveries ---- */

static ost_text put(char **at, ost_text text)
{
    ost_text copy = {*at, text.len};
    if (text.len > 0)
        memcpy(*at, text.data, text.len);
    *at += text.len;
    return copy;
}

delivery *delivery_new(struct logout_post *post, const store_logout *row)
{
    delivery *d = memory_alloc(sizeof *d + row->realm.len + row->client_id.len +
                               row->session_id.len + row->user_id.len + row->issuer.len +
                               row->auth_req_id.len + row->notification_token.len);
    if (d == NULL)
        return NULL;
    char *at = d->text;
    d->post = post;
    d->row = *row;
    d->row.realm = put(&at, row->realm);
    d->row.client_id = put(&at, row->client_id);
    d->row.session_id = put(&at, row->session_id);
    d->row.user_id = put(&at, row->user_id);
    d->row.issuer = put(&at, row->issuer);
    d->row.auth_req_id = put(&at, row->auth_req_id);
    d->row.notification_token = put(&at, row->notification_token);
    return d;
}

delivery_kind delivery_kind_of(const delivery *d)
{
    return d->row.auth_req_id.len > 0 ? DELIVERY_NOTIFICATION : DELIVERY_LOGOUT;
}

/* ---- clients ---- */

static bool is_named(const logout_peer *peer, const store_logout *row)
{
    size_t realm = row->realm.len;
    return strlen(peer->name) == realm + 1 + row->client_id.len &&
           memcmp(peer->name, row->realm.data, realm) == 0 && peer->name[realm] == '\n' &&
           memcmp(peer->name + realm + 1, row->client_id.data, row->client_id.len) == 0;
}

static logout_peer *make(logout_peers *peers, const store_logout *row)
{
    size_t size = row->realm.len + row->client_id.len + 2;
    logout_peer *peer = memory_alloc(sizeof *peer);
    char *name = memory_alloc(size);
    if (peer == NULL || name == NULL) {
        memory_free(peer);
        memory_free(name);
        return NULL;
    }
    snprintf(name, size, "%.*s\n%.*s", OST_FORMAT(row->realm), OST_FORMAT(row->client_id));
    peer->name = name;
    peer->next = peers->first;
    peers->first = peer;
    return peer;
}

bool logout_peers_add(logout_peers *peers, delivery *d, unsigned max)
{
    logout_peer *peer = peers->first;
    while (peer != NULL && !is_named(peer, &d->row))
        peer = peer->next;
    if (peer == NULL)
        peer = make(peers, &d->row);
    if (peer == NULL || peer->waiting >= max)
        return false;
    d->peer = peer;
    d->next = NULL;
    if (peer->first == NULL)
        peer->first = d;
    else
        peer->last->next = d;
    peer->last = d;
    peer->waiting++;
    return true;
}

delivery *logout_peer_next(logout_peer *peer)
{
    delivery *d = peer->first;
    if (d == NULL)
        return NULL;
    peer->first = d->next;
    peer->waiting--;
    return d;
}

void logout_peer_works(logout_peer *peer)
{
    peer->failures = 0;
    peer->rests = 0;
}

unsigned logout_peer_fails(logout_peer *peer, int64_t now_ms, unsigned longest)
{
    unsigned seconds = 1;
    /* What was under way at once has failed once. */
    if (peer->rests <= now_ms)
        peer->failures++;
    for (unsigned i = 1; i < peer->failures && seconds < longest; i++)
        seconds *= 2;
    if (seconds > longest)
        seconds = longest;
    if (peer->rests <= now_ms)
        peer->rests = now_ms + (int64_t)seconds * 1000;
    return seconds;
}

static void free_peer(logout_peer *peer)
{
    for (delivery *d; (d = logout_peer_next(peer)) != NULL;)
        memory_free(d);
    memory_free(peer->name);
    memory_free(peer);
}

void logout_peers_prune(logout_peers *peers, int64_t now_ms)
{
    for (logout_peer **at = &peers->first; *at != NULL;) {
        logout_peer *peer = *at;
        bool busy = peer->waiting > 0 || peer->running > 0;
        if (busy || (peer->failures > 0 && now_ms - peer->rests < FORGOTTEN_MS)) {
            at = &peer->next;
            continue;
        }
        *at = peer->next;
        free_peer(peer);
    }
}

void logout_peers_clear(logout_peers *peers)
{
    for (logout_peer *peer; (peer = peers->first) != NULL;) {
        peers->first = peer->next;
        free_peer(peer);
    }
}
