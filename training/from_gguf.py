"""A cortex GGUF back to what training continues from: a checkpoint for `train.py --start`, and tokenizer.model.

Q8_0 weights come back as they are used, rounded. The tokenizer is written as a sentencepiece file with the GGUF's
pieces, scores and kinds, field by field of sentencepiece_model.proto, so that it gives the same ids.
"""
import argparse
import json
import struct
import sys
from pathlib import Path

import torch

import chat_format
from convert import gguf_name
from model import Cortex, Shape


def varint(number):
    parts = []
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


def field(number, value):
    """One field of a protobuf message: int and bool as varint, float in 4 bytes, str and bytes with their length."""
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, int):
        return varint(number << 3) + varint(int(value))
    data = value.encode("utf-8") if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def sentencepiece_file(pieces, scores, kinds):
    """ModelProto; GGUF numbers the kinds of pieces as sentencepiece does (1 normal … 6 byte)."""
    bpe = 2
    trainer = field(3, bpe) + field(4, len(pieces)) + field(25, True) + field(35, True)
    trainer += field(40, chat_format.UNKNOWN_ID) + field(41, chat_format.BEGIN_ID)
    trainer += field(42, chat_format.END_ID) + field(43, chat_format.PAD_ID)
    trainer += field(45, chat_format.UNKNOWN) + field(46, chat_format.BEGIN)
    trainer += field(47, chat_format.END) + field(48, chat_format.PAD)
    normalizer = field(1, "identity") + field(3, False) + field(4, False) + field(5, True)
    entries = zip(pieces, scores, kinds)
    vocabulary = b"".join(field(1, field(1, piece) + field(2, score) + field(3, kind)) for piece, score, kind in entries)
    return vocabulary + field(2, trainer) + field(3, normalizer)


def shape_of(value):
    return {"vocab": len(value("tokenizer.ggml.tokens")), "width": value("llama.embedding_length"),
            "layers": value("llama.block_count"), "heads": value("llama.attention.head_count"),
            "kv_heads": value("llama.attention.head_count_kv"), "ffn": value("llama.feed_forward_length"),
            "context": value("llama.context_length")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=Path("models/graffiti-cortex.gguf"))
    parser.add_argument("--tokens", type=int, required=True, help="token positions it has seen")
    parser.add_argument("--tokenizer", type=Path, default=Path(".cache/training/tokenizer.model"))
    parser.add_argument("--llama-cpp", type=Path, default=Path("vendor/llama.cpp"), help="for its gguf-py")
    parser.add_argument("--out", type=Path, required=True, help="the checkpoint")
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.llama_cpp / "gguf-py"))
    import gguf

    reader = gguf.GGUFReader(arguments.model)

    def value(name):
        return reader.fields[name].contents()

    arguments.tokenizer.write_bytes(sentencepiece_file(
        value("tokenizer.ggml.tokens"), value("tokenizer.ggml.scores"), value("tokenizer.ggml.token_type")))

    shape = shape_of(value)
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    weights = {}
    for name, parameter in Cortex(Shape(**shape)).state_dict().items():
        if name == "answers":  # not in a GGUF: it starts anew
            weights[name] = parameter
            continue
        tensor = tensors[gguf_name(name)]
        array = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        weights[name] = torch.from_numpy(array.copy()).reshape(parameter.shape)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"model": weights, "config": {"shape": shape}, "state": {"tokens": arguments.tokens}}, arguments.out)
    print(json.dumps({"out": str(arguments.out), "shape": shape}))


if __name__ == "__main__":
    main()
