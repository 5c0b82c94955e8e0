/* SPDX-License-Identifier: Apache-2.0 */
/* What a realm file names has to be there, and once. */
#ifndef REFERENCE_CHECK_H
#define REFERENCE_CHECK_H

#include "provider/member/import_report.h"
#include "provider/realm/realm.h"

/* Clients, client scopes and groups that scope mappings, groups and "defaultGroups" of the realm's
 * document name; and that no two roles, client scopes, or groups of one parent have one name.
 * Keycloak refuses such files, too. OST_E_FORMAT with the path. Client scopes that clients name and
 * that are not there are warned of, and flows that cannot be followed. */
OST_MUST_CHECK ost_result reference_check(const realm *r, import_report *report, ost_arena *arena,
                                          ost_error *error);

#endif
