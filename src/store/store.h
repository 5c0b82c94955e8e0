/* SPDX-License-Identifier: Apache-2.0 */
/* What must survive: realms, users, sessions, codes, keys. One interface, SQLite behind it; every
 * function is one transaction, durable when it returns OST_OK (also after kill -9). Thread-safe;
 * calls may block on the disk: not for event loops. Several processes may work with one store. Rows
 * that are read live in the caller's arena. Times are seconds since the epoch. Ids are UUIDs as
 * text. */
#ifndef STORE_H
#define STORE_H

#include <ostiary/types.h>

typedef struct store store;

/* Opens `path` (created with mode 0600 when missing), and brings its schema up to
 * date by numbered migrations, one transaction each. OST_E_SCHEMA: written by a newer program,
 * nothing changed. OST_E_STORE: not writable, not a database, disk full (detail says which).
 * `path` ":memory:" is for tests and trials: it is gone when it is closed. */
OST_MUST_CHECK ost_result store_open(const char *path, store **ret_store, ost_error *error);
void store_close(store *store); /* NULL is fine */

/* Between these what the calling thread reads costs less, and may be what the store was when they
 * began: for many things that are read in a row. It writes nothing meanwhile. */
void store_hold(store *store);
void store_release(store *store);

/* A number that is another one after anybody, in this process or another, has changed a realm, a
 * key or the account of a client. Cheap: a program looks every second and reads again what it keeps
 * in memory. */
int64_t store_generation(store *store);

/* Seconds since 1970 by the clock that all who share the store have: the database's, as it was seen
 * when the generation was read last; this machine's where that is a file. Any thread. */
int64_t store_now(const store *store);
/* By how many milliseconds it is ahead of this machine's. */
int64_t store_clock_ahead(const store *store);

/* ---- realms: one JSON document each (users, keys and secrets of sessions are not in it) ---- */

typedef struct store_realm {
    ost_text id, name, document;
    int64_t version; /* grows with every change */
} store_realm;

/* Everything one realm file brings, in one transaction: all of it or nothing.
 * OST_E_CONFLICT: the realm exists. */
typedef struct store_user store_user;
typedef struct store_key store_key;
OST_MUST_CHECK ost_result store_realm_create(store *store, const store_realm *realm,
                                             const store_user *users, size_t user_count,
                                             const store_key *keys, size_t key_count,
                                             ost_error *error);
/* The same, and in the same transaction `beside` changes another realm (NULL: none). OST_E_CONFLICT
 * also when that has changed since it was read. */
typedef struct store_realm_change store_realm_change;
OST_MUST_CHECK ost_result store_realm_create_beside(store *store, const store_realm *realm,
                                                    const store_user *users, size_t user_count,
                                                    const store_key *keys, size_t key_count,
                                                    const store_realm_change *beside,
                                                    ost_error *error);
/* Users that are too many to be held: `next` gives some of them, which live until it is called
 * again; none: there are no more. `begin` comes before, and again where somebody else's work stood
 * in the way and everything is done once more. Neither may use the store. */
typedef struct store_user_feed {
    ost_result (*begin)(void *user, ost_error *error);
    ost_result (*next)(void *user, const store_user **ret_users, size_t *ret_count,
                       ost_error *error);
    void *user;
} store_user_feed;
/* The same with such users. What the feed fails with is returned, and nothing has been stored. */
OST_MUST_CHECK ost_result store_realm_create_from(store *store, const store_realm *realm,
                                                  const store_user_feed *users,
                                                  const store_key *keys, size_t key_count,
                                                  const store_realm_change *beside,
                                                  ost_error *error);
/* Replaces the document of the version before. OST_E_CONFLICT: somebody else has changed the realm
 * since it was read; OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_realm_update(store *store, const store_realm *realm);
/* What a realm file makes of a realm that exists, in one transaction: all of it or nothing.
 * Sessions stay, but for those of users who are removed, and the parts of clients that are.
 * OST_E_CONFLICT: the realm, or a user, has changed since it was read, or a user of the name, id or
 * address stands there; OST_E_NOT_FOUND: the realm is gone. The detail says which. */
