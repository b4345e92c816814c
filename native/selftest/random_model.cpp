// graffiti-random-model: writes a GGUF with random weights and a small vocabulary, for benches and checks at
// run time: the speed of a model depends on its shape, not on what it knows.

#include <ggml.h>
#include <gguf.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr const char * usage =
    "usage: graffiti-random-model --out FILE [--architecture llama|gemma2] [--type q8_0|q4_0|f16|f32]\n"
    "                             [--width N] [--layers N] [--heads N] [--ffn N] [--vocabulary N] [--seed N]\n"
    "                             [--experts N]\n"
    "Defaults: llama, q8_0, width 768, 12 layers, 12 heads, ffn 2048, 32000 words: 134M parameters.\n"
    "With --experts each token of a llama goes to two of so many feed-forward networks.\n"
    "gemma2 has soft-capped logits, sliding windows and tied embeddings.\n";

constexpr int64_t experts_used = 2;  // of a mixture, by each token

struct Arguments {
    std::string out;
    std::string architecture = "llama";
    ggml_type type = GGML_TYPE_Q8_0;
    int64_t width = 768;
    int64_t layers = 12;
    int64_t heads = 12;
    int64_t ffn = 2048;
    int64_t vocabulary = 32000;
    int64_t experts = 0;  // 0: dense
    uint64_t seed = 1;
};

bool parse(int count, char ** values, Arguments & arguments) {
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string name = values[i];
        const std::string value = values[i + 1];
        const int64_t number = std::atoll(value.c_str());
        if (name == "--out") {
            arguments.out = value;
        } else if (name == "--architecture") {
            arguments.architecture = value;
        } else if (name == "--type") {
            arguments.type = value == "q8_0"   ? GGML_TYPE_Q8_0
                             : value == "q4_0" ? GGML_TYPE_Q4_0
                             : value == "f16"  ? GGML_TYPE_F16
                             : value == "f32"  ? GGML_TYPE_F32
                                               : GGML_TYPE_COUNT;
        } else if (name == "--width") {
            arguments.width = number;
        } else if (name == "--layers") {
            arguments.layers = number;
        } else if (name == "--heads") {
            arguments.heads = number;
        } else if (name == "--ffn") {
            arguments.ffn = number;
        } else if (name == "--vocabulary") {
            arguments.vocabulary = number;
        } else if (name == "--experts") {
            arguments.experts = number;
        } else if (name == "--seed") {
            arguments.seed = static_cast<uint64_t>(number);
        } else {
            return false;
        }
    }
    return count % 2 == 1 && !arguments.out.empty() && arguments.type != GGML_TYPE_COUNT && (arguments.architecture == "llama" || arguments.architecture == "gemma2") &&
           arguments.layers > 0 && arguments.heads > 0 && arguments.width > 0 && arguments.width % (32 * arguments.heads) == 0 && arguments.ffn > 0 && arguments.ffn % 32 == 0 &&
           arguments.vocabulary >= 320 && (arguments.experts == 0 || (arguments.experts >= experts_used && arguments.architecture == "llama"));
}

// xorshift64*: a hundred million values in a fraction of a second.
class Random {
  public:
    explicit Random(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}
    uint64_t next() {
        state_ ^= state_ >> 12U;
        state_ ^= state_ << 25U;
        state_ ^= state_ >> 27U;
        return state_ * 0x2545F4914F6CDD1DULL;
    }
    // Mean 0, variance 1: the sum of four 16-bit uniforms.
    float normal() {
        const uint64_t bits = next();
        const auto sum = static_cast<float>((bits & 0xFFFFU) + ((bits >> 16U) & 0xFFFFU) + ((bits >> 32U) & 0xFFFFU) + (bits >> 48U));
        return (sum - 131070.0F) * (1.7320508F / 65536.0F);
    }

  private:
    uint64_t state_;
};

struct FreeGguf {
    void operator()(gguf_context * context) const { gguf_free(context); }
};
struct FreeGgml {
    void operator()(ggml_context * context) const { ggml_free(context); }
};

class ModelWriter {
  public:
    explicit ModelWriter(const Arguments & arguments) : arguments_(arguments), gguf_(gguf_init_empty()), random_(arguments.seed) {
        ggml_init_params parameters{};
        parameters.mem_size = ggml_tensor_overhead() * static_cast<size_t>(16 * arguments.layers + 16);
        parameters.no_alloc = true;
        tensors_.reset(ggml_init(parameters));
    }

