"""PostgreSQL is stopped for some seconds and started again, and once it hangs: calls fail soon, and all comes back by itself."""
import os
import signal
import subprocess
import time

import book
from report import Report
from restart import require_settled
from stage import Stage, say

CALLERS = 8
PAUSE_MS = 40
AWAY = 8
# Longer than a statement, or a silent connection, may last.
HANGING = 20
SOON_MS = 1_000


def database(wanted):
    report = Report("database", f"Database: PostgreSQL away for {AWAY} s, and hanging for {HANGING} s")
    with Stage(wanted, "database") as stage:
        service, = stage.services(1, **wanted.settings)
        clients, probes = stage.clients(), stage.probes(service)
        start_load(clients, service)
        time.sleep(10)
        times = {}
        for mode in ("fast", "immediate"):
            time.sleep(max(5, wanted.seconds))
            say(f"stopping PostgreSQL ({mode})")
            down = time.time()
            stage.database.stop(mode)
            time.sleep(AWAY)
            stage.database.start()
            times[f"stop, {mode}"] = down, time.time()
        time.sleep(max(5, wanted.seconds))
        say("PostgreSQL hangs")
        down = time.time()
        family = [stage.database.pid, *children(stage.database.pid)]
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(HANGING)
        for pid in reversed(family):
            os.kill(pid, signal.SIGCONT)
        times["hanging"] = down, time.time()
        time.sleep(wanted.seconds + 5)
        clients.stop()
        probes.stop()
        calls = book.read(clients.book)
        end = book.settled(calls, stage.database, stage.instance)
    report.table("Incidents", [incident(name, calls, probes, *span) for name, span in times.items()])
    report.table("Calls that failed, over all", failed_by_status(calls))
    for name, (down, up) in times.items():
        failing = failing_calls(calls, down, up)
        if name != "hanging":
            report.require(f"{name}: nine of ten failing calls fail within {SOON_MS} ms", book.percentile(failing, 90) <= SOON_MS,
                           f"{book.percentile(failing, 90):.0f} ms")
        report.require(f"{name}: none waits longer than {HANGING - 2} s", book.percentile(failing, 100) <= (HANGING - 2) * 1e3,
                       f"{book.percentile(failing, 100):.0f} ms")
        report.require(f"{name}: readiness falls, and comes back", probes.first("ready", False, down)
                       and probes.first("ready", True, up) is not None)
    require_codes(report, calls)
    require_alive(report, probes)
    require_settled(report, end)
    require_ends(report, end)
    return report


def start_load(clients, service):
    clients.start("gRPC", "grpc", (service.grpc,), CALLERS, PAUSE_MS, True)
    clients.start("GraphQL", "graphql", (service.http,), CALLERS, PAUSE_MS, True)


def failing_calls(calls, down, up):
    """Those that the incident met; the next one comes later."""
    return [c for c in calls if down - 1 <= c.start < up + 4 and c.end >= down and not c.ok]


def children(pid):
    return [int(p) for p in subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()]


def incident(name, calls, probes, down, up):
    """Seen from outside: from the first call that fails to the last."""
    failing = failing_calls(calls, down, up)
    unready, ready = probes.first("ready", False, down), probes.first("ready", True, up)
    return {"incident": name, "lasts s": up - down, "failing calls": len(failing),
            "p50 ms": book.percentile(failing, 50), "p90 ms": book.percentile(failing, 90),
            "p99 ms": book.percentile(failing, 99), "worst ms": book.percentile(failing, 100),
            "unready after s": unready and unready - down, "ready s after its end": ready and ready - up,
            "first good call s after its end": min((c.end for c in calls if c.ok and c.start >= up), default=None) - up,
            "last failing call s after its end": max((c.end for c in failing), default=up) - up}


def failed_by_status(calls):
    return [{"calls by": load, "calls": len(mine), "failed": book.failures(mine)}
            for load in sorted({c.load for c in calls}) if (mine := [c for c in calls if c.load == load])]


def require_codes(report, calls):
    allowed = {"OK", "UNAVAILABLE", "DEADLINE_EXCEEDED", "200 service_unavailable", "503 service_unavailable",
               "200 deadline_exceeded", "504 deadline_exceeded"}
    other = [c for c in calls if c.status not in allowed]
    for call in other[:5]:
        say(f"unexpected: {call}")
    report.require("calls fail as unavailable or too late, with the catalogue's code", not other, book.failures(other) or "all")


def require_alive(report, probes):
    dead = [p for p in probes.of("live") if not p["up"]]
    report.require("liveness stays up", not dead, f"{len(dead)} of {len(probes.of('live'))} probes down")


def require_ends(report, end):
    report.figure("writes sent again with their request id", end["sent_again"])
    report.require("a write that failed is done when it is sent again with its request id", end["without_an_end"] == 0,
                   f"{end['without_an_end']} of {end['sent_again']} otherwise")
