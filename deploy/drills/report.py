"""The result as Markdown."""


class Report:
    def __init__(self, name, title):
        self.name, self.title = name, title
        self.tables, self.figures, self.requirements = [], [], []

    def figure(self, label, value):
        self.figures.append((label, value))

    def table(self, title, rows):
        """Rows are dicts with the same keys."""
        self.tables.append((title, rows))

    def require(self, text, met, seen=""):
        self.requirements.append((text, bool(met), str(seen)))

    @property
    def met(self):
        return all(met for _, met, _ in self.requirements)

    def json(self):
        return {"name": self.name, "met": self.met, "figures": dict(self.figures), "tables": dict(self.tables),
                "requirements": [{"text": t, "met": m, "seen": s} for t, m, s in self.requirements]}

    def markdown(self):
        parts = [f"## {self.title}"]
        for title, rows in self.tables:
            head = list(rows[0])
            parts.append("\n".join([title + ":", "", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
                                   + ["| " + " | ".join(shown(r[k]) for k in head) + " |" for r in rows]))
        if self.figures:
            parts.append("\n".join(["| figure | |", "|---|---|"] + [f"| {label} | {shown(value)} |" for label, value in self.figures]))
        parts.append("\n".join(["| required | seen | |", "|---|---|---|"] + [
            f"| {text} | {seen} | {'met' if met else '**missed**'} |" for text, met, seen in self.requirements]))
        return "\n\n".join(parts)


def shown(value):
    if value is None:
        return "-"
    if isinstance(value, dict):
        return ", ".join(f"{k}: {shown(v)}" for k, v in value.items()) or "none"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
