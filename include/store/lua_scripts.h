#pragma once
/* The Lua scripts of src/store, each beside its C, embedded at build time (tools/embed_text.py):
 * the file NAME.lua is the slice lua_NAME. Add a line here and one in src/store/meson.build for
 * each script. */
#include "base/slice.h"

extern const struct slice lua_audit;      /* store/audit: a part of all that write the trail */
extern const struct slice lua_audit_note; /* an entry about what no script did */
extern const struct slice lua_audit_page;
extern const struct slice lua_audit_take_over; /* what an older Muster kept */
extern const struct slice lua_events;      /* store/events: a part of all that tell of something */
extern const struct slice lua_layout_note; /* store/layout */
extern const struct slice lua_gazetteer_begin, lua_gazetteer_put, lua_gazetteer_end,
    lua_gazetteer_remove;                     /* store/gazetteer */
extern const struct slice lua_follow;         /* store/follow */
extern const struct slice lua_follow_changed; /* a part of all that change what is followed */
extern const struct slice lua_once_begin;     /* store/once */
extern const struct slice lua_once_end;
extern const struct slice lua_forget_lists; /* store/forget */
extern const struct slice lua_outcome_said; /* store/outcome */
extern const struct slice lua_list_note;    /* store/list_note */
/* store/events: webhooks out */
extern const struct slice lua_subscription_create, lua_subscription_delete, lua_subscription_list,
    lua_subscription_step, lua_subscription_told, lua_subscription_test;
extern const struct slice lua_cascade_links, lua_cascade_trim; /* store/cascade: parts of others */
extern const struct slice lua_cascade_put, lua_cascade_read, lua_cascade_tree, lua_cascade_turn;
extern const struct slice lua_audience_carry;  /* who stays in a list that changes */
extern const struct slice lua_audience_create; /* store/audience: a draft */
extern const struct slice lua_audience_rows;   /* one chunk of an import */
extern const struct slice lua_names,
    lua_page_of; /* parts of others: names in a group; a page of a list */
extern const struct slice lua_group_appear; /* store/group: a group is there, a part of others */
extern const struct slice lua_group_change, lua_group_remove;
/* store/place: parts of others (who comes to a session is moved by the first), and three scripts */
extern const struct slice lua_place_rooms, lua_place_common;
extern const struct slice lua_place_put, lua_place_remove, lua_place_sweep;
extern const struct slice lua_pledge_common,
    lua_pledge_named; /* store/pledge: parts of the others */
extern const struct slice lua_pledge_make, lua_pledge_cancel, lua_pledge_mark, lua_pledge_said;
extern const struct slice lua_pledge_page, lua_pledge_due, lua_pledge_untold, lua_pledge_sessions;
extern const struct slice lua_pledge_tell, lua_pledge_fill, lua_pledge_counts;
extern const struct slice lua_pledge_forget, lua_pledge_expire, lua_pledge_standing;
extern const struct slice lua_law_switch;    /* store/law: a rule is switched off, or on */
extern const struct slice lua_by_group;      /* lists of groups, for an older store */
extern const struct slice lua_audience_find; /* by a name */
extern const struct slice lua_campaign_named;
extern const struct slice lua_audience_freeze; /* the draft becomes an audience */
extern const struct slice lua_audience_unname; /* the first step of a deletion */
extern const struct slice lua_queue_ack;       /* store/queue: a message is settled */
extern const struct slice lua_queue_give_back; /* store/queue: deliverable again at once */
extern const struct slice lua_queue_keep;      /* store/queue: still at work on these */
extern const struct slice lua_queue_clock;     /* store/queue: Redis' clock was set back */
extern const struct slice lua_suppress_add;    /* store/suppress */
extern const struct slice lua_suppress_batch_ask, lua_suppress_batch_set, lua_suppress_batch_undo,
    lua_suppress_batches;
extern const struct slice lua_suppress_set, lua_suppress_slice; /* parts of them */
extern const struct slice lua_suppress_check;
extern const struct slice lua_suppress_remove;
extern const struct slice lua_provider_queue; /* store/gate: a part of gate and record */
extern const struct slice lua_provider_queue_look;
extern const struct slice lua_deadline; /* store/gate: the gate's rules */
extern const struct slice lua_forgotten;
extern const struct slice lua_stop;
extern const struct slice lua_consent_expire, lua_consent_find, lua_consent_note,
    lua_consent_refuse, lua_consent_take, lua_consent_withdraw;
