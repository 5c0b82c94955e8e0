/* SPDX-License-Identifier: Apache-2.0 */
/* What a page is made of. */
#ifndef PAGE_FIELDS_H
#define PAGE_FIELDS_H

#include <ostiary/types.h>

typedef enum page_template {
    PAGE_NOTICE, /* a heading, some sentences, where to go next: errors too */
    PAGE_LOGIN,
    PAGE_LOGOUT,               /* asks whether to sign out */
    PAGE_FRONT_LOGOUT,         /* has a browser load what ends sessions elsewhere, and goes on */
    PAGE_ONE_TIME_CODE,        /* asks for one, after the password */
    PAGE_FORGOT_PASSWORD,      /* asks who has forgotten one */
    PAGE_RECOVERY_CODE,        /* likewise for a recovery code, */
    PAGE_SELECT_AUTHENTICATOR, /* and which of them it is to be */
    PAGE_SECURITY_KEY,         /* asks for a security key, */
    PAGE_REGISTER_KEY,         /* and has a browser make one */
    PAGE_CONFIGURE_TOTP,
    PAGE_CONFIGURE_RECOVERY,
    PAGE_UPDATE_PASSWORD,
    PAGE_TERMS_AND_CONDITIONS,
    PAGE_UPDATE_PROFILE,
    PAGE_REGISTRATION, /* asks for what makes an account */
    PAGE_CONSENT,      /* asks what a client may have of its user */
    PAGE_DEVICE,       /* asks for the code that a device shows */
    PAGE_FORM_POST,    /* carries an answer to a client (OAuth 2.0 Form Post Response Mode) */
    PAGE_ROOT,
    PAGE_DOCS,
    PAGE_DOCS_REDIRECT,
    PAGE_TEMPLATES, /* how many there are */
} page_template;

