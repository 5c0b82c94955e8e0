/* SPDX-License-Identifier: Apache-2.0 */
/* Claims of whatever an identity provider has said, once it is judged; see broker_job.h. */
#include "base/array.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/broker/broker_job.h"
#include "provider/broker/claim_path.h"

const ost_json *broker_claim(const call *c, ost_text path)
{
    const broker_job *job = c->job;
    const ost_json *const documents[] = {
        job->access, job->claims != NULL ? ost_claims_json(job->claims) : NULL, job->userinfo};
    const ost_json *found = NULL;
    for (size_t i = 0; i < ARRAY_LEN(documents) && found == NULL && path.len > 0; i++) {
        found = claim_path_find(documents[i], path, c->arena);
        if (ost_json_is(found, OST_JSON_NULL))
            found = NULL;
    }
    return found;
}

/* Of the profile of people userinfo has the newest. */
ost_text broker_claim_text(const call *c, const char *name)
{
    const broker_job *job = c->job;
    ost_text text = json_text_of(job->userinfo, name);
    return text.len > 0 ? text : json_text_of(ost_claims_json(job->claims), name);
}
