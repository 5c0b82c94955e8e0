/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering and writing what became of a file; see import_report.h. */
#include "provider/member/import_report.h"

#include <string.h>

#include "base/or_default.h"
#include "base/text.h"

const char *member_fate_name(member_fate fate)
{
    switch (fate) {
    case MEMBER_ACTED:
        return "acted upon";
    case MEMBER_KEPT:
        return "kept";
    case MEMBER_TOLD:
        return "kept without effect";
    case MEMBER_BARRED:
        return "refused in use";
    case MEMBER_REFUSED:
        return "refused";
    case MEMBER_UNKNOWN:
        break;
    }
    return "unknown";
}

static report_object *object_of(import_report *r, const char *path, const char *title,
                                ost_text name)
{
    if (r->last != NULL && strcmp(r->last->path, path) == 0)
        return r->last;
    report_object *object = ost_arena_alloc(r->arena, sizeof *object);
    const char *copy = ost_arena_copy(r->arena, text_of(path));
    name.data = ost_arena_copy(r->arena, name);
    if (object == NULL || copy == NULL || name.data == NULL)
        return NULL;
    *object = (report_object){.path = copy, .title = title, .name = name};
    if (r->last != NULL)
        r->last->next = object;
    else
        r->first = object;
    r->last = object;
    return object;
}

static bool copy_why(import_report *r, const char **why)
{
    bool given = *why != NULL;
    if (given)
        *why = ost_arena_copy(r->arena, text_of(*why));
    return !given || *why != NULL;
}

/* *ret_cause is NULL when there are too many. False: out of memory. */
static bool cause_of(import_report *r, const char *title, member_fate fate, ost_text which,
                     const char *why, report_cause **ret_cause)
{
    report_cause **at = &r->causes;
    while (*at != NULL && !((*at)->fate == fate && text_equal((*at)->member, which) &&
                            same_string((*at)->title, title) && same_string((*at)->why, why)))
        at = &(*at)->next;
    if (*at == NULL && r->cause_count < CAUSES) {
        report_cause *cause = ost_arena_alloc(r->arena, sizeof *cause);
        which.data = ost_arena_copy(r->arena, which);
        if (cause == NULL || which.data == NULL || !copy_why(r, &why))
            return false;
        *cause = (report_cause){.title = title, .why = why, .member = which, .fate = fate};
        *at = cause;
        r->cause_count++;
    }
    *ret_cause = *at;
    return true;
}

bool import_report_add(import_report *r, const char *path, const char *title, ost_text name,
                       member_fate fate, ost_text which, const char *why)
{
    r->count[fate]++;
    if (!r->whole && (fate == MEMBER_ACTED || fate == MEMBER_KEPT))
        return true;
    report_cause *cause = NULL;
    if (!r->whole && !cause_of(r, title, fate, which, why, &cause))
        return false;
    if (cause != NULL && cause->count++ >= CAUSE_KEPT)
        return true;
    if (!r->whole && r->kept++ >= REPORT_KEPT)
        return true;
    report_object *object = object_of(r, path, title, name);
    report_entry *entry = object != NULL ? ost_arena_alloc(r->arena, sizeof *entry) : NULL;
    which.data = ost_arena_copy(r->arena, which);
    if (entry == NULL || which.data == NULL || !copy_why(r, &why))
        return false;
    *entry = (report_entry){.fate = fate, .member = which, .why = why};
    if (object->last != NULL)
        object->last->next = entry;
    else
        object->first = entry;
    object->last = entry;
    return true;
}

bool import_report_warn(import_report *r, const char *path, const char *text)
{
    report_warning *warning = ost_arena_alloc(r->arena, sizeof *warning);
    const char *copy = ost_arena_copy(r->arena, text_of(path));
    if (warning == NULL || copy == NULL)
        return false;
    *warning = (report_warning){.next = r->warnings, .path = copy, .text = text};
    r->warnings = warning;
    return true;
}

static void write_warnings(const import_report *r, ost_json_writer *w)
{
    ost_json_put_name(w, OST_TEXT("warnings"));
    ost_json_open_array(w);
    for (const report_warning *at = r->warnings; at != NULL; at = at->next) {
        ost_json_open_object(w);
        ost_json_member_string(w, "path", at->path);
        ost_json_member_string(w, "warning", at->text);
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
}

static void write_entries(const report_object *object, member_fate fate, ost_json_writer *w)
{
    bool told = fate != MEMBER_ACTED && fate != MEMBER_KEPT, any = false;
    for (const report_entry *at = object->first; at != NULL; at = at->next) {
        if (at->fate != fate)
            continue;
        if (!any) {
            ost_json_put_name(w, text_of(member_fate_name(fate)));
            ost_json_open_array(w);
            any = true;
        }
        if (!told) {
            ost_json_put_text(w, at->member);
            continue;
        }
        ost_json_open_object(w);
        ost_json_member_text(w, "member", at->member);
        if (at->why != NULL)
            ost_json_member_string(w, "why", at->why);
        ost_json_close_object(w);
    }
    if (any)
        ost_json_close_array(w);
}

void import_report_write(const import_report *r, ost_json_writer *w)
{
    ost_json_put_name(w, OST_TEXT("counts"));
    ost_json_open_object(w);
    for (int fate = 0; fate < MEMBER_FATES; fate++)
        ost_json_member_integer(w, member_fate_name((member_fate)fate), (int64_t)r->count[fate]);
    ost_json_close_object(w);
    write_warnings(r, w);
    ost_json_put_name(w, OST_TEXT("objects"));
    ost_json_open_array(w);
    for (const report_object *at = r->first; at != NULL; at = at->next) {
        ost_json_open_object(w);
        ost_json_member_string(w, "path", at->path);
        ost_json_member_string(w, "kind", at->title);
        if (at->name.len > 0)
            ost_json_member_text(w, "name", at->name);
        for (int fate = 0; fate < MEMBER_FATES; fate++)
            write_entries(at, (member_fate)fate, w);
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
}
