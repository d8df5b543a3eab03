"""What a drill plays on: PostgreSQL, the service, callers, and probes as Kubernetes sends them."""
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "benchmark"))
from postgres import Postgres, free_port  # noqa: E402
from processes import cpu_seconds, rss_mb  # noqa: E402, F401
from service import OPERATOR_TOKEN, GrpcCallers, Service, jar  # noqa: E402,F401

USERS = 150_000
SEEDED = 5_000


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


class Stage:
    """One drill's: made anew, ended with all its processes."""

    def __init__(self, wanted, name):
        self.wanted, self.name = wanted, name
        self.folder = Path(wanted.folder) / name
        self.java = str(Path(os.environ["JAVA_HOME"]) / "bin/java")
        self.ending = []

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.log = open(self.folder / "service.log", "w")
        self.database = Standby(self.folder)
        self.database.start()
        self.ending.append(lambda: self.database.stop("immediate"))
        self.database.psql("CREATE DATABASE membership", database="postgres")
        return self

    def __exit__(self, *_):
        for end in reversed(self.ending):
            end()

    def standby(self, primary):
        """Without it nothing is committed on the primary, as long as both are there."""
        standby = Standby(self.folder / "standby")
        primary.psql("ALTER SYSTEM SET synchronous_standby_names = '*'", database="postgres")
        standby.follow(primary)
        primary.psql("SELECT pg_reload_conf()", database="postgres")
        self.ending.append(lambda: standby.stop("immediate"))
        return standby

    def services(self, number, url=None, **settings):
        """The first one migrates, and makes the instance that is then filled."""
        services = []
        for _ in range(number):
            services.append(self.service(url or self.database.url(), settings))
            service = services[-1]
            if len(services) == 1:
                self._seed(service)
        return services

    def service(self, url, settings):
        say("starting the service")
        service = Service(url, self.wanted.command, self.log, settings)
        self.ending.append(lambda: (service.process.kill(), service.process.wait()))
        return service

    def _seed(self, service):
        callers = GrpcCallers(self.java, service.grpc)
        made = callers.ask("prepare", OPERATOR_TOKEN)
        callers.stop()
        self.instance, self.secret_key = made["instance"], made["secret_key"]
        roles = {row["key"].removeprefix("org:"): row["id"] for row in self.database.psql("SELECT key, id FROM role")}
        self.database.psql(None, variables={"instance": self.instance, "users": USERS, **roles}, file=HERE / "seed.sql")

    def clients(self):
        clients = Clients(self.java, self.folder / "calls.csv", self.secret_key)
        self.ending.append(clients.kill)
        return clients

    def balancer(self, a, b):
        balancer = Balancer(self.folder, a, b)
        self.ending.append(balancer.stop)
        return balancer

    def probes(self, *services):
        probes = Probes(services)
        self.ending.append(probes.stop)
        return probes


class Standby(Postgres):
    """A server that can follow another one, and take its place."""

    def follow(self, primary):
        self.copy(primary, "-R")
        self.start()
        # Copied from the primary; promoted, it stands alone.
        self.psql("ALTER SYSTEM SET synchronous_standby_names = ''", database="postgres")
        self.psql("SELECT pg_reload_conf()", database="postgres")

    def copy(self, primary, *options):
        """A base backup, not started yet."""
        self.folder.mkdir(exist_ok=True)
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(self.data, "postgres", "postgres")
        self._run(str(self.bin / "pg_basebackup"), *primary.connection_options(), "-D", str(self.data), "-c", "fast",
                  *options)

    def rejoin(self, primary):
        """On the same port as before; from now on the primary waits for it."""
        self.follow(primary)
        primary.psql("ALTER SYSTEM SET synchronous_standby_names = '*'", database="postgres")
        primary.psql("SELECT pg_reload_conf()", database="postgres")

    def promote(self):
        self._run(str(self.bin / "pg_ctl"), "-D", str(self.data), "-w", "promote")


class Clients:
    """Clients.java; what it books is in a file."""

    def __init__(self, java, book, secret_key):
        self.book = book
        self.process = subprocess.Popen(
            [java, "-Xmx1g", "-XX:+UseSerialGC", "--sun-misc-unsafe-memory-access=allow", "-cp",
             f"{HERE}/target/classes:{HERE}/target/lib/*", "dev.membership.drills.Clients", str(book), secret_key,
             str(SEEDED)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(book.parent / "clients.log", "w"), text=True)
        self.pid = self.process.pid

    def ask(self, *command):
        self.process.stdin.write(" ".join(map(str, command)) + "\n")
        self.process.stdin.flush()
        if not self.process.stdout.readline():
            raise SystemExit("The callers have ended, see clients.log.")

    def start(self, load, door, ports, callers, pause_ms, patient):
        self.ask("start", load, door, ",".join(map(str, ports)), callers, pause_ms, "true" if patient else "false")

    def stop(self):
        self.ask("stop")

    def kill(self):
        self.process.kill()
        self.process.wait()


class Balancer:
    """HAProxy with haproxy.cfg."""

    def __init__(self, folder, a, b):
        self.grpc, self.graphql, self.graphql_tcp = free_port(), free_port(), free_port()
        config = folder / "haproxy.cfg"
        config.write_text((HERE / "haproxy.cfg").read_text().format(
            a=a, b=b, grpc=self.grpc, graphql=self.graphql, graphql_tcp=self.graphql_tcp))
        self.process = subprocess.Popen([shutil.which("haproxy"), "-f", str(config), "-db"],
                                        stdout=open(folder / "haproxy.log", "w"), stderr=subprocess.STDOUT)
        time.sleep(2)

    def stop(self):
        self.process.kill()
        self.process.wait()


class Probes:
    """Asks for liveness and readiness ten times a second; who has not answered within a second is down, as for a kubelet."""

    def __init__(self, services):
        self.seen, self.stopped = [], False
        self.threads = [threading.Thread(target=self._ask, args=(service, path), daemon=True)
                        for service in services for path in ("live", "ready")]
        for thread in self.threads:
            thread.start()

    def _ask(self, service, path):
        while not self.stopped:
            start = time.time()
            try:
                up = urllib.request.urlopen(f"http://127.0.0.1:{service.management}/q/health/{path}", timeout=1).status == 200
            except OSError:
                up = False
            self.seen.append({"at": start, "took": time.time() - start, "service": service, "path": path, "up": up})
            time.sleep(0.1)

    def stop(self):
        self.stopped = True
        for thread in self.threads:
            thread.join()

    def of(self, path, start=0.0, end=float("inf")):
        return [s for s in sorted(self.seen, key=lambda s: s["at"]) if s["path"] == path and start <= s["at"] < end]

    def first(self, path, up, after):
        """When it was first seen so; None: never."""
        return next((s["at"] for s in self.of(path, after) if s["up"] == up), None)


def metric(service, name, **labels):
    """The sum of a metric over all label values but those named."""
    text = urllib.request.urlopen(f"http://127.0.0.1:{service.management}/q/metrics").read().decode()
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
               if line.startswith(name + "{") and all(f'{k}="{v}"' in line for k, v in labels.items()))
