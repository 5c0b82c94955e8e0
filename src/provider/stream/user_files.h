/* SPDX-License-Identifier: Apache-2.0 */
/* Where the users of a realm stand: in its own file, and in those beside it (Keycloak's
 * `kc.sh export --users different_files`). */
#ifndef USER_FILES_H
#define USER_FILES_H

#include "provider/member/import_report.h"
#include "provider/stream/user_reader.h"

typedef struct user_files {
    const char *path; /* of the realm's file */
    bool strict;
    import_report *report;
    user_ranges ranges;
    bool lists_users; /* one of the files has a list of them, an empty one maybe */
} user_files;

/* Adds those of a file that was split and whose `document` has been looked through. OST_E_FORMAT: a
 * list of them that was not in the text. */
OST_MUST_CHECK ost_result user_files_add(user_files *files, const user_range *range,
                                         const ost_json *document, ost_arena *arena,
                                         ost_error *error);

/* The file is called as one with users alone. */
bool user_files_is_one(const char *path, ost_text realm);

/* Adds `<realm>-users-N.json` beside the file. In the arena. */
OST_MUST_CHECK ost_result user_files_find(user_files *files, ost_text realm, ost_arena *arena,
                                          ost_error *error);

#endif
