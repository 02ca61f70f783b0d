#include "sections.h"

#include "base/map.h"
#include "rules.h"

void read_person_group(struct config_reader *r, const struct yaml_node *map,
                       const struct config_key *k, void *into)
{
    struct config_person *p = into;
    const struct yaml_node *n = yaml_get(map, k->name);
    config_text(r, map, k->name, k->text, rule_group, &p->group);
    if (n && p->role == CONFIG_ORGANISER)
        config_fail(r, n, ERR_INVALID,
                    "%s: '%s' is an organiser, who sees and does everything in every group; take "
                    "the group out, or make it role: volunteer",
                    k->name, p->name);
}

/* Names tell people apart in claims and audits, tokens at the door. */
static void refuse_twins(struct config_reader *r, const struct yaml_node *at,
                         struct config_person *p, struct map *names, struct map *tokens)
{
    if (r->failed) return;
    if (map_put(names, slice_of(p->name), p)) {
        config_fail(r, at, ERR_INVALID, "people: '%s' is there twice; names must differ", p->name);
        return;
    }
    const struct config_person *other = map_put(tokens, slice_of(p->token), p);
    if (other)
        config_fail(r, at, ERR_INVALID,
                    "people: '%s' and '%s' have the same token; tokens must differ", other->name,
                    p->name);
}

static void read_list(struct config_reader *r, const struct yaml_node *items,
                      const struct config_key *k, struct config_person *list)
{
    struct map *names = map_new(), *tokens = map_new();
    for (size_t i = 0; !r->failed && i < yaml_count(items); i++) {
        const struct yaml_node *n = yaml_at(items, i);
        if (yaml_kind_of(n) != YAML_MAPPING)
            config_fail(r, n, ERR_INVALID,
                        "people: must be entries like {name: Sam, role: volunteer, token: …}");
        config_read_keys(r, n, k->keys, &list[i]);
        refuse_twins(r, n, &list[i], names, tokens);
    }
    map_free(names);
    map_free(tokens);
}

void read_people(struct config_reader *r, const struct yaml_node *map, const struct config_key *k,
                 void *into)
{
    struct config *c = into;
    const struct yaml_node *items = config_list(r, map, k->name, CONFIG_PEOPLE_MAX);
    struct config_person *list = config_alloc(r, yaml_count(items), sizeof *list);
    if (list) read_list(r, items, k, list);
    c->people = list;
    c->person_count = yaml_count(items);
}