OST_MUST_CHECK ost_result store_realm_apply(store *store, const store_realm_change *change,
                                            ost_error *error);

/* What users' documents name: a role of the realm, a role of a client (the owner), a group with all
 * below it by its path, the value of an attribute (the owner), an identity provider's (the owner's)
 * id of the user. */
typedef enum store_link {
    STORE_LINK_REALM_ROLE = 1,
    STORE_LINK_CLIENT_ROLE,
    STORE_LINK_GROUP,
    STORE_LINK_ATTRIBUTE,
    STORE_LINK_FEDERATED,
} store_link;
typedef struct store_renaming {
    store_link kind;
    ost_text owner; /* empty: none */
    ost_text from;  /* empty: every role of the client, every id at the identity provider */
    ost_text to;    /* empty: it is taken out */
} store_renaming;

/* store_realm_update, and in the same transaction users' documents get its new name for something,
 * or lose it; of identity providers all ids go (`from` and `to` empty). Not for attributes. */
OST_MUST_CHECK ost_result store_realm_rename(store *store, const store_realm *realm,
                                             const store_renaming *renaming);
OST_MUST_CHECK ost_result store_realm_get(store *store, ost_text name, ost_arena *arena,
                                          store_realm *ret_realm);
/* The same without its document: whether it is still what it was. */
OST_MUST_CHECK ost_result store_realm_version(store *store, ost_text name, ost_arena *arena,
                                              store_realm *ret_realm);
/* With its users, keys and sessions. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_realm_delete(store *store, ost_text name);
/* The same, and in the same transaction store_realm_rename of another realm. OST_E_CONFLICT: that
 * has changed since it was read. */
OST_MUST_CHECK ost_result store_realm_delete_beside(store *store, ost_text name,
                                                    const store_realm *other,
                                                    const store_renaming *renaming);
/* Of all realms, by name, without their documents, which take most of the time. */
OST_MUST_CHECK ost_result store_realm_names(store *store, ost_arena *arena,
                                            store_realm **ret_realms, size_t *ret_count);

/* ---- users ---- */

typedef struct store_consent store_consent;

struct store_user {
    ost_text id, realm; /* realm: its name */
    ost_text username;  /* folded (base/fold.h), unique in the realm */
    ost_text email;     /* folded; empty: none; unique among those that are not shared */
    ost_text document;  /* Keycloak's UserRepresentation as JSON, without credentials */
    ost_text password;  /* the password credential as JSON; empty: none */
    bool enabled;
    bool email_shared; /* others may have the same address */
    int64_t created;
    const store_consent *consents; /* what a new user has granted; never read back */
    size_t consent_count;
    const struct user_index *index; /* store_user_prepare; NULL: made when it is stored */
};
/* Does beforehand, on any thread, what takes most of the time of storing a new user who does not
 * change any more. In the arena. OST_E_MEMORY. */
OST_MUST_CHECK ost_result store_user_prepare(store_user *user, ost_arena *arena);
/* OST_E_CONFLICT: the id, the name, or the address that is not to be shared, stands there. */
OST_MUST_CHECK ost_result store_user_create(store *store, const store_user *user);
OST_MUST_CHECK ost_result store_user_get(store *store, ost_text realm, ost_text id,
                                         ost_arena *arena, store_user *ret_user);
/* By user name or, when `or_email`, by e-mail address (any letter case). OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_user_find(store *store, ost_text realm, ost_text name,
                                          bool or_email, ost_arena *arena, store_user *ret_user);
/* Some user with a password, the same for the same `id`: to compare with when there is none of that
 * id, so that unknown users cost what known ones do. OST_E_NOT_FOUND: the realm has none. */
OST_MUST_CHECK ost_result store_user_neighbour(store *store, ost_text realm, ost_text id,
                                               ost_arena *arena, store_user *ret_user);
