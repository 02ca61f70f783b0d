#include "sections.h"

#include "base/map.h"
#include "rules.h"

static const char **alloc_groups(struct config_reader *r, struct config_person *p, size_t n)
{
    const char **groups = config_alloc(r, n, sizeof *groups);
    p->groups = groups;
    p->group_count = groups ? n : 0;
    return groups;
}

void read_person_group(struct config_reader *r, const struct yaml_node *map,
                       const struct config_key *k, void *into)
{
    if (!yaml_get(map, k->name)) return;
    const char **groups = alloc_groups(r, into, 1);
    if (groups) config_text(r, map, k->name, NULL, rule_group, &groups[0]);
}

static void refuse_twice(struct config_reader *r, const struct yaml_node *at,
                         const char *const *groups, size_t i)
{
    if (!r->failed && slice_index(slice_of(groups[i]), groups, i) >= 0)
        config_fail(r, at, ERR_INVALID, "groups: '%s' is there twice", groups[i]);
}

static void read_groups(struct config_reader *r, const struct yaml_node *list,
                        struct config_person *p)
{
    const char **groups = alloc_groups(r, p, yaml_count(list));
    for (size_t i = 0; !r->failed && i < p->group_count; i++) {
        config_text_at(r, yaml_at(list, i), "groups", rule_group, &groups[i]);
        refuse_twice(r, yaml_at(list, i), groups, i);
    }
}

/* Behind the role and `group`: whom the file gives no group is everywhere or in "main". */
void read_person_groups(struct config_reader *r, const struct yaml_node *map,
                        const struct config_key *k, void *into)
{
    static const char *const main_group[] = {"main"};
    struct config_person *p = into;
    const struct yaml_node *list = config_list(r, map, k->name, CONFIG_PERSON_GROUPS_MAX);
    if (list && p->groups)
        config_fail(r, list, ERR_INVALID, "groups: give '%s' either group or groups", p->name);
    else if (list)
        read_groups(r, list, p);
    if (r->failed) return;
    if (p->role == CONFIG_OWNER && p->group_count > 0)
        config_fail(r, map, ERR_INVALID,
                    "people: '%s' is an owner, who sees and does everything in every group; take "
                    "the group out, or make it role: organiser",
                    p->name);
    if (p->role == CONFIG_ORGANISER && p->group_count == 0) p->role = CONFIG_OWNER;
    if (p->role != CONFIG_OWNER && p->group_count == 0) {
        p->groups = main_group;
        p->group_count = 1;
    }
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
