/* Prints the path of each page that may be looked at, one a line, for walk.py: what web's rows say. */
#include "../unit/web_world.h"

int main(void)
{
    const struct route *r;
    (void)web_world_open(NULL);
    for (size_t i = 0; (r = web_route(web, i)) != NULL; i++)
        if (r->flags & PAGE && strcmp(r->method, "GET") == 0) (void)puts(r->path);
    return web_world_close(NULL);
}
