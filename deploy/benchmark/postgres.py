"""A PostgreSQL of the benchmark's own, made anew, on loopback, as durable as any."""
import csv
import io
import json
import os
import pwd
import re
import shutil
import socket
import subprocess
from pathlib import Path

SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 2GB
effective_cache_size = 12GB
max_wal_size = 8GB
checkpoint_timeout = 30min
max_connections = 200
random_page_cost = 1.1
jit = off
shared_preload_libraries = pg_stat_statements
pg_stat_statements.track = top
logging_collector = on
log_destination = jsonlog
log_filename = statements
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Postgres:
    def __init__(self, folder, locale="C.UTF-8"):
        self.folder = Path(folder)
        self.locale = locale
        self.data = self.folder / "postgres"
        self.bin = Path(subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True).stdout.strip()
                        if shutil.which("pg_config") else sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1])
        self.port = None

    # PostgreSQL's programs refuse to run as root.
    def _as_owner(self, *command):
        root = os.geteuid() == 0
        return (["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if root else []) + list(command)

    def start(self):
        known = (self.data / "PG_VERSION").exists()
        self.folder.mkdir(parents=True, exist_ok=True)
        if not known:
            self.data.mkdir(mode=0o700, exist_ok=True)
            if os.geteuid() == 0:
                shutil.chown(self.data, "postgres", "postgres")
            self._run(str(self.bin / "initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust", "--no-sync",
                      "-E", "UTF8", f"--locale={self.locale}")
            with open(self.data / "postgresql.conf", "a") as conf:
                conf.write(SETTINGS)
        self.port = self.port or free_port()
        self._run(str(self.bin / "pg_ctl"), "-D", str(self.data), "-l", str(self.data / "log.txt"),
                  "-o", f"-p {self.port}", "-w", "-t", "120", "start")
        if not known:
            self.psql("CREATE DATABASE seeded", database="postgres")
        self.pid = int((self.data / "postmaster.pid").read_text().split()[0])

    def seeded(self):
        """Whether there are data of an earlier run to begin with."""
        return self.psql("SELECT datistemplate FROM pg_database WHERE datname = 'seeded'", database="postgres")[0][
            "datistemplate"] == "t"

    def keep_seeded(self):
        self.psql("ALTER DATABASE seeded IS_TEMPLATE true", database="postgres")

    def copy_seeded(self):
        """Every run begins with the same rows."""
        self.psql("DROP DATABASE IF EXISTS membership WITH (FORCE)", database="postgres")
        self.psql("CREATE DATABASE membership TEMPLATE seeded STRATEGY file_copy", database="postgres")
        self.psql("CREATE EXTENSION pg_stat_statements")
        self.psql("CHECKPOINT")

    def stop(self, mode="fast"):
        if (self.data / "postmaster.pid").exists():
            self._run(str(self.bin / "pg_ctl"), "-D", str(self.data), "-m", mode, "-w", "stop")

    def _run(self, *command):
        done = subprocess.run(self._as_owner(*command), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              cwd="/")
        if done.returncode:
            raise SystemExit(f"{command[0]} failed: {done.stderr}")

    def url(self, database="membership"):
        return f"jdbc:postgresql://127.0.0.1:{self.port}/{database}"

    def in_huge_pages(self):
        """Whether its shared memory is, which the machine has to have reserved (vm.nr_hugepages)."""
        return "anon_hugepage" in Path(f"/proc/{self.pid}/maps").read_text()

    def connection_options(self):
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"]

    def psql(self, sql, database="membership", variables=None, file=None):
        command = [str(self.bin / "psql"), "-X", "-q", "--csv", "-v", "ON_ERROR_STOP=1", *self.connection_options()]
        for name, value in (variables or {}).items():
            command += ["-v", f"{name}={value}"]
        command += ["-f", str(file)] if file else ["-c", sql]
        done = subprocess.run(command + [database], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"psql: {done.stderr}")
        return list(csv.DictReader(io.StringIO(done.stdout)))

    def lines(self, sql):
        """What psql prints for statements whose answers are text."""
        done = subprocess.run([str(self.bin / "psql"), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1",
                               *self.connection_options(), "membership"], input=sql, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"psql: {done.stderr}")
        return done.stdout.splitlines()

    def statements(self):
        """What ran since the last call of reset_statements, transaction control left out."""
        return self.psql("""SELECT query, calls FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
            WHERE d.datname = 'membership' AND query !~* '^(begin|commit|rollback|set|show|select pg_stat|discard)'
            AND query !~* 'pg_stat_statements' ORDER BY calls DESC""")

    def reset_statements(self):
        self.psql("SELECT pg_stat_statements_reset()")

    def recorded(self, work):
        """Has every statement logged while work runs; returns them as (text, {n: value or None})."""
        log = self.data / "log" / "statements.json"
        self.psql("ALTER SYSTEM SET log_statement = 'all'")
        self.psql("SELECT pg_reload_conf()")
        self._settle("all")
        start = log.stat().st_size
        work()
        self.psql("ALTER SYSTEM RESET log_statement")
        self.psql("SELECT pg_reload_conf()")
        self._settle("none")
        found = []
        with open(log) as lines:
            lines.seek(start)
            for line in lines:
                entry = json.loads(line)
                text = re.match(r"execute [^:]*: (.*)", entry.get("message", ""), re.S)
                if text and entry.get("dbname") == "membership":
                    found.append((text.group(1), parameters(entry.get("detail", ""))))
        return found

    def _settle(self, wanted):
        while self.psql("SHOW log_statement")[0]["log_statement"] != wanted:
            pass


def parameters(detail):
    values = {}
    for number, quoted in re.findall(r"\$(\d+) = (NULL|'(?:[^']|'')*')", detail):
        values[int(number)] = None if quoted == "NULL" else quoted[1:-1].replace("''", "'")
    return values
