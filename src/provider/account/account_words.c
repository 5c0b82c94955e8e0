/* SPDX-License-Identifier: Apache-2.0 */
/* Names of built-in clients; see account_words.h. */
#include "provider/account/account_words.h"

#include "base/array.h"
#include "base/text.h"

ost_text account_words(ost_text text)
{
    static const struct {
        const char *key, *words;
    } messages[] = {
        {"${client_account}", "Account"},
        {"${client_account-console}", "Account Console"},
        {"${client_admin-cli}", "Admin CLI"},
        {"${client_broker}", "Broker"},
        {"${client_realm-management}", "Realm Management"},
        {"${client_security-admin-console}", "Security Admin Console"},
    };
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        if (text_is(text, messages[i].key))
            return text_of(messages[i].words);
    }
    return text;
}
