/* SPDX-License-Identifier: Apache-2.0 */
/* The authentication flows of a realm, as an administrator changes them: those that its document
 * lists, or (it lists none) Keycloak's own, which are then stored with the first change. Values,
 * and nothing is stored before flow_list_store. Everything lives in the call's arena. */
#ifndef FLOW_LIST_H
#define FLOW_LIST_H

#include "provider/admin/admin_call.h"

#define FLOW_LIST_MAX 200 /* flows of a realm */

typedef struct flow_list {
    admin_call *admin;
    const ost_json *document; /* the realm's, with what else has changed */
    const ost_json *flows;    /* "authenticationFlows" */
    const ost_json *configs;  /* "authenticatorConfig"; NULL: none */
} flow_list;

OST_MUST_CHECK ost_result flow_list_read(admin_call *admin, flow_list *ret_list);

/* Stores the document with both lists, and answers with 204 where nothing has been answered yet. */
OST_MUST_CHECK ost_result flow_list_store(const flow_list *list);

/* The id of a flow, or of a configuration: its own, or what its alias makes. */
ost_text flow_list_id(const admin_call *admin, const ost_json *flow);
const ost_json *flow_list_with_id(const flow_list *list, ost_text id);        /* NULL: none */
const ost_json *flow_list_config_with_id(const flow_list *list, ost_text id); /* NULL: none */

/* Whether the realm, or one of its clients or identity providers, goes by the flow. */
bool flow_list_is_used(const flow_list *list, const ost_json *flow);
/* The flow gets the alias, and what names it follows: steps, the realm, identity providers. */
OST_MUST_CHECK ost_result flow_list_rename(flow_list *list, const ost_json *flow, ost_text alias);

/* The flow that a step is; empty: it is an authenticator. */
ost_text flow_list_part(const ost_json *step);

/* The id of a step. Realm files have none: it is made of its flow's alias, what it is, and which of
 * its kind there, so that it lasts as long as those before it. */
ost_text flow_list_step_id(const flow_list *list, const ost_json *flow, const ost_json *step);

/* A step and the flow that it stands in. */
typedef struct flow_place {
    const ost_json *flow, *step;
} flow_place;
bool flow_list_find_step(const flow_list *list, ost_text id, flow_place *ret_place);

/* The steps of a flow in the order in which they are walked; *ret_count of them, NULL: memory. */
const ost_json **flow_list_sorted(const flow_list *list, const ost_json *flow, size_t *ret_count);

/* A flow replaced, added at the end (`old` NULL), or (`flow` NULL) taken out. */
OST_MUST_CHECK ost_result flow_list_put(flow_list *list, const ost_json *old, const ost_json *flow);

/* The same of a step, by its place; `place->step` NULL: `step` comes last. */
OST_MUST_CHECK ost_result flow_list_put_step(flow_list *list, const flow_place *place,
                                             const ost_json *step);

/* Steps no longer name the configuration. */
OST_MUST_CHECK ost_result flow_list_unset_config(flow_list *list, ost_text alias);

/* Takes a step out, with its configuration, and with the flow that it is and what is within that.
 */
OST_MUST_CHECK ost_result flow_list_drop_step(flow_list *list, const flow_place *place);
/* The same of a flow and all that is within it; what is built in, or within other flows, stays. */
OST_MUST_CHECK ost_result flow_list_drop(flow_list *list, ost_text alias);

#endif
