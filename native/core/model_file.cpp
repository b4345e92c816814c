#include "model_file.hpp"

#include "backend.hpp"
#include "error.hpp"
#include "model_header.hpp"

#include <ggml.h>
#include <gguf.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

namespace graffiti {

namespace {

struct FreeGguf {
    void operator()(gguf_context * context) const { gguf_free(context); }
};

// 64-bit FNV-1a: the fingerprint tells models apart, it is no defence against forgery.
class Hash {
  public:
    void add(const void * data, size_t size) {
        const auto * bytes = static_cast<const uint8_t *>(data);
        for (size_t i = 0; i < size; ++i) {
            state_ = (state_ ^ bytes[i]) * 1099511628211ULL;
        }
    }
    void add(const std::string & text) { add(text.data(), text.size() + 1); }
    std::string hex() const {
        std::array<char, 17> text{};
        std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(state_));
        return text.data();
    }

  private:
    uint64_t state_ = 14695981039346656037ULL;
};

[[noreturn]] void invalid(const std::string & path, const std::string & why) {
    throw Error("ERR_MODEL_INVALID", "'" + path + "' is not a usable GGUF model: " + why);
}

}  // namespace

ModelFile inspect_model_file(const std::string & path) {
    initialise_backend();
    std::error_code status;
    const auto kind = std::filesystem::status(path, status).type();
    if (kind == std::filesystem::file_type::not_found || status) {
        throw Error("ERR_MODEL_NOT_FOUND", "There is no model file at '" + path + "'");
    }
    if (kind == std::filesystem::file_type::directory) {
        invalid(path, "it is a directory. Give the path of a .gguf file in it");
    }
    if (kind != std::filesystem::file_type::regular) {
        invalid(path, "it is not a regular file");
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        invalid(path, "it cannot be read. Check its permissions");
    }
    const uint64_t size = std::filesystem::file_size(path, status);
    std::array<char, 4> magic{};
    file.read(magic.data(), magic.size());
    if (!file || std::memcmp(magic.data(), "GGUF", magic.size()) != 0) {
        invalid(path, "it does not begin with the GGUF magic");
    }

    take_backend_errors();
    gguf_init_params parameters{};
    parameters.no_alloc = true;
    ggml_context * tensors_pointer = nullptr;
    parameters.ctx = &tensors_pointer;
    const std::unique_ptr<gguf_context, FreeGguf> gguf(gguf_init_from_file(path.c_str(), parameters));
    const std::unique_ptr<ggml_context, decltype(&ggml_free)> tensors(tensors_pointer, &ggml_free);
    if (!gguf) {
        invalid(path, "its header is damaged or of an unknown version (" + take_backend_errors() + ")");
    }
    const int64_t architecture_key = gguf_find_key(gguf.get(), "general.architecture");
    if (architecture_key < 0 || gguf_get_kv_type(gguf.get(), architecture_key) != GGUF_TYPE_STRING) {
        invalid(path, "it names no architecture");
    }
    const int64_t count = gguf_get_n_tensors(gguf.get());
    if (count == 0) {
        invalid(path, "it holds a vocabulary and no weights");
    }

    ModelFile result;
    result.architecture = gguf_get_val_str(gguf.get(), architecture_key);
    if (const auto why = broken_header(gguf.get(), result.architecture)) {
        invalid(path, *why);
    }
    Hash hash;
    hash.add(result.architecture);
    const int64_t vocabulary_key = gguf_find_key(gguf.get(), "tokenizer.ggml.tokens");
    if (vocabulary_key >= 0 && gguf_get_kv_type(gguf.get(), vocabulary_key) == GGUF_TYPE_ARRAY && gguf_get_arr_type(gguf.get(), vocabulary_key) == GGUF_TYPE_STRING) {
        for (size_t i = 0; i < gguf_get_arr_n(gguf.get(), vocabulary_key); ++i) {
            hash.add(gguf_get_arr_str(gguf.get(), vocabulary_key, i));
        }
    }
    const uint64_t data_offset = gguf_get_data_offset(gguf.get());
    std::array<char, 4096> sample{};
    for (int64_t i = 0; i < count; ++i) {
        const uint64_t offset = data_offset + gguf_get_tensor_offset(gguf.get(), i);
        const uint64_t bytes = gguf_get_tensor_size(gguf.get(), i);
        if (offset > size || bytes > size - offset) {
            invalid(path,
                "it is truncated: tensor '" + std::string(gguf_get_tensor_name(gguf.get(), i)) + "' ends at byte " + std::to_string(offset + bytes) + " of a file of " +
                    std::to_string(size) + ". Download it again");
        }
        if (std::strcmp(gguf_get_tensor_name(gguf.get(), i), "position_embd.weight") == 0) {
            const ggml_tensor * positions = ggml_get_tensor(tensors.get(), "position_embd.weight");
            result.positions = static_cast<uint64_t>(positions->ne[1]);
        }
        hash.add(gguf_get_tensor_name(gguf.get(), i));
        const auto type = static_cast<int32_t>(gguf_get_tensor_type(gguf.get(), i));
        hash.add(&type, sizeof(type));
        const auto taken = static_cast<std::streamsize>(std::min<uint64_t>(bytes, sample.size()));
        file.clear();
        file.seekg(static_cast<std::streamoff>(offset));
        file.read(sample.data(), taken);
        hash.add(sample.data(), static_cast<size_t>(file.gcount()));
    }
    result.fingerprint = hash.hex();
    result.has_own_head = gguf_find_tensor(gguf.get(), "output.weight") >= 0;
    const char * head_name = result.has_own_head ? "output.weight" : "token_embd.weight";
    const int64_t head = gguf_find_tensor(gguf.get(), head_name);
    if (head >= 0 && gguf_find_key(gguf.get(), "split.count") < 0) {
        const ggml_tensor * matrix = ggml_get_tensor(tensors.get(), head_name);
        result.head = MatrixPlace{head_name, matrix->type, {matrix->ne[0], matrix->ne[1]}, data_offset + gguf_get_tensor_offset(gguf.get(), head)};
    }
    return result;
}

}  // namespace graffiti