OST_MUST_CHECK ost_result store_user_list(store *store, ost_text realm, ost_arena *arena,
                                          store_user **ret_users, size_t *ret_count);
/* Those who have one of the ids, of the (folded) names, or of the addresses as theirs alone: in any
 * order, and one may be there twice. Of what nobody has nothing is told. */
typedef struct store_user_wanted {
    ost_text realm;
    const ost_text *ids, *names, *addresses;
    size_t id_count, name_count, address_count;
} store_user_wanted;
OST_MUST_CHECK ost_result store_user_pick(store *store, const store_user_wanted *wanted,
                                          ost_arena *arena, store_user **ret_users,
                                          size_t *ret_count);
/* At most `max` in the order of their names, from the one behind `name` (empty: from the first). */
OST_MUST_CHECK ost_result store_user_behind(store *store, ost_text realm, ost_text name,
                                            int64_t max, ost_arena *arena, store_user **ret_users,
                                            size_t *ret_count);
/* What a search wants of users. Zeroes: all but the accounts of clients. */
typedef enum store_user_field {
    STORE_USER_ANY, /* one of the following */
    STORE_USER_NAME,
    STORE_USER_EMAIL,
    STORE_USER_FIRST_NAME,
    STORE_USER_LAST_NAME,
} store_user_field;
typedef enum store_flag { STORE_EITHER, STORE_YES, STORE_NO } store_flag;
typedef struct store_user_word {
    store_user_field field;
    ost_text pattern; /* lower case; "*" stands for any text */
    bool exact;       /* "*" stands for itself */
} store_user_word;
typedef struct store_user_attribute {
    ost_text name, value; /* of at most 255 bytes: longer ones are not found */
} store_user_attribute;
typedef struct store_user_query {
    ost_text realm;
    const store_user_word *words; /* all of them */
    size_t word_count;
    const store_user_attribute *attributes; /* all of them */
    size_t attribute_count;
    store_flag enabled, verified; /* the account; the address */
} store_user_query;
/* At most `max` of them in the order of their names, after `first`; and how many there are. */
OST_MUST_CHECK ost_result store_user_page(store *store, const store_user_query *query,
                                          int64_t first, int64_t max, ost_arena *arena,
                                          store_user **ret_users, size_t *ret_count);
OST_MUST_CHECK ost_result store_user_count(store *store, const store_user_query *query,
                                           ost_arena *arena, int64_t *ret_count);
/* The same for users whose document names `what->from` itself, accounts of clients included. */
OST_MUST_CHECK ost_result store_user_linked(store *store, ost_text realm,
                                            const store_renaming *what, int64_t first, int64_t max,
                                            ost_arena *arena, store_user **ret_users,
                                            size_t *ret_count);
/* Writes name, address, document and whether they are enabled, if the document is still `old`.
 * OST_E_CONFLICT: it is not, or the name or address is somebody else's. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_user_update(store *store, const store_user *user, ost_text old);
/* With their sessions. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_user_delete(store *store, ost_text realm, ost_text id);
/* The same for document and password, if both are still those of `before`. OST_E_CONFLICT likewise,
 * and when the user is gone. */
OST_MUST_CHECK ost_result store_user_replace(store *store, const store_user *user,
                                             const store_user *before);
/* Replaces the password credential only if it is still `old`: OST_E_CONFLICT otherwise. */
OST_MUST_CHECK ost_result store_user_set_password(store *store, ost_text realm, ost_text id,
                                                  ost_text old, ost_text password);

/* ---- keys ---- */

typedef enum store_key_state {
    STORE_KEY_NEXT,     /* published, does not sign yet */
    STORE_KEY_ACTIVE,   /* signs */
    STORE_KEY_PASSIVE,  /* published until its last token has expired */
    STORE_KEY_DISABLED, /* kept, and neither published nor used */
} store_key_state;

