"""Train a cortex.

The work is spread over processes with one thread each, not over threads: on a busy machine a thread pool waits
for its slowest member after every small operation, processes only once per step. The parameters live in shared
memory; every process computes the gradient of its rows, then updates its own share of the matrices.

A run folder holds config.json, log.jsonl (one line per step, validation included), and checkpoint.pt, from which
the same command continues. A file named COOLDOWN in it begins the cool-down (see schedule.py).
"""
import argparse
import json
import os
import time
from pathlib import Path

import torch
import torch.multiprocessing as multiprocessing

from model import Cortex, Shape
from optimizer import optimizers
from rows import Rows
from schedule import Schedule

VALIDATION = ("self-dialogue", "synthetic-persona-chat", "topical-chat", "soda-small-talk", "generated")
VALIDATION_ROWS = 4


class Worker:
    def __init__(self, rank, config, folder, run, start, model, gradients, barrier):
        self.rank, self.config, self.run, self.start, self.model = rank, config, run, start, model
        self.gradients, self.barrier = gradients, barrier
        self.parameters = list(model.parameters())
        self.data = {mixture: Rows(folder / f"{mixture}.npz") for mixture in config["mixtures"]}
        self.validation = {name: Rows(folder / f"held-out-{name}.npz") for name in VALIDATION} if rank == 0 else {}
        self.optimizers = optimizers(model, config)
        self._keep_own_share()
        self.base_rates = [[group["lr"] for group in optimizer.param_groups] for optimizer in self.optimizers]
        self.state = {"step": 0, "tokens": 0, "seconds": 0.0, "rows": {},
                      "cooldown_start": None, "cooldown_steps": None}

    def _keep_own_share(self):
        """Each process steps every n-th parameter; the optimizer's state exists only where it is used."""
        share = self.config["workers"]
        number = 0
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                kept = []
                for parameter in group["params"]:
                    if number % share == self.rank:
                        kept.append(parameter)
                    number += 1
                group["params"] = kept

    def checkpoint_files(self):
        return self.run / "checkpoint.pt", self.run / f"optimizer-{self.rank}.pt"

    def load(self):
        weights, optimizer_state = self.checkpoint_files()
        begins = not weights.exists()
        if begins and self.start is None:
            return
        saved = torch.load(self.start if begins else weights, map_location="cpu")
        if self.rank == 0:
            self.model.load_state_dict(saved["model"])
        if begins:  # weights and what they have seen; steps and optimizer start anew
            self.state["tokens"] = saved["state"]["tokens"]
            return
        self.state = saved["state"]
        for optimizer, state in zip(self.optimizers, torch.load(optimizer_state, map_location="cpu")):
            optimizer.load_state_dict(state)

    def save(self):
        """Written aside and renamed, so that a stop in the middle leaves the old checkpoint whole."""
        weights, optimizer_state = self.checkpoint_files()
        _save_whole([optimizer.state_dict() for optimizer in self.optimizers], optimizer_state)
        if self.rank == 0:
            _save_whole({"model": self.model.state_dict(), "config": self.config, "state": self.state}, weights)

    def batches(self, mixture):
        """This process' part of the step's rows in small batches, the weight of the whole step, and its marked tokens."""
        config, rows = self.config, self.data[mixture]
        indices = rows.order(config["seed"], self.state["rows"].get(mixture, 0), config["rows_per_step"])
        _, _, weights, answers, _ = rows.batch(indices)
        totals = float(weights.sum()), max(1, int((answers >= 0).sum()))
        own = indices[self.rank :: config["workers"]]
        size = config["rows_at_once"]
        return [rows.batch(own[at : at + size]) for at in range(0, len(own), size)], *totals

    def loss_sum(self, batch):
        tokens, targets, weights, answers, documents = (part.to(self.config["device"]) for part in batch)
        lower_precision = self.config["precision"] == "bfloat16"
        with torch.autocast(self.config["device"], dtype=torch.bfloat16, enabled=lower_precision):
            return self.model.loss(tokens, targets, weights, answers, documents)

    def step(self, mixture, factor):
        """One update. Returns the loss over the step's rows (weighted mean, nats a token), that of telling which notes
        answer (nats a token of a note), and the gradient norm."""
        batches, weight, marked = self.batches(mixture)
        for parameter in self.parameters:
            parameter.grad = None
        total = answered = 0.0
        for batch in batches:
            loss, answering = self.loss_sum(batch)
            (loss / weight + self.config["answering_weight"] * answering / marked).backward()
            total += loss.item() / weight
            answered += answering.item() / marked
        own = self.gradients[self.rank]
        torch.cat([parameter.grad.reshape(-1).float().cpu() for parameter in self.parameters], out=own[:-2])
        own[-2], own[-1] = total, answered
        self.barrier.wait()
        summed = self.gradients.sum(dim=0)
        gradient, loss, answered = summed[:-2], summed[-2].item(), summed[-1].item()
        norm = gradient.norm().item()
        gradient *= min(1.0, self.config["clip"] / (norm + 1e-6))
        for parameter, part in zip(self.parameters, gradient.split([p.numel() for p in self.parameters])):
            parameter.grad.copy_(part.view_as(parameter))
        for optimizer, rates in zip(self.optimizers, self.base_rates):
            for group, rate in zip(optimizer.param_groups, rates):
                group["lr"] = rate * factor
            optimizer.step()
        self.barrier.wait()
        return loss, answered, norm

    @torch.no_grad()
    def validate(self):
        """Nats per trained token on the first rows of some held-out sets."""
        losses = {}
        for name, rows in self.validation.items():
            batch = rows.batch(slice(0, VALIDATION_ROWS))
            losses[name] = round(self.loss_sum(batch)[0].item() / float(batch[2].sum()), 4)
        return losses

    def train(self):
        self.load()
        self.barrier.wait()
        config, state = self.config, self.state
        schedule = Schedule(config, self.run, state["cooldown_start"], state["cooldown_steps"])
        while not schedule.finished(state["step"]):
            started = time.monotonic()
            # Everyone must begin the cool-down at the same step, so it is looked for between two barriers.
            begins = schedule.begin_cooldown_if_due(state["step"])
            self.barrier.wait()
            state["cooldown_start"], state["cooldown_steps"] = schedule.cooldown_start, schedule.cooldown_steps
            mixture = config["mixtures"][schedule.cooldown_start is not None]
            factor = schedule.factor(state["step"])
            loss, answered, norm = self.step(mixture, factor)
            state["step"] += 1
            state["rows"][mixture] = state["rows"].get(mixture, 0) + config["rows_per_step"]
            state["tokens"] += config["rows_per_step"] * config["shape"]["context"]
            state["seconds"] += time.monotonic() - started
            last = schedule.finished(state["step"])
            if self.rank == 0:
                line = {"step": state["step"], "tokens": state["tokens"], "seconds": round(state["seconds"], 1),
                        "mixture": mixture, "rate": round(factor, 4), "loss": round(loss, 4), "answering": round(answered, 4),
                        "norm": round(norm, 3)}
                if begins:
                    line["cooldown"] = schedule.cooldown_steps
                if state["step"] % config["validate_every"] == 0 or last:
                    line["validation"] = self.validate()
                with open(self.run / "log.jsonl", "a") as log:
                    log.write(json.dumps(line) + "\n")
            if state["step"] % config["checkpoint_every"] == 0 or last:
                self.save()


