#!/usr/bin/env python3
"""Does to the service what will happen to it, under load, and says what its callers saw. See docs/resilience.md."""
import argparse
import importlib
import json
import os
import sys
import time
from pathlib import Path

from stage import jar

HERE = Path(__file__).resolve().parent
DRILLS = ("restart", "database", "failover", "overload", "restore")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("drills", nargs="*", choices=[*DRILLS, []], help="all, if none is named")
    parser.add_argument("--seconds", type=float, default=10, help="length of a quiet time between two incidents")
    parser.add_argument("--executable", help="the native executable, instead of the jar")
    parser.add_argument("--java-options", default="-Xmx512m -XX:+UseSerialGC", help="of the service")
    parser.add_argument("--setting", action="append", default=[], help="NAME=VALUE for the service's environment")
    parser.add_argument("--folder", default="/tmp/membership-drills", help="where databases and logs are")
    parser.add_argument("--out", default=str(HERE / "target"), help="where drills.md and drills.json go")
    wanted = parser.parse_args()
    wanted.command = [wanted.executable] if wanted.executable else jar(
        str(Path(os.environ["JAVA_HOME"]) / "bin/java"), *wanted.java_options.split())
    wanted.settings = dict(s.split("=", 1) for s in wanted.setting)
    reports = []
    for name in wanted.drills or DRILLS:
        drill = getattr(importlib.import_module(name), name)
        reports.append(drill(wanted))
        print(reports[-1].markdown(), end="\n\n", flush=True)
    out = Path(wanted.out)
    out.mkdir(parents=True, exist_ok=True)
    head = (f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores shared by all, "
            f"{'native executable' if wanted.executable else wanted.java_options}\n\n")
    (out / "drills.md").write_text(head + "\n\n".join(r.markdown() for r in reports) + "\n")
    (out / "drills.json").write_text(json.dumps([r.json() for r in reports], indent=1))
    sys.exit(0 if all(r.met for r in reports) else 1)


if __name__ == "__main__":
    main()
