#include "model_header.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace graffiti {

namespace {

constexpr uint64_t most_layers = 512;    // LLAMA_MAX_LAYERS
constexpr uint64_t most_experts = 1024;  // LLAMA_MAX_EXPERTS

template <typename Stored> uint64_t widened(const void * data, size_t index) {
    Stored value{};
    std::memcpy(&value, static_cast<const char *>(data) + index * sizeof(Stored), sizeof(Stored));
    return static_cast<uint64_t>(value);
}

uint64_t integer_at(gguf_type type, const void * data, size_t index) {
    switch (type) {
        case GGUF_TYPE_UINT32: return widened<uint32_t>(data, index);
        case GGUF_TYPE_INT32: return widened<int32_t>(data, index);
        case GGUF_TYPE_UINT64: return widened<uint64_t>(data, index);
        case GGUF_TYPE_INT64: return widened<int64_t>(data, index);
        case GGUF_TYPE_UINT16: return widened<uint16_t>(data, index);
        case GGUF_TYPE_INT16: return widened<int16_t>(data, index);
        case GGUF_TYPE_UINT8: return widened<uint8_t>(data, index);
        case GGUF_TYPE_INT8: return widened<int8_t>(data, index);
        default: return 0;
    }
}

class Header {
  public:
    Header(const gguf_context * gguf, const std::string & architecture) : gguf_(gguf), architecture_(architecture) {}

    // The largest value of an integer, or of an array of them; 0 when absent. A wrong type is llama.cpp's to
    // refuse, which it does.
    uint64_t largest(const std::string & key) const {
        const int64_t id = find(key);
        if (id < 0) {
            return 0;
        }
        const gguf_type type = gguf_get_kv_type(gguf_, id);
        if (type == GGUF_TYPE_STRING) {
            return 0;
        }
        if (type != GGUF_TYPE_ARRAY) {
            return integer_at(type, gguf_get_val_data(gguf_, id), 0);
        }
        const gguf_type element = gguf_get_arr_type(gguf_, id);
        uint64_t most = 0;
        for (size_t i = 0; element != GGUF_TYPE_STRING && element != GGUF_TYPE_ARRAY && i < gguf_get_arr_n(gguf_, id); ++i) {
            most = std::max(most, integer_at(element, gguf_get_arr_data(gguf_, id), i));
        }
        return most;
    }

    std::optional<std::string> text(const std::string & key) const {
        const int64_t id = find(key);
        return id >= 0 && gguf_get_kv_type(gguf_, id) == GGUF_TYPE_STRING ? std::optional<std::string>(gguf_get_val_str(gguf_, id)) : std::nullopt;
    }

    std::optional<float> real(const std::string & key) const {
        const int64_t id = find(key);
        return id >= 0 && gguf_get_kv_type(gguf_, id) == GGUF_TYPE_FLOAT32 ? std::optional<float>(gguf_get_val_f32(gguf_, id)) : std::nullopt;
    }

    bool has(const std::string & key) const { return find(key) >= 0; }

  private:
    int64_t find(const std::string & key) const { return gguf_find_key(gguf_, (architecture_ + "." + key).c_str()); }

    const gguf_context * gguf_;
    const std::string & architecture_;
};

// Token texts must differ; llama.cpp gives empty ones a name of their own.
std::optional<std::string> repeated_token(const gguf_context * gguf) {
    const int64_t id = gguf_find_key(gguf, "tokenizer.ggml.tokens");
    if (id < 0 || gguf_get_kv_type(gguf, id) != GGUF_TYPE_ARRAY || gguf_get_arr_type(gguf, id) != GGUF_TYPE_STRING) {
        return std::nullopt;
    }
    const size_t count = gguf_get_arr_n(gguf, id);
    std::unordered_set<std::string> seen(count);
    for (size_t i = 0; i < count; ++i) {
        const std::string text = gguf_get_arr_str(gguf, id, i);
        if (!seen.insert(text.empty() ? "[EMPTY_" + std::to_string(i) + "]" : text).second) {
            return "token " + std::to_string(i) + " of its vocabulary is there twice";
        }
    }
    return std::nullopt;
}

std::optional<std::string> broken_experts(const Header & header) {
    const uint64_t experts = header.largest("expert_count");
    const uint64_t used = header.largest("expert_used_count");
    const uint64_t groups = header.largest("expert_group_count");
    const uint64_t groups_used = header.largest("expert_group_used_count");
    const bool grouped = groups <= 1 || (experts % groups == 0 && groups_used > 0 && groups_used < groups);
    const bool fits = experts == 0 ? used == 0 && groups == 0 : used > 0 && used <= experts && groups < experts && grouped;
    // One expert is none to the architectures that say so.
    if (experts > most_experts || (experts != 1 && !fits)) {
        return "its numbers of experts (" + std::to_string(experts) + ", " + std::to_string(used) + " used, " + std::to_string(groups) + " groups) do not fit together";
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> broken_header(const gguf_context * gguf, const std::string & architecture) {
    const Header header(gguf, architecture);
    if (header.has("block_count")) {
        const uint64_t layers = header.largest("block_count");
        if (layers == 0 || layers > most_layers) {
            return "it says it has " + std::to_string(layers) + " layers";
        }
        if (header.largest("nextn_predict_layers") > layers) {
            return "it predicts further with more layers than it has";
        }
    }
    constexpr std::array<std::string_view, 4> scalings = {"none", "linear", "yarn", "longrope"};
    const auto scaling = header.text("rope.scaling.type");
    if (scaling && std::find(scalings.begin(), scalings.end(), *scaling) == scalings.end()) {
        return "it scales its positions in an unknown way, '" + *scaling + "'";
    }
    for (const char * key : {"attention.layer_norm_rms_epsilon", "attention.layer_norm_epsilon", "attention.group_norm_epsilon"}) {
        const auto epsilon = header.real(key);
        if (epsilon && !(*epsilon >= 0.0F && std::isfinite(*epsilon))) {
            return std::string(key) + " is no positive number";
        }
    }
    if (auto experts = broken_experts(header)) {
        return experts;
    }
    return repeated_token(gguf);
}

}  // namespace graffiti
