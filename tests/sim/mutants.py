#!/usr/bin/env python3
"""Breaks the product on purpose, one way after another, and sees that the simulation finds it.

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
    "a resume forgets whom the provider lost": (L + "campaign/campaign_move.lua", "redis.call('HSET', KEYS[1], 'again', can_again)", ""),
    "receipts of the first copy count": (L + "gate/told.lua", "return told.stamp >= again or to == DELIVERED or to == READ, true", "return true, true"),
    "copies have one stamp": (L + "campaign/campaign_move.lua", "if stamp % 256 < 255 then", "if false then"),
    "receipts against the account do not block": (L + "gate/told.lua", "faults >= told.faults_max and", "false and"),
    "gate ignores holds": (L + "gate/rules/hold.lua", "if not held[i] then return end", "if true then return end"),
    "gate ignores the status": (L + "gate/gate.lua", "if campaign[1] ~= CAMPAIGN_RUNNING then", "if false then"),
    "gate ignores the deadline": (L + "gate/rules/deadline.lua", "ask.deadline == 0 or", "true or"),
    "gate takes the deadline of now": (L + "gate/rules/deadline.lua", "ask.latest < ask.deadline", "ask.now < ask.deadline"),
    "gate ignores the hours": (L + "gate/rules/hours.lua", "if #hours == 0 then return nil end", "if true then return nil end"),
    "gate ignores the closing": (L + "gate/rules/slot.lua", "slot >= h.close", "false"),
    "hours end with the second": (F + "dispatch/hours.c", "w->window.close_us - CLOSE_US", "w->window.close_us + 60000000"),
    "hours begin early": (F + "dispatch/hours.c", "w->window.open_us += OPEN_US", "w->window.open_us -= 1000000"),
    "no validity": (F + "dispatch/send.c", ".validity_s = validity_s(b, g->offset),", ".validity_s = 0,"),
    "validity forgets the hours": (F + "dispatch/hours.c", "return deadline_ms && deadline_ms < close_ms ? deadline_ms : close_ms;", "return deadline_ms;"),
    "an old fence moves pending": (L + "gate/record.lua", "if cause == 'outcome' and not lease_was_last_mine(", "if false and not lease_was_last_mine("),
    "sends without a lease": (F + "dispatch/batch.c", "if (now_us > b->lease_until_us - LEASE_SAFETY_US) batch_lose(b);", ""),
    "a missed slot is used": (F + "dispatch/send.c", "now > slot + PACE_LATE_US", "now > slot + 1000 * PACE_LATE_US"),
    "slots are not given back": (F + "dispatch/send.c", "if (o->unused_n < GATE_GIVE_BACK_MAX)", "if (false)"),
    "slots are given back twice": (L + "gate/limiter.lua", "  if ring_sum(l.log, bucket, 1, false) + (l.changes[bucket] or 0) <= 0 then return end\n", "  limiter_count(l, bucket, -1)\n"),
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
    "lanes weigh the same": (F + "dispatch/turns.c", "[LANE_REMINDER] = 3", "[LANE_REMINDER] = 1"),
    "turns do not count": (F + "dispatch/turns.c", "r->turns += (double)messages / weight[batch_lane(s->batch)];", ""),
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
    "nobody expires": (F + "release.c", "else if (late)", "else if (false)"),
    "expired too early": (F + "release.c", "r->now_ms >= c->deadline_ms;", "r->now_ms + 5000 >= c->deadline_ms;"),
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


def build(args):
    return subprocess.run(["ninja", "-C", args.build, "tests/sim/sim_run"], capture_output=True, text=True)


def find(args):
    """The seed that fails and why; None when all hold."""
    run = subprocess.Popen([os.path.join(args.build, "tests/sim/sim_run"), "--seeds", str(args.seeds)], stdout=subprocess.PIPE,
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
    args = p.parse_args()
    bad = 0
    for name, (path, old, new) in MUTANTS.items():
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
            found = find(args)
        finally:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        bad += found is None
        took = f"{time.time() - began:.0f} s"
        print(f"{name}: " + (f"seed {found[0]} ({took}) {found[1][:150]}" if found else f"NOT FOUND in {args.seeds} ({took})"), flush=True)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
