/* GET /api/problems: what the `type` of an error leads to. For everybody: a stranger gets errors, too. */
#include "web/api/api.h"

#include "web/call.h"
#include "web/problem.h"

static json_t *problem_json(const struct problem *p)
{
    return json_pack("{s:s+,s:s,s:s,s:s}", "type", PROBLEM_TYPE_PREFIX, p->code, "code", p->code,
                     "title", p->title, "text", p->text);
}

static void get_problems(struct web_call *c)
{
    const struct problem *p;
    json_t *list = json_array();
    for (size_t i = 0; (p = problem_at(i)) != NULL; i++)
        json_list_add(list, problem_json(p));
    web_answer(c, 200, json_pack("{s:o}", "problems", list));
}

static void get_problem(struct web_call *c)
{
    const struct problem *p = problem_find(web_param(c, "code"));
    if (p)
        web_answer(c, 200, problem_json(p));
    else
        web_error(c, 404, "not_found",
                  "There is no problem of that name; " PROBLEM_TYPE_PREFIX " lists them.");
}

static const struct route rows[] = {
    {"GET", "/api/problems", MAY_ANYBODY, 0, NULL, get_problems},
    {"GET", "/api/problems/{code}", MAY_ANYBODY, 0, NULL, get_problem},
};

const struct routes problem_routes = {rows, COUNT_OF(rows)};
