#!/usr/bin/env python3
"""Seeds a database, drives the service and, beside it, pgbench, and writes one table. See README.md."""
import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import plans
import report
from operations import MAIN, PAGES, SIZES
from pgbench import Pgbench
from postgres import Postgres
from processes import cpu_seconds, cpu_seconds_of_family, machine_busy_seconds, rss_mb
from service import HERE, OPERATOR_TOKEN, GraphQlCallers, GrpcCallers, Service, jar

CHANGES = ("create", "update", "delete")
# What is recorded beside them is the background's.
WITHOUT_DATABASE = ("nothing", "introspection")
MOST_WARM_UPS = 8
# Looking a key up again after its time in the cache, and the jobs, which pass over rows that others have locked.
BACKGROUND = re.compile("FROM secret_key|SKIP LOCKED")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3,
                        help="interleaved rounds, of which medians are taken; after more than 3 those of 'sizes' run out of members")
    parser.add_argument("--seconds", type=float, default=4, help="length of one measurement")
    parser.add_argument("--warmup", type=float, default=2,
                        help="seconds of a run before, of which there are 3 to 8; with 4 the removals of 'sizes' run out of members")
    parser.add_argument("--only", default="", help="names of operations or sections (operations.py), separated by commas")
    parser.add_argument("--folder", default="/tmp/membership-benchmark", help="where the database lives, kept for the next run")
    parser.add_argument("--java-options", default="-Xmx512m -XX:+UseSerialGC", help="of the service")
    parser.add_argument("--executable", help="the native executable, to be measured instead of the JVM")
    parser.add_argument("--out", default=str(HERE / "target"), help="where report.md and report.json go")
    return parser.parse_args()


def main():
    wanted = arguments()
    sections = {"operations": MAIN, "sizes": SIZES, "pages": PAGES}
    only = set(filter(None, wanted.only.split(",")))
    sections = {name: [o for o in operations if not only or name in only or o.name in only]
                for name, operations in sections.items()}
    java = str(Path(os.environ["JAVA_HOME"]) / "bin/java")
    database, running = Postgres(wanted.folder), []
    try:
        say("starting PostgreSQL")
        database.start()
        log = open(Path(wanted.folder) / "service.log", "w")
        made = Path(wanted.folder) / "made.json"
        if not (made.exists() and database.seeded()):
            made.write_text(json.dumps(seed(database, java, log)))
            database.keep_seeded()
        say("copying the seeded database")
        database.copy_seeded()
        say("starting the service")
        service = Service(
            database.url(), [wanted.executable] if wanted.executable else jar(java, *wanted.java_options.split()), log)
        running.append(service)
        grpc = GrpcCallers(java, service.grpc)
        running.insert(0, grpc)
        secret_key = json.loads(made.read_text())["secret_key"]
        grpc.ask("use", secret_key)
        doors = {"grpc": grpc, "graphql": GraphQlCallers(service.http, secret_key)}
        bench = Benchmark(database, service, doors, Pgbench(database, Path(wanted.folder) / "scripts"), wanted)
        results = {}
        for name, operations in sections.items():
            if operations:
                results[name] = bench.measure(name, operations)
                # Half an hour's work, should a later section end the run.
                keep(wanted.out, "report.json", json.dumps(results, indent=1))
        say("counting what is there")
        plans_text = bench.plans
        results["consistent"] = consistent(database)
        results["machine"] = machine(database, java, wanted)
    finally:
        for process in running:
            process.stop()
        database.stop()
    keep(wanted.out, "report.json", json.dumps(results, indent=1))
    keep(wanted.out, "report.md", report.markdown(results))
    keep(wanted.out, "statements.md", plans_text)
    print(report.markdown(results))


def keep(folder, name, text):
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / name).write_text(text)


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def seed(database, java, log):
    """The service makes the schema and an instance, psql the rows."""
    say("seeding 1,002,000 memberships (a minute or two)")
    service = Service(database.url("seeded"), jar(java), log)
    grpc = GrpcCallers(java, service.grpc)
    made = grpc.ask("prepare", OPERATOR_TOKEN)
    grpc.stop()
    service.stop()
    roles = {row["key"].removeprefix("org:"): row["id"] for row in database.psql("SELECT key, id FROM role", "seeded")}
    database.psql(None, "seeded", variables={"instance": made["instance"], **roles}, file=HERE / "seed.sql")
    return made


def consistent(database):
    """Counters that do not agree with their rows: there must be none, after all that was added and removed."""
    return database.psql("""SELECT count(*) AS wrong FROM organization_counter c LEFT JOIN (
            SELECT organization_id, count(*) AS members FROM membership GROUP BY 1) m USING (organization_id)
        WHERE c.members_count <> coalesce(m.members, 0)""")[0]["wrong"] == "0"


def machine(database, java, wanted):
    version = subprocess.run([java, "-version"], capture_output=True, text=True).stderr.splitlines()
    cpu = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    return {"cores": os.cpu_count(), "cpu": cpu[0] if cpu else platform.machine(), "kernel": platform.release(),
            "postgresql": database.psql("SHOW server_version")[0]["server_version"], "huge_pages": database.in_huge_pages(),
            "runs_on": "the native executable" if wanted.executable else f"{version[1]}, {wanted.java_options}", "rounds": wanted.rounds, "seconds": wanted.seconds,
            "date": time.strftime("%Y-%m-%d")}


