"""How PostgreSQL runs each statement that was recorded, as EXPLAIN ANALYZE says."""
import re

from pgbench import cast

SETTINGS = "SET plan_cache_mode = force_generic_plan"


def explained(database, operations):
    parts = ["# Statements", "", "Written by `deploy/benchmark/run`: what each operation sends, over a million memberships, "
             "and how PostgreSQL runs it, with the generic plan that the service asks for. Changes are rolled back."]
    seen = set()
    for operation, recorded in operations:
        for text, values in recorded:
            text = " ".join(text.split())
            if text in seen or re.match(r"(?i)(begin|commit|rollback)", text):
                continue
            seen.add(text)
            parts += ["", f"## {operation.title}", "", "```sql", text, "```", "", "```",
                      plan(database, text, {n: other(operation, v) for n, v in values.items()}), "```"]
    return "\n".join(parts) + "\n"


def other(operation, value):
    """The recorded change has been made: so the next member takes its place."""
    if value is None:
        return None
    if operation.kind == "create":
        # Alone, or alone in an array.
        value = re.sub(r"^(\{?)1\d{18}(\}?)$", rf"\g<1>1{199_991:018d}\2",
                       re.sub(r"^(\{?)orgmem_\w+(\}?)$", r"\1orgmem_explained\2", value))
    elif operation.kind in ("update", "delete") and re.fullmatch(r"3\d{18}", value):
        value = str(int(value) + (1 if operation.kind == "update" else -1))
    return value


def plan(database, text, values):
    literals = ", ".join("NULL" if values[n] is None else "'" + values[n].replace("'", "''") + "'" for n in sorted(values))
    text = re.sub(r"\$(\d+)", lambda m: m.group(0) + cast(values[int(m.group(1))], m.string[m.end():]), text)
    # Twice: the first one reads what no cache has yet.
    execute = f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) EXECUTE recorded{f' ({literals})' if values else ''};"
    lines = database.lines(f"{SETTINGS}; PREPARE recorded AS {text};\nBEGIN; {execute} ROLLBACK; BEGIN; {execute} ROLLBACK;")
    last = max(i for i, line in enumerate(lines) if line.startswith("Execution Time"))
    start = max((i for i, line in enumerate(lines[:last]) if line.startswith("Execution Time")), default=-1) + 1
    return "\n".join(lines[start:last + 1])
