/* SPDX-License-Identifier: Apache-2.0 */
/* Names on a command line; see assignment.h. */
#include "cli/directory/assignment.h"

#include <stdio.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/printable.h"
#include "provider/member/member.h"

#define ATTRIBUTES "attributes"
#define SHOWN 40 /* of a name: it may be a secret that was pasted in */

static ost_result tell(const char *what, ost_text name, const member *near, bool refuse,
                       ost_error *error)
{
    char shown[SHOWN + 1] = "", sentence[256];
    (void)!text_to_string(text_slice(name, 0, SHOWN), shown, sizeof shown);
    printable_make(shown);
    snprintf(sentence, sizeof sentence, "there is no %s %s%s%s%s", what, shown,
             near != NULL ? "; did you mean " : "", near != NULL ? near->name : "",
             near != NULL ? "?" : "");
    if (refuse)
        return ost_error_set(error, OST_E_ARGUMENT, "%s", sentence);
    command_say("%s", sentence);
    return OST_OK;
}

/* Names of their own are what attributes are for; those that are new and look like a known one are
 * told. */
static ost_result check_attribute(const member_kind *kind, const ost_json *object, ost_text name,
                                  ost_error *error)
{
    const member *attributes = member_find(kind, OST_TEXT(ATTRIBUTES));
    const member_kind *of = attributes != NULL ? attributes->of : NULL;
    bool known = of == NULL || member_find(of, name) != NULL ||
                 ost_json_get_text(ost_json_get(object, ATTRIBUTES), name) != NULL;
    const member *near = known ? NULL : member_near(of, name);
    return near != NULL ? tell("known attribute", name, near, false, error) : OST_OK;
}

/* One text is no list of one. */
static ost_result check_list(const member *m, ost_text value, ost_error *error)
{
    bool list = (m->type == MEMBER_STRINGS || m->type == MEMBER_LIST) && !m->single;
    if (!list || value.len == 0 || value.data[0] == '[' || text_is(value, "null"))
        return OST_OK;
    return ost_error_set(error, OST_E_ARGUMENT, "%s is a list: '%s=[%s]'", m->name, m->name,
                         m->type == MEMBER_STRINGS ? "\"…\"" : "…");
}

ost_result assignment_check(const member_kind *kind, const ost_json *object, ost_text assignment,
                            bool lenient, ost_error *error)
{
    static const char attributes[] = ATTRIBUTES ".";
    size_t equals = text_find(assignment, '=', 0);
    ost_text name = text_slice(assignment, 0, equals);
    if (equals == assignment.len || name.len == 0)
        return OST_OK;
    if (text_starts(name, attributes))
        return check_attribute(kind, object, text_slice(name, sizeof attributes - 1, name.len),
                               error);
    const member *found = member_find(kind, name);
    if (found != NULL)
        return check_list(found, text_trim(text_slice(assignment, equals + 1, assignment.len)),
                          error);
    if (ost_json_get_text(object, name) != NULL)
        return OST_OK;
    return tell("member", name, member_near(kind, name), !lenient, error);
}
