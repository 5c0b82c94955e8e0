/* SPDX-License-Identifier: Apache-2.0 */
/* The subcommands of `ostiary`: one row each, one file each. */
#ifndef COMMAND_H
#define COMMAND_H

#include "base/exit_status.h"
#include "base/options.h"
#include "store/store.h"

typedef struct command {
    const char *words;    /* "provider start-dev" */
    const char *operands; /* for the usage line: "FILE…"; "" when it takes none */
    const char *summary;  /* one sentence */
    const option *options;
    size_t min_operands, max_operands;
    int (*run)(const option_values *values);
    /* Why there is no such option, where there is more to say; NULL: there is not. */
    const char *(*why_none)(ost_text name);
} command;

extern const command command_provider_start, command_provider_start_dev;
extern const command command_gate;
extern const command command_config_show, command_health;
extern const command command_key_rotate, command_keys_rotate, command_key_reencrypt;
extern const command command_backup, command_restore, command_migrate_store, command_schema_upgrade;
extern const command command_signing_process;
extern const command command_realm_import, command_realm_export;
extern const command command_realm_show, command_realm_set, command_key_list;
extern const command command_user_add, command_user_list, command_user_show;
extern const command command_user_set_password, command_user_enable, command_user_disable;
extern const command command_user_delete, command_user_add_role;
extern const command command_client_list, command_client_show, command_client_set;
extern const command command_client_secret, command_session_list, command_session_end;
extern const command command_realm_list, command_realm_create, command_realm_delete;
extern const command command_client_create, command_client_delete;
extern const command command_client_add_audience, command_client_remove_audience;
extern const command command_user_create, command_user_set, command_user_remove_role;
extern const command command_role_list, command_role_show, command_role_create, command_role_set;
extern const command command_role_delete, command_role_add_role;
extern const command command_group_list, command_group_show, command_group_create;
extern const command command_group_set, command_group_delete, command_group_members;
extern const command command_group_add_member, command_group_remove_member;
extern const command command_group_add_role, command_group_remove_role;
extern const command command_token_explain, command_token_inspect;
extern const command command_jwk_generate, command_jwk_public, command_jwk_convert;
extern const command command_jwk_thumbprint, command_jwk_set, command_jwk_inspect;
extern const command command_jwk_algorithms;
extern const command command_jws_sign, command_jws_verify, command_jws_inspect;
extern const command command_jwt_sign, command_jwt_verify, command_jwt_inspect;
extern const command command_jwe_encrypt, command_jwe_decrypt, command_jwe_inspect;
extern const command command_jws_format, command_jwe_format;
extern const command command_base64url_encode, command_base64url_decode;
extern const command command_completion, command_version;

/* All of them, NULL-terminated. */
extern const command *const commands[];

/* Prints "ostiary: …" on standard error and returns EXIT_FAILED or EXIT_USAGE. */
int command_fail(const ost_error *error, const char *doing);
int command_usage_error(const char *format, ...) OST_PRINTF(1, 2);

/* One line on standard error, after the program's name. */
void command_say(const char *format, ...) OST_PRINTF(1, 2);

/* The folder that holds the provider's state (option --data), and the store in it or in a database
 * (--db-url). */
#define COMMAND_DATA_OPTION                                                                        \
    {"data", "DIR", "OSTIARY_DATA", NULL, "where state is kept (./data)"},                         \
        {"db-url", "URL", "KC_DB_URL", NULL,                                                       \
         "keep it in this PostgreSQL database instead: postgresql://HOST/DATABASE"},               \
        {"db-username", "NAME", "KC_DB_USERNAME", NULL, "the database's user"},                    \
        {"db-password", OPTION_SECRET, "KC_DB_PASSWORD", NULL,                                     \
         "their password; by the variable or the config file, never on the command line"},         \
    {                                                                                              \
        "db-pool-max-size", "N", "KC_DB_POOL_MAX_SIZE", NULL,                                      \
            "connections to the database that a process has at most (16)"                          \
    }
/* The same, and the master keys of what is sealed in that store. */
#define COMMAND_STORE_OPTIONS                                                                      \
    COMMAND_DATA_OPTION,                                                                           \
        {"master-key-file", "FILE", "OSTIARY_MASTER_KEY_FILE", NULL,                               \
         "the master key that private keys and realms are sealed under in the store; further "     \
         "lines: keys of before"},                                                                 \
        {"master-key-command", "COMMAND", "OSTIARY_MASTER_KEY_COMMAND", NULL,                      \
         "a command that prints the same"},                                                        \
    {                                                                                              \
        "master-key", OPTION_SECRET, "OSTIARY_MASTER_KEY", NULL,                                   \
            "the same; by the variable or the config file, never on the command line"              \
    }
typedef enum store_wanted {
    STORE_THAT_EXISTS,
    STORE_IN_FOLDER, /* made when it is not there, in a folder that is: a slip of the pen makes none
                      */
    STORE_ANYWHERE,  /* made when it is not there, with its folder */
    STORE_ON_TRIAL,  /* an empty one in memory when it is not there: nothing is left behind */
} store_wanted;
struct store;
/* OST_E_CONFIG: a password stands where everyone reads it. */
OST_MUST_CHECK ost_result command_check_database(const option_values *values, ost_error *error);
/* The path of the store's file in that folder. OST_E_ARGUMENT: too long; OST_E_UNSUPPORTED: the
 * store is in a database. */
#define STORE_PATH_SIZE 4096
OST_MUST_CHECK ost_result command_store_path(const option_values *values,
                                             char ret_path[STORE_PATH_SIZE], ost_error *error);
/* The same of a store that is there. OST_E_NOT_FOUND: it is not. */
OST_MUST_CHECK ost_result command_existing_path(const option_values *values,
                                                char ret_path[STORE_PATH_SIZE], ost_error *error);
/* command_store_path whether or not a database is named, too; and that database. */
OST_MUST_CHECK ost_result command_file_path(const option_values *values,
                                            char ret_path[STORE_PATH_SIZE], ost_error *error);
/* Opens it; where its schema is older, standard error says how far the upgrade is. */
OST_MUST_CHECK ost_result command_open_file(const char *path, struct store **ret_store,
                                            ost_error *error);
struct store_server;
OST_MUST_CHECK ost_result command_read_server(const option_values *values,
                                              struct store_server *ret_server, ost_error *error);
/* Says so on standard error when it makes one. OST_E_KEY_UNKNOWN: it is sealed, and the master key
 * was not given. */
OST_MUST_CHECK ost_result command_open_store(const option_values *values, store_wanted wanted,
                                             struct store **ret_store, ost_error *error);

#endif
