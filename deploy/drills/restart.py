"""Two instances are restarted in turn, as a rolling update does, while callers read and write. Not one call may fail."""
import time

import book
from report import Report
from stage import Stage, metric, say

ROUNDS = 2
CALLERS = 6
PAUSE_MS = 50


def restart(wanted):
    report = Report("restart", "Restart: two instances in turn, twice, SIGTERM each time")
    with Stage(wanted, "restart") as stage:
        a, b = stage.services(2, MEMBERSHIP_SHUTDOWN_DELAY="3S", **wanted.settings)
        balancer, clients = stage.balancer(a, b), stage.clients()
        for load, door, ports in (("gRPC, round robin", "grpc", (a.grpc, b.grpc)),
                                  ("gRPC by TCP balancer", "grpc", (balancer.grpc,)),
                                  ("GraphQL by TCP balancer", "graphql", (balancer.graphql_tcp,)),
                                  ("GraphQL by HTTP balancer", "graphql", (balancer.graphql,))):
            clients.start(load.replace(" ", "_").replace(",", ";"), door, ports, CALLERS, PAUSE_MS, False)
        time.sleep(10)  # until the JVMs are warm
        steady = time.time()
        time.sleep(wanted.seconds)
        rolling, ended, started, found, spread = time.time(), [], [], [], []
        for turn in range(ROUNDS):
            for service in (a, b):
                say(f"restart {turn + 1} of {ROUNDS}, {'b' if service is b else 'a'}")
                told = time.time()
                service.stop()
                ended.append(time.time() - told)
                told = time.time()
                service.start()
                started.append(time.time() - told)
                # As a rolling update waits for a replica to have been ready for a while (minReadySeconds).
                while calls_taken(service) == 0 and time.time() - told < 60:
                    time.sleep(0.2)
                found.append(time.time() - told - started[-1])
                time.sleep(wanted.seconds)
                before = calls_taken(a), calls_taken(b)
                time.sleep(5)
                taken = [n - m for n, m in zip((calls_taken(a), calls_taken(b)), before)]
                spread.append(taken[(a, b).index(service)] / max(1, sum(taken)))
        rolled = time.time()
        time.sleep(2)
        clients.stop()
        calls = book.read(clients.book)
        end = book.settled(calls, stage.database, stage.instance)
    rows = []
    for load in sorted({c.load for c in calls}):
        mine = [c for c in calls if c.load == load]
        before, during = (book.latency([c for c in book.within(mine, *span) if c.ok])
                          for span in ((steady, rolling), (rolling, rolled)))
        rows.append({"calls by": load.replace("_", " ").replace(";", ","), "calls": len(mine),
                     "failed": book.failures(mine), "p99 ms before": before["p99_ms"], "p99 ms rolling": during["p99_ms"],
                     "worst ms before": before["worst_ms"], "worst ms rolling": during["worst_ms"]})
    report.table("Calls", rows)
    report.figure("restarts", len(ended))
    report.figure("seconds from SIGTERM to the end", max(ended))
    report.figure("seconds from start to readiness", max(started))
    report.figure("seconds from readiness to the first gRPC call", max(found))
    report.figure("share of gRPC calls that the new process has soon after", min(spread))
    failed = [c for c in calls if not c.ok]
    for call in failed[:10]:
        say(f"failed: {call}")
    report.require("no call fails", not failed, f"{len(failed)} of {len(calls):,}")
    require_settled(report, end)
    return report


def calls_taken(service):
    return metric(service, "grpc_server_processing_duration_seconds_count")


def require_settled(report, end):
    report.figure("writes, acknowledged", f"{end['acknowledged']:,} of {end['writes']:,}")
    report.require("what was acknowledged is there", end["lost"] == 0, f"{end['lost']} lost")
    report.require("nothing happened twice, or otherwise than asked", not any(
        end[k] for k in ("twice", "unasked", "wrong_event")), f"{end['twice'] + end['unasked'] + end['wrong_event']}")
    report.require("rows, counters and events agree", end["rows_differ"] + end["inconsistent_organizations"] == 0,
                   f"{end['rows_differ']} rows, {end['inconsistent_organizations']} organizations differ")
