"""A GGUF as llama.cpp sees it, through the gguf-probe program (see gguf_probe.cpp)."""
import subprocess


class GgufFile:
    def __init__(self, probe, model):
        self.command = [str(probe), str(model)]

    def _ask(self, lines, *mode):
        done = subprocess.run([*self.command, *mode], input="\n".join(lines) + "\n", capture_output=True, text=True,
                              check=True)
        answers = done.stdout.split("\n")[: len(lines)]
        if len(answers) != len(lines) or "error" in answers:
            raise RuntimeError(f"gguf-probe {mode[0]} failed: {done.stderr}")
        return answers

    def _ask_ids(self, sequences, *mode):
        return self._ask([" ".join(map(str, ids)) for ids in sequences], *mode)

    def tokenize(self, texts):
        return [[int(token) for token in answer.split()]
                for answer in self._ask([text.replace("\n", "\\n") for text in texts], "tokenize")]

    def logits(self, sequences):
        return [[float(value) for value in answer.split()] for answer in self._ask_ids(sequences, "logits")]

    def score(self, sequences):
        """-log p in nats of every id after the first."""
        return [[float(value) for value in answer.split()] for answer in self._ask_ids(sequences, "score")]

    def greedy(self, sequences, limit=60):
        return [[int(token) for token in answer.split()] for answer in self._ask_ids(sequences, "greedy", str(limit))]
