#include "model.hpp"

#include "backend.hpp"
#include "error.hpp"
#include "graph_callback.hpp"
#include "model_file.hpp"

#include <ggml-backend.h>

#include <algorithm>
#include <cmath>

namespace graffiti {

namespace {

// The devices llama.cpp may use: empty = CPU only.
std::vector<ggml_backend_dev_t> choose_devices(const std::string & wanted) {
    if (wanted == "cpu") {
        return {};
    }
    if (wanted == "auto") {
        ggml_backend_dev_t gpu = find_gpu("");
        return gpu == nullptr ? std::vector<ggml_backend_dev_t>{} : std::vector<ggml_backend_dev_t>{gpu};
    }
    if (wanted == "cuda" || wanted == "metal") {
        ggml_backend_dev_t gpu = find_gpu(wanted == "cuda" ? "CUDA" : "M");  // Metal registers as "MTL" or "Metal"
        if (gpu == nullptr) {
            throw Error("ERR_NATIVE", "Device '" + wanted + "' is not available in this build or on this machine. `graffiti doctor` lists the devices");
        }
        return {gpu};
    }
    constexpr std::string_view prefix = "rpc:";
    if (wanted.starts_with(prefix)) {
        std::vector<ggml_backend_dev_t> devices;
        for (size_t begin = prefix.size(); begin < wanted.size();) {
            const size_t end = std::min(wanted.find(',', begin), wanted.size());
            devices.push_back(add_rpc_device(wanted.substr(begin, end - begin)));
            begin = end + 1;
        }
        return devices;
    }
    throw Error("ERR_NATIVE", "Unknown device '" + wanted + "'");
}

// The type of host buffers that hold tensors as they are stored. Naming ggml_backend_cpu_buffer_type() in an
// override makes the loader choose among the repacking types again; this one it takes as it is. ggml gives it
// out only with a buffer.
ggml_backend_buffer_type_t plain_host_buffer_type() {
    static ggml_backend_buffer_type_t type = [] {
        alignas(128) static char bytes[128];
        ggml_backend_buffer_t buffer = ggml_backend_cpu_buffer_from_ptr(bytes, sizeof(bytes));
        ggml_backend_buffer_type_t found = ggml_backend_buffer_get_type(buffer);
        ggml_backend_buffer_free(buffer);
        return found;
    }();
    return type;
}

}  // namespace

std::shared_ptr<Model> Model::load(const ModelOptions & options, const Progress & progress) {
    const ModelFile file = inspect_model_file(options.path);
    std::shared_ptr<Model> model(new Model());  // the constructor is private: make_shared cannot reach it
    model->path_ = options.path;
    model->architecture_ = file.architecture;
    model->fingerprint_ = file.fingerprint;
    if (file.positions > 0) {
        model->most_positions_ = static_cast<uint32_t>(std::min<uint64_t>(file.positions, UINT32_MAX));
    }

    std::vector<ggml_backend_dev_t> devices = choose_devices(options.device);
    const bool host_only = devices.empty() || options.gpu_layers == 0;
    model->device_ = host_only ? "CPU" : ggml_backend_dev_name(devices.front());
    devices.push_back(nullptr);

    // Rearranged weights cannot be read back; the output matrix must be. It is read from the file, or stays as stored.
    const bool maps_head = file.head && StoredMatrix::is_supported();
    const llama_model_tensor_buft_override overrides[] = {
        {file.has_own_head ? "^output\\.weight$" : "^(output|token_embd)\\.weight$", plain_host_buffer_type()},
        {nullptr, nullptr},
    };
    bool aborted = false;
    struct Reporter {
        const Progress & progress;
        bool & aborted;
    } reporter{progress, aborted};

    llama_model_params parameters = llama_model_default_params();
    parameters.devices = devices.data();
    parameters.n_gpu_layers = host_only ? 0 : (options.gpu_layers < 0 ? 999 : options.gpu_layers);
    parameters.tensor_buft_overrides = host_only && !maps_head ? overrides : nullptr;
    parameters.progress_callback_user_data = &reporter;
    parameters.progress_callback = [](float fraction, void * user_data) {
        auto & report = *static_cast<Reporter *>(user_data);
        report.aborted = report.aborted || (report.progress && !report.progress(fraction));
        return !report.aborted;
    };
    take_backend_errors();
    model->model_.reset(llama_model_load_from_file(options.path.c_str(), parameters));
    if (aborted) {
        throw Error("ERR_ABORTED", "Loading '" + options.path + "' was aborted");
    }
    if (!model->model_) {
        const std::string errors = take_backend_errors();
        const char * code = errors.find("unknown model architecture") != std::string::npos ? "ERR_UNSUPPORTED_ARCHITECTURE" : "ERR_MODEL_INVALID";
        throw Error(code, "llama.cpp could not load '" + options.path + "': " + errors);
    }
    if (llama_model_has_encoder(model->handle()) || !llama_model_has_decoder(model->handle()) || llama_model_is_diffusion(model->handle())) {
        throw Error("ERR_UNSUPPORTED_ARCHITECTURE", "Architecture '" + file.architecture + "' is not a causal language model");
    }
    if (llama_vocab_type(model->vocabulary()) == LLAMA_VOCAB_TYPE_NONE) {
        throw Error("ERR_MODEL_INVALID", "'" + options.path + "' has no vocabulary");
    }
    for (llama_token token = 0; token < llama_vocab_n_tokens(model->vocabulary()); ++token) {
        if ((llama_vocab_get_attr(model->vocabulary(), token) & (LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_UNKNOWN)) != 0) {
            const std::string spelling = llama_vocab_get_text(model->vocabulary(), token);
            if (!spelling.empty()) {
                model->special_spellings_.push_back(spelling);
            }
        }
    }
    if (maps_head) {
        model->stored_head_ = std::make_unique<StoredMatrix>(options.path, *file.head);
    }
    model->discover_head();
    return model;
}

// One token through a small context: the first run finds the head, the second checks it.
void Model::discover_head() {
    GraphCallback callback;
    callback.discover(architecture_, stored_head_.get());
    llama_context_params parameters = llama_context_default_params();
    parameters.n_ctx = 64;
    parameters.n_batch = 8;
    parameters.n_ubatch = 8;
    parameters.n_threads = 1;
    parameters.n_threads_batch = 1;
    parameters.cb_eval = GraphCallback::evaluate;
    parameters.cb_eval_user_data = &callback;
    const ContextPointer context(llama_init_from_model(handle(), parameters));
    if (!context) {
        throw Error("ERR_NATIVE", "llama.cpp could not create a context for '" + path_ + "': " + take_backend_errors());
    }
    const auto run = [&](llama_token token) {
        llama_memory_clear(llama_get_memory(context.get()), true);
        if (llama_decode(context.get(), llama_batch_get_one(&token, 1)) != 0) {
            throw Error("ERR_NATIVE", "llama.cpp could not run '" + path_ + "': " + take_backend_errors());
        }
        callback.rethrow_failure();
    };
    const llama_token start = start_token();
    run(start);
    if (!callback.head()) {
        throw Error("ERR_UNSUPPORTED_ARCHITECTURE", "The graph of architecture '" + architecture_ + "' has no output head");
    }
    head_ = callback.head();

    callback.plan({RowPlan{nullptr, 0.0F, Site::pre_norm, true}});
    run(start);
    const RowResult & row = callback.results()[0];
    if (row.hidden.empty()) {
        throw Error("ERR_UNSUPPORTED_ARCHITECTURE", "The hidden state '" + head_->hidden_name() + "' of architecture '" + architecture_ + "' is not computed as a node of its own");
    }
    std::vector<float> normed(row.hidden.size());
    head_->normalise(row.hidden, normed);
    const std::vector<float> expected = head_->project(normed, 1);
    const float * logits = llama_get_logits_ith(context.get(), 0);
    double error = 0.0;
    double power = 0.0;
    for (size_t w = 0; w < expected.size(); ++w) {
        if (std::isfinite(logits[w])) {
            const double linear = static_cast<double>(head_->to_linear(logits[w]));
            const double mine = static_cast<double>(expected[w]) + (head_->offset().empty() ? 0.0 : static_cast<double>(head_->offset()[w]));
            error += (mine - linear) * (mine - linear);
            power += linear * linear;
        }
    }
    // Heads of 4 bits quantise their activations too: a few per cent is their noise, not a wrong head.
    constexpr double most_relative_error = 0.1;
    if (!(std::sqrt(error) <= most_relative_error * std::sqrt(power) + 1e-6)) {
        throw Error("ERR_UNSUPPORTED_ARCHITECTURE", "The output head read from the graph of architecture '" + architecture_ + "' does not reproduce its logits");
    }
}

uint64_t Model::least_context_bytes(uint64_t cells) const {
    const auto heads = static_cast<uint64_t>(std::max(llama_model_n_head(handle()), 0));
    const auto shared_heads = static_cast<uint64_t>(std::max(llama_model_n_head_kv(handle()), 0));
    if (device_ != "CPU" || heads == 0) {
        return 0;
    }
    const auto width = static_cast<uint64_t>(llama_model_n_embd(handle())) * shared_heads / heads;
    constexpr uint64_t halves = 2 * 2;  // K and V, 16 bits each
    constexpr uint64_t mask = 2 * 512;  // 16 bits for every token of a batch
    // Of sliding-window and hybrid models only some layers, at least one in eight, keep every token.
    const uint64_t share = llama_model_n_swa(handle()) > 0 || is_recurrent() ? 8 : 1;
    return cells * (static_cast<uint64_t>(llama_model_n_layer(handle())) * width * halves / share + mask);
}

std::string Model::metadata(const std::string & key) const {
    const int32_t length = llama_model_meta_val_str(handle(), key.c_str(), nullptr, 0);
    if (length < 0) {
        return {};
    }
    std::string value(static_cast<size_t>(length) + 1, '\0');
    llama_model_meta_val_str(handle(), key.c_str(), value.data(), value.size());
    value.resize(static_cast<size_t>(length));
    return value;
}

llama_token Model::start_token() const {
    const llama_token bos = llama_vocab_bos(vocabulary());
    if (bos != LLAMA_TOKEN_NULL) {
        return bos;
    }
    const llama_token eos = llama_vocab_eos(vocabulary());
    return eos != LLAMA_TOKEN_NULL ? eos : 0;
}

std::vector<llama_token> Model::tokenize(const std::string & text, bool add_special, bool parse_special, const std::vector<TextRange> & untrusted) const {
    // Cut inside every special spelling that touches an untrusted range: the tokenizer never sees it whole.
    std::vector<size_t> cuts;
    if (parse_special) {
        for (const std::string & spelling : special_spellings_) {
            for (size_t at = text.find(spelling); at != std::string::npos; at = text.find(spelling, at + 1)) {
                for (const auto & [begin, end] : untrusted) {
                    const size_t first = std::max(begin, at);
                    const size_t last = std::min(end, at + spelling.size());
                    if (first < last) {
                        // Between two of its characters, never inside one.
                        size_t cut = first > at ? first : at + 1;
                        while (cut < text.size() && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) {
                            ++cut;
                        }
                        cuts.push_back(cut);
                        break;
                    }
                }
            }
        }
        std::sort(cuts.begin(), cuts.end());
    }
    cuts.push_back(text.size());

    std::vector<llama_token> tokens;
    size_t begin = 0;
    for (const size_t end : cuts) {
        if (end < begin || (end == begin && !(begin == 0 && text.empty()))) {
            continue;
        }
        const auto length = static_cast<int32_t>(end - begin);
        const bool first = begin == 0;
        std::vector<llama_token> part(end - begin + 2);
        int32_t count = llama_tokenize(vocabulary(), text.data() + begin, length, part.data(), static_cast<int32_t>(part.size()), add_special && first, parse_special);
        if (count < 0) {
            part.resize(static_cast<size_t>(-count));
            count = llama_tokenize(vocabulary(), text.data() + begin, length, part.data(), static_cast<int32_t>(part.size()), add_special && first, parse_special);
        }
        tokens.insert(tokens.end(), part.begin(), part.begin() + std::max(count, 0));
        begin = end;
    }
    return tokens;
}

std::string Model::piece(llama_token token, bool special) const {
    std::string text(32, '\0');
    int32_t length = llama_token_to_piece(vocabulary(), token, text.data(), static_cast<int32_t>(text.size()), 0, special);
    if (length < 0) {
        text.resize(static_cast<size_t>(-length));
        length = llama_token_to_piece(vocabulary(), token, text.data(), static_cast<int32_t>(text.size()), 0, special);
    }
    text.resize(static_cast<size_t>(std::max(length, 0)));
    return text;
}

}  // namespace graffiti
