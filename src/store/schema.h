/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of the store has one number in both engines. Each migration is a text for either, in
 * sqlite/migration.c and in postgresql/migration.c: neither builds before both have it. While nodes
 * are replaced, older ones work on what PostgreSQL's migrations have made: a column that is added
 * has a default, and what is no longer used stays (script/test --only upgrade). */
#ifndef SCHEMA_H
#define SCHEMA_H

#define SCHEMA 30

#endif