struct store_key {
    ost_text kid, realm;
    ost_text algorithm;   /* "RS256", "HS512" … */
    ost_text use;         /* "sig" or "enc" */
    ost_text jwk;         /* private */
    ost_text certificate; /* DER in base64url, for x5c; empty: none */
    store_key_state state;
    int64_t created;
    int64_t signs_from; /* a NEXT key becomes ACTIVE then */
    int64_t ends;       /* a PASSIVE key is deleted then; 0: not set */
    ost_text component; /* how administrators know it, as JSON; empty: nobody has said */
};
OST_MUST_CHECK ost_result store_key_list(store *store, ost_text realm, ost_arena *arena,
                                         store_key **ret_keys, size_t *ret_count);
/* The keys of all realms, in the order of the realms' names and as those are listed, but of each
 * only what says that it has changed: realm, kid, state, times. */
OST_MUST_CHECK ost_result store_key_states(store *store, ost_arena *arena, store_key **ret_keys,
                                           size_t *ret_count);
/* Whether the realm has a signature key of that name and algorithm that is not disabled.
 * OST_E_NOT_FOUND: it has none. */
OST_MUST_CHECK ost_result store_key_find(store *store, ost_text realm, ost_text kid,
                                         ost_text algorithm);
/* What follows adds keys. OST_E_CEILING: the realm would have more than 100.
 * Adds one. OST_E_CONFLICT: the kid is there. */
OST_MUST_CHECK ost_result store_key_create(store *store, const store_key *key);
/* Adds a NEXT key in the place of the key `active`, if that still is the ACTIVE one of its
 * algorithm and no other one waits: of several who do it at once, one does. OST_E_CONFLICT: it is
 * not, or one does. */
OST_MUST_CHECK ost_result store_key_succeed(store *store, const store_key *next, ost_text active);
/* Adds or replaces keys of the realm, and deletes the one of the kid `removed` (empty: none), if
 * the realm is still of the version that was read; its version grows. OST_E_CONFLICT: it is not. */
OST_MUST_CHECK ost_result store_key_change(store *store, const store_realm *realm,
                                           const store_key *keys, size_t count, ost_text removed);
/* Makes a NEXT key the ACTIVE one of its algorithm and use, and the one before PASSIVE until
 * `ends`. OST_E_NOT_FOUND: it is not waiting, perhaps no longer. Ended keys are deleted by
 * store_sweep. */
OST_MUST_CHECK ost_result store_key_promote(store *store, ost_text realm, ost_text kid,
                                            int64_t ends);

/* The transaction that stores a change, for who gives it its users. */
typedef struct store_within store_within;
/* The users of these ids, as the transaction finds them; see store_user_pick. */
OST_MUST_CHECK ost_result store_within_users(store_within *within, ost_text realm,
                                             const ost_text *ids, size_t count, ost_arena *arena,
                                             store_user **ret_users, size_t *ret_count);

/* Users of a change that are too many to be held. First come the ids of those who are removed and
 * of those who get another name or address, until there are no more; then `next` gives some of
 * those who are added or written over, as `users` and `before` below, which live until it is called
 * again; none: there are no more. `begin` comes before, and again where somebody else's work stood
 * in the way. None of them may use the store, but for `within`. */
typedef struct store_change_feed {
    ost_result (*begin)(void *user, ost_error *error);
    bool (*removed)(void *user, ost_text *ret_id);
    bool (*renamed)(void *user, ost_text *ret_id);
    ost_result (*next)(void *user, store_within *within, const store_user **ret_users,
                       const store_user *const **ret_before, size_t *ret_count, ost_error *error);
    void *user;
} store_change_feed;

struct store_realm_change {
    store_realm realm;               /* its version: the one that was read, and one */
    const store_user *users;         /* added, or written over */
    const store_user *const *before; /* each as it was read, of the same id; NULL: it is added */
    size_t user_count;
    const ost_text *removed_users; /* their ids */
    size_t removed_user_count;
    const store_change_feed *feed;     /* has more of them; NULL: there are none */
    const ost_text *removed_clients;   /* their client_ids */
    const ost_text *removed_providers; /* of identity: their aliases; users' links go with them */
    size_t removed_client_count, removed_provider_count;
    const store_key *keys; /* added, or of another state and times */
    size_t key_count;
};

