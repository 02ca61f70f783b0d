#pragma once
/* What the store knows as JSON: what the API answers and what the pages are rendered from. All of it
 * is returned owned. */
#include "base/plain.h"
#include "core/access.h"
#include "core/json.h"
#include "store/inbox.h"

struct asked;
struct audience_info;
struct audit_entry;
struct campaign;
struct cascade_counts;
struct cascade_link;
struct rehearsal;
struct web_call;

/* Who asks, as the inbox's store knows them: it shows them what is in their groups. Borrows from the
 * member. */
struct inbox_actor view_actor(const struct web_call *c);
/* The same where they may do that: what is lent to them may be read and answered, and not taken over. */
struct inbox_actor view_actor_who(const struct web_call *c, enum action may);

/* Numbers are masked for volunteers; the fence is shown to the holder only. */
json_t *view_conversation(const struct inbox_conversation *c, const struct member *m,
                          int64_t now_ms);
/* What somebody else wrote, as it can be shown; cut where it is too long. */
json_t *view_plain(struct slice s, enum plain_kind kind);
/* What a person calls themselves; a number in it is masked as their number is. */
json_t *view_name(const struct inbox_conversation *c, const struct member *m);
/* {conversation, held, free_at}: who was taken, or when somebody may be. */
json_t *view_next(const struct inbox_next *n, const struct member *m, int64_t now_ms);
/* Who took them off the list, while that can be undone: {by, may_undo, for, until}; null. */
json_t *view_taken_off(const struct inbox_thread *t, const struct member *m, int64_t now_ms);
/* What is shown of a thread beside its messages: suppressed, taken_off, on_hold, sounds_like_stop,
 * draft. Into `o`. */
void view_thread_state(json_t *o, const struct inbox_thread *t, const struct member *m,
                       int64_t now_ms);
/* {waiting, overdue, held, waiting_since}. */
json_t *view_waiting(const struct inbox_waiting *w);
json_t *view_messages(const struct inbox_thread *t, const struct member *m, int64_t now_ms);
/* "+447700900123", "+44••••••0123" (masked), "GB.13…2942", "a group chat": who it is, where a name
 * is not enough. */
enum { VIEW_PERSON_BYTES = 192 };
void view_person(const struct inbox_conversation *c, bool masked, char out[VIEW_PERSON_BYTES]);
/* The same of a key of the store: digits, or "~" and an id. */
void view_key(struct slice key, bool masked, char out[VIEW_PERSON_BYTES]);
/* "under 1 min", "12 min", "3 h", "2 days". */
void view_duration(int64_t ms, char out[32]);
/* "just now", "3 h ago"; null of a time that is 0. */
json_t *view_ago(int64_t then_ms, int64_t now_ms);
/* What is known of whom one answers: asked (the campaign's message as they read it), fields (that
 * volunteers may see), suggestions. Into `o`, which has the conversation. a NULL: nothing is. */
void view_asked(json_t *o, const struct asked *a, const struct member *m, int64_t now_ms);

/* Gateway of openapi.yaml; queue: how many messages are at the provider, < 0 where nobody knows. */
struct account;
json_t *view_account(const struct web_call *c, const struct account *a, int64_t queue);

/* Who comes where and when, of places of these groups (DayPledges of openapi.yaml); counts: as pledge_counts tells. */
json_t *view_day_pledges(const struct web_call *c, const struct group_set *groups,
                         const json_t *counts);

/* DayRecord of openapi.yaml. */
struct day_minute;
json_t *view_day_record(int64_t from_ms, const struct day_minute *list, size_t n);

/* AuditEntry of openapi.yaml. */
json_t *view_audit(const struct audit_entry *e);
/* STATUS of openapi.yaml. */
json_t *view_campaign(const struct campaign *c, int64_t now_ms);
/* What came of a cascade: Cascade of openapi.yaml without the page itself; and one of its links. */
json_t *view_cascade_counts(const struct cascade_counts *n);
json_t *view_cascade_link(const struct cascade_link *l);
json_t *view_money(const struct campaign *c); /* null: nobody knows what it costs */
/* Tells in what view_campaign made, of one that has money, how much of what is spent is set aside (store/money.h). */
void view_set_aside(json_t *shown, const struct campaign *c, int64_t millionths);

/* ---- lists of people; whether the member may see the list was asked before ---- */

/* What an audience is: openapi.yaml, Audience. */
json_t *view_list(const struct audience_info *info);

/* The same with what pages show beside it: "when" in words. */
json_t *view_list_card(const struct web_call *c, const struct audience_info *info);

/* Some of its people, whoever they are: [{"number", "fields": [{"name", "value"}]}], at most
 * VIEW_SAMPLE_MAX. The list is the callback's. A failure of the store answers c. */
enum { VIEW_SAMPLE_MAX = 5 };
typedef void view_sample_cb(struct web_call *c, void *arg, json_t *people);
void view_sample(struct web_call *c, const struct audience_info *info, view_sample_cb *cb,
                 void *arg);
/* Answers c with all of them as a CSV file: the number and the fields. */
void view_people_file(struct web_call *c, const struct audience_info *info);

/* Group of openapi.yaml. */
struct group_info;
/* A group, and how many people it has; < 0 where that is not for c's member to know. */
struct view_group {
    const struct group_info *info;
    int people;
};
/* Counts for all of a list that is by name. */
void view_groups_count(const struct web_call *c, struct view_group *list, size_t n);
json_t *view_group(const struct view_group *one);
/* Name and title of every group of the organisation but that one, owned. */
json_t *view_other_groups(const struct web_call *c, const char *but);

/* Place of openapi.yaml: with how many sessions are to come, and how many people to those. */
/* Pledge of openapi.yaml. */
struct pledge;
json_t *view_pledge(const struct pledge *p, const struct member *m);
struct pledge_standing;
/* How the person of a conversation stands: puts `pledges`, and `named` (Thread of openapi.yaml). s NULL: nobody knows. */
void view_standing(const struct web_call *c, json_t *o, const struct pledge_standing *s);
struct place;
json_t *view_place(const struct web_call *c, const struct place *p);

/* Schedule of openapi.yaml; what it will do next (VIEW_FIRINGS at most), and what came of it. */
struct schedule;
struct schedule_entry;
enum { VIEW_FIRINGS = 5 };
json_t *view_schedule(const struct web_call *c, const struct schedule *s);
json_t *view_schedule_next(const struct web_call *c, const struct schedule *s);
json_t *view_schedule_log(const struct schedule_entry *list, size_t n);

/* Rehearsal of openapi.yaml; worker_ms: when a worker was heard of (store/rehearsal.h). The second has its campaign and its
 * report, too; the third is what a worker gets. */
json_t *view_rehearsal(const struct rehearsal *r, int64_t worker_ms, int64_t now_ms);
json_t *view_rehearsal_whole(const struct rehearsal *r, int64_t worker_ms, int64_t now_ms);
json_t *view_rehearsal_taken(const struct rehearsal *r, const char *lease);
