"""More calls are sent than the service can answer: it goes on answering as many, and refuses the rest at once."""
import contextlib
import os
import time

import book
from database import children
from report import Report
from stage import Stage, cpu_seconds, rss_mb, say

CALLERS = 16
# Of gRPC; a client that sends HTTP/1 opens as many as it needs.
CONNECTIONS = 4
ONE = "gRPC over one connection"
# Over four connections the callers' core is too slow for more than three times gRPC's capacity.
TIMES = {"gRPC": (2, 3), ONE: (5,), "GraphQL": (2, 5)}
WARM_UPS = 4
# What is left of the capacity: refusing, too, takes CPU.
GOODPUT = {2: 0.7, 3: 0.5, 5: 0.4}
# By percentile, in times of what it is for CALLERS. Not over one connection: what exceeds the calls that it carries waits in
# the client, as long as the flood lasts.
LATENCY = {50: 10, 99: 15}
HEALTH_MS = 500
# CALLERS without a pause are more than a core that does all else, too, can always take at once: some are refused at any time.
NOISE = 0.05
# More than PostgreSQL's one core can use.
POOL = "4"


def overload(wanted):
    report = Report("overload", "Overload: more reads than there is capacity for")
    with Stage(wanted, "overload") as stage:
        service, = stage.services(1, **{"MEMBERSHIP_DB_POOL": POOL, **wanted.settings})
        clients, probes = stage.clients(), stage.probes(service)
        # Callers who need the service's own cores would measure themselves.
        pin([service.pid, stage.database.pid, *children(stage.database.pid)], {0})
        pin([clients.pid, os.getpid()], set(range(1, os.cpu_count())))
        rows, spans, sizes, busy, before = [], {}, [], [], {}
        ports = {"gRPC": f"{service.grpc}*{CONNECTIONS}", ONE: service.grpc, "GraphQL": service.http}
        for name, floods in TIMES.items():
            load, to = name.replace(" ", "_"), ("graphql" if name == "GraphQL" else "grpc", ports[name])
            say(f"{name}: capacity")
            for _ in range(WARM_UPS):
                clients.ask("loop", f"{load}:warm-up", *to, CALLERS, wanted.seconds)
            # Refusing, too, is slow until it is compiled.
            warm = answered_a_second(clients, f"{load}:warm-up", WARM_UPS * wanted.seconds)
            clients.ask("flood", f"{load}:warm-up", *to, warm * floods[-1], wanted.seconds)
            clients.ask("loop", f"{load}:capacity", *to, CALLERS, wanted.seconds)
            clients.ask("watch", f"{load}:health", service.grpc)
            asked = [c for c in book.read(clients.book) if c.load == f"{load}:capacity"]
            usual = [c for c in asked if c.ok]
            capacity, before[f"{name}, afterwards"] = len(usual) / wanted.seconds, 1 - len(usual) / len(asked)
            for times in floods:
                say(f"{name}: {times} times {capacity:.0f} a second")
                start, used = time.time(), cpu_seconds(clients.pid)
                clients.ask("flood", f"{load}:{times}", *to, capacity * times, wanted.seconds)
                spans[name, times] = start, time.time()
                busy.append((cpu_seconds(clients.pid) - used) / (time.time() - start))
                sizes.append(rss_mb(service.pid))
            clients.stop()
            time.sleep(2)
            clients.ask("loop", f"{load}:after", *to, CALLERS, wanted.seconds)
            calls = book.read(clients.book)
            for times in floods:
                rows.append(row(f"{name}, {times} times", calls, f"{load}:{times}", spans[name, times], capacity, usual, probes,
                                f"{load}:health"))
            after = [c for c in calls if c.load == f"{load}:after"]
            rows.append(row(f"{name}, afterwards", calls, f"{load}:after", (after[0].start, after[-1].end), capacity, usual,
                            probes, f"{load}:health"))
        probes.stop()
    report.table(f"Calls ({CALLERS} callers make the capacity; service and PostgreSQL have one core, callers the others)", rows)
    report.figure("service's memory, MB, at the most", max(sizes))
    report.figure("CPU of the callers, cores, at the most", max(busy))
    flooded = [r for r in rows if "times" in r["load"]]
    refused = {"RESOURCE_EXHAUSTED", "503 too_many_requests", "OK"}
    for times, least in GOODPUT.items():
        left = min(r["answered / capacity"] for r in flooded if f"{times} times" in r["load"])
        report.require(f"{times} times the capacity leave {least} of it or more", left >= least, f"{left:.2f}")
    for percent, most in LATENCY.items():
        ratio = f"p{percent} / usual"
        worst = max(r[ratio] for r in flooded if ONE not in r["load"])
        report.require(f"p{percent} of what is answered is at most {most} times the usual", worst <= most, f"{worst:.2f}")
    report.require(f"health and readiness are answered within {HEALTH_MS} ms",
                   all(r[c] <= HEALTH_MS for r in flooded for c in ("readiness worst ms", "gRPC health worst ms")),
                   f"{max(r[c] for r in flooded for c in ('readiness worst ms', 'gRPC health worst ms')):.0f} ms")
    report.require("callers have CPU to spare: what is measured is not their own queue", max(busy) < 0.95, f"{max(busy):.2f}")
    report.require("what is not answered is refused as too much, and with when to come again",
                   all(set(r["not answered"]) <= refused and r["without retry"] == 0 for r in flooded))
    late = sum(not p["up"] for p in probes.seen)
    report.require("health is answered within a second, but for two probes in a row at the most (Kubernetes acts on the third)",
                   max(longest_silence(probes.of(path)) for path in ("live", "ready")) < 3,
                   f"{late} of {len(probes.seen)} probes late")
    report.require("afterwards as many are answered as before, and no more refused", all(
        r["answered / capacity"] >= 0.7 and r["refused share"] <= before[r["load"]] + NOISE for r in rows if "afterwards" in r["load"]))
    return report


def answered_a_second(clients, load, seconds):
    return sum(c.ok for c in book.read(clients.book) if c.load == load) / seconds


def pin(pids, cores):
    for pid in pids:
        # One of PostgreSQL's processes may have ended meanwhile.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
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
            **{f"p{p} / usual": book.percentile(good, p) / book.percentile(usual, p) for p in LATENCY},
            "not answered": book.failures(mine), "refused share": len(bad) / len(mine), "without retry": sum(not c.retry_after for c in bad),
            "refused p50 ms": book.percentile(bad, 50), "refused p99 ms": book.percentile(bad, 99),
            "readiness worst ms": max(seen, default=0) * 1e3, "gRPC health worst ms": book.percentile(watched, 100)}