def _save_whole(value, path):
    aside = path.with_suffix(".new")
    torch.save(value, aside)
    os.replace(aside, path)


def _work(rank, *arguments):
    torch.set_num_threads(1)
    Worker(rank, *arguments).train()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path(".cache/training"), help="folder written by prepare.py")
    parser.add_argument("--run", type=Path, required=True, help="folder for the log and the checkpoints")
    parser.add_argument("--start", type=Path, help="a checkpoint whose weights a new run begins with")
    parser.add_argument("--pid-file", type=Path, help="where to write the ids of all processes of the run")
    arguments = parser.parse_args()

    torch.set_num_threads(1)  # before the fork: a child cannot use the thread pool of its parent
    config = json.loads(arguments.config.read_text())
    arguments.run.mkdir(parents=True, exist_ok=True)
    (arguments.run / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    torch.manual_seed(config["seed"])
    model = Cortex(Shape(**config["shape"])).to(config["device"])
    model.share_memory()
    size = sum(parameter.numel() for parameter in model.parameters())
    context = multiprocessing.get_context("fork" if config["device"] == "cpu" else "spawn")
    barrier = context.Barrier(config["workers"])
    gradients = torch.zeros(config["workers"], size + 2).share_memory_()
    shared = (config, arguments.data, arguments.run, arguments.start, model, gradients, barrier)
    others = [context.Process(target=_work, args=(rank, *shared), daemon=True) for rank in range(1, config["workers"])]
    for process in others:
        process.start()
    if arguments.pid_file:
        arguments.pid_file.write_text(" ".join(str(process) for process in [os.getpid(), *(p.pid for p in others)]))
    _work(0, *shared)
    for process in others:
        process.join()


if __name__ == "__main__":
    main()
