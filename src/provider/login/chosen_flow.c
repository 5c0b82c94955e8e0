/* SPDX-License-Identifier: Apache-2.0 */
/* Flows that policies choose; see chosen_flow.h. */
#include "provider/login/chosen_flow.h"

#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/flow/flow_read.h"

#define OVERRIDES "authenticationFlowBindingOverrides"

/* By which a client's document names it. */
static ost_text name_of(const ost_json *flow)
{
    ost_text id = json_text_of(flow, "id");
    return id.len > 0 ? id : json_text_of(flow, "alias");
}

/* `name` empty: the one that the realm goes by. */
static const ost_json *document_with(call *c, ost_text name)
{
    const ost_json *document = NULL;
    ost_text text;
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return NULL;
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(c->client->document); at != NULL;
         at = ost_json_next(at)) {
        if (text_is(ost_json_name(at), OVERRIDES))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    ost_json_put_name(w, OST_TEXT(OVERRIDES));
    ost_json_open_object(w);
    ost_json_member_text(w, "browser", name);
    ost_json_close_object(w);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &text) == OST_OK &&
                   ost_json_read(text, NULL, c->arena, &document, NULL) == OST_OK
               ? document
               : NULL;
}

/* A level that is given stands for a flow that has none. */
static void follow(const realm *r, realm_client *client, int64_t level)
{
    realm_client_follow(r, client, client->document);
    if (level >= 0 && !client->browser_leveled) {
        client->browser_leveled = true;
        client->browser_level = level;
    }
}

bool chosen_flow_follow(call *c, ost_text alias, int64_t level)
{
    const ost_json *flow;
    realm_client *client = ost_arena_alloc(c->arena, sizeof *client);
    if (client == NULL)
        return false;
    *client = *c->client;
    if (!flow_find_for_browsers(c->realm->document, alias, &flow)) {
        client->browser_demand = FLOW_REFUSED;
    } else {
        client->document = document_with(c, flow != NULL ? name_of(flow) : (ost_text){0});
        if (client->document == NULL)
            return false;
        follow(c->realm, client, level);
    }
    c->client = client;
    return true;
}