extern const struct slice lua_consent;
extern const struct slice lua_hold;
extern const struct slice lua_hours;
extern const struct slice lua_provider;
extern const struct slice lua_people, lua_cap, lua_near, lua_slot;
/* store/place: who was told of which session, a part of LUA_LEDGER */
extern const struct slice lua_offer;
extern const struct slice lua_contacts_sweep, lua_contacts_forget;
extern const struct slice lua_contacts; /* store/cap: the book of contacts, a part of others */
extern const struct slice lua_told;
extern const struct slice lua_again;
extern const struct slice lua_direct_common; /* store/direct: the direct book, a part of others */
extern const struct slice lua_direct_add;
extern const struct slice lua_direct_alike;
extern const struct slice lua_direct_due;
extern const struct slice lua_conv_common; /* store/inbox: conversations, a part of others */
extern const struct slice lua_conv_walk;   /* pages of several groups' lists, a part of others */
extern const struct slice lua_conv_auto;
extern const struct slice lua_conv_claim;
extern const struct slice lua_conv_decide;
extern const struct slice lua_conv_draft;
extern const struct slice lua_conv_hand;
extern const struct slice lua_conv_expire; /* strangers that are forgotten */
extern const struct slice lua_conv_list;
extern const struct slice lua_conv_name;
extern const struct slice lua_conv_next;
extern const struct slice lua_conv_note;
extern const struct slice lua_conv_queue; /* who waits, a part of others */
extern const struct slice lua_conv_release;
extern const struct slice lua_conv_reply;
extern const struct slice lua_conv_row;
extern const struct slice lua_conv_state;
extern const struct slice lua_conv_tag;
extern const struct slice lua_shelf_list; /* store/inbox: what groups keep at hand */
extern const struct slice lua_shelf_put;
extern const struct slice lua_conv_tags; /* who has one, a part of others */
extern const struct slice lua_conv_team; /* lines of the team, a part of others */
extern const struct slice lua_conv_waiting;
extern const struct slice lua_conv_thread;
extern const struct slice lua_inbound; /* what came in: many events */
extern const struct slice lua_inbound_event;
extern const struct slice lua_inbound_said;
extern const struct slice lua_inbound_together;
extern const struct slice lua_person; /* which campaign texted a person last */
extern const struct slice lua_person_common;
extern const struct slice lua_person_find;    /* ids, spellings: a part of others */
extern const struct slice lua_person_learn;   /* what a provider calls a number of ours */
extern const struct slice lua_ledger_prelude; /* stands before every script of store/ledger */
extern const struct slice lua_limiter;        /* stands before lua_gate */
extern const struct slice lua_gate, lua_lease, lua_renew, lua_record, lua_batch_end, lua_sweep,
    lua_slow, lua_clock_set;
/* store/forget */
extern const struct slice lua_forget_names, lua_forget_threads, lua_forget_messages, lua_forget_row,
    lua_forget_trail;
/* store/campaign */
extern const struct slice lua_campaign_grow, lua_campaign_move, lua_campaign_create, lua_reserve,
    lua_lead;
extern const struct slice lua_campaign_forecast; /* when it will be done */
extern const struct slice lua_campaign_answers;  /* who waits in its group */
extern const struct slice lua_campaign_edit, lua_campaign_texts, lua_campaign_versions;
extern const struct slice lua_campaign_message; /* what it says */
extern const struct slice lua_goes_on;          /* where a campaign goes on to: a part of others */
extern const struct slice lua_texted;           /* who was handed to a provider: a part of others */
extern const struct slice lua_brake_look; /* what the brake has to know of a group and an account */
extern const struct slice lua_canary_pass;      /* the first few did well */
extern const struct slice lua_campaign_approve; /* a second person agrees, or sends it back */
extern const struct slice lua_move;             /* from status to status: a part of others */
extern const struct slice lua_pause_all, lua_campaign_why, lua_came_back;
extern const struct slice lua_minutes_note; /* a part of lua_inbound */
extern const struct slice lua_campaign_due, lua_look_all, lua_look_at;
extern const struct slice lua_keep_page, lua_keep_trim; /* what has an end */
extern const struct slice lua_look; /* when the leader looks at a campaign: a part of others */
extern const struct slice lua_retire, lua_resolve, lua_unknown_due;
extern const struct slice lua_money, lua_money_text, lua_purse; /* what is spent: parts of others */
extern const struct slice lua_campaign_budget, lua_reprice;
extern const struct slice lua_conv_hold; /* store/inbox: a person decides about a hold */
/* store/suppress: all that stands against one number */
extern const struct slice lua_optouts; /* store/suppress: a part of whatever sets or lifts */
extern const struct slice lua_suppress_find;
extern const struct slice lua_suppress_states; /* the same of many, a letter each */
extern const struct slice lua_spellings_join;  /* store/spellings: once after an upgrade */
extern const struct slice lua_mark; /* store/mark: a part of whatever grants, records, opts out */
extern const struct slice lua_mark_check_in;
extern const struct slice lua_restore_ask, lua_restore_moves, lua_restore_optouts,
    lua_restore_people, lua_restore_report, lua_restore_status;
extern const struct slice lua_restore_ask, lua_restore_contacts, lua_restore_optouts,
    lua_restore_people, lua_restore_report, lua_restore_status;
/* store/staff */
extern const struct slice lua_staff_code, lua_staff_common, lua_staff_invite, lua_staff_login,
    lua_staff_member, lua_staff_session, lua_staff_shift, lua_staff_shift_end, lua_staff_shifts,
    lua_staff_sweep, lua_staff_take_over, lua_staff_token, lua_staff_use, lua_there_note;
/* store/schedule */
extern const struct slice lua_schedule_common, lua_schedule_counts, lua_schedule_due,
    lua_schedule_list, lua_schedule_move, lua_schedule_put, lua_schedule_settle;

/* What stands before every script over ledgers. */
#define LUA_LEDGER &lua_events, &lua_look, &lua_follow_changed, &lua_offer, &lua_ledger_prelude
