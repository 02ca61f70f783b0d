#pragma once
/* The files that have rows: one line for each table, which is all that a new one needs besides its line in meson.build. The first
 * row that fits wins, so literal paths stand before {id}. */
#include "web/route.h"

/* clang-format off */
#define ROUTE_TABLES(X) \
    X(hook_routes) /* first, since they come by the thousand */ \
    X(launch_routes) \
    X(money_routes) \
    X(campaign_test_routes) \
    X(preview_routes) \
    X(campaign_list_routes) \
    X(pause_page_routes) \
    X(campaign_new_routes) \
    X(campaign_check_routes) \
    X(campaign_approve_routes) \
    X(campaign_live_routes) \
    X(campaign_change_routes) \
    X(campaign_report_routes) \
    X(cascade_page_routes) \
    X(cascade_routes) \
    X(month_page_routes) \
    X(campaign_edit_routes) \
    X(campaign_routes) \
    X(people_routes) \
    X(resolve_routes) \
    X(audit_routes) \
    X(import_routes) \
    X(outcome_routes) \
    X(audience_routes) \
    X(loan_routes) \
    X(suppression_batch_routes) \
    X(suppression_routes) \
    X(consent_routes) \
    X(forget_routes) \
    X(inbox_routes) \
    X(reply_routes) \
    X(template_routes) \
    X(decide_routes) \
    X(hand_routes) \
    X(suggestion_routes) \
    X(gateway_routes) \
    X(lists_page_routes) \
    X(list_from_page_routes) \
    X(list_import_page_routes) \
    X(list_page_routes) \
    X(lent_page_routes) \
    X(optout_page_routes) \
    X(optout_list_page_routes) \
    X(optout_export_routes) \
    X(login_routes) \
    X(join_routes) \
    X(self_routes) \
    X(token_routes) \
    X(staff_routes) \
    X(people_page_routes) \
    X(list_routes) \
    X(next_page_routes) \
    X(team_page_routes) \
    X(thread_routes) \
    X(coming_routes) \
    X(template_page_routes) \
    X(form_routes) \
    X(hand_page_routes) \
    X(answers_page_routes) \
    X(health_routes) \
    X(metrics_routes) \
    X(restore_routes) \
    X(near_page_routes) \
    X(near_session_routes) \
    X(near_mine_routes) \
    X(share_routes) \
    X(page_routes) \
    X(static_routes) \
    X(problem_routes) \
    X(audit_page_routes) \
    X(pause_all_routes) \
    X(approval_routes) \
    X(event_routes) \
    X(webhook_routes) \
    X(rehearsal_routes) \
    X(rehearsal_page_routes) \
    X(schedule_routes) \
    X(schedule_make_routes) \
    X(schedule_except_routes) \
    X(schedule_form_routes) /* /schedules/new */ \
    X(schedule_page_routes) \
    X(schedule_change_routes) \
    X(day_routes) \
    X(day_page_routes) \
    X(day_record_page_routes) \
    X(twin_routes) \
    X(twin_page_routes) \
    X(template_set_up_routes) \
    X(group_routes) \
    X(place_import_routes) \
    X(near_routes) \
    X(gazetteer_routes) \
    X(pledge_routes) \
    X(pledge_page_routes) \
    X(place_routes) \
    X(place_import_page_routes) \
    X(place_form_routes) \
    X(place_page_routes) \
    X(group_page_routes) \
    X(kept_routes) \
    X(kept_page_routes) \
    X(law_routes) \
    X(law_page_routes)
/* clang-format on */

#define X(table) extern const struct routes table;
ROUTE_TABLES(X)
#undef X
