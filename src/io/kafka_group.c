/* Who of the group has which partition: asked of its coordinator, from the thread that looks.
 *
 * A partition that nobody has is read by nobody, and no member is told so.
 *
 * The older call is used (rd_kafka_list_groups). The one that took its place asks the coordinator by
 * way of librdkafka's admin machinery, and that ends the process by a failed assertion when the
 * coordinator is not there yet (2.0.2 here; confluentinc/librdkafka#4605, open). */
#include "kafka_impl.h"

/* ---- what a member was given: "consumer protocol" of Kafka, all numbers big-endian ---- */

static bool take_number(struct slice *s, size_t bytes, uint32_t *ret)
{
    if (s->n < bytes) return false;
    *ret = 0;
    for (size_t i = 0; i < bytes; i++)
        *ret = *ret << 8 | (unsigned char)s->p[i];
    *s = slice_from(*s, bytes);
    return true;
}

static bool take_name(struct slice *s, struct slice *ret)
{
    uint32_t n;
    if (!take_number(s, 2, &n) || n > s->n) return false;
    *ret = slice_make(s->p, n);
    *s = slice_from(*s, n);
    return true;
}

/* One topic and its partitions; *n: how many they are. */
static bool take_topic(struct slice *s, struct slice *name, uint32_t *n)
{
    if (!take_name(s, name) || !take_number(s, 4, n) || *n > s->n / 4) return false;
    *s = slice_from(*s, (size_t)*n * 4);
    return true;
}

static struct kafka_topic_state *topic_of(const struct kafka_sight *sight, struct kafka_view *view,
                                          struct slice name)
{
    for (size_t i = 0; i < sight->n; i++)
        if (slice_is(name, sight->topics[i])) return &view->topics[i];
    return NULL;
}

uint32_t kafka_count_given(struct slice assignment, const struct kafka_sight *sight,
                           struct kafka_view *view)
{
    struct slice name;
    uint32_t version, topics, n, sum = 0;
    if (!take_number(&assignment, 2, &version) || !take_number(&assignment, 4, &topics)) return 0;
    for (uint32_t i = 0; i < topics && take_topic(&assignment, &name, &n); i++) {
        struct kafka_topic_state *topic = topic_of(sight, view, name);
        if (topic) topic->given += (int)n;
        sum += n;
    }
    return sum;
}

/* ---- whose turn it is ---- */

/* Who has fewer partitions goes first; of those who have as many, the first by name. */
struct turn {
    uint32_t partitions;
    const char *name; /* the client's, which is our instance; the answer does not say that one */
};

static bool is_before(struct turn a, struct turn b)
{
    if (a.partitions != b.partitions) return a.partitions < b.partitions;
    return strcmp(a.name, b.name) < 0;
}

static void read_members(const struct rd_kafka_group_info *group, const struct kafka_sight *sight,
                         struct kafka_view *view)
{
    struct turn ours = {0, NULL}, first = {0, NULL};
    for (int i = 0; i < group->member_cnt; i++) {
        const struct rd_kafka_group_member_info *m = &group->members[i];
        struct slice has = slice_make(m->member_assignment, (size_t)m->member_assignment_size);
        struct turn its = {kafka_count_given(has, sight, view), m->client_id};
        if (strcmp(its.name, sight->instance) == 0) ours = its;
        if (!first.name || is_before(its, first)) first = its;
    }
    view->group = (struct kafka_group_state){.told = true,
                                             .members = group->member_cnt,
                                             .is_in = ours.name,
                                             .goes = ours.name && !is_before(first, ours)};
}

static bool is_at_rest(const struct rd_kafka_group_info *group)
{
    return !group->err && (strcmp(group->state, "Stable") == 0 ||
                           strcmp(group->state, "Empty") == 0 || strcmp(group->state, "Dead") == 0);
}

/* A list of some of the brokers may be without the group; one that has it is as good as the whole. */
void kafka_look_at_group(rd_kafka_t *rk, const struct kafka_sight *sight, struct kafka_view *view)
{
    const struct rd_kafka_group_list *list = NULL;
    (void)rd_kafka_list_groups(rk, sight->group, &list, KAFKA_LOOK_MS);
    if (list && list->group_cnt == 1 && is_at_rest(&list->groups[0]))
        read_members(&list->groups[0], sight, view);
    if (list) rd_kafka_group_list_destroy(list);
}
