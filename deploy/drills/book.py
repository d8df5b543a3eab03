"""What the callers booked, held against what the database has."""
import collections
import csv
from dataclasses import dataclass

SEEDED = 5_000
WRITES = {"CREATE": "organizationMembership.created", "UPDATE": "organizationMembership.updated",
          "DELETE": "organizationMembership.deleted"}
# Organizations whose counters do not agree with their rows or events.
INCONSISTENT = """SELECT count(*) AS wrong FROM organization_counter c CROSS JOIN LATERAL (
        SELECT count(*) AS members FROM membership m
        WHERE m.instance_id = c.instance_id AND m.organization_id = c.organization_id) rows CROSS JOIN LATERAL (
        SELECT count(*) AS events, coalesce(max(organization_sequence), 0) AS last FROM outbox_event e
        WHERE e.instance_id = c.instance_id AND e.organization_id = c.organization_id) events
    WHERE c.instance_id = '{instance}'
        AND (c.members_count, c.event_sequence, c.event_sequence) IS DISTINCT FROM (members, events, last)"""


@dataclass
class Call:
    start: float
    took: float
    load: str
    kind: str
    user: int
    request_id: str
    status: str
    retry_after: bool
    detail: str

    @property
    def ok(self):
        return self.status == "OK"

    @property
    def end(self):
        return self.start + self.took


def read(path):
    with open(path) as lines:
        return [Call(int(r["started_us"]) / 1e6, int(r["took_us"]) / 1e6, r["load"], r["kind"], int(r["user"]),
                     r["request_id"], r["status"], r["retry_after"] == "true", r["detail"]) for r in csv.DictReader(lines)]


def within(calls, start, end):
    """Those under way in that time."""
    return [c for c in calls if c.end >= start and c.start < end]


def percentile(calls, percent):
    times = sorted(c.took for c in calls)
    return times[min(len(times) - 1, int(len(times) * percent / 100))] * 1e3 if times else None


def latency(calls):
    return {"calls": len(calls), **{f"p{p}_ms": percentile(calls, p) for p in (50, 99)}, "worst_ms": percentile(calls, 100)}


def failures(calls):
    return dict(collections.Counter(c.status for c in calls if not c.ok).most_common())


def settled(calls, database, instance):
    """Whether the database holds what was acknowledged, once, and nothing that nobody asked for."""
    happened = {r["request_id"]: (int(r["events"]), r["types"]) for r in database.psql(
        f"""SELECT request_id, count(*) AS events, string_agg(type, ' ') AS types FROM outbox_event
            WHERE instance_id = '{instance}' AND request_id <> '' GROUP BY 1""")}
    asked = collections.defaultdict(list)
    for call in calls:
        if call.kind in WRITES:
            asked[call.request_id].append(call)
    acknowledged = {request for request, sent in asked.items() if any(c.ok for c in sent)}
    lost = acknowledged - happened.keys()
    twice = {request for request, (events, _) in happened.items() if events != 1}
    unasked = happened.keys() - asked.keys()
    wrong_event = {r for r, (_, types) in happened.items() if r in asked and types != WRITES[asked[r][0].kind]}
    # Asked again with the same request id, a write has the answer that it had, or is done now; nothing else is right.
    misled = {request for request, sent in asked.items() if len(sent) > 1 and request not in acknowledged}
    expected = {int(r.split("-")[1]) for r in happened if r.startswith("create-")} - {
        int(r.split("-")[1]) for r in happened if r.startswith("delete-")}
    rows = [int(r["user_id"]) - 10 ** 18 for r in database.psql(
        f"SELECT user_id FROM membership WHERE instance_id = '{instance}'")]
    joined = [user for user in rows if user >= SEEDED]
    inconsistent = database.psql(INCONSISTENT.format(instance=instance))
    return {
        "writes": len(asked), "acknowledged": len(acknowledged),
        "happened_unacknowledged": len((happened.keys() & asked.keys()) - acknowledged),
        "sent_again": sum(len(sent) > 1 for sent in asked.values()),
        "lost": len(lost), "twice": len(twice), "unasked": len(unasked), "wrong_event": len(wrong_event),
        "without_an_end": len(misled), "rows_differ": len(set(joined) ^ expected) + len(joined) - len(set(joined)),
        "inconsistent_organizations": int(inconsistent[0]["wrong"])}