/* ---- sessions ---- */

typedef struct store_session {
    ost_text id, realm, user_id;
    int64_t auth_time; /* the user proved who they are */
    int64_t started, last_access;
    int64_t ends;      /* absolute: SSO max */
    int64_t idle_ends; /* moves with every use */
    bool remembered;
    ost_text notes; /* JSON object: acr, ip, … */
} store_session;
/* The part of a session that belongs to one client. */
typedef struct store_client_session {
    ost_text session_id, client_id;
    ost_text scope, nonce, redirect_uri;
    ost_text refresh_id; /* written, never read back: jti of a refresh token that begins a chain of
                            its own; empty: none */
    int64_t started, last_access;
    ost_text notes;
    ost_text from; /* written: of whose token, of `since`, it is made, as its notes say; or empty */
    int64_t since;
    ost_text issuer; /* as the client knows it */
} store_client_session;

OST_MUST_CHECK ost_result store_session_create(store *store, const store_session *session);
OST_MUST_CHECK ost_result store_session_get(store *store, ost_text realm, ost_text id,
                                            ost_arena *arena, store_session *ret_session);
OST_MUST_CHECK ost_result store_session_touch(store *store, ost_text realm, ost_text id,
                                              int64_t last_access, int64_t idle_ends);
OST_MUST_CHECK ost_result store_session_note(store *store, ost_text realm, ost_text id,
                                             ost_text notes); /* OST_E_NOT_FOUND, as below */
/* Deletes the session with its client sessions and codes; its clients are to be told (below). */
OST_MUST_CHECK ost_result store_session_end(store *store, ost_text realm, ost_text id);
/* The sessions of a realm, or of a user of it (empty: of all), latest first; `limit` at most. */
OST_MUST_CHECK ost_result store_session_list(store *store, ost_text realm, ost_text user_id,
                                             size_t limit, ost_arena *arena,
                                             store_session **ret_sessions, size_t *ret_count);
/* Those of a user, of a client that takes part in them, or (neither is empty) of both; offline ones
 * or the others; of sessions that are not over at `now`, `max` after the first `first`, the oldest
 * first. */
typedef struct store_session_filter {
    ost_text realm, user_id, client_id;
    bool offline;
    int64_t now;
    size_t first, max;
} store_session_filter;
typedef struct store_found_session {
    ost_text id, user_id, username, notes;
    int64_t started, last_access;
    bool remembered;
} store_found_session;
OST_MUST_CHECK ost_result store_session_find(store *store, const store_session_filter *filter,
                                             ost_arena *arena, store_found_session **ret_sessions,
                                             size_t *ret_count);
/* The clients of a session, and those of a realm with the number of their sessions; at most 1,000.
 * And that number of one client. */
typedef struct store_session_count {
    ost_text client_id;
    int64_t sessions, offline; /* the latter are not among the former */
} store_session_count;
OST_MUST_CHECK ost_result store_session_clients(store *store, ost_text session_id, ost_arena *arena,
                                                store_session_count **ret_clients,
                                                size_t *ret_count);
OST_MUST_CHECK ost_result store_session_stats(store *store, ost_text realm, int64_t now,
                                              ost_arena *arena, store_session_count **ret_counts,
                                              size_t *ret_count);
OST_MUST_CHECK ost_result store_session_count_of(store *store, ost_text realm, ost_text client_id,
                                                 bool offline, int64_t now, int64_t *ret_count);
/* Ends all sessions of a user, or (empty) of the realm; their clients are to be told. A portion in
 * each transaction, so that who logs in meanwhile waits for none but the one: after a failure some
 * have ended. */
OST_MUST_CHECK ost_result store_session_end_all(store *store, ost_text realm, ost_text user_id);
/* Writes all of it but when it began. OST_E_NOT_FOUND: it is gone, and stays so. */
OST_MUST_CHECK ost_result store_client_session_put(store *store,
                                                   const store_client_session *session);
