/* SPDX-License-Identifier: Apache-2.0 */
/* What the kinds of credentials have in common; see account_credential.h. */
#include "provider/account/account_credential.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/user/required_action.h"

void account_put_credential(ost_json_writer *w, ost_text id, const ost_json *credential)
{
    static const char *const shown[] = {"type", "userLabel", "createdDate", "credentialData"};
    ost_json_put_name(w, OST_TEXT("credential"));
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id);
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        const ost_json *value = ost_json_get(credential, shown[i]);
        if (value != NULL)
            ost_json_member_value(w, shown[i], value);
    }
    ost_json_close_object(w);
}

void account_open_kind(const account_call *a, ost_json_writer *w, const credential_kind *kind,
                       const char *setup)
{
    ost_json_open_object(w);
    ost_json_member_string(w, "type", kind->type);
    ost_json_member_string(w, "category", kind->category);
    ost_json_member_string(w, "displayName", kind->display_name);
    ost_json_member_string(w, "helptext", kind->help_text);
    ost_json_member_string(w, "iconCssClass", kind->icon);
    if (required_action_is_on(a->call->realm, text_of(setup)))
        ost_json_member_string(w, "createAction", setup);
    ost_json_member_boolean(w, "removeable", true);
}

bool account_offers(const account_call *a, realm_factor factor)
{
    const ost_json *document = a->call->realm->document;
    realm_flow_demand demand = realm_flow_demand_of(document, NULL, REALM_FLOW_BROWSER);
    return (demand == FLOW_CODE || demand == FLOW_CODE_OF_OWNER) &&
           (realm_flow_factors_of(document, NULL, REALM_FLOW_BROWSER) & factor) != 0;
}
