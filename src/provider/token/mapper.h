/* SPDX-License-Identifier: Apache-2.0 */
/* One protocol mapper at work: shared by the mapper_*.c files, one group of mappers each. */
#ifndef MAPPER_H
#define MAPPER_H

#include "provider/token/claim_tree.h"
#include "provider/token/grant.h"

typedef struct mapper_work {
    call *call;
    const grant *grant;
    const realm_mapper *mapper;
    token_kind kind;
    realm_roles roles; /* the grant's, and what mappers rename and add */
    claim_tree *tree;
    audience_list *audiences;
} mapper_work;

/* A setting of the mapper; empty when it is not there. */
ost_text mapper_setting(const mapper_work *work, const char *name);
bool mapper_setting_is(const mapper_work *work, const char *name, const char *value);

/* The claim's name with "${client_id}" replaced; dots within the client's id separate nothing. */
ost_text mapper_claim_name(const mapper_work *work, const char *client_id);

/* Sets the mapper's claim: to JSON, to a text converted to the mapper's type (passed over when it
 * is none of that type). */
void mapper_put_json(mapper_work *work, ost_text json);
void mapper_put_text(mapper_work *work, ost_text text);
ost_text mapper_convert(const mapper_work *work, ost_text text);

/* Sets the mapper's claim to an array, or adds to the one that another mapper has made there. */
void mapper_put_list(mapper_work *work, ost_text json);

/* The same at the claim `path`, with an array of `prefix` + name. */
void mapper_put_names(mapper_work *work, ost_text path, const char *const *names, ost_text prefix);

void audience_add(audience_list *list, const char *name);

/* mapper_user.c */
void map_attribute(mapper_work *work);
void map_property(mapper_work *work);
void map_full_name(mapper_work *work);
void map_address(mapper_work *work);
void map_groups(mapper_work *work);
void map_subject(mapper_work *work);
/* mapper_role.c */
void map_role_name(mapper_work *work);
void map_hardcoded_role(mapper_work *work);
void map_realm_roles(mapper_work *work);
void map_client_roles(mapper_work *work);
void map_audience_resolve(mapper_work *work);
/* mapper_session.c */
void map_audience(mapper_work *work);
void map_allowed_origins(mapper_work *work);
void map_acr(mapper_work *work);
void map_session_note(mapper_work *work);
void map_hardcoded_claim(mapper_work *work);
/* mapper_request.c */
void map_requested_claims(mapper_work *work);
void map_requested_value(mapper_work *work);

#endif
