"""What is measured."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Operation:
    name: str
    title: str
    kind: str
    population: str = "spread"
    door: str = "grpc"
    callers: int = 8
    options: dict = field(default_factory=dict, hash=False)


ORDERS = ["created_at", "email_address", "phone_number", "first_name", "last_name", "username"]

MAIN = [
    Operation("nothing", "gRPC call without the database", "nothing"),
    Operation("get", "GetMembership", "get"),
    Operation("check", "CheckPermission", "check"),
    Operation("nothing-32", "gRPC call without the database, 32 callers", "nothing", callers=32),
    Operation("get-32", "GetMembership, 32 callers", "get", callers=32),
    Operation("check-32", "CheckPermission, 32 callers", "check", callers=32),
    Operation("check-1", "CheckPermission, one caller", "check", callers=1),
    Operation("batch-check", "BatchCheckPermissions, 100", "batch_check", callers=1),
    Operation("list-first", "ListMemberships of 100,000, first page of 50", "list", "large"),
    Operation("list-deep", "ListMemberships of 100,000, page 2,000", "list", "large", options={"page_token": "@-created_at"}),
    Operation("list-role", "ListMemberships of 100,000, of one role", "list", "large", options={"role": "org:billing"}),
    Operation("list-text", "ListMemberships of 100,000, by text", "list", "large", options={"query": "quinzan"}),
    Operation("list-user", "ListMemberships of a user, 2,000 organizations", "list_of_user", options={"user": "busy"}),
    Operation("list-user-5", "ListMemberships of a user, about 5 organizations", "list_of_user"),
    Operation("list-user-5-32", "ListMemberships of a user, about 5 organizations, 32 callers", "list_of_user", callers=32),
    Operation("list-user-5-1", "ListMemberships of a user, about 5 organizations, one caller", "list_of_user", callers=1),
    Operation("graphql-nothing", "GraphQL field without the database", "nothing", door="graphql"),
    Operation("graphql-type", "GraphQL introspection of one type", "introspection", door="graphql"),
    Operation("graphql-get", "getMembership, 14 fields", "get", door="graphql"),
    Operation("graphql-role", "getMembership, one field: the role", "role", door="graphql"),
    Operation("graphql-dashboard", "dashboard: organization, counts, 50 members", "dashboard", "large", door="graphql"),
    Operation("create-spread", "CreateMembership, over 9,996 organizations", "create"),
    Operation("create-hot", "CreateMembership, all into one", "create", "hot"),
    Operation("create-hot-32", "CreateMembership, all into one, 32 callers", "create", "hot", callers=32),
    Operation("update", "UpdateMembership", "update"),
    Operation("delete", "DeleteMembership", "delete"),
]

# One caller each, so that only the size differs and nobody waits for anybody. What changes members takes the organizations
# of 88 for the small one, so that it does not empty it.
SIZES = [
    Operation(f"{name}@{size}", f"{title}, {size} members", name.split("-")[0], population, callers=1, options=dict(options))
    for name, title, options in [
        ("get", "GetMembership", {}), ("check", "CheckPermission", {}), ("list", "ListMemberships, first page", {}),
        ("list-role", "ListMemberships of one role", {"role": "org:member"}),
        ("create", "CreateMembership", {}), ("update", "UpdateMembership", {}), ("delete", "DeleteMembership", {})]
    for size, population in [("100", "spread" if name in ("create", "update", "delete") else "small"), ("100,000", "large")]
]

PAGES = [
    Operation(f"{order}-{page}", f"{order}, page {page}", "list", "large",
              options={"order_by": order, "page_token": None if page == "1" else f"@{order}"})
    for order in ORDERS for page in ("1", "2,000")
]