OST_MUST_CHECK ost_result store_client_session_get(store *store, ost_text session_id,
                                                   ost_text client_id, ost_arena *arena,
                                                   store_client_session *ret_session);
/* Ends it, and the parts that were made of it (`from`), and of these. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_client_session_end(store *store, ost_text session_id,
                                                   ost_text client_id);
/* The client has no part in the session any more, if it had one, and a session in which no client
 * has one ends. */
OST_MUST_CHECK ost_result store_session_leave(store *store, ost_text realm, ost_text session_id,
                                              ost_text client_id);
/* One turn of a refresh token: `presented`, issued at `presented_at`, makes way for `next`. */
typedef struct store_refresh {
    ost_text realm, session_id, client_id;
    ost_text presented, next;
    int64_t presented_at;
    int64_t max_reuse;
    int64_t grace; /* seconds; 0: none */
    int64_t now, idle_ends;
} store_refresh;

/* Rotation, atomically: uses the token `presented`, adds `next` as its child, and moves the idle
 * time of the session. A token may be used 1 + `max_reuse` times, or as often as it comes within
 * `grace` of its first use, and no more once a child of it has been used. Where `next` is
 * `presented` itself, it stays what it is, if it might be used. OST_E_CONFLICT: used too often, or
 * not known although others are, or the client's part of the session is gone. OST_E_EXPIRED: it may
 * have been dropped, unused, because the session has many newer ones. OST_E_NOT_FOUND: the session
 * is gone. */
OST_MUST_CHECK ost_result store_refresh_use(store *store, const store_refresh *refresh);

/* ---- logouts of which clients are to be told (OpenID Connect Back-Channel Logout 1.0) ---- */

/* Rows at a time, all realms together: of what ends beyond that, nobody is told. */
#define STORE_LOGOUTS_MAX 200000

/* One client, one session that it had a part in and that somebody has ended. Made for those clients
 * alone which have an address in their realm's document. */
typedef struct store_logout {
    int64_t id;
    ost_text realm, client_id, session_id, user_id, issuer;
    int64_t ended;
    int64_t attempts; /* that have failed */
    /* No logout, but that a user has answered a backchannel authentication request, at `ended`: its
     * id, and the token that the client knows us by (CIBA, ping mode); it is of no use after
     * `ends`. Session, user and issuer are empty. */
    ost_text auth_req_id, notification_token;
    int64_t ends;
} store_logout;
/* Lends out at most `max` that are due at `now`: until the second `until` nobody else gets them. */
OST_MUST_CHECK ost_result store_logout_take(store *store, int64_t now, int64_t until, size_t max,
                                            ost_arena *arena, store_logout **ret_logouts,
                                            size_t *ret_count);
typedef struct store_logout_outcome {
    int64_t id;
    int64_t due; /* 0: it is over; else when it is due again */
    bool tried;  /* that was one more attempt */
} store_logout_outcome;
OST_MUST_CHECK ost_result store_logout_settle(store *store, const store_logout_outcome *outcomes,
                                              size_t count);
/* How many wait, and whether any is due. */
OST_MUST_CHECK ost_result store_logout_count(store *store, int64_t now, int64_t *ret_count,
                                             bool *ret_due);

/* ---- codes ---- */

typedef struct store_code {
    ost_text id; /* SHA-256 of the code, base64url: the code itself is not stored */
    ost_text realm, session_id, client_id;
    ost_text redirect_uri, scope, nonce;
    ost_text challenge, challenge_method;
    ost_text resources; /* URIs, separated by spaces */
    ost_text details;   /* authorization_details, JSON; empty: none */
    ost_text jkt;       /* thumbprint of the key that its tokens are for; empty: any, or none */
    int64_t expires;
} store_code;

