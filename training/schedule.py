"""Warm-up, stable, decay (arXiv 2405.18392): the cool-down may begin at any step.

It begins after `stable_steps`, or earlier, at the next step after a file named COOLDOWN appears in the run folder
(the file may hold a number: the length of the cool-down in steps). Only steps count, never the clock, so a run
may be stopped and continued.
"""


class Schedule:
    def __init__(self, config, run, cooldown_start=None, cooldown_steps=None):
        self.warmup = config["warmup_steps"]
        self.latest_start = config["stable_steps"]
        self.request = run / "COOLDOWN"
        self.cooldown_start = cooldown_start
        self.cooldown_steps = cooldown_steps or config["cooldown_steps"]

    def begin_cooldown_if_due(self, step) -> bool:
        """True exactly once, at the step at which the cool-down begins."""
        if self.cooldown_start is not None or not (self.request.exists() or step >= self.latest_start):
            return False
        text = self.request.read_text().strip() if self.request.exists() else ""
        self.cooldown_steps = int(text) if text else self.cooldown_steps
        self.cooldown_start = step
        return True

    def factor(self, step) -> float:
        """What the peak learning rates are multiplied by: linear up, flat, linear down to 2 %."""
        if self.cooldown_start is not None:
            return max(0.02, 1.0 - (step - self.cooldown_start) / self.cooldown_steps)
        return min(1.0, (step + 1) / self.warmup)

    def finished(self, step) -> bool:
        return self.cooldown_start is not None and step >= self.cooldown_start + self.cooldown_steps
