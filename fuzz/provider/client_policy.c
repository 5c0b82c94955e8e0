/* SPDX-License-Identifier: Apache-2.0 */
/* A realm's document with its policies, a client, and a redirect URI, a line each: policies are
 * read and asked about everything that happens. Under OAuth 2.1 no URI passes that has a wildcard,
 * a fragment or plain http. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "provider/policy/policy_executor.h"
#include "provider/policy/policy_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char strict[] =
    "{\"allow-ipv4-loopback-address\":true,\"allow-ipv6-loopback-address\":true,"
    "\"allow-private-use-uri-scheme\":true,\"oauth-2-1-compliant\":true}";

static bool has(ost_text text, char byte)
{
    return text_find(text, byte, 0) < text.len;
}

static void check_uri(ost_text uri, ost_arena *arena)
{
    const ost_json *configuration;
    const policy_case c = {.event = POLICY_PREAUTHORIZATION, .redirect_uri = uri};
    if (ost_json_read(text_of(strict), NULL, arena, &configuration, NULL) != OST_OK ||
        check_redirect_uri(configuration, &c) != NULL)
        return;
    if (has(uri, '*') || has(uri, '#') || has(uri, ' ') || !has(uri, ':') ||
        text_equal_ignoring_case(text_slice(uri, 0, 5), OST_TEXT("http:")))
        abort();
}

/* What is asked elsewhere goes to an address of the realm's alone. */
static void ask_elsewhere(const policy_set *set, const policy_case *c)
{
    const policy_question *q;
    unsigned effects = 0;
    (void)policy_set_flow(set, c);
    if (policy_set_check(set, c, &effects) != NULL || policy_set_questions(set, c, &q) != OST_OK)
        return;
    for (; q != NULL; q = q->next) {
        if (!text_starts(text_of(q->url), "http"))
            abort();
    }
}

static void ask(const policy_set *set, const ost_json *client, ost_text uri, ost_arena *arena)
{
    policy_edits edits;
    policy_case c = {.client = client, .scoped = true, .scope = uri, .redirect_uri = uri};
    c.arena = arena;
    c.claims = uri;
    for (int event = POLICY_PREAUTHORIZATION; event <= POLICY_USERINFO; event++) {
        c.event = (policy_event)event;
        (void)policy_set_check(set, &c, &edits.effects);
    }
    c.event = POLICY_AUTHORIZATION;
    ask_elsewhere(set, &c);
    c.event = POLICY_UPDATE;
    c.proposed = client;
    c.updater = BY_USER;
    (void)policy_set_propose(set, &c, &edits);
    if (edits.count > POLICY_EDITS_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_arena *arena = ost_arena_new((size_t)16 << 20);
    ost_text rest = {(const char *)data, size}, lines[3] = {{0}};
    const ost_json *document, *client;
    const policy_set *set;
    for (size_t i = 0; i < 3; i++)
        (void)text_next(&rest, '\n', &lines[i]);
    if (arena == NULL)
        return 0;
    check_uri(lines[2], arena);
    if (ost_json_read(lines[0], NULL, arena, &document, NULL) == OST_OK &&
        ost_json_read(lines[1], NULL, arena, &client, NULL) == OST_OK &&
        policy_set_read(document, arena, &set, NULL) == OST_OK)
        ask(set, client, lines[2], arena);
    ost_arena_free(arena);
    return 0;
}