def comparable(operation):
    """Whether pgbench does the same work. Point reads of several callers share statements, by fewer keys each than while
    statements are logged; what needs no database only meets the background's statements."""
    return operation.kind not in WITHOUT_DATABASE and (
        operation.callers == 1 or operation.kind not in ("get", "role", "check", "list_of_user"))


class Benchmark:
    def __init__(self, database, service, doors, pgbench, wanted):
        self.database, self.service, self.doors, self.pgbench, self.wanted = database, service, doors, pgbench, wanted
        self.plans = ""

    def measure(self, section, operations):
        for operation in operations:
            token = operation.options.get("page_token") or ""
            if token.startswith("@"):
                # What page 1,999 of 50 names as the next one.
                operation.options["page_token"] = self.doors["grpc"].ask(
                    "token", operation.population, 1998 * 50, token[1:])["token"]
        for operation in operations:
            self._warm(section, operation)
        scripts = {}
        for operation in operations:
            say(f"{section}: recording the statements of {operation.title}")
            change = operation.kind in CHANGES
            recorded = [(text, values) for text, values in self.database.recorded(
                lambda: self._drive(operation, 0 if change else 0.2, 1 if change else operation.callers))
                if not BACKGROUND.search(text)]
            scripts[operation.name] = (self.pgbench.prepare(operation, recorded) if comparable(operation) else None), recorded
        if section == "operations":
            self.plans = plans.explained(self.database, [
                (o, scripts[o.name][1]) for o in operations if o.kind not in WITHOUT_DATABASE])
        rounds = {operation.name: [] for operation in operations}
        for i in range(self.wanted.rounds):
            for n, operation in enumerate(operations):
                say(f"{section}: round {i + 1} of {self.wanted.rounds}, {n + 1} of {len(operations)}: {operation.title}")
                rounds[operation.name].append(self._round(operation, *scripts[operation.name]))
        return [{"name": operation.name, "title": operation.title, "callers": operation.callers,
                 **{key: statistics.median(r[key] for r in rounds[operation.name]) if rounds[operation.name][0][key] is not None
                    else None for key in rounds[operation.name][0]}} for operation in operations]

    def _warm(self, section, operation):
        """Until three runs cost the service about the same: the JVM compiles for long what is called for the first time."""
        costs = []
        while len(costs) < 3 or (max(costs[-3:]) > 1.08 * min(costs[-3:]) and len(costs) < MOST_WARM_UPS):
            say(f"{section}: warming up, {len(costs) + 1}: {operation.title}")
            before = cpu_seconds(self.service.pid)
            calls = self._drive(operation, self.wanted.warmup)["calls"]
            costs.append((cpu_seconds(self.service.pid) - before) / calls)

    def _drive(self, operation, seconds, callers=None):
        outcome = self.doors[operation.door].run(operation, callers or operation.callers, seconds)
        if outcome["failures"]:
            raise SystemExit(f"{operation.title}: {outcome['failures']} calls failed, the first: {outcome['first_failure']}")
        return outcome

    def _round(self, operation, script, recorded):
        self.database.reset_statements()
        before, busy, start = self._cpu(), machine_busy_seconds(), time.monotonic()
        outcome = self._drive(operation, self.wanted.seconds)
        after, busy, lasted = self._cpu(), machine_busy_seconds() - busy, time.monotonic() - start
        calls = outcome["calls"]
        service, database, callers = (b - a for a, b in zip(before, after))
        statements = sum(int(row["calls"]) for row in self.database.statements()) / calls
        result = {
            "per_second": calls / outcome["seconds"], "p50_ms": outcome["p50_ms"], "p99_ms": outcome["p99_ms"],
            "service_us": service / calls * 1e6, "pg_us": database / calls * 1e6, "statements": statements,
            "rss_mb": rss_mb(self.service.pid), "pgbench_per_second": None, "pgbench_pg_us": None,
            "of_pgbench": None, "pg_ratio": None,
            "strangers_cores": max(0.0, (busy - service - database - callers) / lasted) if operation.door == "grpc" else None}
        if script:
            alone = self.pgbench.run(operation, script, operation.callers, self.wanted.seconds)
            # A script sends what one call did, which may have had to do it again; or, of reads that share statements, one.
            per_script = len([1 for text, _ in recorded if not text.lower().startswith(("begin", "commit"))])
            share = max(1, statements / per_script) if operation.kind in CHANGES else statements
            result |= {"pgbench_per_second": alone["per_second"], "pgbench_pg_us": alone["pg_us"],
                       "of_pgbench": result["per_second"] / alone["per_second"],
                       "pg_ratio": result["pg_us"] / (share * alone["pg_us"])}
        return result

    def _cpu(self):
        return (cpu_seconds(self.service.pid), cpu_seconds_of_family(self.database.pid),
                cpu_seconds(self.doors["grpc"].process.pid))


if __name__ == "__main__":
    main()
