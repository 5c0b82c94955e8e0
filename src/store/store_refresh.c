/* SPDX-License-Identifier: Apache-2.0 */
/* Refresh tokens in the store, where a realm has them rotate (RFC 9700 section 4.14): each tab of a
 * browser has a chain of its own, and who presents a token that has had its turn is found out. */
#include "base/text.h"
#include "store/row.h"
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

/* *ret_grows: the next token makes one more of them. Where each is used once, the next takes the
 * place of the parent of the one that brings it. */
static ost_result count_use(database *d, const store_refresh *r, bool *ret_grows)
{
    int64_t grows = 0;
    statement *use = prepare(d, "UPDATE refresh_token SET uses = uses + 1 WHERE session_id = ? "
                                "AND client_id = ? AND id = ? AND uses <= ? "
                                "RETURNING uses > 1 OR parent = ''");
    bind_text(use, 1, r->session_id);
    bind_text(use, 2, r->client_id);
    bind_text(use, 3, r->presented);
    bind_integer(use, 4, r->max_reuse);
    ost_result result = next_number(use, &grows);
    reset_statement(use);
    *ret_grows = grows != 0;
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

/* Who uses a child has received it: its parent is needed no more. */
static ost_result drop_parent(database *d, ost_text session_id, ost_text client_id, ost_text child)
{
    statement *st =
        PREPARED(d,
                 "DELETE FROM refresh_token WHERE session_id = ?1 AND client_id = ?2 AND id = "
                 "(SELECT parent FROM refresh_token WHERE session_id = ?1 AND client_id = ?2 "
                 "AND id = ?3)",
                 session_id, client_id, child);
    return run_later(st);
}

static ost_result use_refresh(database *d, const store_refresh *r)
{
    bool grows = false;
    ost_result result = count_use(d, r, &grows);
    if (result == OST_E_CONFLICT) {
        result = judge_unknown(d, r);
        if (result == OST_OK)
            result = count_use(d, r, &grows);
    }
    if (result == OST_OK)
        result = drop_parent(d, r->session_id, r->client_id, r->presented);
    if (result == OST_OK)
        result = add_token(d, r->session_id, r->client_id, r->next, r->presented, r->now);
    return result == OST_OK && grows
               ? drop_oldest(d, r->session_id, r->client_id, r->next, r->presented)
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
