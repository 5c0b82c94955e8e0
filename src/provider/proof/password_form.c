/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of hashes; see password_form.h. */
#include "provider/proof/password_form.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/proof/password_policy.h"

/* The first is that of who says nothing. */
static const password_algorithm algorithms[] = {
    {"argon2", NULL, 5, 100, 32},
    {"pbkdf2", "SHA1", 1300000, 10000000, 64},
    {"pbkdf2-sha256", "SHA256", 600000, 10000000, 32},
    {"pbkdf2-sha512", "SHA512", 210000, 10000000, 64},
};

const password_algorithm *password_algorithm_find(ost_text name)
{
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        if (text_is(name, algorithms[i].name))
            return &algorithms[i];
    }
    return NULL;
}

/* What a policy says, word for word. */
typedef struct said {
    ost_text algorithm, count; /* empty: nothing */
    int64_t iterations;        /* −1: nothing */
} said;

static bool is_said(ost_text argument)
{
    return argument.len > 0 && !text_is(argument, "undefined");
}

static said read_said(const char *policy)
{
    said s = {.iterations = -1};
    uint64_t number;
    s.algorithm = password_policy_argument(policy, "hashAlgorithm");
    s.count = password_policy_argument(policy, "hashIterations");
    s.algorithm = is_said(s.algorithm) ? s.algorithm : (ost_text){0};
    s.count = is_said(s.count) ? s.count : (ost_text){0};
    if (text_to_unsigned(text_slice(s.count, text_starts(s.count, "+"), s.count.len), INT32_MAX,
                         &number))
        s.iterations = (int64_t)number;
    return s;
}

static password_form form_of(const said *s)
{
    const password_algorithm *found = password_algorithm_find(s->algorithm);
    password_form form = {.algorithm = found != NULL ? found : &algorithms[0]};
    bool known = found != NULL || s->algorithm.len == 0;
    bool counts = known && s->iterations >= 1 && s->iterations <= form.algorithm->most;
    form.iterations = counts ? s->iterations : form.algorithm->usual;
    return form;
}

password_form password_form_of(const char *policy)
{
    said s = read_said(policy);
    return form_of(&s);
}

const char *password_form_unmet(const char *policy, ost_arena *arena)
{
    said s = read_said(policy);
    password_form form = form_of(&s);
    const char *name = form.algorithm->name;
    if (s.algorithm.len > 0 && !text_is(s.algorithm, name))
        return "no such hashAlgorithm is known: new hashes are argon2id, as advised";
    if (s.count.len == 0 || s.iterations == form.iterations || text_is(s.count, "-1"))
        return NULL;
    return ost_arena_format(arena, "its hashIterations are no count of %s here: %lld are taken",
                            name, (long long)form.iterations);
}

const char *password_form_weakness(const char *policy, ost_arena *arena)
{
    password_form form = password_form_of(policy);
    return form.iterations < form.algorithm->usual
               ? ost_arena_format(
                     arena,
                     "new passwords are hashed by %s with %lld iterations, as it says: "
                     "weaker than the %lld that are advised",
                     form.algorithm->name, (long long)form.iterations,
                     (long long)form.algorithm->usual)
               : NULL;
}

const char *password_form_refusal(const char *policy)
{
    ost_text name = password_policy_argument(policy, "hashAlgorithm");
    return name.len > 0 && password_algorithm_find(name) == NULL
               ? "Invalid config for hashAlgorithm: Password hashing provider not found"
               : NULL;
}
