#pragma once
/* The files of the pages, embedded by the build (tools/embed_pages.py): templates of all rooms and
 * what stands under /static/. A new file is a line in src/web/meson.build. */
#include "base/slice.h"
#include "web/route.h"

#include <stddef.h>

struct web_file {
    const char *name;    /* below src/web: "volunteer/thread.mustache", "static/style.css" */
    const char *version; /* of a static file: of its content; else "" */
    struct slice text;
};

extern const struct web_file web_files[];
extern const size_t web_files_n;

/* NULL: there is none of that name. */
const struct web_file *web_file_find(struct slice name);
/* "/static/style.css?v=…", of a file that is there. */
enum { WEB_HREF_BYTES = 128 };
void web_file_href(const char *static_name, char out[WEB_HREF_BYTES]);
