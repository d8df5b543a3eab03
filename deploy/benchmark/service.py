"""The service as it is shipped, and the callers that drive it."""
import json
import os
import re
import subprocess
import time
import urllib.request
from pathlib import Path

from postgres import free_port

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OPERATOR_TOKEN = "the-benchmarks-operator"


def jar(java, *options):
    return [java, *options, "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-jar",
            str(ROOT / "membership-service/target/quarkus-app/quarkus-run.jar")]


class Service:
    def __init__(self, url, command, log, settings=(), look_every=0.1):
        self.grpc, self.http, self.management = free_port(), free_port(), free_port()
        self.command, self.log, self.look_every = command, log, look_every
        self.environment = dict(
            os.environ,
            MEMBERSHIP_HOST="127.0.0.1", MEMBERSHIP_GRPC_PORT=str(self.grpc), MEMBERSHIP_HTTP_PORT=str(self.http),
            MEMBERSHIP_MANAGEMENT_PORT=str(self.management), MEMBERSHIP_DB_URL=url,
            MEMBERSHIP_DB_USER="postgres", MEMBERSHIP_DB_PASSWORD="", MEMBERSHIP_OPERATOR_TOKEN=OPERATOR_TOKEN,
            MEMBERSHIP_LOG_JSON="false", **dict(settings))
        self.start()

    def start(self):
        """Returns when it takes calls; on the same ports as before."""
        start = time.monotonic()
        self.process = subprocess.Popen(self.command, env=self.environment, stdout=self.log, stderr=subprocess.STDOUT)
        self.pid = self.process.pid
        while time.monotonic() - start < 60:
            time.sleep(self.look_every)
            try:
                if urllib.request.urlopen(f"http://127.0.0.1:{self.management}/q/health/ready").status == 200:
                    self.ready_after = time.monotonic() - start
                    return
            except OSError:
                if self.process.poll() is not None:
                    break
        raise SystemExit("The service does not start, see its log.")

    def stop(self):
        self.process.terminate()
        self.process.wait()


class GrpcCallers:
    def __init__(self, java, port):
        self.process = subprocess.Popen(
            [java, "-Xmx512m", "-XX:+UseSerialGC", "--sun-misc-unsafe-memory-access=allow", "-cp",
             f"{HERE}/target/classes:{HERE}/target/lib/*", "dev.membership.benchmark.Callers", str(port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def ask(self, *command):
        self.process.stdin.write(" ".join(map(str, command)) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def run(self, operation, callers, seconds):
        options = [f"{name}={value}" for name, value in operation.options.items() if value]
        return self.ask("run", operation.kind, operation.population, callers, min(callers, 8), seconds, *options)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class GraphQlCallers:
    """wrk with graphql.lua."""

    def __init__(self, port, secret_key):
        self.port, self.secret_key = port, secret_key

    def run(self, operation, callers, seconds):
        done = subprocess.run(
            ["wrk", "-t1", f"-c{callers}", f"-d{max(1, round(seconds))}s", "-s", str(HERE / "graphql.lua"),
             f"http://127.0.0.1:{self.port}/graphql", "--", self.secret_key, operation.population,
             str(ROOT / "graphql/operations/dashboard.graphql"), operation.kind],
            capture_output=True, text=True)
        found = re.search(r"^result (.*)$", done.stdout, re.M)
        if not found:
            raise SystemExit(f"wrk: {done.stdout}{done.stderr}")
        return json.loads(found.group(1))
