/* SPDX-License-Identifier: Apache-2.0 */
/* The whole main of a program: options, checks, serving; see ost_app_main in <ostiary/app.h>. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "app/app_server.h"
#include "app/config/settings.h"
#include "base/config/config_file.h"
#include "base/config/config_show.h"
#include "base/exit_status.h"
#include "base/options.h"
#include "base/text.h"
#include "base/thread.h"
#include "trace/trace_settings.h"

#define SETTINGS_ARENA ((size_t)4 << 20)

static const char *name_of(const char *path)
{
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;
    return slash != NULL ? slash + 1 : path != NULL ? path : "app";
}

static void print_help(const char *name, const ost_app *app)
{
    printf("Usage: %s [options]\n\n", name);
    if (app->title != NULL)
        printf("%s%s%s\n\n", app->title, app->description != NULL ? ": " : "",
               app->description != NULL ? app->description : "");
    printf("Options, each with the environment variable that has the same effect:\n");
    options_print(settings_options);
    printf("  %-34s %s\n", "", "the cookie secret itself, instead of a file");
    printf("  %-34s %s\n", "", "[OSTIARY_COOKIE_SECRET]");
}

static int fail(const char *name, ost_result result, const ost_error *error)
{
    bool usage = result == OST_E_CONFIG || result == OST_E_ARGUMENT;
    fprintf(stderr, "%s: %s%s\n", name,
            error->detail[0] != '\0' ? error->detail : ost_result_sentence(result),
            usage ? " (see --help)" : "");
    return usage ? EXIT_USAGE : EXIT_FAILED;
}

static void say(void *user, const char *sentence)
{
    const char *const *name = user;
    fprintf(stderr, "%s: %s\n", *name, sentence);
}

typedef struct start_words {
    const char *name;
    const app_settings *settings;
    unsigned port;
} start_words;

static void print_start(void *user)
{
    const start_words *words = user;
    const app_settings *settings = words->settings;
    const char *name = words->name;
    ost_text address = text_of(settings->address);
    bool v6 = text_find(address, ':', 0) < address.len;
    if (text_starts(address, "unix:") || text_is(address, "passed"))
        fprintf(stderr, "%s: listening on %s\n", name, settings->address);
    else
        fprintf(stderr, "%s: listening on %s://%s%s%s:%u\n", name,
                settings->tls_certificate != NULL ? "https" : "http", v6 ? "[" : "",
                settings->address, v6 ? "]" : "", words->port);
    if (settings->passing_secret)
        fprintf(stderr,
                "%s: browsers' sessions end with this process; --data or --cookie-secret-file "
                "keeps them\n",
                name);
    if (settings->insecure_explain)
        fprintf(stderr, "%s: --insecure-explain tells clients why they are refused\n", name);
}

static int serve_app(const char *name, option_values *values, ost_arena *arena, const ost_app *app)
{
    app_settings settings;
    ost_error error = {0};
    app_server *server = NULL;
    tracer *traces = NULL;
    unsigned port = 0;
    ost_result result = settings_read(values, arena, &settings, &error);
    if (result == OST_OK)
        result = trace_settings_read(values, name, arena, &traces, &error);
    if (result == OST_OK) {
        settings.program = name;
        settings.tracer = traces;
    }
    if (result == OST_OK)
        result = app_server_new(app, &settings, NULL, &server, &port, &error);
    if (result == OST_OK) {
        start_words words = {name, &settings, port};
        result = app_server_run(server, print_start, &words, &error);
    }
    app_server_free(server);
    tracer_free(traces);
    return result == OST_OK ? EXIT_DONE : fail(name, result, &error);
}

static int show_or_serve(const char *name, option_values *values, const ost_app *app)
{
    ost_error error = {0};
    ost_arena *arena = ost_arena_new(SETTINGS_ARENA);
    const config_file_rules rules = {.say = say, .user = &name};
    signal_ignore(SIGPIPE); /* who reads what is said here may go away */
    if (arena == NULL)
        return fail(name, OST_E_MEMORY, &error);
    int status = EXIT_DONE;
    ost_result result = config_file_read(&rules, arena, values, &error);
    if (result == OST_OK && options_has(values, "show-config"))
        result = config_show(values, options_has(values, "json"), arena, &error);
    else if (result == OST_OK)
        status = serve_app(name, values, arena, app);
    ost_arena_free(arena);
    return result == OST_OK ? status : fail(name, result, &error);
}

int ost_app_main(int argc, char **argv, const ost_app *app)
{
    const char *name = name_of(argv[0]);
    option_values values;
    ost_error error = {0};
    ost_result result = options_read(settings_options, argc, argv, 1, &values, &error);
    if (result != OST_OK)
        return fail(name, result, &error);
    if (values.help) {
        print_help(name, app);
        return EXIT_DONE;
    }
    if (options_has(&values, "version")) {
        printf("%s %s (ostiary %s)\n", name, app->version != NULL ? app->version : "0.1.0",
               ost_version());
        return EXIT_DONE;
    }
    return show_or_serve(name, &values, app);
}
