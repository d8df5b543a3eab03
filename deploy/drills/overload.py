"""Two and five times as many calls are sent as the service can answer: it goes on answering as many, refuses the rest at once."""
import os
import time

import book
from database import children
from report import Report
from stage import Stage, rss_mb, say

CALLERS = 16
TIMES = (2, 5)
WARM_UPS = 4


def overload(wanted):
    report = Report("overload", "Overload: reads, two and five times as many as there is capacity for")
    with Stage(wanted, "overload") as stage:
        service, = stage.services(1, **wanted.settings)
        clients, probes = stage.clients(), stage.probes(service)
        # Callers who need the service's own cores would measure themselves.
        pin([service.pid, stage.database.pid, *children(stage.database.pid)], {0})
        pin([clients.pid, os.getpid()], set(range(1, os.cpu_count())))
        rows, spans, sizes = [], {}, []
        for door, port in (("grpc", service.grpc), ("graphql", service.http)):
            say(f"{door}: capacity")
            for _ in range(WARM_UPS):
                clients.ask("loop", f"{door}:warm-up", door, port, CALLERS, wanted.seconds)
            clients.ask("loop", f"{door}:capacity", door, port, CALLERS, wanted.seconds)
            clients.ask("watch", f"{door}:health", service.grpc)
            calls = [c for c in book.read(clients.book) if c.load == f"{door}:capacity"]
            capacity = sum(c.ok for c in calls) / wanted.seconds
            usual = book.percentile([c for c in calls if c.ok], 99)
            for times in TIMES:
                say(f"{door}: {times} times {capacity:.0f} a second")
                start = time.time()
                clients.ask("flood", f"{door}:{times}", door, port, capacity * times, wanted.seconds)
                spans[door, times] = start, time.time()
                sizes.append(rss_mb(service.pid))
            clients.stop()
            time.sleep(2)
            clients.ask("loop", f"{door}:after", door, port, CALLERS, wanted.seconds)
            calls = book.read(clients.book)
            for times in TIMES:
                rows.append(row(f"{door}, {times} times", calls, f"{door}:{times}", spans[door, times], capacity, usual, probes,
                                f"{door}:health"))
            after = [c for c in calls if c.load == f"{door}:after"]
            rows.append(row(f"{door}, afterwards", calls, f"{door}:after", (after[0].start, after[-1].end), capacity, usual,
                            probes, f"{door}:health"))
        probes.stop()
    report.table(f"Calls ({CALLERS} callers make the capacity; service and PostgreSQL have one core, callers the others)", rows)
    report.figure("service's memory, MB, at the most", max(sizes))
    flooded = [r for r in rows if "times" in r["load"]]
    refused = {"RESOURCE_EXHAUSTED", "503 too_many_requests", "OK"}
    report.require("what is answered stays at half of the capacity or more",
                   all(r["answered / capacity"] >= 0.5 for r in flooded), f"{min(r['answered / capacity'] for r in flooded):.2f}")
    report.require("what is not answered is refused as too much, and with when to come again",
                   all(set(r["not answered"]) <= refused and r["without retry"] == 0 for r in flooded))
    late = sum(not p["up"] for p in probes.seen)
    report.require("health is answered within a second, but for two probes in a row at the most (Kubernetes acts on the third)",
                   max(longest_silence(probes.of(path)) for path in ("live", "ready")) < 3,
                   f"{late} of {len(probes.seen)} probes late")
    report.require("afterwards all is as before", all(
        r["answered / capacity"] >= 0.7 and not r["not answered"] for r in rows if "afterwards" in r["load"]))
    return report


def pin(pids, cores):
    for pid in pids:
        for thread in os.listdir(f"/proc/{pid}/task"):
            os.sched_setaffinity(int(thread), cores)


def longest_silence(probes):
    longest = silent = 0
    for probe in probes:
        silent = 0 if probe["up"] else silent + 1
        longest = max(longest, silent)
    return longest


def row(title, calls, load, span, capacity, usual, probes, health):
    mine = [c for c in calls if c.load == load]
    good, bad = [c for c in mine if c.ok], [c for c in mine if not c.ok]
    seen = [p["took"] for p in probes.of("ready", *span)]
    watched = [c for c in calls if c.load == health and span[0] <= c.start < span[1]]
    # While calls were sent, not until the last answer has come.
    lasted = max(c.start for c in mine) - min(c.start for c in mine)
    return {"load": title, "sent/s": len(mine) / lasted, "answered/s": len(good) / lasted,
            "answered / capacity": len(good) / lasted / capacity,
            "p50 ms": book.percentile(good, 50), "p99 ms": book.percentile(good, 99),
            "p99 / usual p99": book.percentile(good, 99) / usual,
            "not answered": book.failures(mine), "without retry": sum(not c.retry_after for c in bad),
            "refused p50 ms": book.percentile(bad, 50), "refused p99 ms": book.percentile(bad, 99),
            "readiness worst ms": max(seen, default=0) * 1e3, "gRPC health worst ms": book.percentile(watched, 100)}
