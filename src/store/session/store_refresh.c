/* SPDX-License-Identifier: Apache-2.0 */
/* Refresh tokens in the store, where a realm has them rotate (RFC 9700 section 4.14): each tab of a
 * browser has a chain of its own, and who presents a token that has had its turn is found out. */
#include "store/session/store_refresh.h"

#include "base/text.h"
#include "store/session/session_within.h"
#include "store/transaction.h"

#define MAX_REFRESH_TOKENS 64 /* of one client session; the oldest make room */

static ost_result add_token(database *d, ost_text session_id, ost_text client_id, ost_text id,
                            ost_text parent, int64_t now)
{
    statement *add = prepare(d, "INSERT INTO refresh_token VALUES (?, ?, ?, ?, 0, ?)");
    bind_text(add, 1, session_id);
    bind_text(add, 2, client_id);
    bind_text(add, 3, id);
    bind_text(add, 4, parent);
    bind_integer(add, 5, now);
    return run_later(add);
}

static ost_result drop_oldest(database *d, ost_text session_id, ost_text client_id, ost_text id,
                              ost_text parent)
{
    statement *drop = prepare(
        d, "DELETE FROM refresh_token WHERE session_id = ?1 AND client_id = ?2 AND id IN (SELECT "
           "id FROM refresh_token WHERE session_id = ?1 AND client_id = ?2 "
           "ORDER BY id IN (?4, ?5) DESC, issued DESC LIMIT 1000000 OFFSET ?3)");
    bind_text(drop, 1, session_id);
    bind_text(drop, 2, client_id);
    bind_integer(drop, 3, MAX_REFRESH_TOKENS);
    bind_text(drop, 4, id);
    bind_text(drop, 5, parent);
    return run_later(drop);
}

ost_result insert_refresh(database *d, ost_text session_id, ost_text client_id, ost_text id,
                          ost_text parent, int64_t now)
{
    ost_result result = add_token(d, session_id, client_id, id, parent, now);
    return result == OST_OK ? drop_oldest(d, session_id, client_id, id, parent) : result;
}

static void bind_refresh(statement *st, const store_refresh *r)
{
    bind_text(st, 1, r->session_id);
    bind_text(st, 2, r->client_id);
    bind_text(st, 3, r->presented);
    bind_integer(st, 4, r->max_reuse);
    bind_text(st, 5, r->next);
    bind_integer(st, 6, r->now);
    bind_integer(st, 7, r->grace > 0 ? r->now - r->grace : INT64_MAX);
}

/* It has a turn left; or its first one was a moment ago, and no child of it has been used since:
 * two tabs share it. */
#define HAS_TURN                                                                                   \
    "(uses <= ?4 OR ?7 <= (SELECT min(child.issued) FROM refresh_token child "                     \
    "WHERE child.session_id = ?1 AND child.client_id = ?2 AND child.parent = ?3))"
#define COUNT_USE                                                                                  \
    "UPDATE refresh_token SET uses = uses + 1 WHERE session_id = ?1 AND client_id = ?2 "           \
    "AND id = ?3 AND " HAS_TURN " RETURNING "
/* Who uses a child has received it: its parent is needed no more, and the next takes its place. */
#define REPLACE_PARENT                                                                             \
    "UPDATE refresh_token SET id = ?5, parent = ?3, uses = 0, issued = ?6 "                        \
    "WHERE session_id = ?1 AND client_id = ?2 AND id = "

static ost_result replace_parent(database *d, const store_refresh *r, bool *ret_replaced)
{
    int changes = 0;
    statement *st = prepare(d, REPLACE_PARENT "(SELECT parent FROM refresh_token "
                                              "WHERE session_id = ?1 AND client_id = ?2 "
                                              "AND id = ?3)");
    bind_refresh(st, r);
    ost_result result = run_statement(st, &changes);
    *ret_replaced = changes > 0;
    return result;
}

/* *ret_replaced: the next token is there, in its parent's parent's place. */
static ost_result count_use(database *d, const store_refresh *r, bool *ret_replaced)
{
    int64_t replaced = 0;
    statement *use =
        prepare(d, text_for(d, COUNT_USE "0",
                            "WITH used AS (" COUNT_USE "parent), replaced AS (" REPLACE_PARENT
                            "(SELECT parent FROM used) RETURNING 1) "
                            "SELECT (SELECT count(*) FROM replaced) FROM used"));
    bind_refresh(use, r);
    ost_result result = next_number(use, &replaced);
    reset_statement(use);
    *ret_replaced = replaced != 0;
    if (result == OST_OK && writes_alone(d))
        result = replace_parent(d, r, ret_replaced);
    return result == OST_E_NOT_FOUND ? OST_E_CONFLICT : result;
}

/* What becomes of a token that has no turn. When none is known, rotation has just been switched on:
 * the first one that comes is taken. When there were too many, an old one may have made room for
 * others: it proves nothing against the one that brings it. Else it has had its turn. */
static ost_result judge_unknown(database *d, const store_refresh *r)
{
    int64_t count = 0, oldest = 0, known = 0;
    statement *st =
        PREPARED(d,
                 "SELECT count(*), min(issued), count(*) FILTER (WHERE id = ?3) FROM refresh_token "
                 "WHERE session_id = ?1 AND client_id = ?2",
                 r->session_id, r->client_id, r->presented);
    ost_result result = next_row(st);
    if (result == OST_OK) {
        count = column_integer(st, 0);
        oldest = column_integer(st, 1);
        known = column_integer(st, 2);
    }
    reset_statement(st);
    if (result != OST_OK)
        return result;
    if (count == 0)
        return insert_refresh(d, r->session_id, r->client_id, r->presented, OST_TEXT(""), r->now);
    return known == 0 && count >= MAX_REFRESH_TOKENS && r->presented_at <= oldest ? OST_E_EXPIRED
                                                                                  : OST_E_CONFLICT;
}

/* It is one that may be brought, and stays what it is. */
static ost_result keep_refresh(database *d, const store_refresh *r)
{
    int64_t there = 0;
    statement *st = prepare(d, "UPDATE refresh_token SET uses = uses WHERE session_id = ?1 "
                               "AND client_id = ?2 AND id = ?3 AND " HAS_TURN " RETURNING 1");
    bind_refresh(st, r);
    ost_result result = next_number(st, &there);
    reset_statement(st);
    return result == OST_E_NOT_FOUND ? judge_unknown(d, r) : result;
}

static ost_result use_refresh(database *d, const store_refresh *r)
{
    bool replaced = false;
    if (text_equal(r->next, r->presented))
        return keep_refresh(d, r);
    ost_result result = count_use(d, r, &replaced);
    if (result == OST_E_CONFLICT) {
        result = judge_unknown(d, r);
        if (result == OST_OK)
            result = count_use(d, r, &replaced);
    }
    return result == OST_OK && !replaced
               ? insert_refresh(d, r->session_id, r->client_id, r->next, r->presented, r->now)
               : result;
}

/* The session first: until the transaction ends, nobody else uses a token of it. */
static ost_result touch_and_use(database *d, const store_refresh *r)
{
    ost_result result = touch_session(d, r->realm, r->session_id, r->now, r->idle_ends);
    if (result != OST_OK)
        return result;
    result = use_refresh(d, r);
    return result == OST_E_NOT_FOUND ? OST_E_CONFLICT : result; /* the client's part is gone */
}

ost_result store_refresh_use(store *s, const store_refresh *r)
{
    return WRITE(s, d, touch_and_use(d, r));
}
