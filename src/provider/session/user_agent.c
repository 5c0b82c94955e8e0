/* SPDX-License-Identifier: Apache-2.0 */
/* User-Agent fields; see user_agent.h. */
#include "provider/session/user_agent.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/text.h"

#define VERSION_PARTS 3
#define VERSION_LEN 16 /* bytes, the end included */

/* Where a word begins in the text; text.len: nowhere. */
static size_t find_word(ost_text text, const char *word)
{
    size_t len = strlen(word);
    for (size_t at = text_find(text, word[0], 0); at + len <= text.len;
         at = text_find(text, word[0], at + 1)) {
        if (memcmp(text.data + at, word, len) == 0)
            return at;
    }
    return text.len;
}

static bool has(ost_text text, const char *word)
{
    return find_word(text, word) < text.len;
}

static void set_word(char word[USER_AGENT_WORD], ost_text value)
{
    size_t len = value.len < USER_AGENT_WORD ? value.len : USER_AGENT_WORD - 1;
    (void)text_to_string(value, word, USER_AGENT_WORD);
    text_make_printable(word, len); /* NUL too */
}

/* The number that stands after a word: digits, and "." or "_" between them, which becomes ".". */
static void read_version(ost_text field, const char *word, char ret[VERSION_LEN])
{
    size_t at = find_word(field, word), len = 0;
    unsigned parts = 1;
    ost_text rest = text_slice(field, at + strlen(word), field.len);
    for (size_t i = 0; at < field.len && i < rest.len && len + 1 < VERSION_LEN; i++) {
        char c = rest.data[i];
        bool digit = ascii_is_digit(c);
        if (!digit && c != '.' && c != '_')
            break;
        if (!digit && ++parts > VERSION_PARTS)
            break;
        ret[len++] = digit ? c : '.';
    }
    while (len > 0 && ret[len - 1] == '.')
        len--;
    ret[len] = '\0';
    if (len == 0)
        memcpy(ret, "Unknown", sizeof "Unknown");
}

/* "name/version"; a name for which there is no room is cut. */
static void set_browser(user_agent *agent, ost_text name, const char *version)
{
    size_t room = USER_AGENT_WORD - 2 - strlen(version);
    set_word(agent->browser, text_slice(name, 0, name.len < room ? name.len : room));
    size_t len = strlen(agent->browser);
    agent->browser[len++] = '/';
    (void)text_to_string(text_of(version), agent->browser + len, USER_AGENT_WORD - len);
}

/* The first product of a program that does not pretend to be a browser: "curl/7.88.1". */
static void read_product(ost_text field, user_agent *agent)
{
    char version[VERSION_LEN] = "Unknown";
    ost_text product = text_slice(field, 0, text_find(field, ' ', 0));
    size_t slash = text_find(product, '/', 0);
    ost_text name = text_slice(product, 0, slash);
    if (slash == product.len || name.len == 0 || !text_is_made_of(name, "-_.+") ||
        text_is(name, "Mozilla")) {
        set_browser(agent, OST_TEXT("Other"), version);
        return;
    }
    read_version(product, "/", version);
    set_browser(agent, name, version);
}

/* Browsers name each other, so those that others imitate come last. */
static void read_browser(ost_text field, user_agent *agent)
{
    static const struct {
        const char *mark, *number, *name, *mobile;
    } browsers[] = {
        {"EdgA/", "EdgA/", "Edge Mobile", "Edge Mobile"},
        {"EdgiOS/", "EdgiOS/", "Edge Mobile", "Edge Mobile"},
        {"Edg/", "Edg/", "Edge", "Edge Mobile"},
        {"OPR/", "OPR/", "Opera", "Opera Mobile"},
        {"SamsungBrowser/", "SamsungBrowser/", "Samsung Internet", "Samsung Internet"},
        {"HeadlessChrome/", "HeadlessChrome/", "HeadlessChrome", "HeadlessChrome"},
        {"CriOS/", "CriOS/", "Chrome Mobile iOS", "Chrome Mobile iOS"},
        {"FxiOS/", "FxiOS/", "Firefox iOS", "Firefox iOS"},
        {"Firefox/", "Firefox/", "Firefox", "Firefox Mobile"},
        {"Chrome/", "Chrome/", "Chrome", "Chrome Mobile"},
        {"Safari/", "Version/", "Safari", "Mobile Safari"},
    };
    char version[VERSION_LEN];
    for (size_t i = 0; i < ARRAY_LEN(browsers); i++) {
        if (!has(field, browsers[i].mark))
            continue;
        read_version(field, browsers[i].number, version);
        set_browser(agent, text_of(has(field, "Mobile") ? browsers[i].mobile : browsers[i].name),
                    version);
        return;
    }
    read_product(field, agent);
}

static void read_system(ost_text field, user_agent *agent)
{
    static const struct {
        const char *mark, *number, *name, *device;
        bool mobile;
    } systems[] = {
        {"Windows NT ", "Windows NT ", "Windows", "Other", false},
        {"iPhone", "iPhone OS ", "iOS", "iPhone", true},
        {"iPad", "CPU OS ", "iOS", "iPad", true},
        {"Mac OS X ", "Mac OS X ", "Mac OS X", "Mac", false},
        {"Android", "Android ", "Android", "Other", true},
        {"CrOS ", "CrOS x86_64 ", "Chrome OS", "Other", false},
        {"Ubuntu", "Ubuntu/", "Ubuntu", "Other", false},
        {"Linux", "Linux/", "Linux", "Other", false},
    };
    char version[VERSION_LEN];
    memcpy(agent->os, "Other", sizeof "Other");
    memcpy(agent->version, "Unknown", sizeof "Unknown");
    memcpy(agent->device, "Other", sizeof "Other");
    for (size_t i = 0; i < ARRAY_LEN(systems); i++) {
        if (!has(field, systems[i].mark))
            continue;
        set_word(agent->os, text_of(systems[i].name));
        set_word(agent->device, text_of(systems[i].device));
        read_version(field, systems[i].number, version);
        set_word(agent->version, text_of(version));
        agent->mobile = systems[i].mobile;
        break;
    }
    if (strcmp(agent->os, "Windows") == 0 && strcmp(agent->version, "10.0") == 0)
        memcpy(agent->version, "10", sizeof "10");
}

/* The model stands after the system: "(Linux; Android 14; Pixel 8)". */
static void read_model(ost_text field, user_agent *agent)
{
    size_t at = find_word(field, "Android ");
    ost_text rest = text_slice(field, at, text_find(field, ')', at) - at), model;
    if (at == field.len || !text_next(&rest, ';', &model) || rest.len == 0)
        return;
    model = text_trim(rest);
    size_t build = find_word(model, " Build/");
    model = text_trim(text_slice(model, 0, build));
    if (model.len > 0)
        set_word(agent->device, model);
}

void user_agent_read(ost_text field, user_agent *ret_agent)
{
    user_agent agent = {0};
    read_browser(field, &agent);
    read_system(field, &agent);
    read_model(field, &agent);
    *ret_agent = agent;
}
