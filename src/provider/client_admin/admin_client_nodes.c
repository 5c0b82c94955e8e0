/* SPDX-License-Identifier: Apache-2.0 */
/* What Keycloak keeps of a client beside its settings: the nodes that it runs on, a secret of
 * before, permissions of its own. */
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"

static ost_result store_nodes(admin_call *a, const admin_owner *owner, const ost_json *nodes)
{
    const ost_json *document;
    ost_result result =
        document_put(owner->document, OST_TEXT("registeredNodes"), nodes, a->arena, &document);
    if (result == OST_OK)
        result = admin_owner_store(a, owner, document);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

ost_result admin_add_node(admin_call *a)
{
    admin_owner owner;
    const ost_json *now, *nodes;
    if (!admin_owner_find(a, &owner) || !admin_body_is(a, OST_JSON_OBJECT))
        return OST_OK;
    ost_text name = part_text(a->body, "node");
    if (name.len == 0 || name.len > 255)
        return admin_refuse(a, 400, "error", "unknown_error");
    const char *text = ost_arena_format(a->arena, "%lld", (long long)a->call->now);
    ost_result result =
        text != NULL ? ost_json_read(text_of(text), NULL, a->arena, &now, NULL) : OST_E_MEMORY;
    if (result == OST_OK)
        result = document_put(ost_json_get(owner.document, "registeredNodes"), name, now, a->arena,
                              &nodes);
    return result == OST_OK ? store_nodes(a, &owner, nodes) : result;
}

ost_result admin_remove_node(admin_call *a)
{
    admin_owner owner;
    const ost_json *nodes;
    if (!admin_owner_find(a, &owner))
        return OST_OK;
    nodes = ost_json_get(owner.document, "registeredNodes");
    if (ost_json_get_text(nodes, a->values[2]) == NULL)
        return admin_refuse(a, 404, "error", "Client does not have node ");
    ost_result result = document_put(nodes, a->values[2], NULL, a->arena, &nodes);
    return result == OST_OK ? store_nodes(a, &owner, nodes) : result;
}

static ost_result answer_object(admin_call *a, const char *member)
{
    admin_owner owner;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!admin_owner_find(a, &owner))
        return OST_OK;
    ost_json_open_object(w);
    if (member != NULL)
        ost_json_member_boolean(w, member, false);
    ost_json_close_object(w);
    return admin_answer(a, w);
}

/* Nodes are not asked. */
ost_result admin_test_nodes(admin_call *a)
{
    return answer_object(a, NULL);
}

ost_result admin_read_client_permissions(admin_call *a)
{
    return answer_object(a, "enabled");
}
