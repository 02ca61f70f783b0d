"""The day in small: what bench/day.py does at full size, without the bounds of time: a blast with sessions, two accounts of which one fails,
replies, volunteers, a page that goes from hand to hand, pledges at the end; and all books held against each other."""
import pathlib
import sys

from house import check, options, run

ARGS = options(people=2000, seconds=5, pledge_seconds=2, volunteers=20, think_s=0.05, places=30, sessions=120)
sys.path.insert(0, str(pathlib.Path(ARGS.source) / "bench"))
import day  # noqa: E402

ARGS.build = pathlib.Path(ARGS.musterd).parents[2]


def the_day(w):
    it, (_, states, told, pledges, moved) = day.have_it(w, ARGS)
    print(f"# {dict(states)}; told {dict(told)}; {dict(pledges)}; {moved} moved up; {it.others} told of another than the best, {it.forfeited} forfeited")
    check(told["of a place that needs them"] and pledges["coming"] and moved, "all of it took place")


sys.exit(run(ARGS, the_day, world=day.world_of))
