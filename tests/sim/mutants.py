#!/usr/bin/env python3
"""Breaks the product on purpose, one way after another, and sees that the simulation finds it, or else the test that is
named for it.

    tests/sim/mutants.py SOURCE BUILD [--seeds 3000] [NAME…]

SOURCE is a copy of the tree that may be changed, BUILD its build folder. Not a part of the test run: some hours of work.
Prints for each how many worlds it took; ends with 1 when one was not found, or when the code has changed so that a
mutant does not apply any more."""
import argparse
import os
import re
import subprocess
import sys
import time

L, F, G, C = "src/store/", "src/flow/", "src/gateway/", "src/core/"
# name: file, what stands there, what is put in its place
MUTANTS = {
    "takeover leaves them in flight": (L + "gate/lease.lua", "    ledger.set(at, UNKNOWN)\n", ""),
    "takeover makes them pending": (L + "gate/lease.lua", "    ledger.set(at, UNKNOWN)\n", "    ledger.set(at, PENDING)\n"),
    "renew ignores the fence": (L + "gate/renew.lua", "if lease_is_mine(key, field, fence, now) then", "if lease_read(key, field) then"),
    "gate ignores the lease": (L + "gate/gate.lua", "if not lease_is_mine(", "if false and not lease_is_mine("),
    "gate ignores suppression": (L + "gate/rules/stop.lua", "all[i] or group[i]", "false"),
    "gate ignores the group's suppression": (L + "gate/rules/stop.lua", "all[i] or group[i]", "all[i]"),
    "again without a resume": (L + "campaign/reserve.lua", "local until_ms = redis.call('HGET', KEYS[1], 'again')", "local until_ms = '+inf'"),
    "a resume forgets whom the provider lost": (L + "campaign/move.lua", "redis.call('HSET', campaign, 'again', can_again)", ""),
    "receipts of the first copy count": (L + "gate/told.lua", "return told.stamp >= again or to == DELIVERED or to == READ, true", "return true, true"),
    "copies have one stamp": (L + "campaign/move.lua", "if stamp % 256 < 255 then", "if false then"),
    "receipts against the account do not block": (L + "gate/told.lua", "faults >= told.faults_max and", "false and"),
    "gate ignores holds": (L + "gate/rules/hold.lua", "if not held[i] then return end", "if true then return end"),
    "gate ignores the status": (L + "gate/gate.lua", "if campaign[1] ~= CAMPAIGN_RUNNING then", "if false then"),
    "gate ignores the deadline": (L + "gate/rules/deadline.lua", "ask.deadline == 0 or", "true or"),
    "gate takes the deadline of now": (L + "gate/rules/deadline.lua", "ask.latest < ask.deadline", "ask.now < ask.deadline"),
    "gate ignores the hours": (L + "gate/rules/hours.lua", "if #hours == 0 then return nil end", "if true then return nil end"),
    "gate ignores the closing": (L + "gate/rules/slot.lua", "slot >= h.close", "false"),
    "hours end with the second": (F + "dispatch/hours.c", "w->window.close_us - CLOSE_US", "w->window.close_us + 60000000"),
    "hours begin early": (F + "dispatch/hours.c", "w->window.open_us += OPEN_US", "w->window.open_us -= 1000000"),
    "no validity": (F + "dispatch/send.c", ".validity_s = validity_s(g),", ".validity_s = 0,"),
    "validity forgets the hours": (F + "dispatch/hours.c", "return deadline_ms && deadline_ms < close_ms ? deadline_ms : close_ms;", "return deadline_ms;"),
    "an old fence moves pending": (L + "gate/record.lua", "if cause == 'outcome' and not lease_was_last_mine(", "if false and not lease_was_last_mine("),
    "sends without a lease": (F + "dispatch/batch.c", "if (now_us > b->lease_until_us - LEASE_SAFETY_US) batch_lose(b);", ""),
    "a missed slot is used": (F + "dispatch/send.c", "now > slot + PACE_LATE_US", "now > slot + 1000 * PACE_LATE_US"),
    "what leaves late is not told": (F + "dispatch/late.c", "if (!is_late(r->from_us, until_us)) return false;", "if (true) return false;"),
    "who waits does not count anew": (F + "dispatch/late.c", "        g->counts_us = now_us;\n", ""),
    "a wait for a connection ends with no hours": (F + "dispatch/send.c", "now <= g->leave_until_us && late_may_leave", "late_may_leave"),
    "slots are not given back": (F + "dispatch/send.c", "if (o->unused_n < GATE_GIVE_BACK_MAX)", "if (false)"),
    "slots are given back twice": (L + "gate/limiter.lua", "  if ring_sum(l.log, bucket, 1, false) + (l.changes[bucket] or 0) <= 0 then return false end\n", "  limiter_count(l, bucket, -1)\n"),
    "a batch ends with people in flight": (L + "gate/batch_end.lua", "if ledger.get(first + i) == IN_FLIGHT then return 'lost' end", ""),
    "sends before the disk has it": (F + "dispatch/durable.c", "    journal_sync(j, on_synced, list);", "    send_may_leave(list);"),
    "sends what the disk did not take": (F + "dispatch/durable.c", "    if (result == 0)\n        send_may_leave", "    if (result <= 0)\n        send_may_leave"),
    "a record ends a batch that has people": (L + "gate/record.lua", "  ends = ends and ledger.get(at) ~= PENDING and ledger.get(at) ~= IN_FLIGHT\n", ""),
    "record's answer is lost": (F + "dispatch/record.c", "if (result < 0 || states.n != f->n + ended) {", "if (result == 0 && states.n != f->n + ended) {"),
    "what waits for a record is forgotten": (F + "dispatch/record.c", "    wait_for(rs, is_enough(rs) ? 0 : COMPANY_US);\n", ""),
    "a record wakes nobody": (F + "dispatch/record.c", "        batch_check_end(s->batch);\n    outlet_wake(o);", "        batch_check_end(s->batch);\n    (void)o;"),
    "a gate call wakes nobody": (F + "dispatch/gate.c", "    batch_check_end(b);\n    outlet_wake(o);", "    batch_check_end(b);"),
    "sleepers among shares do not wake": (F + "dispatch/turns.c", "            share_wake(s);", "            (void)s;"),
    "reply lane last": (F + "dispatch/turns.c", "if (!TAILQ_EMPTY(&t->replies)) return TAILQ_FIRST(&t->replies);", "if (!TAILQ_EMPTY(&t->replies) && TAILQ_EMPTY(&t->runs)) return TAILQ_FIRST(&t->replies);"),
    "lanes weigh the same": (L + "queue/lane.c", "[LANE_REMINDER] = 3", "[LANE_REMINDER] = 1"),
    "turns do not count": (F + "dispatch/turns.c", "r->turns += (double)messages / lane_weight(batch_lane(s->batch));", ""),
    "turns come back": (F + "dispatch/turns.c", "if (r->turns < least)", "if (r->turns < least - 128)"),
    "nobody asks earlier": (F + "dispatch/turns.c", "if (missed <= 0) return 0;", "return 0;"),
    "hold ignored": (L + "gate/limiter.lua", "l.tat = math.max(l.tat, earliest - credit, l.hold)\n", "l.tat = math.max(l.tat, earliest - credit)\n"),
    "Retry-After ignored": (F + "dispatch/response.c", "v->retry_after_ms >= 0 ? v->retry_after_ms * 1000 : HOLD_DEFAULT_US;\n    o->stats.throttled++", "HOLD_DEFAULT_US / 10;\n    o->stats.throttled++"),
    "a throttle is not told": (F + "dispatch/response.c", "    ledger_slow(o->d->config.ledger, o->account->name,\n", "    if (false) ledger_slow(o->d->config.ledger, o->account->name,\n"),
    "a pair limit holds all": (F + "dispatch/response.c", "if (v->scope == SCOPE_PAIR) {", "if (false) {"),
    "a pair limit holds nobody": (F + "dispatch/response.c", "        try_later(g, backoff_us(tries), \"\");\n        return;", "        try_later(g, 0, \"\");\n        return;"),
    "the record is a tenth too short": (L + "gate/limiter.lua", "local WINDOW = 1013000", "local WINDOW = 900000"),
    "the pace alone": (L + "gate/limiter.lua", "return l.used < l.room\n", "return true\n"),
    "the pace is 3 % slower": (L + "gate/limiter.lua", "step = 1000000 * PACE / (rate * factor)", "step = 1030000 * PACE / (rate * factor)"),
    "senders have no rate": (L + "gate/rules/slot.lua", "if rate == 0 then return nil end", "if true then return nil end"),
    "unknown are sent again": (C + "state.c", "[STATE_UNKNOWN] = TRUTH},\n    [CAUSE_LATE]", "[STATE_UNKNOWN] = TRUTH | BIT(STATE_PENDING)},\n    [CAUSE_LATE]"),
    "a broken answer is a no": (F + "dispatch/response.c", "    case UNKNOWN:\n", "    case UNKNOWN:\n        try_later(g, 0, \"\");\n        break;\n"),
    "receipts do not settle pending": (C + "state.c", "[CAUSE_RECEIPT] = {[STATE_PENDING] = RECEIPTS |", "[CAUSE_RECEIPT] = {[STATE_PENDING] ="),
    "receipts do not settle unknown": (C + "state.c", "[STATE_UNKNOWN] = RECEIPTS | BIT(STATE_ACCEPTED),", ""),
    "a look-up takes any text": (G + "bound/lookup.c", "!same_text(selector_read(&r->own.text, f), w->text)", "false"),
    "a look-up takes any time": (G + "bound/lookup.c", "return at_ms >= w->from_ms &&", "return"),
    "a look-up takes anybody": (G + "bound/lookup.c", "!same_person(to, user_id.n ? user_id : w->to) ||", ""),
    "resolve does not release": (L + "campaign/resolve.lua", "if to == PENDING then redis.call('SADD', KEYS[4], b) end", ""),
    "resolve ends nothing": (L + "campaign/resolve.lua", "  if status == CAMPAIGN_DONE then", "  if false then"),
    "a direct message has no end": (L + "gate/gate.lua", "ARGV[UNTIL] ~= '0' and tonumber(ARGV[UNTIL]) or ", ""),
    "a direct message may be delivered at any time": (F + "dispatch/hours.c", "return direct->until_ms;", "return 0;"),
    "nobody expires": (F + "release.c", "if (late)", "if (false)"),
    "expired too early": (F + "release.c", "&& now_ms >= c->deadline_ms;", "&& now_ms + 5000 >= c->deadline_ms;"),
    "sleepers are not woken": (L + "campaign/reserve.lua", "redis.call('SPOP', KEYS[3]) or opened()", "redis.call('SPOP', KEYS[3])"),
    "lost blocks are not found": (L + "campaign/reserve.lua", "choose_lost('-inf', now_ms - lost_ms)", ""),
    "lost direct messages are not found": (L + "inbox/direct_due.lua", "take('-inf', ARGV[3])", ""),
    "a renewal is not tried again": (F + "dispatch/lease.c", "if (result < 0) loop_timer_in(r->d->renew, RETRY_US);", ""),
    "clock back: the limiter": (L + "gate/limiter.lua", "if l.at > now + SET_BACK then", "if false then"),
    "clock back: the hold": (L + "gate/limiter.lua", "l.hold = math.max(0, l.hold - (l.at - now))", ""),
    "clock back: the leader": (L + "campaign/lead.lua", "and redis.call('PTTL', KEYS[1]) <= tonumber(ARGV[2]) then", "then"),
    "clock back: a lease": (L + "gate/lease.lua", "held.expires > now + 2 * tonumber(ARGV[SPAN])", "false"),
    "clock back: lost blocks": (L + "campaign/reserve.lua", "choose_lost(now_ms + lost_ms, '+inf')", ""),
    "clock back: direct messages": (L + "inbox/direct_due.lua", "take(2 * ARGV[2] - ARGV[3], '+inf')", ""),
    "clock back: whom a resume is for": (L + "gate/ledger_prelude.lua", "math.max(math.floor(now / 1000), resumed_ms + 1)", "math.floor(now / 1000)"),
    "clock forward: not told": (F + "dispatch/clock.c", "if (jump < 0) return;", "return;"),
}

