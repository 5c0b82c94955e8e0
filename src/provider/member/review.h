/* SPDX-License-Identifier: Apache-2.0 */
/* Looking through a realm file before anything is made of it: every member is found in the tables
 * of member.h, told in the report, and given the type that it ought to have. */
#ifndef REVIEW_H
#define REVIEW_H

#include "provider/member/import_report.h"

/* Writes `object` of the kind again: without what is null; numbers and booleans in the place of
 * texts become their text, and the other way round (scalar.h). `path` (may be empty) is how the
 * report calls the object. `strict`: what is kept without effect, and what is unknown, is refused.
 * OST_E_FORMAT with the path: a wrong type, or something is refused; the report (may be NULL) is
 * whole also then, unless a type was wrong. In the arena. */
OST_MUST_CHECK ost_result review_object(const ost_json *object, const member_kind *kind,
                                        const char *path, bool strict, ost_arena *arena,
                                        import_report *report, const ost_json **ret_object,
                                        ost_error *error);

/* review_object without a report, for who reads what it has written anyway: that may be too deep,
 * or too large. */
OST_MUST_CHECK ost_result review_text(const ost_json *object, const member_kind *kind,
                                      ost_arena *arena, ost_text *ret_text, ost_error *error);

/* review_object without a report, of what the admin API is sent: what is null stays so. */
OST_MUST_CHECK ost_result review_body(const ost_json *object, const member_kind *kind,
                                      ost_arena *arena, const ost_json **ret_object,
                                      ost_error *error);

/* review_object of what comes from a file: members of old layouts get the names of today's. */
OST_MUST_CHECK ost_result review_renew(const ost_json *object, const member_kind *kind,
                                       const char *path, bool strict, ost_arena *arena,
                                       import_report *report, const ost_json **ret_object,
                                       ost_error *error);

#endif
