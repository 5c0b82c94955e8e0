/* SPDX-License-Identifier: Apache-2.0 */
/* Clients under policies; see client_proposal.h. */
#include "provider/client_admin/client_proposal.h"

#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/realm/client_roles.h"

static ost_result put(const policy_edit *edit, ost_arena *arena, const ost_json **document)
{
    const ost_json *value, *attributes = ost_json_get(*document, "attributes");
    ost_result result = ost_json_read(edit->json, NULL, arena, &value, NULL);
    if (result != OST_OK)
        return result;
    if (!edit->attribute)
        return document_put(*document, text_of(edit->name), value, arena, document);
    result = document_put(attributes, text_of(edit->name), value, arena, &attributes);
    return result == OST_OK
               ? document_put(*document, OST_TEXT("attributes"), attributes, arena, document)
               : result;
}

static policy_case case_of(policy_event event, const realm *r, const realm_client *existing,
                           const client_updater *updater, ost_arena *arena)
{
    return (policy_case){.event = event,
                         .client = existing != NULL ? existing->document : NULL,
                         .roles = existing != NULL ? client_own_roles(r, existing) : NULL,
                         .updater = updater->how,
                         .updater_address = updater->address,
                         .updater_roles = updater->roles,
                         .updater_groups = updater->groups,
                         .now = updater->now,
                         .arena = arena};
}

static ost_result propose(const realm *r, const policy_case *is, ost_arena *arena,
                          const ost_json **document, unsigned *ret_effects,
                          const policy_refusal **ret_refusal)
{
    policy_edits edits;
    ost_result result = OST_OK;
    *ret_refusal = policy_set_propose(r->policies, is, &edits);
    *ret_effects = edits.effects;
    for (size_t i = 0; i < edits.count && *ret_refusal == NULL && result == OST_OK; i++)
        result = put(&edits.list[i], arena, document);
    return result;
}

ost_result client_proposal_settle(const realm *r, const realm_client *existing,
                                  const client_updater *updater, ost_arena *arena,
                                  const ost_json **document, unsigned *ret_effects,
                                  const policy_refusal **ret_refusal)
{
    policy_case is =
        case_of(existing != NULL ? POLICY_UPDATE : POLICY_REGISTER, r, existing, updater, arena);
    is.proposed = *document;
    ost_result result = propose(r, &is, arena, document, ret_effects, ret_refusal);
    if (result == OST_OK && ost_json_get(*document, "clientAuthenticatorType") == NULL)
        result = document_put_text(*document, "clientAuthenticatorType", OST_TEXT("client-secret"),
                                   arena, document);
    return result;
}

ost_result client_proposal_renew(const realm *r, const realm_client *existing,
                                 const client_updater *updater, ost_arena *arena,
                                 const ost_json **document, const policy_refusal **ret_refusal)
{
    const policy_case is = case_of(POLICY_RENEWAL, r, existing, updater, arena);
    unsigned effects;
    return propose(r, &is, arena, document, &effects, ret_refusal);
}
