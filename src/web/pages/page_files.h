#pragma once
/* The files of src/web/pages, embedded at build time (tools/embed_text.py): NAME.SUFFIX is the
 * slice page_NAME_SUFFIX. Add a line here and one in src/web/meson.build for each file. */
#include "base/slice.h"

extern const struct slice page_head_mustache, page_foot_mustache; /* partials of the others */
extern const struct slice page_list_mustache, page_thread_mustache, page_login_mustache;
extern const struct slice page_style_css;
