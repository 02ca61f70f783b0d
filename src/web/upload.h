#pragma once
/* Rows with UPLOAD (web/route.h): their body goes into a file in the folder of uploads as it comes
 * (io/http_upload.h), if whoever sends it may: that is seen to before the first byte of it is kept. So
 * many bodies come, or lists are read, at a time: WEB_UPLOADS_MAX. */
#include "web/call.h"

/* A http_server_config.upload. */
struct http_upload *web_upload(void *web, const struct http_request *q);
/* The fields of the form beside the file. */
void web_upload_form(struct web_call *c, struct form *ret);
/* The file, which is the caller's, and its name. NULL: e says why there is none. */
FILE *web_upload_take(struct web_call *c, struct slice *ret_name, struct err *e);
