"""The result as Markdown."""

HEAD = ("| operation | callers | calls/s | p50 ms | p99 ms | service CPU us | PostgreSQL CPU us | statements | "
        "of pgbench's rate | PostgreSQL CPU to pgbench's |\n|---|---|---|---|---|---|---|---|---|---|")


def number(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"


def row(r):
    return (f"| {r['title']} | {r['callers']} | {number(r['per_second'])} | {number(r['p50_ms'], 2)} | {number(r['p99_ms'], 2)} | "
            f"{number(r['service_us'])} | {number(r['pg_us'])} | {number(r['statements'], 2)} | {number(r['of_pgbench'], 2)} | "
            f"{number(r['pg_ratio'], 2)} |")


def table(results):
    return "\n".join([HEAD, *(row(r) for r in results)])


def ratios(results):
    """The promises that this run can show, as ratios inside it."""
    by = {r["name"]: r for section in ("operations", "sizes", "pages") for r in results.get(section, [])}
    cost = {name: r["service_us"] + r["pg_us"] for name, r in by.items()}
    lines = []

    def line(text, one, other, values, most=None, least=None):
        if one in values and other in values:
            ratio = values[one] / values[other]
            met = "met" if (most is None or ratio <= most) and (least is None or ratio >= least) else "**missed**"
            lines.append(f"| {text} | {ratio:.2f} | {'at most ' + str(most) if most else 'at least ' + str(least)} | {met} |")

    service = {name: r["service_us"] for name, r in by.items()}
    rate = {name: r["per_second"] for name, r in by.items()}
    for suffix, callers in (("", 8), ("-32", 32)):
        for name in ("get", "check"):
            line(f"gRPC {name}, service CPU, to a call without the database, {callers} callers", name + suffix,
                 "nothing" + suffix, service, most=2.5)
    for one, what, other, nothing in (("graphql-role", "one field", "`__typename`", "graphql-nothing"),
                                      ("graphql-get", "14 fields", "`__typename`", "graphql-nothing"),
                                      ("graphql-get", "14 fields", "introspection of as many fields", "graphql-type")):
        line(f"GraphQL get of {what}, service CPU, to {other}", one, nothing, service, most=2.5)
    line("100 checks in a batch, CPU, to one", "batch-check", "check-1", cost, most=5)
    line("text search, CPU, to a plain page", "list-text", "list-first", cost, most=10)
    line("adds into one organization, to adds over many", "create-hot", "create-spread", rate, least=0.33)
    line("adds into one, 32 callers to 8", "create-hot-32", "create-hot", rate, least=1)
    for r in results.get("sizes", []):
        if r["name"].endswith("@100,000"):
            line(r["title"] + ", CPU, to 100", r["name"], r["name"].replace("@100,000", "@100"), cost, most=1.2)
    for r in results.get("pages", []):
        if r["name"].endswith("-2,000"):
            line(r["title"] + ", CPU, to page 1", r["name"], r["name"].removesuffix("2,000") + "1", cost, most=1.2)
        else:
            line(r["title"] + ", CPU, to created_at", r["name"], "created_at-1", cost, most=2)
    return "\n".join(["| what | ratio | promised | |", "|---|---|---|---|", *lines])


def markdown(results):
    m = results["machine"]
    parts = [f"{m['date']}; {m['cores']} cores of {m['cpu']}, kernel {m['kernel']}; PostgreSQL {m['postgresql']}, "
             f"its shared memory {'' if m['huge_pages'] else 'not '}in huge pages; "
             f"service: {m['runs_on']}. Callers, service, PostgreSQL and pgbench share the machine. Medians of {m['rounds']} "
             f"interleaved rounds of {m['seconds']:g} s. Counters agree with rows afterwards: {'yes' if results['consistent'] else 'NO'}."]
    for section, title in [("operations", "Operations"), ("sizes", "By the organization's size, one caller"),
                           ("pages", "By order and page, of 100,000 members")]:
        if results.get(section):
            parts += [f"## {title}", table(results[section])]
    rss = [r["rss_mb"] for section in ("operations", "sizes", "pages") for r in results.get(section, [])]
    strangers = [r["strangers_cores"] for s in ("operations", "sizes", "pages") for r in results.get(s, []) if r["strangers_cores"]]
    parts += ["## Ratios", ratios(results),
              f"RSS of the service at the end {rss[-1]:.0f} MB. Other processes used {max(strangers or [0]):.2f} cores at most."]
    return "\n\n".join(parts) + "\n"