/* Session, client session and code of one login, in one transaction. A session that exists already
 * is left as it is when `session` is NULL (single sign-on); otherwise the user has proved again who
 * they are, and auth_time and idle_ends move (OST_E_CONFLICT: it is somebody else's). A client
 * session that exists keeps its `started` and its refresh tokens; none is made when
 * `client_session` is NULL. */
OST_MUST_CHECK ost_result store_login(store *store, const store_session *session,
                                      const store_client_session *client_session,
                                      const store_code *code);
/* Takes a code of the realm, exactly once whatever happens: it is marked used in the same
 * transaction. OST_E_NOT_FOUND: never issued, long gone, or another realm's, for which nothing
 * changes. OST_E_CONFLICT: used before (ret_code is filled, so
 * that the caller can end its session). Expiry and the rest is the caller's check. */
OST_MUST_CHECK ost_result store_code_take(store *store, ost_text realm, ost_text id,
                                          ost_arena *arena, store_code *ret_code);
/* Looks at it, and at the client's part of its session (without session_id: that is gone), and
 * changes nothing. Errors as above, of which OST_E_CONFLICT fills both. */
OST_MUST_CHECK ost_result store_code_get(store *store, ost_text realm, ost_text id,
                                         ost_arena *arena, store_code *ret_code,
                                         store_client_session *ret_part);

/* What is good once: a code that has not been used, or what a user has approved for a device. */
typedef enum store_single_use_kind {
    STORE_SINGLE_USE_CODE,
    STORE_SINGLE_USE_DEVICE
} store_single_use_kind;
typedef struct store_single_use {
    store_single_use_kind kind;
    ost_text realm, id;
} store_single_use;
/* Takes it, and in the same transaction keeps what is given for it: the client's part of a session
 * that exists, as store_client_session_put does, or (`session`) of one that begins, as store_login
 * does. OST_E_NOT_FOUND: it cannot be taken any more, or the session has ended; then, as after
 * every failure, nothing has changed. */
OST_MUST_CHECK ost_result store_exchange(store *store, const store_single_use *once,
                                         const store_session *session,
                                         const store_client_session *part);

/* ---- events: what users and administrators did ---- */

typedef struct store_event {
    ost_text realm;
    bool admin;
    int64_t time;    /* milliseconds */
    int64_t expires; /* seconds; 0: never, but the latest 100,000 of a realm are kept alone */
    ost_text type;   /* "LOGIN", or of administrators "CREATE" … */
    ost_text client, user, address;
    ost_text resource, path; /* what an administrator changed: "CLIENT", "clients/…" */
    ost_text document;       /* the event as JSON, as it is shown */
} store_event;
OST_MUST_CHECK ost_result store_event_add(store *store, const store_event *events, size_t count);

/* Empty texts: any. Lists are separated by spaces; `path` is a pattern of LIKE with '\\' to escape;
 * times are milliseconds, `to` is outside. */
typedef struct store_event_filter {
    ost_text realm;
    bool admin;
    ost_text types, client, user, address, resources, path;
    int64_t from, to;
    size_t first, max;
} store_event_filter;
/* The events as JSON, the latest first. */
OST_MUST_CHECK ost_result store_event_find(store *store, const store_event_filter *filter,
                                           ost_arena *arena, ost_text **ret_documents,
                                           size_t *ret_count);
OST_MUST_CHECK ost_result store_event_clear(store *store, ost_text realm, bool admin);

/* ---- consents: what a user has granted to a client ---- */

#define CONSENT_MAX ((size_t)64 << 10) /* bytes of the names of one consent's scopes */

struct store_consent {
    ost_text realm, user_id;
    ost_text client; /* what names the client for good: its own id, not the changeable clientId */
    ost_text scopes; /* names, separated by spaces */
    int64_t created, updated; /* milliseconds */
};
/* Adds the scopes to those that the user has granted before. The arena is for work.
 * OST_E_NOT_FOUND: there is no such user; OST_E_CEILING: they have more than CONSENT_MAX. */
OST_MUST_CHECK ost_result store_consent_grant(store *store, const store_consent *consent,
                                              ost_arena *arena);