# The same, for worlds that go back (--going-back).
GOING_BACK = {
    "STOPs are not put back": (F + "bring_back.c", "    if (b->optout_n == RESTORE_OPTOUTS_MAX) send_optouts(b);\n", "    b->optout_n = 0;\n"),
    "people are brought before STOPs, and no STOP": (F + "bring_back.c", "begin_pass(b, TOLD);", "begin_pass(b, PEOPLE);"),
    "what another connection leads to is taken for the same": (F + "bring_back.c", "if (h->connections == b->connections && !again) return;", "if (!again) return;"),
    "a resume in a store that went back": (L + "campaign/campaign_move.lua", "if ARGV[1] == 'resume' and (s[1] or s[2])", "if false"),
    "a grant of after the copy leaves them pending": (L + "mark/restore_people.lua", "local to, from = granted and UNKNOWN or states[i]", "local to, from = granted and PENDING or states[i]"),
    "who was sent to again since the copy": (L + "mark/restore_people.lua", "and not since then return false", "then return false"),
    "the stamp counts at once": (L + "mark/restore_people.lua", "local key = ARGV[LATE] == '1' and KEYS[CAMPAIGN] or KEYS[WORDS]", "local key = KEYS[CAMPAIGN]"),
    "contacts of lost campaigns do not come back": (L + "mark/restore_people.lua", "  contacts.bring_lost()\n", ""),
    "what brought before counts for this copy": (L + "mark/mark_check_in.lua", "  if s.back then redis.call('DEL', KEYS[STORE] .. ':brought', KEYS[STORE] .. ':missing') end", "  if false then return end"),
    "who has seen it made good says nothing": (L + "mark/mark_check_in.lua", "local is_once_more = s.back and seen > had", "local is_once_more = false"),
    "who adopts knows nothing": (L + "mark/mark.c", "    m->adopts = true;\n", "    m->id[0] = 0;\n    m->seen = 0;\n"),
    "the gate does not hold against the store": (L + "mark/mark.lua", "  if s[3] then return 'back' end\n", ""),
    "by hand: the stamp of today": (L + "gate/lease.lua", "direct_stamp(c[4], c[2], first)", "tonumber(c[2] or '0')"),
    "by hand: numbers are given again": (L + "mark/mark_check_in.lua", "if finds or is_once_more or is_started then", "if false then"),
    "by hand: a copy of a store that is gone back": (L + "mark/mark_check_in.lua", "if finds or is_once_more or is_started then", "if finds then"),
    "marks of a copy of a store that is gone back": (L + "mark/mark_check_in.lua", "if finds or is_once_more or (s.back and is_started) then", "if finds then"),
    "what was brought into what is lost counts": (L + "mark/restore_report.lua", "if s[7] ~= ARGV[SINCE] then", "if false then"),
    "what a receipt said since it went back": (L + "gate/told.lua", "if to == UNDELIVERED and redis.call(", "if false and redis.call("),
    "the journal keeps its store for itself": ("src/app/store_known.c", "if (is_news) journal_sync(", "if (false) journal_sync("),
    "a receipt of a copy that is lost": (L + "gate/told.lua", "if is_old and to == UNDELIVERED then", "if is_old then"),
}

