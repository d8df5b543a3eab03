"""The very statements that the service sends, sent by pgbench: what the database alone can do."""
import re
import shutil
import subprocess
import time
from pathlib import Path

from processes import cpu_seconds_of_family

MOST_SCRIPTS = 60
# So many rows each run of changes has for itself.
MOST_IN_A_RUN = 12_000

# Where the rows are, see Population.java and seed.sql. The names are those that variable() gives to parameters. Changes go
# from row to row, every run (-D base) among members that the callers leave alone. Reads take any, as callers do: a few
# rows, read again and again, would be cheaper because they stay in the processor's cache.
NEXT = r"""\set turn :turn + 1
\set number :base + :turn * :clients + :client_id
"""
ROW = r"""\set o {organization}
\set place {place}
\set u ({start} + :place) % 200000
\set organization 2000000000000000000 + :o
\set user 1000000000000000000 + :u
\set membership 3000000000000000000 + :o * 1000000 + :place
\set fresh random(1, 9000000000000000000)
"""
ORGANIZATIONS = {"spread": ("5 + :number % 9996", ":o * 88"), "large": ("1", "0"), "hot": ("10001", "0")}
PLACES = {("create", "spread"): "50000 + :number / 9996", ("create", "hot"): "199999 - :number",
          ("create", "large"): "150000 + :number", ("update", "spread"): "20 + :number / 9996",
          ("update", "large"): "30000 + :number", ("delete", "spread"): "70 - :number / 9996",
          ("delete", "large"): "80000 - :number"}
READ = {"spread": ("random(5, 10000)", "random(0, 43)", ":o * 88"), "large": ("1", "random(0, 49999)", "0"),
        "small": ("4", "random(0, 49)", "0")}


def rows(operation):
    """The lines that choose the row of a run; None: what was recorded is repeated."""
    changed = PLACES.get((operation.kind, operation.population))
    if changed:
        organization, start = ORGANIZATIONS[operation.population]
        return NEXT + ROW.format(organization=organization, place=changed, start=start)
    if operation.kind in ("get", "check") or operation.kind == "list_of_user" and "user" not in operation.options:
        organization, place, start = READ[operation.population]
        return ROW.format(organization=organization, place=place, start=start)
    return None


def variable(value):
    """The pgbench variable that takes the place of a recorded value; None: it stays as it was."""
    for pattern, name in [("1", "user"), ("2", "organization"), ("3", "membership")]:
        if re.fullmatch(pattern + r"\d{18}", value):
            return name
    return "fresh" if value.startswith("orgmem_") else None


def cast(value, following):
    """The type that the service's driver tells PostgreSQL, where it cannot be known from the statement."""
    if value is None or following.startswith("::"):
        return ""
    if value.startswith("{"):
        return "::text[]"
    return "::timestamptz" if re.match(r"\d{4}-\d\d-\d\d ", value) else ""


class Pgbench:
    def __init__(self, database, folder):
        self.database, self.folder = database, Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.bases = {}

    def prepare(self, operation, recorded):
        """Writes scripts for what was recorded; returns pgbench's arguments for them."""
        control = re.compile(r"(?i)(begin|commit|rollback)")
        in_transaction = any(control.match(text) for text, _ in recorded)
        recorded = [(text, values) for text, values in recorded if not control.match(text)]
        if not recorded:
            return None
        arguments, scripts = [], []
        lines = rows(operation)
        if lines:
            # One call's statements are one script, of which every run has another row.
            lines, call = [lines], {}
            for text, values in recorded:
                call.setdefault(text, values)
            lines += [self._statement(text, values, f"s{i}", arguments, True) for i, (text, values) in enumerate(call.items())]
            if in_transaction:
                lines = [lines[0], "BEGIN;\n", *lines[1:], "COMMIT;\n"]
            scripts.append("".join(lines))
        else:
            step = max(1, len(recorded) // MOST_SCRIPTS)
            for i, (text, values) in enumerate(recorded[::step][:MOST_SCRIPTS]):
                scripts.append(self._statement(text, values, f"s{i}", arguments, False))
        for i, script in enumerate(scripts):
            file = self.folder / f"{len(list(self.folder.iterdir()))}.sql"
            file.write_text(script)
            arguments += ["-f", str(file)]
        return arguments

    @staticmethod
    def _statement(text, values, prefix, arguments, varying):
        def placeholder(match):
            number = int(match.group(1))
            value = values[number]
            if not value:
                return "NULL" if value is None else "''"
            alone = re.fullmatch(r'\{([^{},"]+)\}', value)  # in an array
            name = variable(alone.group(1) if alone else value) if varying else None
            if name and alone:
                return f"ARRAY[:{name}]::text[]"
            if name is None:
                name = f"{prefix}p{number}"
                definition = f"{name}={value}"
                if definition not in arguments:
                    arguments.extend(["-D", definition])
            return ":" + name + cast(value, match.string[match.end():])
        return re.sub(r"\$(\d+)", placeholder, " ".join(text.split())) + ";\n"

    def run(self, operation, arguments, callers, seconds):
        """Returns transactions a second, and PostgreSQL's CPU for one of them in microseconds. pgbench ends at the first
        error: so what it did is what the service does."""
        changed = (operation.kind, operation.population)
        base = self.bases.get(changed, 0)
        self.bases[changed] = base + MOST_IN_A_RUN
        before = cpu_seconds_of_family(self.database.pid)
        done = subprocess.run(
            ["pgbench", *self.database.connection_options(), "-n", "-M", "prepared", "-c", str(callers), "-j", "1",
             "-T", str(max(1, round(seconds))), "-D", "turn=0", "-D", f"base={base}", "-D", f"clients={callers}", *arguments, "membership"],
            capture_output=True, text=True,
            env={"PGOPTIONS": "-c plan_cache_mode=force_generic_plan", "PATH": "/usr/bin:/bin"})
        time.sleep(0.5)  # what its backends used is counted only when PostgreSQL has seen them end
        cpu = cpu_seconds_of_family(self.database.pid) - before
        count = re.search(r"transactions actually processed: (\d+)", done.stdout)
        rate = re.search(r"tps = ([\d.]+) \(without", done.stdout)
        if done.returncode or not count or not int(count.group(1)):
            raise SystemExit(f"pgbench, {operation.name}: {done.stdout[-500:]}{done.stderr[-2000:]}")
        return {"calls": int(count.group(1)), "per_second": float(rate.group(1)),
                "pg_us": cpu / int(count.group(1)) * 1e6}
