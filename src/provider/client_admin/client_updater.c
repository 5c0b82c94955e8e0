/* SPDX-License-Identifier: Apache-2.0 */
/* Who makes or changes a client, as client policies ask; see client_proposal.h. */
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/client_admin/client_proposal.h"
#include "provider/realm/group.h"
#include "provider/session/authentication.h"

/* "role" of the realm, "client.role" of a client. */
static ost_result list_roles(call *c, const realm *r, const ost_json *user,
                             const ost_json **ret_list)
{
    realm_roles all;
    ost_json_writer *w = ost_json_writer_new(c->arena, 0);
    ost_result result = w != NULL ? realm_user_roles(r, user, c->arena, &all) : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    ost_json_open_array(w);
    for (size_t i = 0; all.realm_roles[i] != NULL; i++)
        ost_json_put_text(w, text_of(all.realm_roles[i]));
    for (size_t i = 0; i < all.client_count; i++) {
        const char *client = all.clients[i].client_id;
        for (size_t k = 0; all.clients[i].roles[k] != NULL; k++)
            ost_json_put_text(w, text_of(call_format(c, "%s.%s", client, all.clients[i].roles[k])));
    }
    ost_json_close_array(w);
    return json_writer_read(w, NULL, ret_list, NULL);
}

/* By their own names, whatever they are below. */
static ost_result list_groups(call *c, const realm *r, const ost_json *user,
                              const ost_json **ret_list)
{
    const ost_json *groups = ost_json_get(r->document, "groups"), *way[GROUP_DEPTH];
    const ost_json *at = ost_json_first(ost_json_get(user, "groups"));
    ost_json_writer *w = ost_json_writer_new(c->arena, 0);
    ost_text path, name;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (; at != NULL; at = ost_json_next(at)) {
        size_t depth = ost_json_text(at, &path) ? group_path(groups, path, way) : 0;
        if (depth > 0 && ost_json_text(ost_json_get(way[depth - 1], "name"), &name))
            ost_json_put_text(w, name);
    }
    ost_json_close_array(w);
    return json_writer_read(w, NULL, ret_list, NULL);
}

ost_result client_updater_read(call *c, const realm *r, const char *how, ost_text user_id,
                               client_updater *ret)
{
    authenticated_user user;
    client_updater updater = {.how = how, .address = c->request->peer, .now = c->now};
    if (r->policies != NULL && user_id.len > 0) {
        ost_result result = authentication_load_user(c, user_id, &user);
        if (result == OST_OK)
            result = list_roles(c, r, user.document, &updater.roles);
        if (result == OST_OK)
            result = list_groups(c, r, user.document, &updater.groups);
        if (result != OST_OK && result != OST_E_NOT_FOUND && result != OST_E_STATE)
            return result;
    }
    *ret = updater;
    return OST_OK;
}