# The same, for worlds in which Redis' clock is set (--clocks).
CLOCKS = {
    "a grant waits for Redis' clock": (F + "dispatch/send.c", "heap_push(heap_of(g), g->slot_us, g);", "heap_push(heap_of(g), pace_clock_mono_us(&o->d->clock, g->redis_us), g);"),
    "hours that have been": (F + "dispatch/hours.c", "bool has_been = redis_us < w->seen_us;", "bool has_been = false;"),
    "closed by the clock before": (F + "dispatch/gate.c", "put_back(ask, offset, opens_us(b, offset));", "put_back(ask, offset, clock_mono_us() + (int64_t)gate_slot_us(a, times - 1) * 1000000);"),
}

# What worlds find rarely or never, since something else keeps the promise: the test whose matter it is, and what else keeps it.
BY_TEST = {
    # the gate looks at the fence, too
    "renew ignores the fence": "tests/integration/test_ledger",
    # without a lease the gate grants nothing, and what it had granted before has missed its slot
    "sends without a lease": "tests/unit/test_batch_lease",
    # a dispatcher asks for the end only when it knows what became of everybody
    "a batch ends with people in flight": "tests/integration/test_ledger",
    # 128 turns more are too few for a share that the quiet worlds call unfair
    "turns come back": "tests/unit/test_turns",
    # it takes a provider that tells of a message by a receipt and says of the same that it did not take it
    "unknown are sent again": "tests/unit/test_state",
    # who is pending has a receipt only when the provider took what it said that it had not taken
    "receipts do not settle pending": "tests/unit/test_state",
    # few worlds have a whole block that rests until its people's hours
    "sleepers are not woken": "tests/integration/test_gate",
    # few worlds set the clock back after blocks were lost
    "clock back: lost blocks": "tests/integration/test_campaign",
    # few worlds set the clock back between a leader's death and the end of its lease
    "clock back: the leader": "tests/integration/test_campaign",
    # few worlds set the clock back between a resume and a refusal
    "clock back: whom a resume is for": "tests/integration/test_campaign",
    # few worlds set the clock back while a gateway is held
    "clock back: the hold": "tests/integration/test_gate",
    # the regular renewal comes twice more before a lease ends
    "a renewal is not tried again": "tests/unit/test_lease_renew",
    # each process notices by itself that the store went back, within a second
    "the gate does not hold against the store": "tests/integration/test_mark",
    # it takes a store that goes back once more between the end of a restore and the next check-in
    "who adopts knows nothing": "tests/integration/test_restore",
    # chance seldom puts back a copy of just these moments
    "who was sent to again since the copy": "tests/integration/test_restore",
    "the stamp counts at once": "tests/integration/test_restore",
    "by hand: numbers are given again": "tests/integration/test_restore",
    "by hand: a copy of a store that is gone back": "tests/integration/test_restore",
    "what was brought into what is lost counts": "tests/integration/test_restore",
    "who has seen it made good says nothing": "tests/integration/test_restore",
}