    bool write() {
        describe();
        add_vocabulary();
        add_tensors();
        return gguf_write_to_file(gguf_.get(), arguments_.out.c_str(), false);
    }

  private:
    std::string key(const char * name) const { return arguments_.architecture + "." + name; }
    void number(const char * name, int64_t value) { gguf_set_val_u32(gguf_.get(), key(name).c_str(), static_cast<uint32_t>(value)); }
    void real(const char * name, float value) { gguf_set_val_f32(gguf_.get(), key(name).c_str(), value); }

    void describe() {
        gguf_set_val_str(gguf_.get(), "general.architecture", arguments_.architecture.c_str());
        gguf_set_val_str(gguf_.get(), "general.name", "random weights");
        const uint32_t file_type = arguments_.type == GGML_TYPE_F32 ? 0 : arguments_.type == GGML_TYPE_F16 ? 1 : arguments_.type == GGML_TYPE_Q4_0 ? 2 : 7;  // llama_ftype
        gguf_set_val_u32(gguf_.get(), "general.file_type", file_type);
        number("context_length", 4096);
        number("embedding_length", arguments_.width);
        number("block_count", arguments_.layers);
        number("feed_forward_length", arguments_.ffn);
        number("attention.head_count", arguments_.heads);
        number("attention.head_count_kv", arguments_.heads);
        number("rope.dimension_count", arguments_.width / arguments_.heads);
        real("attention.layer_norm_rms_epsilon", 1e-5F);
        if (arguments_.experts > 0) {
            number("expert_count", arguments_.experts);
            number("expert_used_count", experts_used);
        }
        if (arguments_.architecture == "gemma2") {
            number("attention.key_length", arguments_.width / arguments_.heads);
            number("attention.value_length", arguments_.width / arguments_.heads);
            number("attention.sliding_window", 32);
            real("attn_logit_softcapping", 50.0F);
            real("final_logit_softcapping", 6.0F);
        }
    }

    // <unk> <s> </s>, 256 bytes, then words of one to three syllables, with and without a space before them.
    void add_vocabulary() {
        constexpr int32_t normal_token = 1;
        constexpr int32_t unknown_token = 2;
        constexpr int32_t control_token = 3;
        constexpr int32_t byte_token = 6;
        std::vector<std::string> words = {"<unk>", "<s>", "</s>"};
        std::vector<int32_t> types = {unknown_token, control_token, control_token};
        for (int byte = 0; byte < 256; ++byte) {
            char name[8];
            std::snprintf(name, sizeof(name), "<0x%02X>", static_cast<unsigned>(byte));
            words.emplace_back(name);
            types.push_back(byte_token);
        }
        const std::string space = "\xE2\x96\x81";
        std::vector<std::string> stems = {""};
        for (const char vowel : std::string("aeiou")) {
            for (const char consonant : std::string("bdfghklmnprstvz")) {
                stems.push_back({consonant, vowel});
            }
        }
        const size_t syllables = stems.size();
        words.push_back(space);
        for (size_t i = 0; words.size() < static_cast<size_t>(arguments_.vocabulary); ++i) {
            const std::string word = stems[i % syllables] + stems[i / syllables % syllables] + stems[i / syllables / syllables % syllables];
            // Each spelling once: no empty syllable before a full one.
            const bool canonical = i > 0 && (i / syllables == 0 || i % syllables != 0) && (i / syllables / syllables == 0 || i / syllables % syllables != 0);
            if (canonical) {
                words.push_back(space + word);
            }
            if (canonical && words.size() < static_cast<size_t>(arguments_.vocabulary)) {
                words.push_back(word);
            }
        }
        types.resize(words.size(), normal_token);
        std::vector<const char *> pointers;
        std::vector<float> scores;
        for (const std::string & word : words) {
            pointers.push_back(word.c_str());
            scores.push_back(-static_cast<float>(scores.size()));
        }
        gguf_set_val_str(gguf_.get(), "tokenizer.ggml.model", "llama");
        gguf_set_arr_str(gguf_.get(), "tokenizer.ggml.tokens", pointers.data(), pointers.size());
        gguf_set_arr_data(gguf_.get(), "tokenizer.ggml.scores", GGUF_TYPE_FLOAT32, scores.data(), scores.size());
        gguf_set_arr_data(gguf_.get(), "tokenizer.ggml.token_type", GGUF_TYPE_INT32, types.data(), types.size());
        gguf_set_val_u32(gguf_.get(), "tokenizer.ggml.unknown_token_id", 0);
        gguf_set_val_u32(gguf_.get(), "tokenizer.ggml.bos_token_id", 1);
        gguf_set_val_u32(gguf_.get(), "tokenizer.ggml.eos_token_id", 2);
        gguf_set_val_bool(gguf_.get(), "tokenizer.ggml.add_bos_token", true);
    }

