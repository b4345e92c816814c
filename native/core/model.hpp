// A loaded model: weights, vocabulary, the description of its output head. Owned by shared_ptr; every
// engine, calibration or check keeps it alive.
#pragma once

#include "output_head.hpp"
#include "stored_matrix.hpp"

#include <llama.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace graffiti {

struct ModelOptions {
    std::string path;
    std::string device = "auto";  // "auto", "cpu", "cuda", "metal" or "rpc:host:port"
    int gpu_layers = -1;          // -1 = all, where the device is not the CPU
};

// Called with the fraction loaded, 0 to 1; returning false aborts (ERR_ABORTED).
using Progress = std::function<bool(float)>;

// A piece of text whose special-token spellings must not become special tokens: [begin, end) in bytes.
using TextRange = std::pair<size_t, size_t>;

class Model {
  public:
    static std::shared_ptr<Model> load(const ModelOptions & options, const Progress & progress);

    llama_model * handle() const { return model_.get(); }
    const llama_vocab * vocabulary() const { return llama_model_get_vocab(model_.get()); }
    const OutputHead & head() const { return *head_; }

    const std::string & path() const { return path_; }
    const std::string & device() const { return device_; }
    const std::string & architecture() const { return architecture_; }
    std::string name() const { return metadata("general.name"); }
    std::string metadata(const std::string & key) const;  // "" when absent
    // Recurrent and hybrid models reorder rows over sequences, so their sequences decode one at a time.
    bool is_recurrent() const { return llama_model_is_recurrent(model_.get()) || llama_model_is_hybrid(model_.get()); }

    // 64-bit hash, as 16 hex digits, of architecture, shapes, vocabulary and a sample of the weights: two
    // files of the same weights in the same quantisation agree, whatever their path or time.
    const std::string & fingerprint() const { return fingerprint_; }
    // How many positions the model has a learned embedding for; more would read outside of the table.
    // No limit for models that compute their positions.
    uint32_t most_positions() const { return most_positions_; }
    // The least main memory that K, V and masks of `cells` cells need, in bytes; 0 when they are kept elsewhere.
    uint64_t least_context_bytes(uint64_t cells) const;

    // `parse_special`: spellings of special tokens become special tokens, except inside `untrusted` ranges.
    std::vector<llama_token> tokenize(const std::string & text, bool add_special, bool parse_special, const std::vector<TextRange> & untrusted = {}) const;
    std::string piece(llama_token token, bool special) const;
    const std::vector<std::string> & special_spellings() const { return special_spellings_; }
    // Held while the model's list of adapters is changed, or a context is made, which reads it.
    std::mutex & adapter_mutex() const { return adapter_mutex_; }
    bool is_end(llama_token token) const { return llama_vocab_is_eog(vocabulary(), token); }
    // BOS, or EOS where the vocabulary has no BOS.
    llama_token start_token() const;

  private:
    Model() = default;
    void discover_head();

    struct Free {
        void operator()(llama_model * model) const { llama_model_free(model); }
    };
    std::unique_ptr<llama_model, Free> model_;
    std::unique_ptr<StoredMatrix> stored_head_;  // where ggml may have rearranged the output matrix
    std::optional<OutputHead> head_;
    std::string path_;
    std::string device_;
    std::string architecture_;
    std::string fingerprint_;
    uint32_t most_positions_ = UINT32_MAX;
    std::vector<std::string> special_spellings_;
    mutable std::mutex adapter_mutex_;
};

struct FreeContext {
    void operator()(llama_context * context) const { llama_free(context); }
};
using ContextPointer = std::unique_ptr<llama_context, FreeContext>;

}  // namespace graffiti
