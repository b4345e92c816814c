#include "weights_file.hpp"

#include "backend.hpp"
#include "error.hpp"

#include <ggml.h>
#include <gguf.h>
#include <llama.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>

namespace graffiti {

namespace {

struct FreeGguf {
    void operator()(gguf_context * context) const { gguf_free(context); }
};
using GgufPointer = std::unique_ptr<gguf_context, FreeGguf>;
using TensorsPointer = std::unique_ptr<ggml_context, decltype(&ggml_free)>;

struct OpenFile {
    GgufPointer gguf;
    TensorsPointer tensors{nullptr, &ggml_free};
};

OpenFile open_file(const std::string & path, bool with_data) {
    take_backend_errors();
    ggml_context * tensors = nullptr;
    gguf_init_params parameters{};
    parameters.no_alloc = !with_data;
    parameters.ctx = &tensors;
    OpenFile file;
    file.gguf.reset(gguf_init_from_file(path.c_str(), parameters));
    file.tensors.reset(tensors);
    if (!file.gguf) {
        throw Error("ERR_MODEL_INVALID", "'" + path + "' cannot be read: " + take_backend_errors());
    }
    return file;
}

std::vector<float> as_floats(ggml_type type, const void * data, size_t count, const std::string & name) {
    std::vector<float> values(count);
    if (type == GGML_TYPE_F32) {
        std::memcpy(values.data(), data, count * sizeof(float));
        return values;
    }
    const ggml_type_traits * traits = ggml_get_type_traits(type);
    if (traits->to_float == nullptr) {
        throw Error("ERR_MODEL_INVALID", "Tensor '" + name + "' is of type " + ggml_type_name(type) + ", which cannot be read as floats");
    }
    traits->to_float(data, values.data(), static_cast<int64_t>(count));
    return values;
}

}  // namespace

std::vector<float> read_tensor(const std::string & path, const std::string & name) {
    const OpenFile file = open_file(path, false);
    const int64_t index = gguf_find_tensor(file.gguf.get(), name.c_str());
    const ggml_tensor * tensor = index < 0 ? nullptr : ggml_get_tensor(file.tensors.get(), name.c_str());
    if (tensor == nullptr) {
        throw Error("ERR_MODEL_INVALID", "'" + path + "' holds no tensor '" + name + "'");
    }
    std::vector<char> raw(gguf_get_tensor_size(file.gguf.get(), index));
    std::ifstream stream(path, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(gguf_get_data_offset(file.gguf.get()) + gguf_get_tensor_offset(file.gguf.get(), index)));
    if (!stream.read(raw.data(), static_cast<std::streamsize>(raw.size()))) {
        throw Error("ERR_MODEL_INVALID", "'" + path + "' ends inside tensor '" + name + "'");
    }
    return as_floats(tensor->type, raw.data(), static_cast<size_t>(ggml_nelements(tensor)), name);
}

void write_model_copy(const std::string & path, const std::string & copy, const std::map<std::string, std::vector<float>> & replaced) {
    const OpenFile file = open_file(path, true);
    const GgufPointer out(gguf_init_empty());
    gguf_set_kv(out.get(), file.gguf.get());
    ggml_init_params parameters{};
    parameters.mem_size = (replaced.size() + 1) * ggml_tensor_overhead();
    parameters.no_alloc = true;
    const TensorsPointer others(ggml_init(parameters), &ggml_free);
    size_t used = 0;
    for (int64_t i = 0; i < gguf_get_n_tensors(file.gguf.get()); ++i) {
        const char * name = gguf_get_tensor_name(file.gguf.get(), i);
        ggml_tensor * tensor = ggml_get_tensor(file.tensors.get(), name);
        const auto found = replaced.find(name);
        if (found == replaced.end()) {
            gguf_add_tensor(out.get(), tensor);
            continue;
        }
        if (found->second.size() != static_cast<size_t>(ggml_nelements(tensor))) {
            throw Error("ERR_NATIVE", "Tensor '" + found->first + "' has " + std::to_string(ggml_nelements(tensor)) + " values, not " + std::to_string(found->second.size()));
        }
        ggml_tensor * other = ggml_new_tensor(others.get(), GGML_TYPE_F32, GGML_MAX_DIMS, tensor->ne);
        ggml_set_name(other, name);
        other->data = const_cast<float *>(found->second.data());  // only read from
        gguf_add_tensor(out.get(), other);
        ++used;
    }
    if (used != replaced.size()) {
        throw Error("ERR_MODEL_INVALID", "'" + path + "' does not hold all of the tensors that are to be replaced");
    }
    if (!gguf_write_to_file(out.get(), copy.c_str(), false)) {
        throw Error("ERR_NATIVE", "'" + copy + "' cannot be written");
    }
}

void quantise_model(const std::string & path, const std::string & copy, const std::string & type, int threads) {
    llama_model_quantize_params parameters = llama_model_quantize_default_params();
    parameters.nthread = threads;
    parameters.ftype = type == "q8_0" ? LLAMA_FTYPE_MOSTLY_Q8_0 : LLAMA_FTYPE_MOSTLY_Q4_K_M;
    take_backend_errors();
    if (llama_model_quantize(path.c_str(), copy.c_str(), &parameters) != 0) {
        throw Error("ERR_NATIVE", "llama.cpp could not quantise '" + path + "' to " + type + ": " + take_backend_errors());
    }
}

}  // namespace graffiti
