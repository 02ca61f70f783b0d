#include "web/download.h"

#include <unistd.h>

#include "io/unnamed_file.h"

enum { DISPOSITION_BYTES = 160 };

FILE *download_open(struct web_call *c)
{
    int fd = unnamed_file_open(c->config->upload_folder);
    FILE *file = fd >= 0 ? fdopen(fd, "w+") : NULL;
    if (file) return file;
    if (fd >= 0) (void)close(fd);
    web_error(c, 503, "unavailable", "No file can be made in state_dir: is the disk full?");
    return NULL;
}

void download_send(struct web_call *c, FILE *file, bool whole, const char *name)
{
    long bytes = fflush(file) == 0 ? ftell(file) : -1;
    int fd = bytes >= 0 && whole ? dup(fileno(file)) : -1;
    char disposition[DISPOSITION_BYTES];
    (void)snprintf(disposition, sizeof disposition, "attachment; filename=\"%s\"", name);
    (void)fclose(file);
    if (fd < 0) {
        web_error(c, 503, "unavailable", "The file could not be written: is the disk full?");
        return;
    }
    http_request_set_header(c->q, "Content-Disposition", disposition);
    web_answer_file(c, "text/csv; charset=utf-8", fd, (uint64_t)bytes);
}
