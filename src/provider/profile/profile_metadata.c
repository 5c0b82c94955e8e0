/* SPDX-License-Identifier: Apache-2.0 */
/* A realm's own user profile, told to those who make forms of it; see profile_metadata.h. */
#include "provider/profile/profile_metadata.h"

#include "base/array.h"
#include "base/text.h"

/* A copy that has the member, with that value where it is left out. */
static void put_with(ost_json_writer *w, const ost_json *object, const char *name, bool value)
{
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    if (ost_json_get(object, name) == NULL)
        ost_json_member_boolean(w, name, value);
    ost_json_close_object(w);
}

static void put_validators(ost_json_writer *w, const ost_json *rule)
{
    ost_json_put_name(w, OST_TEXT("validators"));
    ost_json_open_object(w);
    if (!profile_rule_has_many(rule)) {
        ost_json_put_name(w, OST_TEXT("multivalued"));
        ost_json_open_object(w);
        ost_json_member_string(w, "max", "1");
        ost_json_close_object(w);
    }
    for (const ost_json *at = ost_json_first(ost_json_get(rule, "validations")); at != NULL;
         at = ost_json_next(at)) {
        ost_json_put_name(w, ost_json_name(at));
        put_with(w, at, "ignore.empty.value", true); /* an empty value is held to none of them */
    }
    ost_json_close_object(w);
}

static void put_attribute(ost_json_writer *w, const ost_json *rule, profile_side side, bool fixed)
{
    static const char *const copied[] = {"annotations", "group"};
    bool username = text_is(profile_rule_name(rule), "username");
    ost_json_open_object(w);
    ost_json_member_text(w, "name", profile_rule_name(rule));
    ost_json_member_text(w, "displayName", profile_rule_shown(rule));
    ost_json_member_boolean(w, "required", username || profile_rule_requires(rule, side));
    ost_json_member_boolean(w, "readOnly",
                            !profile_rule_lets_edit(rule, side) || (username && fixed));
    put_validators(w, rule);
    for (size_t i = 0; i < ARRAY_LEN(copied); i++) {
        if (ost_json_get(rule, copied[i]) != NULL)
            ost_json_member_value(w, copied[i], ost_json_get(rule, copied[i]));
    }
    ost_json_member_boolean(w, "multivalued", profile_rule_has_many(rule));
    ost_json_close_object(w);
}

void profile_metadata_put(ost_json_writer *w, const ost_json *rules, profile_side side,
                          bool fixed_username, const ost_json *more)
{
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("attributes"));
    ost_json_open_array(w);
    if (more != NULL)
        ost_json_put_value(w, more);
    for (const ost_json *at = profile_rules_first(rules); at != NULL; at = ost_json_next(at)) {
        if (profile_rule_shows(at, side))
            put_attribute(w, at, side, fixed_username);
    }
    ost_json_close_array(w);
    if (ost_json_get(rules, "groups") != NULL) {
        ost_json_member_value(w, "groups", ost_json_get(rules, "groups"));
    } else {
        ost_json_put_name(w, OST_TEXT("groups"));
        ost_json_open_array(w);
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
}

void profile_whole_put(ost_json_writer *w, const ost_json *rules)
{
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(rules); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(w, ost_json_name(at));
        if (!text_is(ost_json_name(at), "attributes")) {
            ost_json_put_value(w, at);
            continue;
        }
        ost_json_open_array(w);
        for (const ost_json *one = ost_json_first(at); one != NULL; one = ost_json_next(one))
            put_with(w, one, "multivalued", false);
        ost_json_close_array(w);
    }
    if (ost_json_get(rules, "groups") == NULL) {
        ost_json_put_name(w, OST_TEXT("groups"));
        ost_json_open_array(w);
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
}
