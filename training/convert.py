"""Write a trained cortex as GGUF (f32, f16 or Q8_0) with everything a reader needs inside: tokenizer, chat template,
name, licence and the data it was trained on.

The weights need no permutation (see model.py). There is no output.weight tensor: llama.cpp then uses the embedding
table, as the model does. Norms always stay f32.
"""
import argparse
import json
import sys
from pathlib import Path

import sentencepiece
import torch

import chat_format
from sources import LICENSE, LICENSE_LINK, SOURCES

LAYER_TENSORS = {
    "attention_norm.weight": "attn_norm",
    "attention.q": "attn_q",
    "attention.k": "attn_k",
    "attention.v": "attn_v",
    "attention.output": "attn_output",
    "ffn_norm.weight": "ffn_norm",
    "ffn.gate": "ffn_gate",
    "ffn.up": "ffn_up",
    "ffn.down": "ffn_down",
}


def gguf_name(name):
    if name == "embedding":
        return "token_embd.weight"
    if name == "output_norm.weight":
        return "output_norm.weight"
    _, layer, rest = name.split(".", 2)
    return f"blk.{layer}.{LAYER_TENSORS[rest]}.weight"


def add_description(writer, version, state, parameters):
    writer.add_name("graffiti-cortex")
    writer.add_version(version)
    writer.add_author("The neural-graffiti authors")
    writer.add_description(
        f"A small chat model with {parameters:,} parameters, trained on {state['tokens']:,} token positions. "
        "It answers from notes given in <|memory|> turns.")
    writer.add_license(LICENSE)
    writer.add_license_link(LICENSE_LINK)
    writer.add_languages(["en"])
    writer.add_tags(["chat", "memory", "text-generation"])
    writer.add_dataset_count(len(SOURCES))
    for index, source in enumerate(SOURCES):
        writer.add_dataset_name(index, source.name)
        writer.add_dataset_author(index, source.author)
        writer.add_dataset_description(index, f"Licence: {source.license}")
        if source.url:
            writer.add_dataset_repo_url(index, source.url)


def add_hyperparameters(writer, shape):
    writer.add_context_length(shape["context"])
    writer.add_embedding_length(shape["width"])
    writer.add_block_count(shape["layers"])
    writer.add_feed_forward_length(shape["ffn"])
    writer.add_head_count(shape["heads"])
    writer.add_head_count_kv(shape["kv_heads"])
    writer.add_rope_dimension_count(shape["width"] // shape["heads"])
    writer.add_rope_freq_base(shape.get("rope_theta", 10000.0))
    writer.add_layer_norm_rms_eps(shape.get("norm_eps", 1e-5))
    writer.add_vocab_size(shape["vocab"])


def add_tokenizer(writer, gguf, tokenizer):
    kinds, pieces, scores = [], [], []
    for index in range(tokenizer.vocab_size()):
        kind = gguf.TokenType.NORMAL
        if tokenizer.is_unknown(index):
            kind = gguf.TokenType.UNKNOWN
        elif tokenizer.is_control(index):
            kind = gguf.TokenType.CONTROL
        elif tokenizer.is_byte(index):
            kind = gguf.TokenType.BYTE
        pieces.append(tokenizer.id_to_piece(index).encode("utf-8"))
        scores.append(tokenizer.get_score(index))
        kinds.append(kind)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(pieces)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(chat_format.BEGIN_ID)
    writer.add_eos_token_id(chat_format.END_ID)
    writer.add_eot_token_id(chat_format.END_ID)
    writer.add_unk_token_id(chat_format.UNKNOWN_ID)
    writer.add_pad_token_id(chat_format.PAD_ID)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_remove_extra_whitespaces(False)
    writer.add_chat_template(chat_format.CHAT_TEMPLATE)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, default=Path(".cache/training/tokenizer.model"))
    parser.add_argument("--llama-cpp", type=Path, default=Path("vendor/llama.cpp"), help="for its gguf-py")
    parser.add_argument("--type", choices=("f32", "f16", "q8_0"), default="q8_0")
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.llama_cpp / "gguf-py"))
    import gguf

    saved = torch.load(arguments.checkpoint, map_location="cpu")
    matrix_type = {"f32": gguf.GGMLQuantizationType.F32, "f16": gguf.GGMLQuantizationType.F16,
                   "q8_0": gguf.GGMLQuantizationType.Q8_0}[arguments.type]
    file_type = {"f32": gguf.LlamaFileType.ALL_F32, "f16": gguf.LlamaFileType.MOSTLY_F16,
                 "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0}[arguments.type]
    writer = gguf.GGUFWriter(arguments.out, "llama")
    add_description(writer, arguments.version, saved["state"],
                    sum(w.numel() for name, w in saved["model"].items() if name != "answers"))  # which is not in the file
    add_hyperparameters(writer, saved["config"]["shape"])
    add_tokenizer(writer, gguf, sentencepiece.SentencePieceProcessor(model_file=str(arguments.tokenizer)))
    writer.add_file_type(file_type)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    for name, weight in saved["model"].items():
        if name == "answers":  # of use in training only
            continue
        array = weight.float().numpy()
        kind = matrix_type if array.ndim == 2 else gguf.GGMLQuantizationType.F32
        writer.add_tensor(gguf_name(name), gguf.quants.quantize(array, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(json.dumps({"out": str(arguments.out), "type": arguments.type, "bytes": arguments.out.stat().st_size,
                      "step": saved["state"]["step"], "tokens": saved["state"]["tokens"]}))


if __name__ == "__main__":
    main()
