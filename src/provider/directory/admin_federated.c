/* SPDX-License-Identifier: Apache-2.0 */
/* Whom identity providers know a user as, in the admin REST API: kept as data. */
#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/directory/admin_user.h"
#include "provider/member/member.h"
#include "store/user/user_record.h"

#define LINKS "federatedIdentities"

/* Those by providers that the realm has, as Keycloak shows them. */
ost_result admin_list_federated(admin_call *a)
{
    static const char *const members[] = {"identityProvider", "userId", "userName", NULL};
    store_user user;
    const ost_json *document;
    bool found;
    const ost_json *providers = ost_json_get(a->realm.realm->document, "identityProviders");
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    ost_result result = w != NULL ? admin_user_find(a, &user, &document, &found) : OST_E_MEMORY;
    if (result != OST_OK || a->status != 0)
        return result;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(ost_json_get(document, LINKS)); at != NULL;
         at = ost_json_next(at)) {
        if (json_list_find(providers, "alias", part_text(at, "identityProvider")) == NULL)
            continue;
        ost_json_open_object(w);
        for (size_t i = 0; members[i] != NULL; i++)
            ost_json_member_text(w, members[i], part_text(at, members[i]));
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
    return admin_answer(a, w);
}

static ost_result store_links(admin_call *a, const store_user *user, const ost_json *document,
                              const ost_json *links)
{
    ost_error error = {0};
    ost_result result = document_put(document, OST_TEXT(LINKS), links, a->arena, &document);
    if (result == OST_OK)
        result = realm_admin_store_user(&a->realm, user, document, &error);
    return result == OST_OK ? admin_answer_done(a) : admin_refuse_result(a, result, &error);
}

ost_result admin_add_federated(admin_call *a)
{
    store_user user;
    const ost_json *document, *link = NULL, *links;
    bool found;
    ost_result result = admin_user_find(a, &user, &document, &found);
    if (result != OST_OK || a->status != 0 || !admin_body_of(a, &member_federated_identity))
        return result;
    links = ost_json_get(document, LINKS);
    if (json_list_find(links, "identityProvider", a->values[2]) != NULL)
        return admin_refuse(a, 409, "errorMessage", "User is already linked with provider");
    if (part_text(a->body, "userId").len == 0)
        return admin_refuse(a, 400, "errorMessage", "'userId' is missing");
    result = document_put_text(NULL, "identityProvider", a->values[2], a->arena, &link);
    if (result == OST_OK)
        result = document_put_text(link, "userId", part_text(a->body, "userId"), a->arena, &link);
    if (result == OST_OK)
        result =
            document_put_text(link, "userName", part_text(a->body, "userName"), a->arena, &link);
    if (result == OST_OK)
        result = document_append(links, link, a->arena, &links);
    return result == OST_OK ? store_links(a, &user, document, links) : result;
}

ost_result admin_remove_federated(admin_call *a)
{
    store_user user;
    const ost_json *document, *link, *links;
    bool found;
    ost_result result = admin_user_find(a, &user, &document, &found);
    if (result != OST_OK || a->status != 0)
        return result;
    links = ost_json_get(document, LINKS);
    link = json_list_find(links, "identityProvider", a->values[2]);
    if (link == NULL)
        return admin_refuse(a, 404, "error", "Link not found");
    result = document_replace(links, link, NULL, a->arena, &links);
    return result == OST_OK ? store_links(a, &user, document, links) : result;
}