/* The scopes of the consent in the place of those before. */
OST_MUST_CHECK ost_result store_consent_put(store *store, const store_consent *consent);
OST_MUST_CHECK ost_result store_consent_get(store *store, ost_text realm, ost_text user_id,
                                            ost_text client, ost_arena *arena,
                                            store_consent *ret_consent);
/* All that a user has granted, the oldest first. */
OST_MUST_CHECK ost_result store_consent_list(store *store, ost_text realm, ost_text user_id,
                                             ost_arena *arena, store_consent **ret_consents,
                                             size_t *ret_count);
/* Takes a consent back, and ends what the client, called `client_id` in sessions, has in those of
 * the user: codes and refresh tokens too, and the parts that were made of it. OST_E_NOT_FOUND:
 * there is no such consent, and nothing was ended. */
OST_MUST_CHECK ost_result store_consent_revoke(store *store, ost_text realm, ost_text user_id,
                                               ost_text client, ost_text client_id);

/* Ends what a client has in a user's sessions, consent or not. */
OST_MUST_CHECK ost_result store_client_end(store *store, ost_text realm, ost_text user_id,
                                           ost_text client_id);

/* ---- initial access tokens: who has one may register clients ---- */

typedef struct store_initial_access {
    ost_text realm, id;
    int64_t created, expiration; /* seconds that it lasts; 0: until it is deleted */
    int64_t count, remaining;    /* of registrations */
} store_initial_access;
OST_MUST_CHECK ost_result store_initial_access_create(store *store,
                                                      const store_initial_access *token);
/* The oldest first; at most `limit`. */
OST_MUST_CHECK ost_result store_initial_access_list(store *store, ost_text realm, size_t limit,
                                                    ost_arena *arena,
                                                    store_initial_access **ret_tokens,
                                                    size_t *ret_count);
OST_MUST_CHECK ost_result store_initial_access_delete(store *store, ost_text realm, ost_text id);
/* Takes one registration, once whatever happens. OST_E_NOT_FOUND: there is no such token;
 * OST_E_EXPIRED; OST_E_CONFLICT: none is left. And gives it back, when nothing came of it. */
OST_MUST_CHECK ost_result store_initial_access_take(store *store, ost_text realm, ost_text id,
                                                    int64_t now);
OST_MUST_CHECK ost_result store_initial_access_give_back(store *store, ost_text realm, ost_text id);

/* ---- pushed authorization requests (RFC 9126) ---- */

typedef struct store_pushed {
    ost_text id; /* SHA-256 of what names it, base64url */
    ost_text realm, client_id;
    ost_text parameters; /* as a form */
    int64_t expires;
    ost_text network; /* from which nobody in particular pushes; empty: it is the client */
} store_pushed;

/* Keeps a request, of which a client may have `limit` waiting at `now`. OST_E_BUSY: it has, or the
 * network has its share of them. */
OST_MUST_CHECK ost_result store_pushed_create(store *store, const store_pushed *pushed,
                                              size_t limit, int64_t now);
/* The parameters of a client's request that has not expired at `now`, as often as they are asked
 * for; until `until` one login may be completed for it. OST_E_NOT_FOUND: there is none, it is
 * another client's, or it is used up. */
OST_MUST_CHECK ost_result store_pushed_begin(store *store, ost_text realm, ost_text client_id,
                                             ost_text id, int64_t now, int64_t until,
                                             ost_arena *arena, ost_text *ret_parameters);
/* Uses up what has begun. OST_E_NOT_FOUND: somebody else has, or it was too long ago. */
OST_MUST_CHECK ost_result store_pushed_spend(store *store, ost_text realm, ost_text id,
                                             int64_t now);

/* Deletes what has expired: sessions, codes, pushed requests, passive keys, events, initial access
 * tokens. Returns how many rows in *ret_rows. */
OST_MUST_CHECK ost_result store_sweep(store *store, int64_t now, size_t *ret_rows);

#endif
