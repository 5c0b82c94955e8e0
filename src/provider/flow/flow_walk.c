/* SPDX-License-Identifier: Apache-2.0 */
/* The walk through an authentication flow; see flow_walk.h. */
#include "provider/flow/flow_walk.h"

#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/flow/flow_code_rule.h"
#include "provider/flow/flow_condition.h"
#include "provider/flow/flow_read.h"

/* What becomes of somebody at a step, or in a flow. */
typedef enum passage { FAILS, DENIES, ASKS, PASSES } passage;

typedef struct state {
    flow_progress progress;
    unsigned asks, setup;
    unsigned missing; /* factors for want of which an alternative failed */
    ost_text message;
    bool too_many_sessions;
    flow_room room;
    int64_t reached[FLOW_LEVELS_MAX];
    size_t reached_count;
} state;

typedef struct walk {
    const flow_facts *facts;
    bool lost; /* something is not understood: nobody comes through */
    unsigned visits;
    int64_t before; /* the level that the session has */
    state s;
} walk;

static passage walk_flow(walk *w, const ost_json *flow, unsigned depth);

static passage lose(walk *w)
{
    w->lost = true;
    return FAILS;
}

/* ---- steps ---- */

/* A passkey is not what somebody is taken to come by who has a password. */
static passage assume(walk *w, unsigned kinds)
{
    unsigned owned = w->facts->owned;
    if ((kinds & PROOF_PASSWORD) != 0 && ((owned & PROOF_PASSWORD) != 0 || kinds == PROOF_PASSWORD))
        kinds = PROOF_PASSWORD;
    else if ((kinds & PROOF_PASSKEY) != 0 && (owned & PROOF_PASSWORD) != 0)
        return FAILS;
    w->s.progress.kinds |= kinds;
    return PASSES;
}

/* The first proof of these kinds that stands for no step before, or the question for one. */
static passage take(walk *w, unsigned kinds)
{
    const flow_facts *f = w->facts;
    flow_progress *p = &w->s.progress;
    for (size_t i = 0; i < f->proof_count && i < FLOW_PROOFS_MAX; i++) {
        unsigned bit = 1u << i;
        if ((f->proofs[i] & kinds) == 0 || (p->used & bit) != 0)
            continue;
        p->used |= bit;
        p->kinds |= f->proofs[i];
        return PASSES;
    }
    if (f->assumes)
        return assume(w, kinds);
    w->s.asks |= kinds;
    return ASKS;
}

/* Whoever has none sets one up where there is no other way. */
static passage take_factor(walk *w, realm_factor factor, flow_requirement requirement)
{
    unsigned owned = w->facts->owned | w->s.progress.kinds;
    for (size_t i = 0; i < w->facts->proof_count && i < FLOW_PROOFS_MAX; i++)
        owned |= w->facts->proofs[i]; /* as the last recovery code, which is used up */
    if ((owned & factor) != 0)
        return take(w, factor);
    if (requirement == STEP_OPTIONAL)
        return PASSES;
    if (requirement == STEP_REQUIRED && !w->facts->direct) {
        w->s.setup |= factor;
        return PASSES;
    }
    w->s.missing |= factor;
    return FAILS;
}

static passage take_code_by_rule(walk *w, const ost_json *step)
{
    flow_match asks = flow_code_rule_is_known(w->facts->realm, step)
                          ? flow_code_rule_match(w->facts, step)
                          : MATCH_UNKNOWN;
    if (asks == MATCH_UNKNOWN)
        return lose(w);
    return asks == MATCH_NO ? PASSES : take_factor(w, FACTOR_CODE, flow_requirement_of(step));
}

/* The cookie is not enough where a higher level is asked for than the session has. */
static passage take_session(const walk *w)
{
    const flow_facts *f = w->facts;
    return f->session && f->wanted <= w->before ? PASSES : FAILS;
}

static passage deny(walk *w, const ost_json *step)
{
    w->s.message = json_text_of(flow_config_of(w->facts->realm, step), "denyErrorMessage");
    return DENIES;
}

