/* SPDX-License-Identifier: Apache-2.0 */
/* See import_text.h. */
#include "cli/import_text.h"

#include "base/text.h"
#include "cli/printable.h"

static bool is_told(member_fate fate)
{
    return fate != MEMBER_ACTED && fate != MEMBER_KEPT;
}

bool import_text_has(const import_report *report)
{
    size_t told = 0;
    for (int fate = 0; fate < MEMBER_FATES; fate++)
        told += is_told((member_fate)fate) ? report->count[fate] : 0;
    return told > 0 || report->warnings != NULL;
}

static void write_text(FILE *out, const char *before, ost_text text)
{
    fputs(before, out);
    printable_write_text(out, text);
}

/* "  clients[3] shop: consentRequired: refused in use (users who …)" */
static void write_entry(FILE *out, const report_object *object, const report_entry *entry)
{
    write_text(out, "  ", text_of(object->path[0] != '\0' ? object->path : object->title));
    if (object->name.len > 0)
        write_text(out, " ", object->name);
    write_text(out, ": ", entry->member);
    fprintf(out, ": %s", member_fate_name(entry->fate));
    if (entry->why != NULL)
        fprintf(out, " (%s)", entry->why);
    fputc('\n', out);
}

/* "  … and 99980 more: Credential: credentialData: kept without effect (…)" */
static void write_causes(FILE *out, const import_report *report, const char *rest)
{
    for (const report_cause *at = report->causes; at != NULL; at = at->next) {
        if (at->count <= CAUSE_KEPT)
            continue;
        fprintf(out, "  … and %zu more like these (%s has them all): %s: ", at->count - CAUSE_KEPT,
                rest, at->title);
        printable_write_text(out, at->member);
        fprintf(out, ": %s", member_fate_name(at->fate));
        if (at->why != NULL)
            fprintf(out, " (%s)", at->why);
        fputc('\n', out);
    }
}

void import_text_write(FILE *out, const import_report *report, const char *rest)
{
    for (const report_object *object = report->first; object != NULL; object = object->next) {
        for (const report_entry *entry = object->first; entry != NULL; entry = entry->next) {
            if (is_told(entry->fate))
                write_entry(out, object, entry);
        }
    }
    write_causes(out, report, rest);
    if (report->kept > REPORT_KEPT)
        fprintf(out, "  … and %zu more (%s has them all)\n", report->kept - REPORT_KEPT, rest);
    for (const report_warning *at = report->warnings; at != NULL; at = at->next) {
        write_text(out, "  ", text_of(at->path));
        fprintf(out, ": warning: %s\n", at->text);
    }
}
