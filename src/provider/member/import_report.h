/* SPDX-License-Identifier: Apache-2.0 */
/* What an import made of a file: which members are acted upon, which are kept, which are refused,
 * object by object. */
#ifndef IMPORT_REPORT_H
#define IMPORT_REPORT_H

#include <ostiary/json.h>

#include "provider/member/member.h"

#define REPORT_KEPT 200 /* entries of a report that is not whole, */
#define CAUSE_KEPT 20   /* and those of one cause; the others are counted */
#define CAUSES 64       /* that are counted by themselves */

typedef struct report_entry {
    struct report_entry *next;
    member_fate fate;
    ost_text member; /* its name */
    const char *why; /* NULL: nothing to say */
} report_entry;

typedef struct report_object {
    struct report_object *next;
    const char *path;  /* "clients[3]"; "" for the realm itself */
    const char *title; /* "Client" */
    ost_text name;
    report_entry *first, *last;
} report_object;

/* The same of many objects: a hash that is not known of 100,000 users. */
typedef struct report_cause {
    struct report_cause *next;
    const char *title, *why;
    ost_text member;
    member_fate fate;
    size_t count;
} report_cause;

/* What works here, and elsewhere may not. */
typedef struct report_warning {
    struct report_warning *next;
    const char *path; /* "components…[2]" */
    const char *text;
} report_warning;

typedef struct import_report {
    ost_arena *arena; /* where everything lives */
    bool whole;       /* also what is acted upon and kept, by name; else only how many, and of the
                         others the first REPORT_KEPT */
    size_t kept;      /* how many entries came, unless it is whole, beside those of `causes` */
    report_cause *causes; /* of a report that is not whole, the first one first */
    size_t cause_count;
    size_t count[MEMBER_FATES];
    report_object *first, *last;
    report_warning *warnings; /* the last one first */
} import_report;

/* Copies the texts but `title`. False: out of memory. Entries of one object follow each
 * other. */
bool import_report_add(import_report *report, const char *path, const char *title, ost_text name,
                       member_fate fate, ost_text which, const char *why);

/* `path` is copied, `text` has to last. False: out of memory. */
bool import_report_warn(import_report *report, const char *path, const char *text);

const char *member_fate_name(member_fate fate); /* "acted upon" */

/* The report's part of a JSON object that is open: "counts", "warnings" and "objects". */
void import_report_write(const import_report *report, ost_json_writer *writer);

#endif