/* What somebody is taken to come by is no session. */
static passage take_room(walk *w, const ost_json *step)
{
    const flow_facts *f = w->facts;
    flow_limit limit;
    flow_excess excess;
    if (!flow_limit_read(f->realm, step, &limit, &excess))
        return lose(w);
    if (limit.user + limit.client == 0 || f->assumes)
        return PASSES;
    if (excess == EXCESS_REPLACES) {
        w->s.room.ends = flow_limit_join(w->s.room.ends, limit);
        return PASSES;
    }
    w->s.room.denies = flow_limit_join(w->s.room.denies, limit);
    flow_hold room = f->room != NULL ? f->room(f->user, &limit) : HOLD_UNKNOWN;
    if (room == HOLD_YES)
        return PASSES;
    if (room != HOLD_NO)
        return lose(w);
    w->s.message = flow_limit_words(f->realm, step);
    w->s.too_many_sessions = true;
    return DENIES;
}

/* Later conditions may ask whether somebody has come through it. */
static passage walk_part(walk *w, const ost_json *flow, unsigned depth)
{
    passage found = walk_flow(w, flow, depth);
    flow_progress *p = &w->s.progress;
    if (found != PASSES)
        return found;
    if (p->through_count == FLOW_THROUGH_MAX)
        return lose(w);
    p->through[p->through_count++] = flow;
    return PASSES;
}

static passage take_account(walk *w)
{
    w->s.progress.kinds |= PROOF_ACCOUNT;
    return PASSES;
}

/* What Keycloak's steps of a first login do; elsewhere they are not there. An account is linked
 * without a proof only if the provider vouches for its address: Keycloak believes whatever it says.
 * A mail is another way than a step of this walk: who has opened its link has brought what stands
 * for the password. */
static passage walk_first(walk *w, const ost_json *step)
{
    static const char *const of_owners[] = {"idp-confirm-link", "idp-detect-existing-broker-user",
                                            NULL};
    ost_text name = json_text_of(step, "authenticator");
    bool owner = w->facts->first == FIRST_OWNER;
    if (w->facts->first == FIRST_NOBODY)
        return lose(w);
    if (text_is(name, "idp-review-profile") || text_is(name, "idp-add-organization-member"))
        return PASSES;
    if (text_is(name, "idp-create-user-if-unique"))
        return owner ? FAILS : take_account(w);
    if (text_is_one_of(name, of_owners))
        return owner ? PASSES : FAILS;
    if (text_is(name, "idp-email-verification"))
        return FAILS;
    if (text_is(name, "idp-username-password-form"))
        return owner ? take(w, PROOF_PASSWORD) : FAILS;
    if (text_is(name, "idp-auto-link"))
        return !owner ? FAILS : w->facts->vouched ? take_account(w) : take(w, PROOF_PASSWORD);
    return lose(w);
}

/* What asks for no second factor. */
static passage walk_plain(walk *w, const ost_json *step)
{
    static const char *const names[] = {"auth-username-form", "allow-access-authenticator",
                                        "direct-grant-validate-username", NULL};
    static const char *const passed_by[] = {"auth-spnego", "identity-provider-redirector",
                                            "organization", NULL};
    static const char *const passwords[] = {"auth-username-password-form", "auth-password-form",
                                            NULL};
    ost_text name = json_text_of(step, "authenticator");
    if (flow_step_is(step, "auth-cookie"))
        return take_session(w);
    if (flow_step_is(step, "deny-access-authenticator"))
        return deny(w, step);
    if (flow_step_has_limit(step))
        return take_room(w, step);
    if (text_is_one_of(name, passwords) && !w->facts->direct)
        return take(w, PROOF_PASSWORD | (w->facts->offered ? PROOF_PASSKEY : 0));
    if (flow_step_is(step, "direct-grant-validate-password") && w->facts->direct)
        return take(w, PROOF_PASSWORD);
    if (flow_step_is(step, "webauthn-authenticator-passwordless") && !w->facts->direct)
        return take(w, PROOF_PASSKEY);
    if (text_is_one_of(name, passed_by))
        return FAILS;
    return text_is_one_of(name, names) ? PASSES : walk_first(w, step);
}

static passage walk_step(walk *w, const ost_json *step, unsigned depth)
{
    const ost_json *part = flow_part_of(step);
    realm_factor factor = flow_factor_of(step, w->facts->direct);
    if (++w->visits > FLOW_VISITS_MAX)
        return lose(w);
    if (part != NULL)
        return walk_part(w, flow_find(w->facts->realm, part), depth + 1);
    if (factor != FACTOR_NONE && flow_step_has_code_rule(step))
        return take_code_by_rule(w, step);
    return factor != FACTOR_NONE ? take_factor(w, factor, flow_requirement_of(step))
                                 : walk_plain(w, step);
}