/* What a template may ask for. The table in page_files.c has the name and the kind of each. */
typedef enum page_field {
    PAGE_TITLE,      /* text: of the window */
    PAGE_SITE,       /* text: who speaks, a realm or an API */
    PAGE_HEADING,    /* text */
    PAGE_MESSAGE,    /* text: a paragraph */
    PAGE_DETAIL,     /* text: in small print, for the operator */
    PAGE_REQUEST_ID, /* text: as it is in the log */
    PAGE_ERROR,      /* flag: the message tells of a failure */
    PAGE_LINK,       /* address: where to go next */
    PAGE_LINK_TEXT,  /* text */
    PAGE_ACTION,     /* target: where the form goes */
    PAGE_BUTTON,     /* text */
    PAGE_CLIENT,     /* text: the application that asks somebody to sign in, or the docs' client */
    PAGE_LABEL,      /* text: of the field for the name */
    PAGE_USERNAME,   /* text */
    PAGE_KNOWN_USER, /* flag: somebody signs in again */
    PAGE_RESTART,    /* address: sign in as somebody else */
    PAGE_ALERT,      /* text */
    PAGE_WRONG,      /* flag: the alert is about what was typed */
    PAGE_FOCUS_NAME, /* flag: the cursor starts in the name, */
    PAGE_FOCUS_SECRET,   /* or in the password */
    PAGE_REMEMBER,       /* flag: "remember me" is offered */
    PAGE_REGISTER,       /* address: make an account */
    PAGE_PASSWORD_ASKED, /* flag: it asks for one */
    PAGE_PASSKEY_LINK,   /* address: sign in with a passkey */
    PAGE_PROVIDERS,      /* flag: there are identity providers to sign in with, the rows */
    PAGE_PASSKEY,        /* flag: it is about passkeys */
    PAGE_FORGOT,         /* address: a password is forgotten */
    PAGE_TERMS_ASKED,    /* flag: they are to be agreed to, */
    PAGE_TERMS_TEXT,     /* text: these; */
    PAGE_TERMS_MISTAKE,  /* text: they were not */
    PAGE_LINKED_LABEL,   /* text: an account elsewhere is to be linked, */
    PAGE_LINKED_NAME,    /* text: of this name */
    PAGE_CANCEL,         /* flag: it may be left undone */
    PAGE_END_SESSIONS,   /* flag: the other sessions are to end */
    PAGE_CODE,           /* text: proves that the form is ours */
    PAGE_KEY,            /* text: of a device for one-time codes, as the form has it, */
    PAGE_KEY_SHOWN,      /* and as it is typed into an app */
    PAGE_OPTIONS,        /* text: JSON, what a browser is asked of security keys */
    PAGE_PICTURE,        /* text: a QR code, the path of a drawing in a square */
    PAGE_PICTURE_SIDE,   /* text: of so many units */
    PAGE_DEVICE_NAME,    /* text: what its owner calls it, */
    PAGE_DEVICE_NAMED,   /* flag: it needs a name */
    PAGE_MADE_AT,        /* text: when, in milliseconds */
    PAGE_OTHER_WAYS,     /* flag: another second factor will do */
    PAGE_DEVICE_CODE,    /* text: the code that a device shows */
    PAGE_HOST,           /* text: whose application it is, where nobody has registered it */
    PAGE_RETURN,         /* text: where an answer goes */
    PAGE_TERMS,          /* address: a client's terms of service, */
    PAGE_POLICY,         /* address: and what it does with data */
    PAGE_LOGO,           /* address: of its picture, whose origin is among page.images */
    PAGE_DESCRIPTION,    /* text: of an API */
    PAGE_SCRIPT,         /* address: of Swagger UI, */
    PAGE_STYLE,          /* address: and of its style */
    PAGE_SCRIPT_HASH,    /* text: what they must be, where they come from elsewhere */
    PAGE_STYLE_HASH,
    PAGE_LOGIN_AWAITED, /* flag: the provider has not been reached yet, so the login is not
                           described */
    PAGE_WIDE,          /* flag: more than a card */
    PAGE_LANGUAGE,      /* text: the tag of the page's language; empty: English */
    PAGE_RIGHT_TO_LEFT, /* flag: so it is written */
    PAGE_LANGUAGE_NAME, /* text: what it calls itself, where there are others to choose */
    PAGE_LANGUAGES,     /* rows: those */
    PAGE_ROWS,          /* the page's rows; the fields below are theirs */
    PAGE_ROW_NAME,
    PAGE_ROW_VALUE,
    PAGE_ROW_METHOD,
    PAGE_ROW_PATH,
    PAGE_ROW_SUMMARY,
    PAGE_ROW_ACCESS,
    PAGE_ROW_TAG,     /* of a language; */
    PAGE_ROW_CURRENT, /* it is the page's */
    PAGE_ROW_LABEL,   /* of a field of a profile, */
    PAGE_ROW_MISTAKE, /* what is wrong with what it holds, */
    PAGE_ROW_FILL,    /* what a browser may fill in, */
    PAGE_ROW_ADDRESS, /* it is of an e-mail address, */
    PAGE_ROW_NEEDED,  /* it must not be empty, */
    PAGE_ROW_FIXED,   /* it cannot be changed, */
    PAGE_ROW_SECRET,  /* it is of a password, which is shown and hidden */
    PAGE_ROW_SHOW,    /* by a button that says so to who cannot see it */
    PAGE_ROW_HIDE,
    PAGE_FIELDS, /* how many there are */
} page_field;

/* One of a list: values of the PAGE_ROW_ fields, in any order. */
typedef struct page_row {
    struct {
        page_field field;
        ost_text value;
    } cells[9];
} page_row;

/* Begin with (page){.template = …, .status = …}. All text is borrowed until page_send returns. */
typedef struct page {
    page_template template;
    int status;
    bool leads_away;    /* its form ends at a client, wherever that leads on to */
    bool tells_origin;  /* the answer to its form needs an Origin field */
    const char *frames; /* what its frames may show, as a policy has it; NULL: it has none */
    const char *images; /* whence its pictures come, likewise; NULL: they are its own */
    const char *policy; /* the whole Content-Security-Policy; NULL: made for the template */
    const page_row *rows;
    size_t row_count;
    const page_row *languages; /* rows too: those that may be chosen */
    size_t language_count;
    const struct page_words *words; /* what it says; NULL: it says it in English */
    ost_text values[PAGE_FIELDS];
    bool broken; /* a value was put where it does not belong: the page is answered 500 */
} page;

#endif
