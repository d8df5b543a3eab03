"""The primary dies under load and its synchronous standby is promoted; then the old primary comes back as a standby, and dies."""
import os
import signal
import time

import book
from database import children, failed_by_status, incident, require_alive, require_codes, require_ends, start_load
from report import Report
from restart import require_settled
from stage import Stage, say

DETECTION = 3


def failover(wanted):
    report = Report("failover", f"Failover: two PostgreSQL servers, a promotion {DETECTION} s after the primary was killed")
    with Stage(wanted, "failover") as stage:
        first = stage.database
        second = stage.standby(first)
        url = f"jdbc:postgresql://127.0.0.1:{first.port},127.0.0.1:{second.port}/membership?targetServerType=primary"
        service, = stage.services(1, url, **wanted.settings)
        clients, probes = stage.clients(), stage.probes(service)
        start_load(clients, service)
        time.sleep(10 + wanted.seconds)
        times = {"primary killed": fail_over(first, second)}
        time.sleep(max(5, wanted.seconds))
        say("the old primary comes back as a standby")
        first.rejoin(second)
        time.sleep(max(5, wanted.seconds))
        times["back again, the other one stopped (immediate)"] = fail_over(second, first, kill=False)
        time.sleep(max(5, wanted.seconds))
        clients.stop()
        probes.stop()
        stage.database = first
        calls = book.read(clients.book)
        end = book.settled(calls, first, stage.instance)
        readers = first.psql("SELECT pg_is_in_recovery() AS standby")[0]["standby"]
    report.table("Incidents", [incident(name, calls, probes, *span) for name, span in times.items()])
    report.table("Calls that failed, over all", failed_by_status(calls))
    for name, (down, up) in times.items():
        after = min((c.end for c in calls if c.ok and c.kind in book.WRITES and c.start >= up), default=float("inf")) - up
        report.figure(f"{name}: seconds from the promotion to the first write", after)
        report.require(f"{name}: writes go on within 5 s of the promotion", after <= 5, f"{after:.2f} s")
    report.require("the last primary is one", readers == "f")
    require_codes(report, calls)
    require_alive(report, probes)
    require_settled(report, end)
    require_ends(report, end)
    return report


def fail_over(old, new, kill=True):
    """Returns when it began, and when the new primary was one."""
    say("the primary ends")
    down = time.time()
    if kill:
        family = [old.pid, *children(old.pid)]
        for pid in family:
            os.kill(pid, signal.SIGKILL)
    else:
        old.stop("immediate")
    time.sleep(DETECTION)
    new.promote()
    return down, time.time()
