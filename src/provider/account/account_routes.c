/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of the account REST API, with the roles that each needs; see account_call.h. */
#include "base/array.h"
#include "base/text.h"
#include "provider/account/account_call.h"

#define VIEW (ACCOUNT_VIEW_PROFILE | ACCOUNT_MANAGE)
#define CONSENT (ACCOUNT_MANAGE_CONSENT | ACCOUNT_MANAGE)
#define SEE_CONSENT (CONSENT | ACCOUNT_VIEW_CONSENT)
#define APPLICATIONS (ACCOUNT_VIEW_APPLICATIONS | ACCOUNT_MANAGE)

/* What is more exact comes first. */
static const account_route routes[] = {
    {HTTP_GET, "", VIEW, account_read_profile, false},
    {HTTP_POST, "", ACCOUNT_MANAGE, account_update_profile, false},
    {HTTP_GET, "credentials", VIEW, account_list_credentials, false},
    {HTTP_GET, "credentials/password", VIEW, account_read_password, false},
    /* Of Keycloak before 12, as the one above; today it sends people through the login page. */
    {HTTP_POST, "credentials/password", ACCOUNT_MANAGE, account_change_password, true},
    {HTTP_PUT, "credentials/*/label", ACCOUNT_MANAGE, account_label_credential, false},
    {HTTP_DELETE, "credentials/*", ACCOUNT_MANAGE, account_delete_credential, false},
    {HTTP_GET, "sessions", VIEW, account_list_sessions, false},
    {HTTP_GET, "sessions/devices", VIEW, account_list_devices, false},
    {HTTP_DELETE, "sessions", ACCOUNT_MANAGE, account_end_sessions, false},
    {HTTP_DELETE, "sessions/*", ACCOUNT_MANAGE, account_end_session, false},
    {HTTP_GET, "applications", APPLICATIONS, account_list_applications, false},
    {HTTP_GET, "applications/*/consent", SEE_CONSENT, account_read_consent, false},
    {HTTP_POST, "applications/*/consent", CONSENT, account_put_consent, false},
    {HTTP_PUT, "applications/*/consent", CONSENT, account_put_consent, false},
    {HTTP_DELETE, "applications/*/consent", CONSENT, account_revoke_consent, false},
    {HTTP_GET, "linked-accounts", VIEW, account_list_linked, false},
    {HTTP_GET, "linked-accounts/*", ACCOUNT_MANAGE, account_link_address, false},
    {HTTP_DELETE, "linked-accounts/*", ACCOUNT_MANAGE, account_unlink, false},
    {HTTP_GET, "groups", ACCOUNT_VIEW_GROUPS, account_list_groups, false},
    {HTTP_GET, "supportedLocales", 0, account_list_locales, false},
    /* What users share by UMA, which is not there. */
    {HTTP_GET, "resources", VIEW, account_list_nothing, false},
    {HTTP_GET, "resources/shared-with-me", VIEW, account_list_nothing, false},
    {HTTP_GET, "resources/pending-requests", VIEW, account_list_nothing, false},
};

static bool fits(const char *pattern, ost_text path, ost_text *ret_value)
{
    ost_text all = text_of(pattern);
    size_t star = text_find(all, '*', 0);
    if (star == all.len)
        return text_equal(all, path);
    ost_text before = text_slice(all, 0, star), after = text_slice(all, star + 1, all.len);
    if (path.len <= before.len + after.len || !text_equal(text_slice(path, 0, before.len), before))
        return false;
    size_t end = path.len - after.len;
    if (!text_equal(text_slice(path, end, after.len), after))
        return false;
    *ret_value = text_slice(path, before.len, end - before.len);
    return true;
}

const account_route *account_route_find(http_method method, ost_text path, ost_text *ret_value,
                                        bool *ret_known)
{
    bool known = false;
    const account_route *found = NULL;
    if (text_starts(path, "/"))
        path = text_slice(path, 1, path.len);
    if (text_ends(path, "/"))
        path = text_slice(path, 0, path.len - 1);
    for (size_t i = 0; i < ARRAY_LEN(routes) && found == NULL; i++) {
        ost_text value = {0};
        if (!fits(routes[i].path, path, &value))
            continue;
        known = true;
        if (routes[i].method != method)
            continue;
        found = &routes[i];
        *ret_value = value;
    }
    *ret_known = known;
    return found;
}

ost_result account_list_locales(account_call *a)
{
    const ost_json *locales = ost_json_get(a->call->realm->document, "supportedLocales");
    ost_json_writer *w = ost_json_writer_new(a->call->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(locales); at != NULL; at = ost_json_next(at))
        ost_json_put_value(w, at);
    ost_json_close_array(w);
    return account_answer(a, w);
}

ost_result account_list_nothing(account_call *a)
{
    a->answer = OST_TEXT("[]");
    a->status = 200;
    return OST_OK;
}