/* ---- flows ---- */

/* All conditions of a conditional flow; one that has none is as if it were not there. */
static bool is_meant(walk *w, const ost_json *flow)
{
    bool any = false, all = true;
    for (const ost_json *at = flow_step_after(flow, NULL); at != NULL;
         at = flow_step_after(flow, at)) {
        if (!flow_step_is_condition(at) || flow_requirement_of(at) == STEP_DISABLED)
            continue;
        any = true;
        if (!all)
            continue;
        flow_match match = flow_condition_match(w->facts, flow, at, &w->s.progress);
        w->lost = w->lost || match == MATCH_UNKNOWN;
        all = match == MATCH_YES;
    }
    return any && all;
}

static void keep_level(walk *w, int64_t level)
{
    state *s = &w->s;
    for (size_t i = 0; i < s->reached_count; i++) {
        if (s->reached[i] == level)
            return;
    }
    if (s->reached_count < FLOW_LEVELS_MAX)
        s->reached[s->reached_count++] = level;
    else
        w->lost = true;
}

/* The level that a flow is a condition for is reached by coming through it. */
static void reach_levels(walk *w, const ost_json *flow)
{
    int64_t level, age;
    for (const ost_json *at = flow_step_after(flow, NULL); at != NULL;
         at = flow_step_after(flow, at)) {
        if (flow_requirement_of(at) == STEP_DISABLED ||
            !flow_condition_level(w->facts->realm, at, &level, &age))
            continue;
        w->s.progress.level = level;
        if (age > 0)
            keep_level(w, level);
    }
}

/* Whether the step counts as it stands; otherwise it is as if it were not there. */
static passage walk_conditional(walk *w, const ost_json *step, unsigned depth, bool *ret_there)
{
    const ost_json *flow = flow_find(w->facts->realm, flow_part_of(step));
    *ret_there = true;
    if (flow == NULL || !flow_is_bounded(flow))
        return lose(w);
    if (!is_meant(w, flow)) {
        *ret_there = false;
        return PASSES;
    }
    passage found = walk_step(w, step, depth);
    if (found == PASSES)
        reach_levels(w, flow);
    return found;
}

static passage walk_required(walk *w, const ost_json *flow, unsigned depth)
{
    bool any = false;
    for (const ost_json *at = flow_step_after(flow, NULL); at != NULL && !w->lost;
         at = flow_step_after(flow, at)) {
        flow_requirement requirement = flow_requirement_of(at);
        bool there = true;
        if (flow_step_is_condition(at) || requirement == STEP_DISABLED ||
            requirement == STEP_ALTERNATIVE)
            continue;
        passage found = requirement == STEP_CONDITIONAL ? walk_conditional(w, at, depth, &there)
                                                        : walk_step(w, at, depth);
        if (found != PASSES)
            return found;
        any = any || there;
    }
    return any ? PASSES : FAILS;
}

/* The first proof that was taken since then; FLOW_PROOFS_MAX: none was. */
static unsigned first_taken(const state *now, const state *then)
{
    unsigned taken = now->progress.used & ~then->progress.used, at = 0;
    while (at < FLOW_PROOFS_MAX && (taken & (1u << at)) == 0)
        at++;
    return at;
}

/* Among alternatives. */
typedef struct choice {
    passage found;
    state s;
    unsigned taken;   /* its first proof */
    unsigned factors; /* second factors that it takes or asks for */
} choice;

/* The one that was chosen is the one that takes the first proof which there is for any. Where none
 * takes one it is the first that does not fail, and if that asks for something, any of those that
 * do. False: those that follow do not count. */
static bool compare(choice *best, const choice *next)
{
    bool taken = next->taken < best->taken;
    if (next->found == FAILS)
        return true;
    if (best->found == ASKS && next->found == ASKS && best->taken == FLOW_PROOFS_MAX && !taken) {
        best->s.asks |= next->s.asks;
        return true;
    }
    if (taken || best->found == FAILS)
        *best = *next;
    return best->found == ASKS || best->taken < FLOW_PROOFS_MAX;
}

/* A request brings everything at once, and nobody is asked: as in Keycloak a factor that somebody
 * has goes before the password beside it, and has to be right. */
