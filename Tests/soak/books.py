"""What the soak knows of its clients and their jobs, whatever jobd says."""

import collections
import threading

from stuck import SURVIVES, is_stuck, too_many


class Books:
    def __init__(self):
        self.lock = threading.Lock()
        # Set by the first violation.
        self.over = threading.Event()
        self.violations = []
        self.checks = 0
        self.clients = collections.Counter()
        self.causes = collections.Counter()
        self.refused = 0
        # {name: causes by which the job may end, as its client knows}
        self.causes_by_name = {}
        # {name: id} of those whose clients don't mind if somebody else cancels them.
        self.offered = {}
        self.reasons = collections.defaultdict(set)
        # {name: cause} as clients were told, and as the auditor was.
        self.told = {}
        self.audited = {}
        # How many lines of each kind the log may have.
        self.justified = collections.Counter()

    def violated(self, text):
        with self.lock:
            self.violations.append(text)
        self.over.set()

    def counted(self, kind):
        with self.lock:
            self.clients[kind] += 1

    def may_end(self, name, *causes):
        """To be said before it is done."""
        with self.lock:
            self.causes_by_name.setdefault(name, set()).update(cause for cause in causes if cause)

    def offer(self, name, job):
        with self.lock:
            self.offered[name] = job

    def withdraw(self, name):
        with self.lock:
            self.offered.pop(name, None)

    def take(self, chance, reason):
        """The id of a job that may be canceled, and will be, for that reason. None: there is none."""
        with self.lock:
            if not self.offered:
                return None
            name = chance.choice(sorted(self.offered))
            self.causes_by_name[name].add("requested")
            self.reasons[name].add(reason)
            return self.offered[name]

    def was_told(self, name, result):
        with self.lock:
            self.check(name, result)
            self.told[name] = result["cause"]

    def was_audited(self, name, result):
        with self.lock:
            if name in self.causes_by_name:
                self.check(name, result)
                self.audited[name] = result["cause"]
            self.causes[result["cause"]] += 1
            if is_stuck(result):
                self.justified[SURVIVES] += len(result["survivors"])
                assert not (why := too_many(self.causes["stuck"])), why

    def check(self, name, result):
        cause, may = result["cause"], self.causes_by_name[name]
        assert cause in may or is_stuck(result), f"{name} ended by {cause}, and not by {may}"
        if cause == "requested" and name in self.reasons:
            reason, reasons = result["requestedBy"].get("reason"), self.reasons[name]
            assert reason in reasons, f"{name} was canceled for {reason}, and not for {reasons}"

    def was_refused(self, name):
        with self.lock:
            self.refused += 1
            self.causes_by_name.pop(name, None)

    def justify(self, line, count=1):
        """To be said before it is done."""
        with self.lock:
            self.justified[line] += count

    def close(self):
        """At a moment when no job is under way. What clients were told is what the auditor was."""
        with self.lock:
            for name, cause in self.told.items():
                audited = self.audited.get(name)
                assert audited == cause, f"{name}: told {cause}, the auditor {audited}"
            self.causes_by_name.clear()
            self.reasons.clear()
            self.told.clear()
            self.audited.clear()
