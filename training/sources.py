"""Where the training text comes from, for the GGUF metadata and the model card.

One source, Schema-Guided Dialogue, is CC BY-SA 4.0. Whether weights are an adaptation of their training text is not
settled; to be on the safe side they are shared under the same licence, with every source named.
"""
from dataclasses import dataclass

LICENSE = "CC-BY-SA-4.0"
LICENSE_LINK = "https://creativecommons.org/licenses/by-sa/4.0/"


@dataclass(frozen=True)
class Source:
    name: str
    author: str
    license: str
    url: str = ""


SOURCES = (
    Source("Self-dialogue Corpus", "Fainberg et al., University of Edinburgh", "BSD-3-Clause",
           "https://github.com/jfainberg/self_dialogue_corpus"),
    Source("Schema-Guided Dialogue", "Google Research", "CC-BY-SA-4.0",
           "https://github.com/google-research-datasets/dstc8-schema-guided-dialogue"),
    Source("Topical-Chat", "Amazon Alexa AI", "CDLA-Sharing-1.0", "https://github.com/alexa/Topical-Chat"),
    Source("Synthetic-Persona-Chat", "Google Research", "CC-BY-4.0",
           "https://github.com/google-research-datasets/Synthetic-Persona-Chat"),
    Source("Taskmaster-4", "Google Research", "CC-BY-4.0", "https://github.com/google-research-datasets/Taskmaster"),
    Source("GPTeacher role play", "teknium1", "MIT", "https://github.com/teknium1/GPTeacher"),
    Source("TinyStories", "Eldan and Li", "CDLA-Sharing-1.0", "https://huggingface.co/datasets/roneneldan/TinyStories"),
    Source("Generated conversations (training/episodes.py)", "The neural-graffiti authors", "MIT"),
)
