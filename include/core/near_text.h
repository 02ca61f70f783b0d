#pragma once
/* What somebody is told who said where they are: a template over the session that needs them most. Pure. */
#include "core/template.h"

/* name, what it is; each may be empty */
#define NEAR_SAID(X)                                                                               \
    X(where)         /* "M14 5TA", "you" */                                                        \
    X(place)         /* "Bolton" */                                                                \
    X(when)          /* "Sat 5 Dec 10:00", by the clock there */                                   \
    X(distance)      /* "20 km" */                                                                 \
    X(reasons)       /* "20 km, 3 of 20 places left, needs you most" */                            \
    X(meeting_point) /* "the library" */                                                           \
    X(link)          /* to the page of the session */
struct near_said {
#define X(name) struct slice name;
    NEAR_SAID(X)
#undef X
    bool automatic; /* nobody of us has read what they wrote */
};

enum { NEAR_TEXT_BYTES = 640 };

/* What the key near.answer_text is, unless somebody wrote another one. */
#define NEAR_TEXT_USUAL                                                                            \
    "Near {{where}}: {{place}}, {{when}} ({{reasons}}).{{#meeting_point}} Meet: "                  \
    "{{meeting_point}}.{{/meeting_point}} Coming? {{#automatic}}Reply YES or {{/automatic}}"       \
    "{{link}}{{#automatic}} (Automatic answer){{/automatic}}"

/* NULL, or what such a template has to be: it is one, over the names above, at most 480 bytes, and says when it is
 * automatic. */
const char *near_text_rule(const char *source);
/* Of a text that near_text_rule takes. Owned by the caller: template_free. */
struct template *near_text_compile(const char *source);
/* Into out; none where it does not fit. */
struct slice near_text_write(const struct template *t, const struct near_said *said,
                             char out[NEAR_TEXT_BYTES]);