static bool compare_direct(choice *best, const choice *next)
{
    if (next->found != FAILS && (best->found == FAILS || (best->factors == 0 && next->factors > 0)))
        *best = *next;
    return best->factors == 0;
}

static passage walk_alternatives(walk *w, const ost_json *flow, unsigned depth)
{
    const state start = w->s;
    choice best = {FAILS, start, FLOW_PROOFS_MAX, 0};
    unsigned missing = 0;
    bool goes_on = true;
    for (const ost_json *at = flow_step_after(flow, NULL); at != NULL && !w->lost && goes_on;
         at = flow_step_after(flow, at)) {
        if (flow_requirement_of(at) != STEP_ALTERNATIVE || flow_step_is_condition(at))
            continue;
        w->s = start;
        passage here = walk_step(w, at, depth);
        missing |= w->s.missing;
        const choice next = {here, w->s, first_taken(&w->s, &start),
                             (w->s.asks | (w->s.progress.kinds & ~start.progress.kinds)) &
                                 PROOF_FACTORS};
        goes_on = w->facts->direct ? compare_direct(&best, &next) : compare(&best, &next);
    }
    w->s = best.s;
    if (best.found != FAILS || missing == 0 || w->facts->direct)
        return best.found;
    w->s.setup |= missing;
    return PASSES;
}

/* As in Keycloak, where something is required its alternatives do not count. */
static passage walk_flow(walk *w, const ost_json *flow, unsigned depth)
{
    if (w->lost || flow == NULL || depth > FLOW_DEPTH_MAX || !flow_is_understood(flow))
        return lose(w);
    return flow_has_required(flow) ? walk_required(w, flow, depth)
                                   : walk_alternatives(w, flow, depth);
}

/* Keycloak's own: the cookie or a password, and the one-time code of those who have a device. */
static passage walk_usual(walk *w)
{
    if (!w->facts->direct && take_session(w) == PASSES)
        return PASSES;
    bool offered = w->facts->offered && !w->facts->direct;
    passage found = take(w, PROOF_PASSWORD | (offered ? PROOF_PASSKEY : 0));
    if (found != PASSES || (w->s.progress.kinds & PROOF_PASSKEY) != 0)
        return found;
    return take_factor(w, FACTOR_CODE, STEP_OPTIONAL);
}

static bool brings_password(const flow_facts *f)
{
    bool found = false;
    for (size_t i = 0; i < f->proof_count && i < FLOW_PROOFS_MAX; i++)
        found = found || f->proofs[i] == PROOF_PASSWORD;
    return found;
}

/* Nobody comes in without a proof, whatever a flow leaves out. The password of a direct grant is
 * always looked at, even where a factor stood for the step. */
static bool is_proved(const walk *w)
{
    return w->facts->session || (w->facts->direct && brings_password(w->facts)) ||
           w->facts->assumes || w->facts->proved ||
           (w->s.progress.kinds & (PROOF_PASSWORD | PROOF_PASSKEY | PROOF_ACCOUNT)) != 0;
}

flow_verdict flow_walk(const ost_json *flow, const flow_facts *facts)
{
    walk w = {.facts = facts, .before = FLOW_LEVEL_NONE};
    flow_verdict verdict = {.outcome = FLOW_FAILS, .level = FLOW_LEVEL_NONE};
    if (facts->proof_count > FLOW_PROOFS_MAX)
        return verdict;
    if (facts->session && flow != NULL)
        w.before = flow_level_before(flow, facts);
    w.s.progress.level = w.before;
    passage found = flow != NULL ? walk_flow(&w, flow, 0) : walk_usual(&w);
    if (w.lost || found == FAILS || (found == PASSES && !is_proved(&w)))
        return verdict;
    verdict.outcome = found == DENIES ? FLOW_DENIES : found == ASKS ? FLOW_ASKS : FLOW_ENTERS;
    verdict.asks = w.s.asks;
    verdict.setup = w.s.setup;
    verdict.message = w.s.message;
    verdict.too_many_sessions = w.s.too_many_sessions;
    verdict.room = w.s.room;
    verdict.level = w.s.progress.level;
    verdict.reached_count = w.s.reached_count;
    for (size_t i = 0; i < w.s.reached_count; i++)
        verdict.reached[i] = w.s.reached[i];
    return verdict;
}