    void add_tensors() {
        const Arguments & a = arguments_;
        const bool gemma = a.architecture == "gemma2";
        const float fan_in = 1.0F / std::sqrt(static_cast<float>(a.width));
        matrix("token_embd.weight", a.width, a.vocabulary, gemma ? 3.0F * fan_in : 1.0F);
        for (int64_t layer = 0; layer < a.layers; ++layer) {
            const std::string block = "blk." + std::to_string(layer) + ".";
            gain(block + "attn_norm.weight");
            for (const char * name : {"attn_q", "attn_k", "attn_v", "attn_output"}) {
                matrix(block + name + ".weight", a.width, a.width, fan_in);
            }
            gain(block + "ffn_norm.weight");
            const std::string kind = a.experts > 0 ? "_exps.weight" : ".weight";
            if (a.experts > 0) {
                matrix(block + "ffn_gate_inp.weight", a.width, a.experts, fan_in);
            }
            matrix(block + "ffn_gate" + kind, a.width, a.ffn, fan_in, a.experts);
            matrix(block + "ffn_up" + kind, a.width, a.ffn, fan_in, a.experts);
            matrix(block + "ffn_down" + kind, a.ffn, a.width, 1.0F / std::sqrt(static_cast<float>(a.ffn)), a.experts);
            if (gemma) {
                gain(block + "post_attention_norm.weight");
                gain(block + "post_ffw_norm.weight");
            }
        }
        gain("output_norm.weight");
        if (!gemma) {
            matrix("output.weight", a.width, a.vocabulary, 3.0F * fan_in);
        }
    }

    void gain(const std::string & name) {
        std::vector<float> values(static_cast<size_t>(arguments_.width));
        for (float & value : values) {
            value = 1.0F + 0.1F * random_.normal();
        }
        ggml_tensor * tensor = ggml_new_tensor_1d(tensors_.get(), GGML_TYPE_F32, arguments_.width);
        add(name, tensor, values);
    }

    // Where `experts` is not 0, so many of them in one tensor.
    void matrix(const std::string & name, int64_t columns, int64_t rows, float deviation, int64_t experts = 0) {
        std::vector<float> values(static_cast<size_t>(columns * rows * std::max<int64_t>(experts, 1)));
        for (float & value : values) {
            value = deviation * random_.normal();
        }
        add(name,
            experts == 0 ? ggml_new_tensor_2d(tensors_.get(), arguments_.type, columns, rows) : ggml_new_tensor_3d(tensors_.get(), arguments_.type, columns, rows, experts),
            values);
    }

    void add(const std::string & name, ggml_tensor * tensor, const std::vector<float> & values) {
        ggml_set_name(tensor, name.c_str());
        storage_.emplace_back(ggml_nbytes(tensor));
        ggml_quantize_chunk(tensor->type, values.data(), storage_.back().data(), 0, ggml_nrows(tensor), tensor->ne[0], nullptr);
        tensor->data = storage_.back().data();
        gguf_add_tensor(gguf_.get(), tensor);
    }

    const Arguments & arguments_;
    std::unique_ptr<gguf_context, FreeGguf> gguf_;
    std::unique_ptr<ggml_context, FreeGgml> tensors_;
    std::vector<std::vector<uint8_t>> storage_;  // alive until the file is written
    Random random_;
};

}  // namespace

int main(int count, char ** values) {
    Arguments arguments;
    if (!parse(count, values, arguments)) {
        std::fputs(usage, stderr);
        return 2;
    }
    if (!ModelWriter(arguments).write()) {
        std::fprintf(stderr, "%s could not be written\n", arguments.out.c_str());
        return 1;
    }
    return 0;
}
