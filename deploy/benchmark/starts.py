#!/usr/bin/env python3
"""How the service starts and what memory it takes: the native executable, the JVM, the JVM with an AOT cache. Each round starts
each of them anew on the same migrated database. What is measured must have been built, see ../image/README.md."""
import argparse
import json
import os
import re
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

from postgres import Postgres
from processes import cpu_seconds, rss_mb
from service import OPERATOR_TOKEN, ROOT, GrpcCallers, Service, jar

TARGET = ROOT / "membership-service/target"
CALLS, CALLERS = 10_000, 8
# What the image runs with, so that the memory is that of a pod.
HEAP = ["-XX:+UseSerialGC", "-Xmx256m"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", default="/tmp/membership-starts", help="where the database lives")
    return parser.parse_args()


class GraphQl:
    def __init__(self, port, secret_key):
        self.port = port
        self.headers = {"Authorization": f"Bearer {secret_key}", "Content-Type": "application/json"}

    def ask(self, query, connection=None):
        connection = connection or HTTPConnection("127.0.0.1", self.port)
        connection.request("POST", "/graphql", json.dumps({"query": query}), self.headers)
        answer = json.loads(connection.getresponse().read())
        if "data" not in answer or "errors" in answer:
            raise SystemExit(f"{query}: {answer}")
        return answer["data"]

    def ask_often(self, query):
        def some(_):
            connection = HTTPConnection("127.0.0.1", self.port)
            for _ in range(CALLS // CALLERS):
                self.ask(query, connection)
        with ThreadPoolExecutor(CALLERS) as callers:
            list(callers.map(some, range(CALLERS)))


def prepare(database, java, log):
    """The schema, an instance, an organization with its creator; returns the instance's key and the query for 10,000 calls."""
    service = Service(database.url(), jar(java), log)
    grpc = GrpcCallers(java, service.grpc)
    secret_key = grpc.ask("prepare", OPERATOR_TOKEN)["secret_key"]
    grpc.stop()
    door = GraphQl(service.http, secret_key)
    user = door.ask('mutation { createUser(fields: {firstName: "Ada"}) { id } }')["createUser"]["id"]
    organization = door.ask(f'mutation {{ createOrganization(name: "Acme", createdBy: "{user}") {{ id }} }}')
    service.stop()
    return secret_key, '{ getOrganization(id: "%s") { id name membersCount } }' % organization["createOrganization"]["id"]


def train(database, java, secret_key, query, cache, log):
    """A run that starts, answers the calls, and leaves at its end what it has loaded and linked as the cache."""
    service = Service(database.url(), jar(java, *HEAP, f"-XX:AOTCacheOutput={cache}"), log)
    GraphQl(service.http, secret_key).ask_often(query)
    service.stop()


def start(database, command, secret_key, query):
    with tempfile.NamedTemporaryFile("r") as log:
        service = Service(database.url(), command, open(log.name, "w"), look_every=0.002)
        cpu = cpu_seconds(service.pid)
        time.sleep(5)
        idle = rss_mb(service.pid)
        GraphQl(service.http, secret_key).ask_often(query)
        after = rss_mb(service.pid)
        service.stop()
        return {"ready after, s": service.ready_after, "its own \"started in\", s": float(
            re.search(r"started in ([\d.]+)s", log.read()).group(1)), "CPU until ready, s": cpu, "RSS idle, MB": idle,
            f"RSS after {CALLS:,} calls, MB": after}


def size_mb(*paths):
    return sum(file.stat().st_size for path in paths for file in ([path] if path.is_file() else path.rglob("*"))
               if file.is_file()) / 1e6


def main():
    wanted = arguments()
    java = str(Path(os.environ["JAVA_HOME"]) / "bin/java")
    executable = next(TARGET.glob("*-runner"))
    database, app, cache = Postgres(wanted.folder), TARGET / "quarkus-app", Path(wanted.folder) / "app.aot"
    try:
        database.start()
        database.psql("DROP DATABASE IF EXISTS membership", database="postgres")
        database.psql("CREATE DATABASE membership", database="postgres")
        with open(Path(wanted.folder) / "service.log", "w") as log:
            secret_key, query = prepare(database, java, log)
            train(database, java, secret_key, query, cache, log)
        # The executable's own size; a JVM comes on top of the jars (the image's has about 100 MB).
        variants = {"native": ([str(executable)], size_mb(executable)), "JVM": (jar(java, *HEAP), size_mb(app)),
                    "JVM, AOT cache": (jar(java, *HEAP, f"-XX:AOTCache={cache}"), size_mb(app, cache))}
        rounds = {name: [] for name in variants}
        for _ in range(wanted.rounds):
            for name, (command, _) in variants.items():
                rounds[name].append(start(database, command, secret_key, query))
    finally:
        database.stop()
    print(f"Medians of {wanted.rounds} interleaved rounds, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}\n")
    print("| | " + " | ".join(variants) + " |\n|---|" + "---:|" * len(variants))
    for figure in rounds["native"][0]:
        values = (statistics.median(r[figure] for r in rounds[name]) for name in variants)
        print(f"| {figure} | " + " | ".join(f"{v:.0f}" if "MB" in figure else f"{v:.2f}" for v in values) + " |")
    print("| program, MB | " + " | ".join(f"{size:.0f}" for _, size in variants.values()) + " |")


if __name__ == "__main__":
    main()