def build(args, program="tests/sim/sim_run"):
    return subprocess.run(["ninja", "-C", args.build, program], capture_output=True, text=True)


def found_by_test(args, name):
    """The test that fails; None when none is named, or it passes."""
    test = BY_TEST.get(name)
    if not test or build(args, test).returncode:
        return None
    run = subprocess.run([os.path.join(args.build, test)], capture_output=True, text=True, errors="replace")
    return test if run.returncode else None


def find(args, name):
    """The seed that fails and why; None when all hold."""
    seeds_of_old = ["--regressions", os.path.join(args.source, "tests/sim/regressions")]
    worlds = ["--going-back"] if name in GOING_BACK else ["--clocks"] if name in CLOCKS else seeds_of_old
    run = subprocess.Popen([os.path.join(args.build, "tests/sim/sim_run"), "--seeds", str(args.seeds), *worlds], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, errors="replace")
    why = ""
    for line in run.stdout:
        if re.match(r"# (broken|seed)|bug:|script ", line):
            why += line.strip() + " "
        if line.startswith("# replay"):
            run.terminate()
            run.wait()
            return int(re.search(r"--seed (\d+)", line)[1]), why
    run.wait()
    return None


def main():
    p = argparse.ArgumentParser()
    p.add_argument("source")
    p.add_argument("build")
    p.add_argument("names", nargs="*")
    p.add_argument("--seeds", type=int, default=3000)
    args = p.parse_intermixed_args()
    bad = 0
    for name, (path, old, new) in {**MUTANTS, **GOING_BACK, **CLOCKS}.items():
        if args.names and not any(n in name for n in args.names):
            continue
        path = os.path.join(args.source, path)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        if text.count(old) != 1:
            print(f"{name}: DOES NOT APPLY ({text.count(old)} times in {path})", flush=True)
            bad += 1
            continue
        began = time.time()
        try:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text.replace(old, new))
            made = build(args)
            if made.returncode:
                print(f"{name}: DOES NOT COMPILE {made.stdout[-300:]}", flush=True)
                bad += 1
                continue
            found, test = None, found_by_test(args, name)
            if not test:
                found = find(args, name)
        finally:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        bad += not found and not test
        took = f"{time.time() - began:.0f} s"
        if found:
            print(f"{name}: seed {found[0]} ({took}) {found[1][:150]}", flush=True)
        else:
            print(f"{name}: found by {test} ({took})" if test else f"{name}: NOT FOUND in {args.seeds} ({took})", flush=True)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
