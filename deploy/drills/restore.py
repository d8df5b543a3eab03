"""A dump and a base backup taken while callers write; both are restored, the latter to the moment before a mistake."""
import os
import shutil
import subprocess
import time

import book
from database import start_load
from report import Report
from restart import require_settled
from stage import Standby, Stage, say

# The service connects as the database's owner, who is no superuser.
AS_OWNER = "?user=membership"
UNREAD = "count(*) FILTER (WHERE transaction_id >= pg_snapshot_xmin(pg_current_snapshot()))"


def restore(wanted):
    report = Report("restore", "Restore: from a dump, and to a point in time")
    with Stage(wanted, "restore") as stage:
        source, folder = stage.database, stage.folder
        archive = folder / "archive"
        owned(archive)
        source.psql(f"ALTER SYSTEM SET archive_command = 'cp %p {archive}/%f'", database="postgres")
        source.psql("ALTER SYSTEM SET archive_mode = on", database="postgres")
        source.stop()
        source.start()
        source.psql("CREATE ROLE membership LOGIN", database="postgres")
        source.psql("ALTER DATABASE membership OWNER TO membership", database="postgres")
        service, = stage.services(1, source.url() + AS_OWNER, **wanted.settings)
        clients = stage.clients()
        start_load(clients, service)
        time.sleep(5)
        say("base backup and dump, under load")
        base = Standby(folder / "base")
        base.copy(source)
        dump = folder / "membership.dump"
        took_dump = timed(lambda: tool(source, "pg_dump", "--format=custom", f"--file={dump}", "membership"))
        time.sleep(wanted.seconds)
        clients.stop()
        calls = book.read(clients.book)
        time.sleep(1)
        good = source.psql("SELECT now() AS at")[0]["at"]
        time.sleep(1)
        say("the mistake: all memberships are deleted")
        source.psql("TRUNCATE membership")
        source.psql("SELECT pg_switch_wal()")
        service.stop()

        took_recovery = timed(lambda: recover(base, archive, good))
        stage.ending.append(lambda: base.stop("immediate"))
        end = book.settled(calls, base, stage.instance)
        serves(stage, report, base.url() + AS_OWNER, "to a point in time")

        # Another server, whose transactions have other numbers than those in the dump, and whose own locale knows ASCII only.
        other = Standby(folder / "other", locale="C")
        other.start()
        stage.ending.append(lambda: other.stop("immediate"))
        other.psql("CREATE ROLE membership LOGIN", database="postgres")
        took_restore = timed(lambda: restore_dump(other, dump))
        wrong = other.psql(book.INCONSISTENT.format(instance=stage.instance), database="restored")[0]["wrong"]
        events, unread = other.psql(f"SELECT count(*), {UNREAD} AS unread FROM outbox_event", database="restored")[0].values()
        letters = other.psql("SELECT lower('É') AS lower, cardinality(show_trgm('é')) AS trigrams", database="restored")[0]
        owners = [row["tableowner"] for row in other.psql(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'", database="restored")]
        serves(stage, report, other.url("restored") + AS_OWNER, "from the dump")
    report.figure("seconds for the dump, of MB", f"{took_dump:.1f}, {dump.stat().st_size / 1e6:.0f}")
    report.figure("seconds to restore the dump", took_restore)
    report.figure("seconds to recover to the point in time", took_recovery)
    report.figure("events in the dump, of all", f"{int(events):,} of {end['acknowledged'] + end['happened_unacknowledged']:,}")
    report.require("from the dump: counters and events agree with rows", int(wrong) == 0, f"{wrong} organizations differ")
    report.require("from the dump: all tables are the owner's", owners == ["membership"], ", ".join(owners))
    report.require("from the dump: case and searches know letters beyond ASCII's",
                   letters["lower"] == "é" and int(letters["trigrams"]) > 0, str(letters))
    report.require("from the dump: events that had been committed count as such, for their deletion by age", int(unread) == 0, f"{unread} not yet")
    require_settled(report, end)
    return report


def owned(path):
    path.mkdir()
    if os.geteuid() == 0:
        shutil.chown(path, "postgres", "postgres")


def timed(work):
    start = time.time()
    work()
    return time.time() - start


def tool(server, program, *arguments):
    subprocess.run([str(server.bin / program), *server.connection_options(), *arguments], check=True,
                   stdout=subprocess.DEVNULL)


def restore_dump(server, dump):
    """As docs/operations.md says."""
    tool(server, "createdb", "--owner=membership", "--template=template0", "--encoding=UTF8", "--locale-provider=libc",
         "--locale=C.UTF-8", "restored")
    tool(server, "pg_restore", "--dbname=restored", "--role=membership", "--no-owner", "--exit-on-error", str(dump))
    tool(server, "psql", "--dbname=restored", "--command=UPDATE outbox_event SET transaction_id = pg_current_xact_id()")


def recover(server, archive, moment):
    """As docs/operations.md says."""
    with open(server.data / "postgresql.auto.conf", "a") as conf:
        conf.write(f"archive_mode = off\nrestore_command = 'cp {archive}/%f %p'\nrecovery_target_time = '{moment}'\n"
                   "recovery_target_action = 'promote'\n")
    (server.data / "recovery.signal").touch()
    server.start()
    while server.psql("SELECT pg_is_in_recovery() AS yes")[0]["yes"] == "t":
        time.sleep(0.1)


def serves(stage, report, url, how):
    """A service that does not migrate takes what was restored for its own."""
    service = stage.service(url, {"MEMBERSHIP_DB_MIGRATE": "false"})
    clients = stage.clients()
    start_load(clients, service)
    time.sleep(3)
    clients.stop()
    calls = book.read(clients.book)
    service.stop()
    # The callers begin anew, so some ask for members whom they have removed before.
    answers = {"OK", "NOT_FOUND", "200 resource_not_found"}
    report.require(f"{how}: a service on it answers", calls and {c.status for c in calls} <= answers,
                   f"{len(calls):,} calls, {book.failures(calls) or 'all well'}")
