#!/usr/bin/env bash
# Go's github.com/redis/go-redis/v9 9.23.0, Debian 12's redis-server 7.0.15; seen on 29 November 2026.
#
# Guess:  Incr(ctx, "n") with a context of 200 ms, and a Redis that stands still: it returns after 200 ms with "context deadline exceeded". So it does when
#         somebody calls cancel() after 200 ms: that is what the argument is for.
# Seen:   it returns after five seconds, the client's own patience for an answer (ReadTimeout), and the error is still the context's. With ContextTimeoutEnabled: true
#         the deadline counts; cancel() does not even then: it is heard when the five seconds are over. The INCR has left in all four cases, and is done when
#         Redis goes on. And with a Redis that answers again in the meantime, all three of the late ones return the number and no error, long after their time.
# For us: a web handler in Go that says "200 ms, then the spool" holds its provider's webhook for five seconds, beyond what some wait; with a client that
#         went away it works on for nobody. ReadTimeout is what has to be short, and a deadline is no word on what was done.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
trap '[[ -z ${pid:-} ]] || { kill -CONT "$pid"; kill "$pid"; } 2>/dev/null || true; chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

func main() {
	ctx := context.Background()
	pid, _ := strconv.Atoi(os.Args[2])
	options := func(enabled bool) *redis.Options {
		return &redis.Options{Addr: "127.0.0.1:" + os.Args[1], ContextTimeoutEnabled: enabled}
	}
	others := redis.NewClient(options(false))
	look := func(enabled, cancelled, answers bool) {
		client := redis.NewClient(options(enabled))
		client.Ping(ctx) // a connection is there
		others.Set(ctx, "n", 0, 0)
		mine, end := context.WithTimeout(ctx, 200*time.Millisecond)
		if cancelled {
			mine, end = context.WithCancel(ctx)
			time.AfterFunc(200*time.Millisecond, end)
		}
		syscall.Kill(pid, syscall.SIGSTOP)
		if answers {
			time.AfterFunc(2*time.Second, func() { syscall.Kill(pid, syscall.SIGCONT) })
		}
		began := time.Now()
		n, err := client.Incr(mine, "n").Result()
		took := time.Since(began)
		end()
		syscall.Kill(pid, syscall.SIGCONT)
		for others.Get(ctx, "n").Val() == "0" && time.Since(began) < 15*time.Second {
			time.Sleep(10 * time.Millisecond)
		}
		when := "in time"
		if took > 4500*time.Millisecond {
			when = "after five seconds"
		} else if took > 1500*time.Millisecond {
			when = "after two seconds"
		}
		fmt.Printf("enabled %t, cancelled %t, Redis stands %s: %d %v %s; n is %s\n", enabled, cancelled,
			map[bool]string{false: "still", true: "for 2 s"}[answers], n, err, when, others.Get(ctx, "n").Val())
	}
	for _, answers := range []bool{false, true} {
		for _, enabled := range []bool{false, true} {
			look(enabled, false, answers)
			look(enabled, true, answers)
		}
	}
}
GO
export GOFLAGS=-mod=mod GOPATH=${GOPATH:-$HOME/go}
go mod init look >go.log 2>&1
go get github.com/redis/go-redis/v9@v9.23.0 >>go.log 2>&1 || { cat go.log >&2; exit 1; }
go build -o look . || exit 1
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
redis-server --port "$port" --bind 127.0.0.1 --save "" --dir "$dir" >log &
pid=$!
until [[ $(redis-cli -p "$port" ping 2>/dev/null) == PONG ]]; do kill -0 "$pid"; sleep 0.1; done
seen=$(timeout 200 ./look "$port" "$pid")
printf '%s\n' "$seen"
[[ $seen == "enabled false, cancelled false, Redis stands still: 0 context deadline exceeded after five seconds; n is 1
enabled false, cancelled true, Redis stands still: 0 context canceled after five seconds; n is 1
enabled true, cancelled false, Redis stands still: 0 context deadline exceeded in time; n is 1
enabled true, cancelled true, Redis stands still: 0 context canceled after five seconds; n is 1
enabled false, cancelled false, Redis stands for 2 s: 1 <nil> after two seconds; n is 1
enabled false, cancelled true, Redis stands for 2 s: 1 <nil> after two seconds; n is 1
enabled true, cancelled false, Redis stands for 2 s: 0 context deadline exceeded in time; n is 1
enabled true, cancelled true, Redis stands for 2 s: 1 <nil> after two seconds; n is 1" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
