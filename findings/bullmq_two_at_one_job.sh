#!/usr/bin/env bash
# npm bullmq 6.7.0 with ioredis 6.0.0, Node 20, Debian 12's redis-server 7.0.15; seen on 29 November 2026.
#
# Guess:  Redis stands still for some seconds (a machine that is moved, a disk that is full of other work) and goes on. The workers live, and none of them
#         lost its connection: each ends the job that it has, once. A job is "stalled" when its worker is.
# Seen:   the lock of a job is a key that ends by Redis' clock, and a worker makes it longer every so often. When Redis stood longer than lockDuration, all locks are over at the
#         moment it goes on, and each running job is put back and begun by another worker, while the first is in the middle of it. It
#         is told so (an "error" event, no exception in the job) and goes on to its end, so the work is done twice; the job is completed once, and
#         its attempts say 1. lockDuration is 30 s unless it is set, which a failover takes with ease.
# For us: a job that texts somebody texts them twice after each long standstill of Redis, with every worker in good health. maxStalledCount: 0 lets such a job
#         fail, for a person to look at. Muster's lease ends in the same way, and whoever comes next finds the people in flight and asks nobody to send again.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
trap '[[ -z ${pid:-} ]] || { kill -CONT "$pid"; kill "$pid"; } 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund bullmq@6.7.0 ioredis@6.0.0 >/dev/null
cat >look.js <<'JS'
const {Queue, Worker} = require('bullmq');

const [port, pid] = process.argv.slice(2).map(Number);
const connection = {host: '127.0.0.1', port, maxRetriesPerRequest: null};
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const texts = [];
const told = new Set();
let end;
const secondBegan = new Promise((done) => { end = done; });

function worker(name) {
  const w = new Worker('texts', async (job) => {
    texts.push(job.name);
    if (texts.length === 2) end();
    await secondBegan; // the first is in the middle of it until the second has begun, or two minutes are over
    return name;
  }, {connection, lockDuration: 4000, stalledInterval: 2000});
  w.on('error', (e) => { if (/lock/i.test(e.message)) told.add(name); });
  return w;
}

async function main() {
  const queue = new Queue('texts', {connection});
  const workers = [worker('a')];
  const job = await queue.add('text for Ann', {});
  while (!texts.length) await sleep(20);
  workers.push(worker('b'));
  await workers[1].waitUntilReady();
  setTimeout(end, 120000);
  process.kill(pid, 'SIGSTOP');
  await sleep(6000);
  process.kill(pid, 'SIGCONT');
  await secondBegan;
  let state;
  for (let i = 0; i < 100 && state !== 'completed'; i++) {
    await sleep(100);
    state = await job.getState();
  }
  const seen = await queue.getJob(job.id);
  console.log('begun:', texts.join(', '));
  console.log('the job is', state, 'attempts:', seen.attemptsMade);
  console.log('told of a lock that was lost:', [...told].join(', ') || 'nobody');
  process.exit();
}
main().catch((e) => { console.error(e); process.exit(1); });
JS
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
redis-server --port "$port" --bind 127.0.0.1 --save "" --dir "$dir" --maxmemory-policy noeviction >log &
pid=$!
until [[ $(redis-cli -p "$port" ping 2>/dev/null) == PONG ]]; do kill -0 "$pid"; sleep 0.1; done
seen=$(timeout 60 node look.js "$port" "$pid" 2>errors) || { cat errors >&2; exit 1; }
printf '%s\n' "$seen"
[[ $seen == "begun: text for Ann, text for Ann
the job is completed attempts: 1
told of a lock that was lost: a" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
