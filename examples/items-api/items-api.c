/* SPDX-License-Identifier: Apache-2.0 */
/* An API with one open and one guarded route. The guard stands in the same line as its route. */
#include <ostiary/app.h>

static void read_public(ost_request *request)
{
    ost_reply_message(request, "Hello! This is a public resource.");
}

static void read_items(ost_request *request)
{
    ost_text subject = ost_request_subject(request);
    ost_reply_message(request, "Hello user %.*s! This is a protected resource!",
                      OST_FORMAT(subject));
}

static const ost_route routes[] = {
    {"GET", "/public/", read_public, OST_OPEN, "Anyone may read this", 0},
    {"GET", "/items/", read_items, OST_AUTHENTICATED, "Read the items, with a valid token", 0},
    {0},
};

int main(int argc, char **argv)
{
    static const ost_app app = {
        .title = "Items API",
        .description = "A guarded API in forty lines of C.",
        .routes = routes,
    };
    return ost_app_main(argc, argv, &app);
}
