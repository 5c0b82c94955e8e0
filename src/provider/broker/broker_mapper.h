/* SPDX-License-Identifier: Apache-2.0 */
/* Mappers of an identity provider, as a login by it applies them: one by one, in the realm's order.
 */
#ifndef BROKER_MAPPER_H
#define BROKER_MAPPER_H

#include "provider/broker/broker_job.h"

/* The first of the provider (NULL), or the next. NULL: there are no more. */
const ost_json *broker_mapper_next(const call *call, const ost_json *mapper);
bool broker_mapper_is(const ost_json *mapper, const char *type);
/* A member of its config; empty: it has none. */
ost_text broker_mapper_setting(const ost_json *mapper, const char *name);
/* Its own, or the provider's. */
upstream_sync broker_mapper_sync(const call *call, const ost_json *mapper);

/* The setting "claims", [{"key": CLAIM, "value": VALUE}, …] in a text; NULL: it asks for nothing,
 * for too much, or cannot be read. */
const ost_json *broker_mapper_claims(call *call, const ost_json *mapper);
/* Whether a claim, or one of its values, is the one wanted; as a pattern of Java's: of the whole
 * value, and one that cannot be judged fits nothing. */
bool broker_mapper_fits(const ost_json *value, ost_text wanted, bool pattern);

/* A text of a claim, numbers and flags as they stand there; false: it is empty, too long, or none.
 */
bool broker_mapper_scalar(const ost_json *value, ost_text *ret_text);

/* What one that gives a role or a group makes of the user's document; others change nothing. */
OST_MUST_CHECK ost_result broker_mapper_grant(call *call, const ost_json *mapper, bool newcomer,
                                              const ost_json **document);

#endif
